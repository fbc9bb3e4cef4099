"""The worker's side: files from outside are opened here and nowhere else."""

import io
import logging
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

from drivers.receipt_printer.port import Align, Line, Raster
from kiosk.certificates.annotate import annotate
from kiosk.certificates.formats import sniff
from kiosk.certificates.identifier import type_code
from kiosk.certificates.metadata import Metadata, read_metadata
from kiosk.certificates.port import Annotation
from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.proof.judge import judge_code
from kiosk.certificates.proof.lists import Lists, load_lists
from kiosk.certificates.proof.marks import page_marks
from kiosk.certificates.proof.scan import Scan, scan
from kiosk.certificates.render import Opened, open_document, render_page
from kiosk.certificates.trust import NOBODY, Trust, load_trust
from kiosk.certificates.verdict import BAD_TRUST, Verdict, Verification
from kiosk.certificates.verify import verify_file
from kiosk.ofd.document import ROOT
from kiosk.printing.port import Receipt
from kiosk.printing.receipt import draw_lines, draw_receipt
from kiosk.worker import Call, Fields, Refusal, Reply

PREVIEW_DPI = 110
SCAN_DPI = 200

# What is wrong with a file is the answer; pyHanko would also write it to standard error.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@cache
def _trust(folder: str) -> Trust:
    try:
        return load_trust(Path(folder)) if folder else NOBODY
    except (ValueError, OSError) as error:
        raise Refusal(BAD_TRUST, str(error)) from error


def _warm_up(fields: Fields, blobs: list[bytes]) -> Reply:
    """Load the trust list and set one line, so that the first citizen need not wait."""
    _trust(fields["trust"])
    annotate(_empty_page(), Annotation("预热", "", "", "", "", 1))
    return {}, []


def _empty_page() -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


def _check(fields: Fields, blobs: list[bytes]) -> Reply:
    """Verify a file and draw its first page: field `trust`, one blob."""
    file = _open(blobs[0])
    verification = file.verify(_trust(fields["trust"]), datetime.now(UTC))
    if verification.verdict is not Verdict.GENUINE:
        raise Refusal(str(verification.verdict), verification.detail)
    try:
        pages = file.count_pages()
        preview = file.draw_page(1, PREVIEW_DPI)
        marks = page_marks(file.page_text(1))
    except ValueError as error:
        raise Refusal(str(Verdict.UNREADABLE), str(error)) from error
    signer = verification.signatures[0].signer
    shape = {"width": preview.width, "height": preview.height}
    elements = _said(file, verification).elements()
    return (
        {"pages": pages, "signer": signer, "elements": elements, **shape},
        [preview.colours, marks],
    )


def _open(document: bytes) -> Opened:
    try:
        return open_document(document)
    except ValueError as error:
        raise Refusal(str(Verdict.UNREADABLE), str(error)) from error


def _verify(fields: Fields, blobs: list[bytes]) -> Reply:
    """All that is known of a file: field `trust`, one blob.

    `type_code` is the kind that an intact file says it is; empty where it does not say.
    """
    found = verify_file(blobs[0], _trust(fields["trust"]), datetime.now(UTC))
    code = _type_code_in(blobs[0], found) if found.intact else ""
    return {**found.as_json(), "type_code": code}, []


def _type_code_in(document: bytes, found: Verification) -> str:
    try:
        return type_code(_said(open_document(document), found).identifier)
    except ValueError:
        # What a file says of itself may be broken where no signature covers it.
        return ""


def _said(file: Opened, found: Verification) -> Metadata:
    """What a file says of itself; nothing where no signature covers the part that says it.

    Raises ValueError.
    """
    return read_metadata({} if ROOT in found.uncovered else file.written_metadata())


def _render(fields: Fields, blobs: list[bytes]) -> Reply:
    """A page as a picture: fields `page`, `dpi`, one blob."""
    try:
        page = render_page(blobs[0], fields["page"], fields["dpi"])
    except ValueError as error:
        raise Refusal("unreadable", str(error)) from error
    return {"width": page.width, "height": page.height}, [page.colours]


def _prepare(fields: Fields, blobs: list[bytes]) -> Reply:
    """The document to print: fields of Annotation, one blob."""
    try:
        document, pages = annotate(open_document(blobs[0]).printable(), Annotation(**fields))
    except ValueError as error:
        raise Refusal("unreadable", str(error)) from error
    return {"pages": pages}, [document]


def _scan(fields: Fields, blobs: list[bytes]) -> Reply:
    """Judge a picture of a printed copy: field `trust` (a folder with the lists, or none)."""
    lists = _lists(fields["trust"], fields["trust"]) if fields["trust"] else None
    return scan(_picture(blobs[0]), lists, datetime.now(UTC)).as_json(), []


def _judge_code(fields: Fields, blobs: list[bytes]) -> Reply:
    """Judge the text of a code: fields `trust`, `lists` (folders), `text`."""
    lists = _lists(fields["trust"], fields["lists"])
    return Scan(judge_code(fields["text"], lists, datetime.now(UTC))).as_json(), []


def _lists(trust: str, folder: str) -> Lists:
    try:
        return load_lists(Path(folder), _trust(trust).chains)
    except (BadCose, OSError) as error:
        raise Refusal(BAD_TRUST, f"the lists in {folder}: {error}") from error


def _picture(data: bytes) -> Image.Image:
    """A picture, or the first page of a document as one."""
    try:
        if sniff(data) is not None:
            page = render_page(data, 1, SCAN_DPI)
            return Image.frombytes("RGB", (page.width, page.height), page.colours)
        picture = Image.open(io.BytesIO(data))
        picture.load()
    except (ValueError, OSError, Image.DecompressionBombError, SyntaxError) as error:
        raise Refusal("unreadable", f"neither a picture nor a document: {error}") from error
    return picture


def _receipt(fields: Fields, blobs: list[bytes]) -> Reply:
    """A receipt as packed dots: fields `receipt` and `dots`."""
    return _packed(draw_receipt(Receipt(**fields["receipt"]), fields["dots"]))


def _lines(fields: Fields, blobs: list[bytes]) -> Reply:
    """Lines as packed dots: fields `lines` and `dots`."""
    lines = [Line(one["text"], Align(one["align"]), one["size"]) for one in fields["lines"]]
    return _packed(draw_lines(lines, fields["dots"]))


def _packed(raster: Raster) -> Reply:
    return {"rows": raster.shape[0]}, [np.packbits(raster, axis=1).tobytes()]


CALLS: dict[str, Call] = {
    "warm_up": _warm_up,
    "check": _check,
    "verify": _verify,
    "render": _render,
    "prepare": _prepare,
    "scan": _scan,
    "judge_code": _judge_code,
    "receipt": _receipt,
    "lines": _lines,
}
