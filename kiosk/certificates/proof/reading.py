"""The numbers that stand on a picture of a page, read by Tesseract in a process of its own."""

import io
import os
import subprocess
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from kiosk.certificates.proof.marks import numbers_of

PROGRAM = "tesseract"
LANGUAGE = "chi_sim"
SPARSE, BLOCK = 11, 6
"""Page segmentation: text wherever it is, or one block."""
SECONDS = 20.0
DEVIATION = 1.4826
"""From the median of deviations to the standard deviation."""
CALM = 3.0
PASSES: Sequence[tuple[float, int]] = ((200.0, SPARSE), (260.0, SPARSE), (170.0, BLOCK))
"""Dots to the inch, and segmentation: what is misread once is rarely misread alike again."""


class CannotRead(RuntimeError):
    """There is no Tesseract, or it failed; the message says what."""


def read_numbers(
    picture: Image.Image, dpi: float, wanted_dpi: float, segmentation: int
) -> set[str]:
    """The numbers of a page that stands upright. Raises CannotRead."""
    scale = wanted_dpi / dpi
    size = round(picture.width * scale), round(picture.height * scale)
    plain = whiten(picture).resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    plain.save(out, "PNG", compress_level=1)
    command = [PROGRAM, "stdin", "stdout", "-l", LANGUAGE, "--psm", str(segmentation)]
    try:
        done = subprocess.run(
            command, input=out.getvalue(), capture_output=True, timeout=SECONDS, check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads wait for one another
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotRead(f"{PROGRAM}: {error}") from error
    text = done.stdout.decode("utf-8", "replace")
    return {number for line in text.splitlines() for number in numbers_of(line)}


def whiten(picture: Image.Image) -> Image.Image:
    """A grey picture with its paper white and its ink black: grain is read as characters."""
    dots = np.asarray(picture)
    paper = float(np.median(dots))
    grain = float(np.median(np.abs(dots - paper))) * DEVIATION
    if grain > CALM:
        picture = picture.filter(ImageFilter.MedianFilter(3))
    white, black = paper - 3 * grain - 6, float(np.percentile(dots, 0.5))
    table = [
        round(255 * min(1.0, max(0.0, (one - black) / max(white - black, 1.0))))
        for one in range(256)
    ]
    return picture.point(table)
