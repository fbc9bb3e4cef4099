"""The numbers that stand on a picture of a page, read by Tesseract in a process of its own."""

import io
import subprocess
from collections.abc import Sequence

from PIL import Image

from kiosk.certificates.proof.marks import numbers_of

PROGRAM = "tesseract"
LANGUAGE = "chi_sim"
SPARSE, BLOCK = 11, 6
"""Page segmentation: text wherever it is, or one block."""
SECONDS = 20.0
PASSES: Sequence[tuple[float, int]] = ((1.0, SPARSE), (1.5, SPARSE), (1.0, BLOCK))
"""How much larger, and how segmented: what is misread once is rarely misread alike again."""


class CannotRead(RuntimeError):
    """There is no Tesseract, or it failed; the message says what."""


def read_numbers(picture: Image.Image, scale: float, segmentation: int) -> set[str]:
    """The numbers of a page that stands upright. Raises CannotRead."""
    size = round(picture.width * scale), round(picture.height * scale)
    larger = picture if scale == 1.0 else picture.resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    larger.save(out, "PNG", compress_level=1)
    command = [PROGRAM, "stdin", "stdout", "-l", LANGUAGE, "--psm", str(segmentation)]
    try:
        done = subprocess.run(
            command, input=out.getvalue(), capture_output=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotRead(f"{PROGRAM}: {error}") from error
    text = done.stdout.decode("utf-8", "replace")
    return {number for line in text.splitlines() for number in numbers_of(line)}
