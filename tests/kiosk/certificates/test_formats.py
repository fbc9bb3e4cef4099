"""Certificates as OFD and as PDF with SM2, through the same doors as any other."""

import asyncio
import io
import random
from datetime import UTC, date, datetime
from functools import partial

import pikepdf
import pypdfium2
import pytest

from kiosk.certificates.documents import DocumentService
from kiosk.certificates.port import Annotation
from kiosk.certificates.render import open_document, render_page
from kiosk.certificates.trust import NOBODY, Trust, load_trust
from kiosk.certificates.verdict import FileFormat, Verdict
from kiosk.certificates.verify import verify_file
from kiosk.errors import Failure
from kiosk.gm import Certificate, TrustList
from kiosk.ofd.seal import SealForm
from kiosk.reasons import Reason
from kiosk.worker import Worker
from sandbox.library.issue import Library
from sandbox.ofd.package import SignatureWish
from sandbox.ofd.sealed import signers
from sandbox.ofd.seals import Habits, SealOrder, make_seal, seal_signature, signed_data
from sandbox.people.registry import person
from sandbox.sm2 import TIMESTAMPS, issue
from sandbox.sm2_pdf import sign_pdf
from sandbox.timestamps import stamper
from tests.conftest import last_json, run_module

NOW = datetime.now(UTC).replace(microsecond=0)
NOTE = Annotation("社保医保", "柳塘村", "DEMO-0001", "2026-11-23 10:00", "2027-02-21", 2)


@pytest.fixture(scope="session")
def sealed(library) -> bytes:
    """A certificate that the library issues as OFD."""
    held = library.list(person("li-xiulan"))
    return library.file(next(one for one in held if one.type.format == "ofd"))


@pytest.fixture(scope="session")
def strangers_seal(library) -> bytes:
    held = library.list(person("li-xiulan"))
    return library.file(next(one for one in held if one.type.format == "ofd"), trusted=False)


@pytest.fixture(scope="session")
def page() -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


@pytest.fixture(scope="session")
def corpus_trust() -> Trust:
    return Trust(TrustList((Certificate(signers()[0].certificate),)), ())


def by_certificate(habits: Habits = Habits()):  # noqa: B008 (a frozen value)
    signer = signers()[1]
    return lambda signed: signed_data(signer, (), signed, NOW, habits)


def test_a_sealed_certificate_of_the_library_is_genuine(sealed, trust):
    found = verify_file(sealed, load_trust(trust), NOW)
    assert (found.format, found.verdict, found.intact) == (FileFormat.OFD, Verdict.GENUINE, True)
    assert found.uncovered == ()
    assert (found.signatures[0].kind, found.signatures[0].chain) == ("GB/T 38540 v4", "trusted")


def test_one_sealed_by_a_stranger_is_intact_but_not_trusted(strangers_seal, trust):
    found = verify_file(strangers_seal, load_trust(trust), NOW)
    assert (found.verdict, found.intact) == (Verdict.UNTRUSTED, True)
    assert found.signatures[0].chain == "unknown"


def test_the_command_line_tells_an_ofd_file_as_json(sealed, trust, tmp_path):
    file = tmp_path / "certificate.bin"
    file.write_bytes(sealed)
    told = run_module("kiosk.certificates", "verify", str(file), "--trust", str(trust), "--json")
    fields = last_json(told.stdout)
    assert (fields["format"], fields["verdict"], told.returncode) == ("ofd", "genuine", 0)
    picture = tmp_path / "page.png"
    drawn = run_module(
        "kiosk.certificates", "render", str(file), "--dpi", "50", "--out", str(picture)
    )
    assert "413x585" in drawn.stdout


@pytest.mark.parametrize(
    "habits", [Habits(), Habits(with_attributes=False), Habits(bare=True), Habits(raw_value=True)]
)
def test_a_pdf_signed_with_sm2_is_genuine(page, corpus_trust, habits):
    found = verify_file(sign_pdf(page, by_certificate(habits), NOW), corpus_trust, NOW)
    assert (found.format, found.verdict, found.intact) == (FileFormat.PDF, Verdict.GENUINE, True)
    assert found.signatures[0].kind == "SM2-PKCS7"


@pytest.mark.parametrize("form", list(SealForm))
def test_a_pdf_with_a_seal_is_genuine(page, corpus_trust, form):
    _, signer, maker = signers()
    seal = make_seal(maker, SealOrder(
        "S", "样本局", (signer.certificate,), b"", "png", NOW, form
    ))
    signed = sign_pdf(
        page, lambda data: seal_signature(signer, seal, form, data, "pdf", NOW), NOW
    )
    found = verify_file(signed, corpus_trust, NOW)
    assert (found.verdict, found.signatures[0].kind) == (Verdict.GENUINE, form)


def test_every_changed_byte_of_a_pdf_with_sm2_is_found(page, corpus_trust):
    signed = sign_pdf(page, by_certificate(), NOW)
    dice = random.Random(7)
    for _ in range(400):
        at, bit = dice.randrange(len(signed)), 1 << dice.randrange(8)
        changed = signed[:at] + bytes([signed[at] ^ bit]) + signed[at + 1 :]
        found = verify_file(changed, corpus_trust, NOW).verdict
        assert found is not Verdict.GENUINE, f"byte {at}, bit {bit}"


def test_every_changed_byte_of_a_timestamp_in_a_pdf_is_found(page, corpus_trust):
    tsa = issue(signers()[0], "Time", TIMESTAMPS)
    signed = sign_pdf(page, by_certificate(Habits(timestamp=stamper(tsa, NOW))), NOW)
    found = verify_file(signed, corpus_trust, NOW)
    assert (found.verdict, found.signatures[0].time_proven_by) == (Verdict.GENUINE, "Time")
    hole = signed.index(b"<30")
    dice = random.Random(7)
    for _ in range(400):
        at, bit = hole + dice.randrange(5000), 1 << dice.randrange(8)
        changed = signed[:at] + bytes([signed[at] ^ bit]) + signed[at + 1 :]
        found = verify_file(changed, corpus_trust, NOW).verdict
        assert found is not Verdict.GENUINE, f"byte {at - hole}, bit {bit}"


def test_what_is_added_behind_a_signature_with_sm2_is_told(page, corpus_trust):
    signed = sign_pdf(page, by_certificate(), NOW)
    found = verify_file(signed + b"% more\n", corpus_trust, NOW)
    assert (found.verdict, found.uncovered) == (
        Verdict.ALTERED, (f"bytes {len(signed)} to {len(signed) + 7}",)
    )


def test_two_signatures_with_sm2_are_both_told(page, corpus_trust):
    twice = sign_pdf(sign_pdf(page, by_certificate(), NOW), by_certificate(), NOW)
    found = verify_file(twice, corpus_trust, NOW)
    assert (found.verdict, len(found.signatures)) == (Verdict.GENUINE, 2)


def test_a_pdf_by_an_unknown_signer_with_sm2_is_not_trusted(page):
    found = verify_file(sign_pdf(page, by_certificate(), NOW), NOBODY, NOW)
    assert (found.verdict, found.intact) == (Verdict.UNTRUSTED, True)


def test_an_ofd_file_goes_to_the_printer_as_a_pdf_that_looks_the_same(sealed):
    file = open_document(sealed)
    assert file.count_pages() == 1
    pdf = file.printable()
    shown = pypdfium2.PdfDocument(pdf)[0]
    assert [round(one) for one in shown.get_size()] == [595, 842]
    assert "老年人优待证" in file.page_text(1)
    mine = render_page(sealed, 1, 60)
    bitmap = shown.render(scale=60 / 72).to_pil().resize((mine.width, mine.height)).convert("RGB")
    apart = sum(
        abs(one - other) for one, other in zip(bitmap.tobytes(), mine.colours, strict=True)
    ) / len(mine.colours)
    assert apart < 3


async def test_the_worker_checks_and_prepares_an_ofd_file(sealed, strangers_seal, trust):
    service = DocumentService(Worker("kiosk.certificates.worker", 512, 10), trust)
    try:
        checked = await service.check(sealed)
        assert checked.pages == 1
        assert checked.page_marks
        assert checked.metadata.identifier.startswith("1.2.156.3005.2.")
        document, pages = await service.prepare(sealed, NOTE)
        assert pages == 2
        assert len(pypdfium2.PdfDocument(document)) == 2
        with pytest.raises(Failure) as caught:
            await service.check(strangers_seal)
        assert caught.value.reason is Reason.CERTIFICATE_UNTRUSTED
    finally:
        await service.stop()


def test_a_trust_folder_that_is_none_is_one_clear_error(sealed, tmp_path):
    file = tmp_path / "certificate.ofd"
    file.write_bytes(sealed)
    told = run_module("kiosk.certificates", "verify", str(file), "--trust", str(tmp_path / "no"))
    assert (told.returncode, told.stdout) == (2, "")
    assert "no folder" in told.stderr


async def test_what_a_file_says_where_no_signature_covers_it_counts_as_nothing(
    sealed, keys, library, trust, monkeypatch
):
    monkeypatch.setattr(
        "sandbox.library.issue.SignatureWish", partial(SignatureWish, leave_out=("OFD.xml",))
    )
    held = library.list(person("li-xiulan"))
    issued = next(one for one in held if one.type.format == "ofd")
    bare = await asyncio.to_thread(Library(keys, date(2026, 11, 23)).file, issued)
    found = verify_file(bare, load_trust(trust), NOW)
    assert (found.verdict, found.uncovered) == (Verdict.GENUINE, ("OFD.xml",))
    service = DocumentService(Worker("kiosk.certificates.worker", 512, 10), trust)
    try:
        assert (await service.check(sealed)).metadata.identifier == issued.identifier
        assert (await service.check(bare)).metadata.is_silent
    finally:
        await service.stop()
