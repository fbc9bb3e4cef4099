"""The paper of a simulated receipt printer: text and rasters become one picture."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drivers.receipt_printer.port import Raster

LINE_DOTS = 34
CHARACTER_DOTS = 24
FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"),
)


class PaperRoll:
    """What has come out since the last cut."""

    def __init__(self, dots: int) -> None:
        self._dots = dots
        self._pieces: list[Raster] = []

    @property
    def rows(self) -> int:
        """Dot rows since the last cut."""
        return sum(piece.shape[0] for piece in self._pieces)

    def feed(self, rows: int) -> None:
        """Move on without printing."""
        self._pieces.append(np.zeros((rows, self._dots), np.bool_))

    def raster(self, data: bytes, width_bytes: int, rows: int) -> None:
        """Print a packed raster; what is wider than the paper is lost."""
        packed = np.frombuffer(data, np.uint8).reshape(rows, width_bytes)
        dots = np.unpackbits(packed, axis=1)[:, : self._dots].astype(np.bool_)
        missing = self._dots - dots.shape[1]
        self._pieces.append(np.pad(dots, ((0, 0), (0, missing))))

    def text(self, line: str, align: int, scale: tuple[int, int]) -> None:
        """Print one line of text: 0 left, 1 centred, 2 right."""
        width = self._dots // scale[0]
        image = Image.new("1", (width, LINE_DOTS), 0)
        draw = ImageDraw.Draw(image)
        font = _font()
        left = (width - draw.textlength(line, font)) * (0.0, 0.5, 1.0)[min(align, 2)]
        draw.text((max(0.0, left), 0), line, 1, font)
        dots = np.array(image, np.bool_)
        if scale != (1, 1):
            dots = np.kron(dots, np.ones((scale[1], scale[0]), np.bool_))
            dots = np.pad(dots, ((0, 0), (0, self._dots - dots.shape[1])))
        self._pieces.append(dots)

    def cut(self) -> Image.Image:
        """The picture of what came out, and a fresh beginning."""
        rows = np.vstack(self._pieces) if self._pieces else np.zeros((1, self._dots), np.bool_)
        self._pieces = []
        return Image.fromarray(np.where(rows, 0, 255).astype(np.uint8), "L")


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for path in FONTS:
        if path.exists():
            return ImageFont.truetype(str(path), CHARACTER_DOTS)
    return ImageFont.load_default(CHARACTER_DOTS)
