"""The printed copy: the original's pages, unchanged in size and place, with a margin line.

Every copy says what it is for, where and when it was printed, until when it is good, which
page and which copy it is (an annotated copy, 加注件; docs/certificates.md), and carries a code
where the first page has room, or on a sheet of its own. The line is set by typst and laid over the
page; the original's content stays as it is. For the worker process.
"""

import io
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pikepdf
import typst

from kiosk.certificates.pdf import PdfDocument
from kiosk.certificates.port import Annotation
from kiosk.certificates.proof.draw import EDGE_MM, Spot, draw_code, find_room

TEMPLATE = Path(__file__).with_name("annotation.typ")


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(TEMPLATE))


def annotate(document: bytes, annotation: Annotation) -> tuple[bytes, int]:
    """The document to print: all copies, one behind the other, and its pages without blank backs.

    Raises ValueError where the document cannot be opened.
    """
    try:
        original = pikepdf.open(io.BytesIO(document))
    except pikepdf.PdfError as error:
        raise ValueError(f"cannot be printed: {error}") from error
    # Signature fields would dangle in a copy; what they show becomes part of the page.
    original.flatten_annotations("print")
    for page in original.pages:
        if "/Annots" in page:
            del page["/Annots"]
    codes = [draw_code(text) for text in annotation.codes]
    # Copies of one page may have codes of different versions: the largest must fit.
    plain = _written(original)
    spot = None
    if codes and not annotation.own_sheet:
        spot = _room(plain, max(code.side_mm for code in codes))
    if codes and spot is None:
        original.add_blank_page(page_size=_size(original))
        spot = Spot(len(original.pages) - 1, EDGE_MM, EDGE_MM)
        plain = _written(original)
    pages = len(original.pages)
    backs = 1 if annotation.two_sided and pages % 2 else 0
    sizes = [[float(edge) for edge in page.mediabox] for page in original.pages]
    data = json.dumps(
        {
            **asdict(annotation),
            "codes": [asdict(code) for code in codes],
            "spot": asdict(spot) if spot else None,
            "pages": [[box[2] - box[0], box[3] - box[1]] for box in sizes],
        },
        ensure_ascii=False,
    )
    compiled = _compiler().compile(format="pdf", sys_inputs={"annotation": data})
    assert isinstance(compiled, bytes)
    lines = pikepdf.open(io.BytesIO(compiled))
    printed = pikepdf.new()
    for copy in range(annotation.copies):
        # Opened anew: pages that are copied twice share what is laid over them.
        source = pikepdf.open(io.BytesIO(plain))
        for number in range(pages):
            printed.pages.append(source.pages[number])
            page = pikepdf.Page(printed.pages[-1])
            page.add_overlay(pikepdf.Page(lines.pages[copy * pages + number]), None)
        for _ in range(backs if copy + 1 < annotation.copies else 0):
            # The back of a copy's last sheet: nothing of the next copy may stand on it.
            printed.add_blank_page(page_size=_size(original))
    out = io.BytesIO()
    printed.save(out)
    return out.getvalue(), pages * annotation.copies


def _size(document: pikepdf.Pdf) -> tuple[float, float]:
    """Width and height of the first page, in points."""
    left, low, right, high = (float(edge) for edge in document.pages[0].mediabox)
    return right - left, high - low


def _written(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _room(document: bytes, side_mm: float) -> Spot | None:
    """Where a code goes on the first page, whose numbers it vouches for; None without room."""
    room = find_room(PdfDocument(document).ink(1), side_mm)
    return None if room is None else Spot(0, *room)
