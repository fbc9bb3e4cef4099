"""The directory of regions: whose signature counts, what takes its place, how it is kept."""

from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.certificates.directory import (
    FILE,
    Directory,
    KeptDirectory,
    StaleDirectory,
    check_time,
)
from kiosk.certificates.directory_file import read_directory
from kiosk.certificates.port import Region
from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.trust import load_trust
from kiosk.errors import Failure
from kiosk.gm import TrustList
from kiosk.reasons import Reason
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.job import Outcome
from sandbox.directory import HOME, NUMBER, REGIONS, DirectoryService
from sandbox.proofs import TTL, sign_by_authority

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ADDRESSES = {"980000": "https://hailan.example/library", "970000": "https://lanshan.example/lib"}
SECONDS = int(NOW.timestamp())
ENTRY = {
    1: "980000", 2: "海澜省", 3: "Hailan", 4: "https://hailan.example", 5: SECONDS - 9,
    6: SECONDS + 9,
}
AT_HOME = {**ENTRY, 1: "990000"}
CLAIMS = {6: SECONDS, TTL: 3600, NUMBER: 7, HOME: "990000", REGIONS: [AT_HOME, ENTRY]}


@pytest.fixture(scope="session")
def chains(trust) -> TrustList:
    return load_trust(trust).chains


@pytest.fixture
def service(keys):
    """A platform's directory at a moment."""

    def at(moment=NOW, addresses=ADDRESSES) -> DirectoryService:
        return DirectoryService("https://home.example", keys, moment.timestamp, addresses)

    return at


@pytest.fixture
def signed(keys):
    """Claims as an authority signs them."""
    return lambda changes: sign_by_authority(CLAIMS | changes, keys.root)


def test_a_directory_says_where_each_regions_library_is(service, chains):
    found = read_directory(service().signed(forged=False), chains)
    assert found.home == Region("990000", "青云省", "Qingyun Province")
    assert {one.region.code: one.address for one in found.entries} == ADDRESSES
    assert found.made == NOW
    assert [one.region.name_zh for one in found.open_at(NOW)] == ["海澜省", "岚山省"]


def test_one_that_a_stranger_has_signed_is_refused(service, chains):
    with pytest.raises(BadCose, match="the directory of regions: signed by nobody"):
        read_directory(service().signed(forged=True), chains)


def test_one_that_was_changed_is_refused(service, chains):
    data = service().signed(forged=False)
    for at in range(0, len(data), 5):
        with pytest.raises(BadCose):
            read_directory(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], chains)


@pytest.mark.parametrize(("changes", "why"), [
    ({REGIONS: None}, "it has none"),
    ({REGIONS: [ENTRY, ENTRY]}, "a region is there twice"),
    ({REGIONS: [ENTRY]}, "its home is not among the regions"),
    ({HOME: None}, "its home is not there"),
    ({NUMBER: 0}, "a number: 0"),
    ({6: "now"}, "a number: 'now'"),
    ({REGIONS: [AT_HOME, 1]}, "a region: no map"),
    ({REGIONS: [AT_HOME, {**ENTRY, 1: "98"}]}, "'98' is not of six digits"),
    ({REGIONS: [AT_HOME, {**ENTRY, 2: ""}]}, "the name of 980000 is not there"),
    ({REGIONS: [AT_HOME, {**ENTRY, 6: None}]}, "a number: None"),
])
def test_what_is_not_whole_is_refused(signed, chains, changes, why):
    with pytest.raises(BadCose, match=why):
        read_directory(signed(changes), chains)


@pytest.mark.parametrize("address", [
    "http://hailan.example/library", "ftp://hailan.example", "https://", "hailan.example",
    "https://user:word@hailan.example", "https://hailan.example/?x=1", "https://h:port/",
    "https://hailan.example/#a", "http://10.0.0.1/library", "https://[x/",
    "https://library..example", f"https://{'a' * 64}.example", "https://a b.example",
    "https://hailan.example/\nx",
])
def test_an_address_must_be_plain_and_private(signed, chains, address):
    with pytest.raises(BadCose, match="the address of 980000"):
        read_directory(signed({REGIONS: [AT_HOME, {**ENTRY, 4: address}]}), chains)


def test_this_machines_own_address_may_be_without_tls(signed, chains):
    for address in ("http://127.0.0.1:8480/library", "http://[::1]:1/library"):
        found = read_directory(signed({REGIONS: [AT_HOME, {**ENTRY, 4: address}]}), chains)
        assert found.entries[0].address == address


@given(st.dictionaries(
    st.sampled_from([6, TTL, NUMBER, HOME, REGIONS]),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.binary()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.integers(1, 6), inner, max_size=6)
        ),
        max_leaves=12,
    ),
))
def test_whatever_an_authority_signs_is_a_directory_or_refused(keys, chains, changes):
    data = sign_by_authority(CLAIMS | changes, keys.root)
    try:
        found = read_directory(data, chains)
    except BadCose as error:
        assert str(error)  # noqa: PT017
    else:
        assert found.number > 0


def directory(number=7, made=NOW, good=DAY) -> Directory:
    return Directory(number, Region("990000", "青云省", ""), (), made, made + good)


@pytest.mark.parametrize(("new", "kept", "why"), [
    (directory(made=NOW - 2 * DAY), None, "its time was over"),
    (directory(made=NOW + 2 * DAY), None, "made in the future"),
    (directory(number=6), directory(made=NOW - DAY), "number 6 after 7 was kept"),
    (directory(made=NOW - DAY / 2), directory(), "older than the kept one"),
])
def test_an_old_one_does_not_take_a_newer_ones_place(new, kept, why):
    with pytest.raises(StaleDirectory, match=why):
        check_time(new, kept, NOW)


def test_a_newer_one_and_the_same_again_do():
    check_time(directory(), None, NOW)
    check_time(directory(), directory(), NOW)
    check_time(directory(number=8), directory(made=NOW - DAY), NOW)


def test_regions_are_asked_only_between_their_times_and_the_directorys(signed, chains):
    found = read_directory(signed({}), chains)
    assert len(found.open_at(NOW)) == 1
    assert found.open_at(NOW + timedelta(seconds=10)) == ()
    assert found.open_at(NOW - timedelta(seconds=10)) == ()
    long = {**ENTRY, 6: SECONDS + 9999}
    found = read_directory(signed({REGIONS: [AT_HOME, long]}), chains)
    assert len(found.open_at(NOW + timedelta(seconds=3600))) == 1
    assert found.open_at(NOW + timedelta(seconds=3601)) == ()


async def refused(kept: KeptDirectory) -> SyncReason:
    """Why it is not refreshed."""
    with pytest.raises(SyncFailure) as caught:
        await kept.refresh()
    return caught.value.reason


class TestKeeping:
    """The directory in a terminal's folder."""

    @pytest.fixture
    def terminal(self, trust, tmp_path):
        """A terminal that is started anew, and what the platform answers to it."""

        async def start(*answers, now=NOW) -> KeptDirectory:
            left = list(answers)

            async def fetch():
                answer = left.pop(0)
                if answer is None:
                    raise Failure(Reason.NETWORK, "the line is down")
                return (answer,)

            kept = KeptDirectory(fetch, tmp_path / "regions", trust, lambda: now)
            await kept.remember()
            return kept

        return start

    async def test_a_start_without_a_line_knows_the_kept_one(self, terminal, service):
        assert await (await terminal(service().signed(False))).refresh() is Outcome.CHANGED
        again = await terminal(None)
        assert [one.region.code for one in again.current.open_at(NOW)] == list(ADDRESSES)
        assert await refused(again) is SyncReason.NO_LINE
        assert again.current

    async def test_what_is_refused_leaves_the_good_one(self, terminal, service, tmp_path):
        good = service().signed(False)
        kept = await terminal(
            good, service().signed(True), service(NOW - DAY).signed(False),
            service(NOW - 30 * DAY).signed(False), b"nonsense", None, good,
        )
        assert await kept.refresh() is Outcome.CHANGED
        assert [await refused(kept) for _ in range(5)] == [
            SyncReason.UNTRUSTED, SyncReason.STALE, SyncReason.STALE, SyncReason.UNTRUSTED,
            SyncReason.NO_LINE,
        ]
        assert (tmp_path / "regions" / FILE).read_bytes() == good
        assert await kept.refresh() is Outcome.UNCHANGED

    async def test_a_rolled_back_one_is_refused_after_a_start_too(self, terminal, service):
        await (await terminal(service().signed(False))).refresh()
        with pytest.raises(SyncFailure, match="was kept"):
            await (await terminal(service(NOW - DAY).signed(False))).refresh()

    async def test_a_kept_one_that_was_changed_is_not_used(self, terminal, tmp_path, caplog):
        (tmp_path / "regions").mkdir()
        (tmp_path / "regions" / FILE).write_bytes(cbor2.dumps(1))
        assert (await terminal()).current is None
        assert "the kept one is not used" in caplog.text

    async def test_a_kept_one_that_has_run_out_names_regions_that_are_not_asked(
        self, terminal, service
    ):
        await (await terminal(service().signed(False))).refresh()
        later = await terminal(now=NOW + 30 * DAY)
        assert len(later.current.entries) == 2
        assert later.current.open_at(NOW + 30 * DAY) == ()
