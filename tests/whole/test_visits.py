"""Whole visits over real protocols: who can print, who cannot, and why."""


import pypdfium2
import pytest

from kiosk.certificates.proof.scan import find_code
from kiosk.config import BadConfiguration
from kiosk.gm import SmUnavailable
from kiosk.keeping import STORE
from kiosk.terminal import Terminal
from kiosk.visit import events as ev
from kiosk.visit.states import Step
from offline.look import snapshot


def outcomes(folder) -> list[str]:
    with snapshot(folder / STORE) as store:
        return [row[0] for row in store.execute("SELECT outcome FROM job ORDER BY number")]


@pytest.mark.parametrize(
    ("citizen", "certificate"),
    [
        ("li-xiulan", None),
        ("zhao-dehou", "senior_card"),
        ("zhang-rare", "no_crime"),
        ("martin-anna", "income_tax"),
        ("okafor-james", "housing_fund"),
        ("chan-siuming", "property_query"),
        ("lin-yating", None),
        ("ayiguli", "pension_insurance"),
        ("wang-jianguo", "marriage"),
    ],
)
async def test_a_resident_prints_a_certificate(visitor, citizen, certificate):
    assert await visitor.visit(citizen, certificate) == "printed"
    assert len(visitor.papers()) == 1
    assert outcomes(visitor.state_folder) == ["printed"]


@pytest.mark.parametrize(
    ("citizen", "certificate", "reason"),
    [
        ("zhou-xiaobao", None, "minor_needs_guardian"),
        ("chen-guihua", None, "no_certificates"),
        ("sun-weiguo", "senior_card", "certificate_revoked"),
        ("ma-zhiqiang", "no_crime", "certificate_expired"),
        ("he-laosan", None, "expired"),
        ("silva-joao", None, "wrong_card_type"),
        ("li-xiulan", "marriage", "certificate_not_found"),
    ],
)
async def test_one_who_cannot_print_is_told_the_reason(visitor, citizen, certificate, reason):
    assert await visitor.visit(citizen, certificate) == reason
    assert visitor.papers() == []


async def test_the_paper_shows_the_certificate_with_its_purpose(visitor):
    await visitor.visit("li-xiulan", "pension_benefit")
    document = pypdfium2.PdfDocument(visitor.papers()[0]["path"])
    text = document[0].get_textpage().get_text_range()
    for words in ("养老保险待遇证明", "李秀兰", "社保医保", "柳塘村便民服务中心", "第 1 份"):
        assert words in text
    document.close()


async def test_the_paper_is_verified_before_the_camera_while_the_line_is_down(visitor, tmp_path):
    await visitor.visit("li-xiulan", "household")
    await visitor.back_to_idle()
    copy = code_of(visitor.papers()[0]["path"], tmp_path / "copy.png")
    visitor.stage.order("platform", "cut")
    assert await visitor.check(copy) == "genuine"
    assert visitor.terminal.visit.paper["claims"]["holder"] == "李**"
    visitor.terminal.engine.send(ev.Leaves())
    assert visitor.terminal.visit.paper is None
    assert "paper_checked" in visitor.events()


def code_of(paper, path):
    """The part of a printed page around its code, as somebody holds it before a camera."""
    page = pypdfium2.PdfDocument(paper)[0].render(scale=200 / 72).to_pil().convert("L")
    corners = find_code(page).corners
    xs, ys = zip(*corners, strict=True)
    page.crop((min(xs) - 60, min(ys) - 60, max(xs) + 200, max(ys) + 60)).save(path)
    return path


async def test_somebody_elses_face_prints_nothing(visitor):
    assert await visitor.visit("li-xiulan", face="wang-jianguo") == "face_mismatch"
    assert visitor.papers() == []


async def test_two_people_one_after_the_other(visitor):
    for citizen in ("li-xiulan", "wang-jianguo"):
        assert await visitor.visit(citizen) == "printed"
        await visitor.back_to_idle()
    assert len(visitor.papers()) == 2


@pytest.mark.parametrize(
    ("part", "fault", "reason"),
    [
        ("platform", "error_500", "platform_error"),
        ("platform", "sign_in_refused", "sign_in_refused"),
        ("platform", "token_forged", "platform_invalid"),
        ("platform", "file_altered", "certificate_altered"),
        ("platform", "file_untrusted", "certificate_untrusted"),
        ("platform", "file_garbage", "certificate_unreadable"),
        ("platform", "file_incomplete", "certificate_incomplete"),
        ("idcard", "unreadable", "unreadable"),
        ("idcard", "auth_failed", "auth_failed"),
        ("document_printer", "no_paper", "printer_no_paper"),
        ("document_printer", "jam_midway", "printer_jammed"),
        ("document_printer", "refuse", "printer_stopped"),
        ("camera", "black", "camera_fault"),
    ],
)
async def test_a_fault_ends_in_its_reason_and_the_next_person_is_served(
    visitor, monkeypatch, part, fault, reason
):
    from drivers.document_printer import driver
    from kiosk.faces import service

    monkeypatch.setattr(driver, "STOPPED_SECONDS", 0.3)
    monkeypatch.setattr(service, "SEARCH_SECONDS", 2.0)
    visitor.stage.order(part, "fault", name=fault)
    assert await visitor.visit("li-xiulan") == reason
    assert visitor.papers() == []
    visitor.stage.order(part, "clear")
    await visitor.back_to_idle()
    assert await visitor.visit("wang-jianguo") == "printed"
    assert len(visitor.papers()) == 1
    told = visitor.audit()
    ended = [entry["outcome"] for entry in told if entry["event"] == "visit_ended"]
    assert ended[0] == reason


async def test_a_line_that_is_cut_in_the_visit_is_told_as_network(visitor):
    visitor.terminal.engine.observe(
        lambda state, _: (
            visitor.stage.order("platform", "cut") if state.step is Step.CONSENT else None
        )
    )
    assert await visitor.visit("li-xiulan") == "network"


async def test_a_slow_platform_is_told_as_such(visitor):
    visitor.terminal._platform._timeout = 0.5
    visitor.stage.order("platform", "fault", name="slow")
    assert await visitor.visit("li-xiulan") == "platform_timeout"


async def test_a_missing_receipt_does_not_undo_the_print(visitor):
    visitor.stage.order("receipt_printer", "fault", name="paper_out")
    assert await visitor.visit("li-xiulan") == "printed"
    assert "receipt_failed" in visitor.events()


async def test_nothing_personal_is_in_what_the_terminal_keeps(visitor):
    await visitor.visit("li-xiulan")
    written = str(visitor.audit()).encode()
    for path in visitor.state_folder.glob("vault*"):
        written += path.read_bytes()
    for secret in ("李秀兰", "119900195803120627", "柳塘村三组"):
        assert secret.encode() not in written


async def test_after_the_visit_the_terminal_knows_nobody(visitor):
    await visitor.visit("li-xiulan")
    await visitor.back_to_idle()
    visit = visitor.terminal.visit
    assert visit.document is None
    assert visit.session is None
    assert visit.certificates == []
    assert visit.files == {}
    assert visit.live is None


async def test_the_token_is_worth_nothing_after_the_visit(visitor):
    tokens = []
    visitor.terminal.engine.observe(
        lambda *_: tokens.append(visitor.terminal.visit.session)
        if visitor.terminal.visit.session
        else None
    )
    await visitor.visit("li-xiulan")
    await visitor.back_to_idle()
    import requests

    address = f"{visitor.stage.places['platform']}/library/certificates"
    for _ in range(50):
        answer = requests.get(
            address, headers={"Authorization": f"Bearer {tokens[-1].token}"}, timeout=5
        )
        if answer.status_code == 401:
            break
    assert answer.status_code == 401


def test_a_terminal_without_sm2_does_not_start_and_says_so(stage, monkeypatch):
    def refuse():
        raise SmUnavailable("this system's OpenSSL was built without SM2")

    monkeypatch.setattr("kiosk.terminal.require_sm2", refuse)
    with pytest.raises(BadConfiguration, match="built without SM2"):
        Terminal(stage.config)
