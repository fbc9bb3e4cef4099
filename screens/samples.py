"""Sample states for the gallery and the checks: one for every screen, made-up data only."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.certificates.metadata import Metadata
from kiosk.certificates.port import Certificate, CheckedFile, Page, Region
from kiosk.faces.port import Hint, Picture
from kiosk.identity.levels import Level
from kiosk.identity.port import HandOver, PhoneCode, Principal, Relation, ShowRequest
from kiosk.reasons import Reason
from kiosk.visit.delays import MOST_EXTENSIONS
from kiosk.visit.personal import Visit
from kiosk.visit.states import (
    CertificateFact,
    CertificateStatus,
    Equipment,
    Part,
    Progress,
    State,
    Step,
    Way,
)

NAMES = (
    ("基本养老保险参保缴费凭证", "Basic pension insurance: record of contributions"),
    ("养老保险待遇证明", "Pension benefit statement"),
    ("老年人优待证", "Senior citizen card"),
    ("不动产登记信息查询结果", "Real-estate register: result of query"),
    ("户籍证明", "Household registration certificate"),
)
ISSUER = "同邦市社会保险事业服务中心"


def sample_visit() -> Visit:
    """A visit with a document, a list and a page."""
    document = IdentityDocument(DocumentType.CN_RESIDENT, "119900195803120627", "李秀兰")
    statuses = [CertificateStatus.VALID] * len(NAMES)
    statuses[2] = CertificateStatus.REVOKED
    certificates = [
        Certificate(
            f"1.2.156.3005.2.{index}", f"kind-{index}", name, english, f"第{index}号", ISSUER,
            date(2026, 11, 2), date(2027, 5, 2), status, "01", "2026-11-23T09:00:00+00:00",
        )
        for index, ((name, english), status) in enumerate(zip(NAMES, statuses, strict=True))
    ]
    checked = CheckedFile(b"", 1, ISSUER, b"", Metadata(), sample_page())
    code = PhoneCode(
        "WDJB-MJHT", "https://sample.example/phone?user_code=WDJB-MJHT", 120.0, 5.0, ""
    )
    visit = Visit(
        document, certificates=certificates, files={0: checked}, live=sample_picture(),
        hint=Hint.GOOD, phone_code=code, paper=sample_paper(),
    )
    visit.again_at = datetime(2026, 11, 24, 6, 35, tzinfo=UTC)
    visit.principals = [
        Principal("王建国", Relation.AGENT, "", ("housing_fund",), date(2027, 3, 1)),
        Principal("周小宝", Relation.GUARDIAN, "", (), None),
    ]
    visit.show_request = ShowRequest(
        "https://sample.example/authorize?client_id=TB-0001&request_uri="
        "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c", 120.0, "", "",
    )
    address = "https://sample.example/take-over?code=6esc_11ACC5bwc014"
    visit.offer = HandOver(address, 120.0, 1.0, "")
    visit.number = "47"
    visit.home = Region("990000", "青云省", "Qingyun")
    visit.missing = (Region("970000", "岚山省", "Lanshan"),)
    elsewhere = Region("980000", "海澜省", "Hailan")
    visit.certificates[1] = replace(
        visit.certificates[1], region=elsewhere, issuer="海澜市社会保险事业服务中心"
    )
    return visit


def prepare(visit: Visit, name: str) -> None:
    """Give a sample visit what only the screen of this name has."""
    if visit.phone_code is not None:
        called = name == "phone_called"
        address = "" if called else "https://sample.example/phone?user_code=WDJB-MJHT"
        visit.phone_code = replace(visit.phone_code, address=address)


def sample_paper() -> dict[str, Any]:
    """What is known of a printed copy."""
    return {
        "verdict": "genuine", "checked_as_of": "2026-11-24T09:00:00+00:00",
        "claims": {
            "certificate": "基本养老保险参保缴费凭证", "holder": "李**", "purpose": "社保医保",
            "holder_number": "119***********0627", "expires": "2027-02-22T09:00:00+00:00",
        },
    }


def sample_page() -> Page:
    """An A4 page with grey lines in place of text."""
    page = np.full((1169, 827, 3), 255, np.uint8)
    for row in range(120, 900, 36):
        page[row : row + 12, 90 : 90 + 640 - (row * 7) % 200] = 150
    page[60:90, 230:600] = 60
    return Page(827, 1169, page.tobytes())


def sample_picture() -> Picture:
    """A camera's picture: a soft shape on a wall."""
    rows, columns = np.mgrid[0:720, 0:1280]
    inside = ((rows - 350) / 220) ** 2 + ((columns - 640) / 165) ** 2 < 1
    picture = np.full((720, 1280, 3), (205, 200, 196), np.uint8)
    picture[inside] = (160, 190, 228)
    return picture


def sample_states() -> dict[str, State]:
    """Every screen's name and a state that shows it."""
    facts = tuple(
        CertificateFact(f"kind-{i}", CertificateStatus.VALID) for i in range(len(NAMES))
    )
    progress = Progress(
        1, "cn_resident", certificates=facts, pages=((0, 1),), chosen=0,
        purpose="social_security", copies=2, pages_printed=1, signed_in=True, level=Level.HIGH,
        agreed=True,
    )
    states = {
        str(step): State(step, Equipment(card_present=True), progress) for step in Step
    }
    out = Equipment(((Part.DOCUMENT_PRINTER, Reason.PRINTER_NO_PAPER),))
    states["idle"] = State(Step.IDLE)
    states["starting"] = State(Step.STARTING)
    states["out_of_service"] = State(
        Step.OUT_OF_SERVICE, out, reason=Reason.PRINTER_NO_PAPER
    )
    for verdict in ("genuine", "altered", "revoked", "expired", "untrusted", "list_too_old"):
        judged = replace(progress, verdict=verdict)
        states[f"check_paper_{verdict}"] = State(Step.CHECK_PAPER, Equipment(), judged)
    del states["problem"]
    lying = Equipment(card_present=True)
    states["phone_called"] = State(Step.PHONE, lying, replace(progress, way=Way.CALL))
    asked = (facts[0], replace(facts[1], level=Level.HIGH), *facts[2:])
    by_phone = replace(progress, certificates=asked, level=Level.SUBSTANTIAL, way=Way.PHONE)
    states["certificates_guarded"] = State(Step.CERTIFICATES, Equipment(), by_phone)
    states["phone"] = State(Step.PHONE, Equipment(), replace(progress, way=Way.PHONE))
    known = (Relation.AGENT, Relation.GUARDIAN)
    states["principals"] = State(Step.PRINCIPALS, lying, replace(progress, principals=known))
    states["principals_none"] = State(Step.PRINCIPALS, lying, replace(progress, principals=()))
    states["staff_consent"] = State(Step.STAFF, lying, replace(progress, agreed=False))
    states["hand_over_settling"] = State(Step.HAND_OVER, lying, replace(progress, settling=True))
    no_reader = Equipment(((Part.READER, Reason.READER_FAULT),))
    states["idle_no_reader"] = State(Step.IDLE, no_reader)
    states["idle_no_camera"] = State(
        Step.IDLE, Equipment(((Part.CAMERA, Reason.CAMERA_FAULT),))
    )
    states["hand_over_number"] = State(Step.HAND_OVER, lying, replace(progress, taken=True))
    states["certificates_acting"] = State(
        Step.CERTIFICATES, Equipment(), replace(progress, acting=Relation.AGENT)
    )
    card_only = Progress(1, "cn_resident", face_attempts=3)
    states["problem_face_mismatch_phone"] = State(
        Step.PROBLEM, Equipment(), card_only, reason=Reason.FACE_MISMATCH
    )
    no_receipt = Equipment(((Part.RECEIPT_PRINTER, Reason.RECEIPT_PRINTER_NO_PAPER),))
    states["idle_no_receipt"] = State(Step.IDLE, no_receipt)
    coming = replace(progress, pages=(), chosen=1, fetching=frozenset({1}))
    states["preview_fetching"] = State(Step.PREVIEW, Equipment(), coming)
    states["another_no_receipt"] = replace(
        states["another"], reason=Reason.RECEIPT_PRINTER_NO_PAPER
    )
    states["still_there"] = replace(states["certificates"], warned=True)
    extended = replace(progress, extended=MOST_EXTENSIONS)
    states["still_there_last"] = replace(states["still_there"], progress=extended)
    for reason in Reason:
        retry = Step.COPIES if reason in (Reason.PRINTER_NO_PAPER, Reason.REMOVED_EARLY) else None
        states[f"problem_{reason}"] = State(
            Step.PROBLEM, Equipment(), progress, reason=reason, retry=retry
        )
    return states


IN_GALLERY = ("printer_no_paper", "removed_early", "face_mismatch", "face_mismatch_phone",
              "certificate_altered", "minor_needs_guardian", "network", "print_unknown",
              "no_certificates", "too_many_attempts")
"""Problems that have a picture; all are checked."""
