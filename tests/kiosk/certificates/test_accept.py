"""A file against its kind's profile and the entry of the holder's list."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.certificates.accept import accept, check_file
from kiosk.certificates.documents import DocumentService
from kiosk.certificates.http import read_entry
from kiosk.certificates.metadata import Metadata, read_elements, read_metadata
from kiosk.certificates.port import Certificate, CheckedFile, Page
from kiosk.certificates.profile_file import load_profiles
from kiosk.errors import Failure
from kiosk.reasons import Reason
from kiosk.visit.states import CertificateStatus
from kiosk.worker import Worker
from sandbox.library.issue import identifier
from sandbox.people.registry import person

TODAY = date(2026, 11, 24)
INCOMPLETE, EXPIRED = Reason.CERTIFICATE_INCOMPLETE, Reason.CERTIFICATE_EXPIRED
HOUSEHOLD = load_profiles().by_id["household"]
PENSION = load_profiles().by_id["pension_insurance"]
CERTIFICATE = Certificate(
    identifier("11990000MB0TONG060002", "11990000MB0TONG060", "202600000001"),
    "household", "户籍证明", "", "同邦002字〔2026〕1号", "同邦市公安局",
    date(2026, 11, 2), date(2027, 5, 2), CertificateStatus.VALID, "01", "", holder="李秀兰",
)
WRITTEN = {
    "ZZBS": CERTIFICATE.identifier, "ZZLXDM": "11990000MB0TONG060002",
    "ZZBH": "同邦002字〔2026〕1号", "ZZBFJG": "同邦市公安局", "ZZBFJGDM": "11990000MB0TONG060",
    "ZZBFRQ": "20261102", "ZZYXQJZRQ": "20270502", "CZZT": "李秀兰", "CZZTDM": "1199",
}


def wrong(changes, certificate=CERTIFICATE, profile=HOUSEHOLD, today=TODAY):
    """What is wrong with a file that says something else: reasons and elements."""
    written = {name: value for name, value in (WRITTEN | changes).items() if value is not None}
    found = check_file(profile, read_metadata(written), certificate, today)
    return [(one.reason, one.element) for one in found]


def test_a_file_that_says_what_the_list_says_is_well():
    assert wrong({}) == []


@pytest.mark.parametrize("profile", [HOUSEHOLD, PENSION])
@pytest.mark.parametrize(("name", "element"), [
    ("ZZBH", "number"), ("ZZBFJG", "authority"), ("ZZBFRQ", "issued"), ("CZZT", "holder"),
])
def test_an_element_that_must_be_there_is_named_where_it_is_missing(name, element, profile):
    assert (INCOMPLETE, element) in wrong({name: None}, profile=profile)


@pytest.mark.parametrize(("changes", "element"), [
    ({"ZZBH": "同邦002字〔2026〕2号"}, "number"),
    ({"ZZBFJG": "别处公安局"}, "authority"),
    ({"ZZBFRQ": "20261103"}, "issued"),
    ({"ZZBFRQ": "见附件"}, "issued"),
    ({"CZZT": "王建国"}, "holder"),
    ({"ZZLXDM": "11990000MB0TONG060001"}, "type_code"),
    ({"ZZYXQJZRQ": "20270503"}, "valid_to"),
    ({"ZZYXQJZRQ": "长期"}, "valid_to"),
])
def test_an_element_that_contradicts_the_list_is_named(changes, element):
    assert wrong(changes) == [(INCOMPLETE, element)]


@pytest.mark.parametrize("changes", [
    {"ZZBH": "同邦002字 〔２０２６〕1号"}, {"ZZBFRQ": "2026年11月2日"},
    {"ZZBFJG": " 同邦市公安局 "},
])
def test_width_spaces_and_spelling_of_dates_are_no_contradiction(changes):
    assert wrong(changes) == []


def test_several_holders_may_stand_in_any_order():
    both = replace(CERTIFICATE, holder="王建国、李秀兰")
    assert wrong({"CZZT": "李秀兰，王建国"}, both) == []
    assert wrong({"CZZT": "李秀兰"}, both) == [(INCOMPLETE, "holder")]


def test_what_the_list_does_not_say_cannot_be_contradicted():
    silent = replace(CERTIFICATE, holder="", issued=None)
    assert wrong({"CZZT": "王建国"}, silent) == []


def test_for_ever_is_what_a_list_without_an_end_says():
    endless = replace(CERTIFICATE, expires=None)
    assert wrong({"ZZYXQJZRQ": "长期"}, endless) == []
    assert wrong({}, endless) == [(INCOMPLETE, "valid_to")]


def test_a_profile_may_let_ends_differ():
    lenient = replace(HOUSEHOLD, validity=replace(HOUSEHOLD.validity, end_agrees=False))
    assert wrong({"ZZYXQJZRQ": "20280502"}, profile=lenient) == []


@pytest.mark.parametrize("who", ["file", "list"])
def test_a_certificate_that_has_ended_is_refused_whoever_says_so(who):
    lenient = replace(HOUSEHOLD, validity=replace(HOUSEHOLD.validity, end_agrees=False))
    if who == "file":
        found = wrong({"ZZYXQJZRQ": "20261101"}, profile=lenient)
    else:
        found = wrong({}, replace(CERTIFICATE, expires=date(2026, 11, 1)), lenient)
    assert found == [(EXPIRED, "valid_to")]


def test_clocks_may_differ_by_the_grace_and_no_more():
    grace = timedelta(days=HOUSEHOLD.validity.clock_grace_days)
    for day, expected in (
        (CERTIFICATE.issued - grace, []),
        (CERTIFICATE.issued - grace - timedelta(days=1), [(INCOMPLETE, "issued")]),
        (CERTIFICATE.expires + grace, []),
        (CERTIFICATE.expires + grace + timedelta(days=1), [(EXPIRED, "valid_to")]),
    ):
        found = wrong({}, today=day)
        assert [one for one in found if one != (EXPIRED, "issued")] == expected


def test_a_certificate_counts_for_so_many_days_after_its_issue():
    endless = replace(CERTIFICATE, expires=None)
    counts = HOUSEHOLD.validity.counts_days + HOUSEHOLD.validity.clock_grace_days
    last = CERTIFICATE.issued + timedelta(days=counts)
    assert wrong({"ZZYXQJZRQ": "长期"}, endless, today=last) == []
    later = last + timedelta(days=1)
    assert wrong({"ZZYXQJZRQ": "长期"}, endless, today=later) == [(EXPIRED, "issued")]
    forever = replace(HOUSEHOLD, validity=replace(HOUSEHOLD.validity, counts_days=0))
    assert wrong({"ZZYXQJZRQ": "长期"}, endless, forever, later) == []


def test_a_certificate_that_has_not_begun_is_refused():
    assert wrong({"ZZYXQQSRQ": "20261201"}) == [(INCOMPLETE, "valid_from")]


def test_a_file_that_says_nothing_passes_only_where_the_profile_lets_it():
    nothing = dict.fromkeys(WRITTEN)
    assert wrong(nothing, profile=PENSION) == []
    elements = [element for _, element in wrong(nothing)]
    assert elements == list(HOUSEHOLD.file.required)


def test_a_silent_file_still_ends():
    over = replace(CERTIFICATE, expires=date(2026, 11, 1))
    assert wrong(dict.fromkeys(WRITTEN), over, PENSION) == [(EXPIRED, "valid_to")]


def checked(changes=()) -> CheckedFile:
    metadata = read_metadata(WRITTEN | dict(changes))
    return CheckedFile(b"", 1, "", b"", metadata, Page(1, 1, b"\0\0\0"))


def test_a_file_passes_or_fails_with_one_reason_and_the_names_of_all_elements():
    accept(CERTIFICATE, checked(), HOUSEHOLD, TODAY)
    with pytest.raises(Failure) as caught:
        accept(CERTIFICATE, checked({"CZZT": "王建国", "ZZBH": ""}), HOUSEHOLD, TODAY)
    assert caught.value.reason is INCOMPLETE
    assert caught.value.detail == (
        "household: number is missing; holder is not as in the list"
    )


def test_another_certificates_file_is_the_gravest_of_all():
    other = identifier("11990000MB0TONG060002", "11990000MB0TONG060", "2")
    with pytest.raises(Failure, match="identifier is another certificate's") as caught:
        accept(CERTIFICATE, checked({"ZZBS": other, "ZZYXQJZRQ": "2020-01-01"}), HOUSEHOLD, TODAY)
    assert caught.value.reason is Reason.CERTIFICATE_ALTERED


def test_no_value_of_the_file_or_the_list_is_told():
    changes = {"CZZT": "王建国", "ZZBH": "机密号", "ZZBFJG": "别处", "ZZBFRQ": "19990101"}
    with pytest.raises(Failure) as caught:
        accept(CERTIFICATE, checked(changes), HOUSEHOLD, TODAY)
    for secret in ("李秀兰", "王建国", "机密号", "别处", "1999"):
        assert secret not in str(caught.value)


@given(st.dictionaries(st.sampled_from([*WRITTEN, "ZZYXQQSRQ", "x"]), st.text(max_size=30)))
def test_whatever_a_file_says_is_well_or_wrong_for_a_known_reason(written):
    metadata = read_metadata(written)
    assert read_elements(metadata.elements()) == Metadata(metadata.texts, metadata.days)
    for one in check_file(HOUSEHOLD, metadata, CERTIFICATE, TODAY):
        assert one.reason in (INCOMPLETE, EXPIRED, Reason.CERTIFICATE_ALTERED)


async def test_what_the_worker_says_of_an_issued_file_is_accepted(library, trust):
    service = DocumentService(Worker("kiosk.certificates.worker", 512, 10), trust)
    profiles = load_profiles()
    try:
        for issued in library.list(person("li-xiulan")):
            entry = read_entry(issued.as_json(datetime(2026, 11, 24, tzinfo=UTC)))
            found = await service.check(await asyncio.to_thread(library.file, issued))
            assert found.metadata.identifier == entry.identifier
            accept(entry, found, profiles.for_certificate(entry), date(2026, 11, 24))
    finally:
        await service.stop()
