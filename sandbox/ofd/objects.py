"""Objects of a page as they are written, and the plain document that many files build on."""

from collections.abc import Callable

from kiosk.ofd.fonts import SERIF
from sandbox.ofd.measure import cut_font
from sandbox.ofd.writer import FontEntry, OfdWriter, PageWriter

TEXT = "电子证照样本 0123456789 Sample"
Draw = Callable[[OfdWriter, PageWriter], None]
CLIP = (
    '<Clips><Clip><Area><Path Boundary="0 0 80 50" Fill="true"><AbbreviatedData>'
    "M 40 0 L 80 50 L 0 50 C</AbbreviatedData></Path></Area></Clip></Clips>"
)
RED = '<FillColor Value="200 30 30"/>'


def document(draw: Draw, signatures: str | None = None) -> dict[str, bytes]:
    """A document of one page."""
    writer = OfdWriter("样本")
    page = writer.page()
    draw(writer, page)
    return writer.parts(signatures)


def serif(writer: OfdWriter) -> FontEntry:
    """An embedded font."""
    characters = "".join(sorted(set(TEXT)))
    return writer.font("Noto Serif CJK SC", file=cut_font(SERIF[0], SERIF[2], characters))


def plain(writer: OfdWriter, page: PageWriter) -> None:
    """Lines of text in an embedded font, and a frame."""
    font = serif(writer)
    for line in range(30):
        page.text(20, 30 + line * 8, 4.2, TEXT, font)
    page.path((15, 15, 180, 260), "M 0 0 L 180 0 L 180 260 L 0 260 C")


def as_xml(*objects: str) -> Draw:
    """Objects as they are written."""

    def draw(writer: OfdWriter, page: PageWriter) -> None:
        font = serif(writer)
        for one in objects:
            page.add(one.replace("{font}", str(font.id)))

    return draw


def path(inside: str, data: str = "M 0 0 L 80 0 L 80 50 L 0 50 C", more: str = "") -> str:
    """A filled path with something within it."""
    return (f'<PathObject ID="{{id}}" Boundary="20 20 80 50" Fill="true" {more}>{inside}'
            f"<AbbreviatedData>{data}</AbbreviatedData></PathObject>")


def text(inside: str, more: str = "") -> str:
    """A text object around its codes."""
    return (f'<TextObject ID="{{id}}" Font="{{font}}" Size="6" Boundary="20 20 150 60" {more}>'
            f"{inside}</TextObject>")
