"""Pages of an OFD file as pictures of any resolution, and all of them as a PDF of vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import skia

from kiosk.ofd.document import OfdFile
from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.images import decode
from kiosk.ofd.model import PageContent
from kiosk.ofd.painter import Painter
from kiosk.ofd.text_layer import mend_text
from kiosk.ofd.values import Box

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72
LARGEST_PICTURE = 150_000_000
"""Dots; A3 at 600 dpi has 70 million."""
DEEPEST_STAMP = 2
OFD_PICTURE = "ofd"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A picture that a signature puts on a page: its box there, and the part that shows."""

    page: int
    box: Box
    clip: Box | None
    kind: str
    picture: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Raster:
    """A page as a picture: rows of dots of red, green, blue and opacity, the top row first."""

    rgba: np.ndarray
    problems: tuple[str, ...]
    """What could not be drawn, and is therefore missing."""


def render_page(
    file: OfdFile, number: int, dpi: float, stamps: Sequence[Stamp] = ()
) -> Raster:
    """Page `number` (from 1) on white. Raises OfdError."""
    page = file.page(number)
    scale = dpi / MM_PER_INCH
    width, height = (max(1, round(edge * scale)) for edge in (page.area.width, page.area.height))
    if width * height > LARGEST_PICTURE:
        raise OfdError(OfdReason.TOO_LARGE, f"page {number}", f"{width} by {height} dots")
    # Drawn where the caller reads it: neither the cleared surface nor a copy is paid for.
    rgba = np.full((height, width, 4), 255, np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(
            width, height, skia.ColorType.kRGBA_8888_ColorType, skia.AlphaType.kOpaque_AlphaType
        ),
        rgba,
        width * 4,
    )
    canvas = surface.getCanvas()
    canvas.scale(width / page.area.width, height / page.area.height)
    problems = draw_page(canvas, file, page, [one for one in stamps if one.page == number])
    surface.flushAndSubmit()
    return Raster(rgba, problems)


def render_pdf(file: OfdFile, stamps: Sequence[Stamp] = ()) -> tuple[bytes, tuple[str, ...]]:
    """All pages in their own size, as they go on paper, and what could not be drawn.

    Annotations that are not to be printed are left out. Raises OfdError.
    """
    stream = skia.DynamicMemoryWStream()
    document = skia.PDF.MakeDocument(stream)
    scale = POINTS_PER_INCH / MM_PER_INCH
    problems: list[str] = []
    for number in range(1, file.page_count + 1):
        page = file.page(number)
        canvas = document.beginPage(page.area.width * scale, page.area.height * scale)
        canvas.scale(scale, scale)
        own = [one for one in stamps if one.page == number]
        problems.extend(draw_page(canvas, file, page, own, on_paper=True))
        document.endPage()
    document.close()
    return mend_text(bytes(stream.detachAsData())), tuple(problems)


def draw_page(
    canvas: skia.Canvas, file: OfdFile, page: PageContent, stamps: Sequence[Stamp],
    depth: int = 0, *, on_paper: bool = False,
) -> tuple[str, ...]:
    """A page and its stamps on a canvas in millimetres; what could not be drawn."""
    painter = Painter(file)
    painter.draw(canvas, page, on_paper=on_paper)
    problems = [*page.problems, *painter.problems]
    for stamp in stamps:
        try:
            _draw_stamp(canvas, painter, page, stamp, depth)
        except OfdError as error:
            problems.append(f"stamp: {error}")
    return tuple(problems)


def _draw_stamp(
    canvas: skia.Canvas, painter: Painter, page: PageContent, stamp: Stamp, depth: int
) -> None:
    box = stamp.box._replace(x=stamp.box.x - page.area.x, y=stamp.box.y - page.area.y)
    if stamp.kind.lower() != OFD_PICTURE and not stamp.picture.startswith(b"PK\x03\x04"):
        painter.draw_picture(canvas, decode(stamp.picture, "stamp"), box, stamp.clip)
        return
    if depth >= DEEPEST_STAMP:
        raise OfdError(OfdReason.TOO_LARGE, "stamp", "stamps in stamps")
    inner = OfdFile(stamp.picture)
    content = inner.page(1)
    canvas.save()
    canvas.translate(box.x, box.y)
    if stamp.clip is not None:
        canvas.clipRect(skia.Rect.MakeXYWH(*stamp.clip))
    canvas.scale(box.width / content.area.width, box.height / content.area.height)
    draw_page(canvas, inner, content, (), depth + 1)
    canvas.restore()
