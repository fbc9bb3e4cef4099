"""Files: genuine or not, drawn, prepared for paper; identifiers; the worker's limits."""

import io
import random
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.certificates.annotate import annotate
from kiosk.certificates.documents import DocumentService
from kiosk.certificates.http import read_entry
from kiosk.certificates.identifier import check_identifier
from kiosk.certificates.port import Annotation
from kiosk.certificates.render import render_page
from kiosk.certificates.trust import NOBODY, load_trust
from kiosk.certificates.verdict import Verdict
from kiosk.certificates.verify import verify_file
from kiosk.errors import Failure
from kiosk.printing.port import Receipt
from kiosk.reasons import Reason
from kiosk.visit.states import CertificateStatus
from kiosk.worker import Worker
from sandbox.library.issue import identifier
from sandbox.library.types import certificate_types
from sandbox.people.registry import people
from tests.conftest import last_json, run_module

NOW = datetime.now(UTC)
NOTE = Annotation(
    "社保医保", "柳塘村便民服务中心", "DEMO-0001", "2026-11-23 10:00", "2027-02-21", 2
)


@pytest.fixture(scope="session")
def roots(trust):
    return load_trust(trust)


def test_an_issued_certificate_is_genuine(genuine, roots):
    found = verify_file(genuine, roots, NOW)
    assert (found.verdict, found.intact, found.uncovered) == (Verdict.GENUINE, True, ())
    assert found.signatures[0].chain == "trusted"
    assert found.signatures[0].signer == "同邦市社会保险事业服务中心"


def test_one_signed_by_a_stranger_is_intact_but_not_trusted(untrusted, roots):
    found = verify_file(untrusted, roots, NOW)
    assert (found.verdict, found.intact) == (Verdict.UNTRUSTED, True)


def test_a_thousand_changed_bytes_are_all_found(genuine, roots):
    dice = random.Random(20261123)
    for _ in range(1000):
        at, bit = dice.randrange(len(genuine)), 1 << dice.randrange(8)
        changed = genuine[:at] + bytes([genuine[at] ^ bit]) + genuine[at + 1 :]
        found = verify_file(changed, roots, NOW).verdict
        assert found is not Verdict.GENUINE, f"byte {at}, bit {bit}"


def test_a_page_that_is_added_later_is_found(genuine, roots):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(genuine))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/MediaBox"][2] = page["/MediaBox"][3]
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))
    out = io.BytesIO()
    writer.write(out)
    assert verify_file(out.getvalue(), roots, NOW).verdict is Verdict.ALTERED


@given(st.binary(max_size=300))
def test_any_bytes_get_a_verdict(garbage):
    assert verify_file(garbage, NOBODY, NOW).verdict is Verdict.UNREADABLE
    assert verify_file(b"%PDF-1.7\n" + garbage, NOBODY, NOW).verdict is Verdict.UNREADABLE


def test_a_pdf_without_signature_is_unsigned():
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    assert verify_file(out.getvalue(), NOBODY, NOW).verdict is Verdict.UNSIGNED


def test_a_trust_folder_must_hold_certificates(tmp_path):
    with pytest.raises(ValueError, match="holds no certificate"):
        load_trust(tmp_path)
    (tmp_path / "bad.crt").write_text("nonsense")
    with pytest.raises(ValueError, match="not a certificate"):
        load_trust(tmp_path)


def test_a_page_has_the_size_of_its_paper(genuine):
    page = render_page(genuine, 1, 300)
    assert (page.width, page.height) == (2480, 3508) or (page.width, page.height) == (2481, 3508)
    assert len(page.colours) == page.width * page.height * 3
    with pytest.raises(ValueError, match="page 2 of 1"):
        render_page(genuine, 2, 96)


def test_the_printed_copy_keeps_the_page_and_says_what_it_is_for(genuine):
    printed, pages = annotate(genuine, NOTE)
    assert pages == 2
    document = pypdfium2.PdfDocument(printed)
    for number in (0, 1):
        text = document[number].get_textpage().get_text_range()
        assert "李秀兰" in text
        assert "用途：社保医保" in text
        assert f"第 {number + 1} 份，共 2 份" in text
        assert f"第 {2 - number} 份" not in text
        assert document[number].get_size() == pypdfium2.PdfDocument(genuine)[0].get_size()
    document.close()


def test_a_copy_printed_on_both_sides_begins_on_a_sheet_of_its_own(genuine):
    printed, pages = annotate(genuine, replace(NOTE, two_sided=True))
    assert pages == 2
    document = pypdfium2.PdfDocument(printed)
    assert len(document) == 3
    texts = [page.get_textpage().get_text_range() for page in document]
    assert ["第 1 份" in texts[0], texts[1], "第 2 份" in texts[2]] == [True, "", True]
    assert len({page.get_size() for page in document}) == 1
    document.close()


def test_a_code_goes_on_a_sheet_of_its_own_where_that_is_asked_for(genuine):
    one = replace(NOTE, copies=1, codes=("TB1:" + "A" * 200,))
    assert annotate(genuine, one)[1] == 1
    assert annotate(genuine, replace(one, own_sheet=True))[1] == 2


def test_the_margin_lines_do_not_hide_the_original(genuine):
    original, printed = render_page(genuine, 1, 60), render_page(annotate(genuine, NOTE)[0], 1, 60)
    dark = [i for i in range(0, len(original.colours), 3) if original.colours[i] < 80]
    assert all(printed.colours[i] < 140 for i in dark)


def test_the_sandbox_issues_at_least_eight_kinds_to_at_least_twelve_residents():
    assert len(certificate_types()) >= 8
    assert len(people()) >= 12
    held = {one.type for someone in people().values() for one in someone.certificates}
    assert held == set(certificate_types())


TYPE, ISSUER = "12990000MB0TONG010001", "12990000MB0TONG010"


def test_identifiers_of_the_sandbox_are_sound():
    assert check_identifier(identifier(TYPE, ISSUER, "202639370668")) is None


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ("1.2.3", "does not begin"),
        (f"1.2.156.3005.2.{TYPE}.{ISSUER}.1.001", "has 4 parts"),
        (f"1.2.156.3005.2.{TYPE}.{ISSUER}.abc.001.8", "the serial 'abc'"),
        (f"1.2.156.3005.2.{TYPE}.{ISSUER}.202639370668.001.9", "is 9, not 8"),
    ],
)
def test_what_is_wrong_with_an_identifier_is_said(wrong, problem):
    assert problem in check_identifier(wrong)


@given(st.text(max_size=80))
def test_any_text_is_an_identifier_or_not(text):
    check_identifier(text)
    check_identifier(f"1.2.156.3005.2.{text}")


ENTRY = {
    "certificateIdentifier": identifier(TYPE, ISSUER, "1"),
    "certificateType": "household",
    "certificateTypeName": "户籍证明",
    "certificateNumber": "1",
    "certificateIssuingAuthorityName": "局",
    "certificateIssuedDate": "2026-11-02",
    "status": "01",
    "statusAskedAt": "2026-11-23T00:00:00+00:00",
}


@pytest.mark.parametrize(
    ("code", "status"),
    [("01", CertificateStatus.VALID), ("07", CertificateStatus.REVOKED),
     ("U", CertificateStatus.UNKNOWN)],
)
def test_a_status_that_is_not_known_is_unknown_and_its_code_is_kept(code, status):
    entry = read_entry(ENTRY | {"status": code})
    assert (entry.status, entry.status_code) == (status, code)


def test_an_entry_with_a_wrong_identifier_is_refused():
    with pytest.raises(ValueError, match="identifier: the check character"):
        read_entry(ENTRY | {"certificateIdentifier": ENTRY["certificateIdentifier"][:-1] + "0"})


async def test_the_worker_verifies_draws_prepares_and_is_limited(genuine, untrusted, trust):
    documents = DocumentService(Worker("kiosk.certificates.worker", 512, 5), trust)
    await documents.warm_up()
    checked = await documents.check(genuine)
    assert (checked.pages, checked.preview.width) == (1, 910)
    for document, reason in (
        (untrusted, Reason.CERTIFICATE_UNTRUSTED),
        (b"%PDF nothing", Reason.CERTIFICATE_UNREADABLE),
    ):
        with pytest.raises(Failure) as caught:
            await documents.check(document)
        assert caught.value.reason is reason
    receipt = Receipt("村", "T", "1", "李*兰", "户籍证明", "Household", "银行", 1, 1, "now")
    raster = await documents.receipt(receipt, 576)
    assert raster.shape[1] == 576
    assert 0.01 < raster.mean() < 0.3
    await documents.stop()


async def test_a_worker_that_hangs_is_ended_and_the_next_call_gets_a_new_one(tmp_path, monkeypatch):
    (tmp_path / "sleeper.py").write_text(
        "import time\n"
        "CALLS = {'sleep': lambda f, b: time.sleep(f['s']) or ({}, []),\n"
        "         'eat': lambda f, b: ({'n': len(bytearray(900 * 1024 * 1024))}, []),\n"
        "         'die': lambda f, b: __import__('os')._exit(3)}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    from kiosk.worker import WorkerFault

    worker = Worker("sleeper", 300, 0.8)
    for name, fields, why in (
        ("sleep", {"s": 30}, "longer than"),
        ("eat", {}, "MemoryError"),
        ("die", {}, "died"),
    ):
        with pytest.raises(WorkerFault, match=why):
            await worker.call(name, fields)
        assert await worker.call("sleep", {"s": 0}) == ({}, [])
    await worker.stop()


def test_the_command_line_verifies_renders_and_checks(genuine, trust, tmp_path):
    file = tmp_path / "one.pdf"
    file.write_bytes(genuine)
    done = run_module("kiosk.certificates", "verify", str(file), "--trust", str(trust), "--json")
    told = last_json(done.stdout)
    assert (done.returncode, told["verdict"], told["format"]) == (0, "genuine", "pdf")
    assert (told["type_code"], told["kind"]) == (TYPE, "pension_insurance")
    done = run_module("kiosk.certificates", "verify", str(file), "--json")
    assert (done.returncode, last_json(done.stdout)["verdict"]) == (1, "untrusted")
    out = tmp_path / "page.png"
    done = run_module(
        "kiosk.certificates", "render", str(file), "--page", "1", "--dpi", "50", "--out", str(out)
    )
    assert done.returncode == 0
    assert out.exists()
    sound = identifier(TYPE, ISSUER, "202639370668")
    assert run_module("kiosk.certificates", "check-id", sound).stdout == "sound\n"
    done = run_module("kiosk.certificates", "check-id", sound[:-1] + "0")
    assert (done.returncode, done.stdout.strip()) == (1, "the check character is 0, not 8")
    done = run_module("kiosk.certificates", "verify", "/nowhere.pdf")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
