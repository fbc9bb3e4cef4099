"""A library that signs codes, its lists, and papers with codes on them."""

import time
from dataclasses import replace

import pytest
from PIL import Image

from kiosk.certificates.annotate import annotate
from kiosk.certificates.port import Annotation
from kiosk.certificates.proof.lists import read_lists
from kiosk.certificates.proof.marks import page_marks
from kiosk.certificates.render import open_document, render_page
from kiosk.certificates.trust import load_trust
from sandbox.people.registry import person
from sandbox.proofs import ProofService, Wanted

NOTE = Annotation(
    "社保医保", "柳塘村便民服务中心", "DEMO-0001", "2026-11-24 10:00", "2027-02-22", 1
)


class Office:
    """A library, what it has issued, and a terminal's lists of it."""

    def __init__(self, keys, library, trust) -> None:
        self.proofs = ProofService("http://library.example", keys, time.time)
        self.library = library
        self.chains = load_trust(trust).chains

    def lists(self):
        """Both lists as they are now, verified."""
        return read_lists(self.proofs.key_list(), self.proofs.status_list(), self.chains)

    def issued(self, who="li-xiulan", kind="household"):
        held = self.library.list(person(who))
        return next(one for one in held if one.type.id == kind)

    def code(self, algorithm="ES256", marks=b"", days=90, **whose) -> str:
        wanted = Wanted("DEMO-0001", "社保医保", 1, 1, days, marks, algorithm)
        return self.proofs.prove(self.issued(**whose), wanted)[0]

    def paper(self, who="li-xiulan", kind="household") -> tuple[bytes, str]:
        """A printed copy, and the text of its code."""
        document = self.library.file(self.issued(who, kind))
        marks = page_marks(open_document(document).page_text(1)) + page_marks(NOTE.margin_text)
        code = self.code(marks=marks, who=who, kind=kind)
        return annotate(open_document(document).printable(), replace(NOTE, codes=(code,)))[0], code


@pytest.fixture(scope="session")
def office(keys, library, trust) -> Office:
    return Office(keys, library, trust)


def picture_of(paper: bytes, dpi: float = 200) -> Image.Image:
    """A page as a scanner sees it."""
    page = render_page(paper, 1, dpi)
    return Image.frombytes("RGB", (page.width, page.height), page.colours).convert("L")
