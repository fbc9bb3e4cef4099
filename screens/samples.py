"""Sample states for the gallery and the checks: one for every screen, made-up data only."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.certificates.metadata import Metadata
from kiosk.certificates.port import Certificate, CheckedFile, Page, Region
from kiosk.content.port import Domain, Guide, Service
from kiosk.faces.port import Hint, Picture
from kiosk.identity.levels import Level
from kiosk.identity.port import HandOver, PhoneCode, Principal, Relation, ShowRequest
from kiosk.reasons import Reason
from kiosk.services.port import TERMINAL, CallTime, Draft, Kind, RequestStatus
from kiosk.visit.delays import MOST_EXTENSIONS
from kiosk.visit.personal import Visit
from kiosk.visit.states import (
    CertificateFact,
    CertificateStatus,
    Equipment,
    Kept,
    Part,
    Progress,
    Slip,
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
CODE = "482913705616"
TYPED = {
    "contact": "138", "request_code": "482913",
    "request_code_wrong": "482913705610", "request_code_whole": CODE,
}
"""What was typed, by the name of the screen."""
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
    visit.guides = sample_guides()
    visit.services = tuple(
        Service(one.id, one.domain, one.title_zh, one.title_en) for one in visit.guides
    )
    visit.code = CODE
    visit.arrived_at = datetime(2026, 11, 24, 14, 20).astimezone()
    visit.home = Region("990000", "青云省", "Qingyun")
    visit.missing = (Region("970000", "岚山省", "Lanshan"),)
    elsewhere = Region("980000", "海澜省", "Hailan")
    visit.certificates[1] = replace(
        visit.certificates[1], region=elsewhere, issuer="海澜市社会保险事业服务中心"
    )
    return visit


def prepare(visit: Visit, name: str) -> None:
    """Give a sample visit what only the screen of this name has."""
    usual = CODE if name.startswith("request_status") else "13800000000"
    visit.typed = TYPED.get(name, usual)
    if visit.phone_code is not None:
        called = name == "phone_called"
        address = "" if called else "https://sample.example/phone?user_code=WDJB-MJHT"
        visit.phone_code = replace(visit.phone_code, address=address)


def sample_guides() -> tuple[Guide, ...]:
    """Guides, one of them long."""
    long = Guide(
        "pension", Domain.SOCIAL_SECURITY, "城乡居民基本养老保险参保登记",
        "Joining the basic pension insurance for residents",
        "年满 16 周岁、不是在校学生、没有参加职工养老保险的本地居民",
        "Residents of 16 and older who are no students and not in the insurance for employees",
        ("身份证原件", "户口簿原件，或居住证", "本人银行卡（社保卡也可以）", "一寸照片两张"),
        ("ID card", "Household register, or residence permit",
         "Your bank card; a social-security card will do", "Two small photographs"),
        5, "不收费", "Free of charge", "参保登记凭证，当场领取或邮寄",
        "Proof of joining, at once or by post",
        "柳塘村便民服务中心 1 号窗口，工作日 9:00 到 17:00",
        "Liutang Village Service Centre, counter 1, working days 9 to 5",
    )
    short = [
        ("household", Domain.PUBLIC_SECURITY, "户籍证明", "Household registration certificate"),
        ("pension_benefit", Domain.SOCIAL_SECURITY, "养老待遇资格认证", "Proof for pensioners"),
        ("medical", Domain.HEALTH, "异地就医备案", "Treatment away from home"),
        ("marriage", Domain.MARRIAGE, "婚姻登记信息查询", "Query of the marriage register"),
        ("unemployed", Domain.EMPLOYMENT, "失业登记", "Registering as unemployed"),
        ("aid", Domain.SOCIAL_ASSISTANCE, "低保、救助申请", "Applying for assistance"),
        ("fund", Domain.HOUSING_FUND, "公积金明细", "Statement of the housing fund"),
    ]
    return (long, *(
        replace(long, id=id_, domain=domain, title_zh=chinese, title_en=english)
        for id_, domain, chinese, english in short
    ))


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
    states.update(first_screens())
    states["starting"] = State(Step.STARTING)
    states["out_of_service"] = State(
        Step.OUT_OF_SERVICE, Equipment(((Part.STORE, Reason.STORE_FULL),)),
        reason=Reason.STORE_FULL,
    )
    for verdict in ("genuine", "altered", "revoked", "expired", "untrusted", "list_too_old"):
        judged = replace(progress, verdict=verdict)
        states[f"check_paper_{verdict}"] = State(Step.CHECK_PAPER, Equipment(), judged)
    del states["problem"]
    states.update(without_sign_in())
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
    states["hand_over_number"] = State(Step.HAND_OVER, lying, replace(progress, taken=True))
    states["certificates_acting"] = State(
        Step.CERTIFICATES, Equipment(), replace(progress, acting=Relation.AGENT)
    )
    kept = replace(progress, offline=True, purpose="kept")
    for name in ("consent", "face", "signing_in", "certificates", "preview", "copies", "another"):
        states[f"{name}_kept"] = State(Step(name), Equipment(card_present=True), kept)
    card_only = Progress(1, "cn_resident", face_attempts=3)
    states["problem_face_mismatch_phone"] = State(
        Step.PROBLEM, Equipment(), card_only, reason=Reason.FACE_MISMATCH
    )
    coming = replace(progress, pages=(), chosen=1, fetching=frozenset({1}))
    states["preview_fetching"] = State(Step.PREVIEW, Equipment(), coming)
    states["another_no_receipt"] = replace(
        states["another"], reason=Reason.RECEIPT_PRINTER_NO_PAPER
    )
    states["technician"] = State(
        Step.TECHNICIAN, Equipment(((Part.DOCUMENT_PRINTER, Reason.PRINTER_NO_PAPER),))
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


def first_screens() -> dict[str, State]:
    """The first screen of a terminal at which this or that does not work."""
    everything = frozenset({Kept.PAPER_LISTS, Kept.GUIDES, Kept.PACKAGES})
    old = frozenset({Kept.OLD_PAPER_LISTS, Kept.GUIDES})
    no_line = (Part.PLATFORM, Reason.NETWORK)
    no_camera = (Part.CAMERA, Reason.CAMERA_FAULT)
    no_printer = (Part.DOCUMENT_PRINTER, Reason.PRINTER_NO_PAPER)
    since = datetime.combine(date.today(), time(14, 5))
    all_day = since - timedelta(days=1)
    return {name: State(Step.IDLE, equipment) for name, equipment in {
        "idle": Equipment(kept=everything),
        "idle_no_reader": Equipment(((Part.READER, Reason.READER_FAULT),), kept=everything),
        "idle_no_camera": Equipment((no_camera,), kept=everything),
        "idle_no_receipt": Equipment(
            ((Part.RECEIPT_PRINTER, Reason.RECEIPT_PRINTER_NO_PAPER),), kept=everything
        ),
        "idle_no_printer": Equipment((no_printer,), kept=everything),
        "idle_nothing_kept": Equipment(),
        "idle_no_line": Equipment((no_line,), kept=everything, offline_since=since),
        "idle_no_line_old": Equipment((no_line,), kept=old, offline_since=all_day),
        "idle_no_line_nothing_kept": Equipment((no_line,), offline_since=since),
        "idle_no_line_no_camera": Equipment(
            (no_line, no_camera), kept=everything, offline_since=since
        ),
    }.items()}


def without_sign_in() -> dict[str, State]:
    """Guides, and what a citizen leaves, in all their states."""
    blank = Progress(1)
    complaint = Draft(Kind.COMPLAINT, "household", category="slow", call=CallTime.ANY)
    rating = Draft(Kind.RATING, TERMINAL, level=4)
    no_printer = Equipment(((Part.RECEIPT_PRINTER, Reason.RECEIPT_PRINTER_NO_PAPER),))
    at = {
        "guides": (Step.GUIDES, blank),
        "guides_of_domain": (Step.GUIDES, replace(blank, domain=Domain.SOCIAL_SECURITY)),
        "guide": (Step.GUIDE, replace(blank, guide="pension")),
        "guide_printing": (Step.GUIDE, replace(blank, guide="pension", slip=Slip.PRINTING)),
        "request": (Step.REQUEST, blank),
        "about": (Step.ABOUT, replace(blank, draft=Draft(Kind.RATING))),
        "rating": (Step.RATING, replace(blank, draft=Draft(Kind.RATING, TERMINAL))),
        "category": (Step.CATEGORY, replace(blank, draft=Draft(Kind.COMPLAINT, "household"))),
        "category_request": (Step.CATEGORY, replace(blank, draft=Draft(Kind.REQUEST, TERMINAL))),
        "contact": (Step.CONTACT, replace(blank, draft=complaint)),
        "contact_whole": (Step.CONTACT, replace(blank, draft=complaint, typed=True)),
        "call_time": (Step.CALL_TIME, replace(blank, draft=complaint)),
        "review": (Step.REVIEW, replace(blank, draft=complaint)),
        "review_rating": (Step.REVIEW, replace(blank, draft=rating)),
        "sending": (Step.SENDING, replace(blank, draft=complaint)),
        "request_code": (Step.REQUEST_CODE, blank),
        "request_code_wrong": (Step.REQUEST_CODE, blank),
        "request_code_whole": (Step.REQUEST_CODE, replace(blank, typed=True)),
    }
    states = {
        name: State(step, Equipment(), progress) for name, (step, progress) in at.items()
    }
    states["guide_no_printer"] = State(Step.GUIDE, no_printer, replace(blank, guide="pension"))
    for status in RequestStatus:
        kept = replace(blank, draft=complaint, status=status, slip=Slip.PRINTED)
        if status is not RequestStatus.UNKNOWN:
            states[f"request_kept_{status}"] = State(Step.REQUEST_KEPT, Equipment(), kept)
        told = replace(blank, status=status)
        states[f"request_status_{status}"] = State(Step.REQUEST_STATUS, Equipment(), told)
    kept = replace(blank, draft=complaint, status=RequestStatus.WAITING)
    states["request_kept_printing"] = State(
        Step.REQUEST_KEPT, Equipment(), replace(kept, slip=Slip.PRINTING)
    )
    states["request_kept"] = State(Step.REQUEST_KEPT, no_printer, kept)
    states["request_kept_rating"] = State(
        Step.REQUEST_KEPT, Equipment(), replace(kept, draft=rating)
    )
    states["request_status"] = states["request_status_waiting"]
    return states


IN_GALLERY = ("printer_no_paper", "removed_early", "face_mismatch", "face_mismatch_phone",
              "certificate_altered", "minor_needs_guardian", "network", "print_unknown",
              "no_certificates", "too_many_attempts")
"""Problems that have a picture; all are checked."""
