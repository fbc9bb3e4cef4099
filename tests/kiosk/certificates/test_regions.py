"""All regions' libraries as one: asked at once, each failing by itself, no token astray."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import ECKey

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.certificates.directory import Directory, RegionalEntry
from kiosk.certificates.http import HttpLibrary, read_entry
from kiosk.certificates.port import Certificate, CopyRequest, Holdings, Region
from kiosk.certificates.proof.judge import PaperVerdict, judge_code
from kiosk.certificates.proof.lists import read_lists
from kiosk.certificates.regions import RegionalLibraries, merge
from kiosk.certificates.trust import load_trust
from kiosk.certificates.verify import verify_file
from kiosk.errors import Failure
from kiosk.identity.http import HttpIdentityService
from kiosk.identity.port import FaceEvidence, Session
from kiosk.platform import Platform
from kiosk.reasons import Reason
from kiosk.visit.states import CertificateStatus
from sandbox.library.issue import identifier
from sandbox.library.regions import other_regions
from sandbox.people.registry import person
from sandbox.regions import create_region_app
from sandbox.server import create_app
from sandbox.serving import Served

HOME, HAILAN, LANSHAN = (
    Region("990000", "青云省", "Qingyun Province"), Region("980000", "海澜省", "Hailan Province"),
    Region("970000", "岚山省", "Lanshan Province"),
)
SECONDS = 1.0


@pytest.fixture(scope="session")
def state(tmp_path_factory):
    """A folder whose keys all platforms of these tests share."""
    return tmp_path_factory.mktemp("realm")


class Realm:
    """The home platform and two regions, each behind its own line, and a terminal among them."""

    def __init__(self, state) -> None:
        self.state = state
        self.lines = {code: Served() for code in ("home", *other_regions())}
        self.apps = {}

    async def start(self) -> None:
        address = await self.lines["home"].open()
        addresses = {code: await self.lines[code].open() for code in other_regions()}
        self.apps["home"] = create_app(address, self.state)
        for code, region in other_regions().items():
            self.apps[code] = create_region_app(region, addresses[code], self.apps["home"])
        for code, line in self.lines.items():
            await line.serve(self.apps[code])
        now = datetime.now(UTC)
        day = timedelta(days=1)
        self.directory = Directory(
            1, HOME,
            tuple(
                RegionalEntry(one, f"{addresses[one.code]}/library", now - day, now + day)
                for one in (HAILAN, LANSHAN)
            ),
            now, now + day,
        )
        self.platform = Platform(address, 3.0)
        key = ECKey.generate_key("P-256")
        self.apps["home"].state.identity.register("T1", key.as_dict(private=False))
        self.identity = HttpIdentityService(self.platform, "T1", key)
        self.libraries = RegionalLibraries(
            HttpLibrary(self.platform, f"{address}/library"), lambda: self.directory, SECONDS,
            lambda: datetime.now(UTC),
        )

    async def sign_in(self, who: str):
        card = person(who).card
        document = IdentityDocument(
            DocumentType(person(who).documents[0]), card["number"], person(who).name,
            valid_to="permanent",
        )
        return await self.identity.sign_in(document, FaceEvidence(True, "chip_photo", live=True))

    async def listed(self, who="zhang-rare") -> Holdings:
        return await self.libraries.list(await self.sign_in(who))

    async def stop(self) -> None:
        await self.libraries.close()
        await self.platform.close()
        for line in self.lines.values():
            await line.stop()


@pytest.fixture
async def realm(state):
    made = Realm(state)
    await made.start()
    yield made
    await made.stop()


def kinds(holdings: Holdings) -> list[tuple[str, str]]:
    return [(one.region.code, one.type) for one in holdings.certificates]


AT_HOME = [("990000", "no_crime"), ("990000", "income_tax")]
AT_HAILAN, AT_LANSHAN = ("980000", "employee_pension"), ("970000", "housing_fund")


async def test_what_is_held_anywhere_is_listed_with_its_region_the_home_first(realm):
    holdings = await realm.listed()
    assert kinds(holdings) == [*AT_HOME, AT_HAILAN, AT_LANSHAN]
    assert holdings.missing == ()
    assert {one.region for one in holdings.certificates} == {HOME, HAILAN, LANSHAN}


async def test_a_region_whose_line_is_cut_hides_only_its_own(realm):
    realm.lines["980000"].line.cut()
    holdings = await realm.listed()
    assert kinds(holdings) == [*AT_HOME, AT_LANSHAN]
    assert holdings.missing == (HAILAN,)


async def test_a_region_that_is_slow_is_left_out_at_its_own_deadline(realm):
    session = await realm.sign_in("zhang-rare")
    realm.apps["970000"].state.faults.switch("slow", True)
    begun = time.monotonic()
    holdings = await realm.libraries.list(session)
    assert SECONDS <= time.monotonic() - begun < SECONDS + 1.5
    assert (kinds(holdings), holdings.missing) == ([*AT_HOME, AT_HAILAN], (LANSHAN,))


async def test_a_region_that_answers_an_error_is_missing(realm):
    realm.apps["980000"].state.faults.switch("error_500", True)
    assert (await realm.listed()).missing == (HAILAN,)


async def test_the_others_are_shown_where_the_home_library_fails(realm):
    session = await realm.sign_in("zhang-rare")
    realm.lines["home"].line.cut()
    holdings = await realm.libraries.list(session)
    assert kinds(holdings) == [AT_HAILAN, AT_LANSHAN]
    assert holdings.missing == (HOME,)


async def test_the_homes_failure_is_told_where_nothing_can_be_shown(realm):
    session = await realm.sign_in("li-xiulan")
    realm.lines["home"].line.cut()
    with pytest.raises(Failure) as caught:
        await realm.libraries.list(session)
    assert caught.value.reason is Reason.NETWORK


async def test_the_homes_failure_is_told_where_all_fail(realm):
    session = await realm.sign_in("zhang-rare")
    realm.apps["home"].state.faults.switch("error_500", True)
    for code in other_regions():
        realm.lines[code].line.cut()
    with pytest.raises(Failure) as caught:
        await realm.libraries.list(session)
    assert caught.value.reason is Reason.PLATFORM_ERROR


async def test_file_and_code_come_from_the_certificates_own_region(realm):
    session = await realm.sign_in("zhang-rare")
    holdings = await realm.libraries.list(session)
    realm.lines["home"].line.cut()
    away = next(one for one in holdings.certificates if one.region == HAILAN)
    await asyncio.to_thread(realm.apps["980000"].state.library.issue_all)
    document = await realm.libraries.fetch(session, away)
    trust = load_trust(realm.state / "trust")
    found = await asyncio.to_thread(verify_file, document, trust, datetime.now(UTC))
    assert (str(found.verdict), found.signatures[0].signer) == (
        "genuine", "海澜省人力资源和社会保障厅",
    )
    request = CopyRequest("T1", "社保医保", 2, 1, 90, b"")
    codes = await realm.libraries.prove(session, away, request)
    proofs = realm.apps["home"].state.proofs
    lists = read_lists(proofs.key_list(), proofs.status_list(), trust.chains)
    judged = [judge_code(one, lists, datetime.now(UTC)) for one in codes]
    assert [one.verdict for one in judged] == [PaperVerdict.GENUINE] * 2
    assert {one.claims.identifier for one in judged} == {away.identifier}


async def test_a_region_that_is_renamed_within_a_visit_is_the_same(realm):
    session = await realm.sign_in("zhang-rare")
    away = (await realm.libraries.list(session)).certificates[-1]
    entries = realm.directory.entries
    renamed = replace(entries[1], region=replace(LANSHAN, name_en="Lan Shan"))
    realm.directory = replace(realm.directory, entries=(entries[0], renamed))
    await asyncio.to_thread(realm.apps["970000"].state.library.issue_all)
    assert await realm.libraries.fetch(session, away)


async def test_nothing_is_asked_of_a_region_that_has_left_the_directory(realm):
    session = await realm.sign_in("zhang-rare")
    away = (await realm.libraries.list(session)).certificates[-1]
    realm.directory = replace(realm.directory, entries=realm.directory.entries[:1])
    with pytest.raises(Failure, match="970000 is not in the directory"):
        await realm.libraries.fetch(session, away)
    assert (await realm.libraries.list(session)).missing == ()


async def test_regions_of_a_directory_that_has_run_out_are_missing_and_not_asked(realm):
    realm.directory = replace(
        realm.directory, good_until=datetime.now(UTC) - timedelta(seconds=1)
    )
    holdings = await realm.listed()
    assert (kinds(holdings), holdings.missing) == (AT_HOME, (HAILAN, LANSHAN))


async def test_a_terminal_without_a_directory_has_its_home_library(realm):
    realm.directory = None
    session = await realm.sign_in("zhang-rare")
    holdings = await realm.libraries.list(session)
    assert kinds(holdings) == [("", "no_crime"), ("", "income_tax")]
    assert await realm.libraries.fetch(session, holdings.certificates[0])


class Elsewhere:
    """A host that answers as it is told, and remembers what it was sent."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        self.answer = web.json_response

    async def start(self) -> str:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._handle)
        self._server = TestServer(app)
        await self._server.start_server()
        return str(self._server.make_url("")).rstrip("/")

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(dict(request.headers))
        return self.answer()

    async def stop(self) -> None:
        await self._server.close()


@pytest.fixture
async def hosts():
    made = Elsewhere(), Elsewhere()
    yield made
    for one in made:
        await one.stop()


async def test_a_token_does_not_follow_to_another_host(realm, hosts):
    honest, thief = hosts
    here, there = await honest.start(), await thief.start()
    honest.answer = lambda: web.Response(status=307, headers={"Location": f"{there}/library"})
    entry = replace(realm.directory.entries[0], address=f"{here}/library")
    realm.directory = replace(realm.directory, entries=(entry,))
    assert (await realm.listed()).missing == (HAILAN,)
    assert len(honest.seen) == 1
    assert thief.seen == []
    session = await realm.sign_in("zhang-rare")
    url = f"{there}/library"
    with pytest.raises(Failure, match="a token goes to no other host"):
        await realm.platform.get(url, session.authorise("GET", url))
    assert thief.seen == []


@pytest.mark.parametrize("body", [
    "[" * 100_000, "{}", "[]", '{"certificates": [1]}', '{"certificates": 1}', "nonsense", "",
])
async def test_a_region_that_answers_nonsense_is_missing(realm, hosts, body):
    honest, thief = hosts
    here, _ = await honest.start(), await thief.start()
    honest.answer = lambda: web.Response(text=body, content_type="application/json")
    entry = replace(realm.directory.entries[0], address=here)
    realm.directory = replace(realm.directory, entries=(entry,))
    holdings = await realm.listed()
    assert (kinds(holdings), holdings.missing) == (AT_HOME, (HAILAN,))


def listed(serial: str, status=CertificateStatus.VALID) -> Certificate:
    code = "11980000MB0TONG160"
    return Certificate(
        identifier(f"{code}001", code, serial), "residence_card", "", "", "", "",
        date(2026, 11, 2), None, status, "01", "",
    )


def test_of_one_certificate_that_two_regions_list_the_issuers_word_counts():
    revoked, valid = listed("1", CertificateStatus.REVOKED), listed("1")
    for order in ((HOME, HAILAN), (HAILAN, HOME)):
        word = {HOME: Holdings((valid,)), HAILAN: Holdings((revoked, listed("2")))}
        merged = merge({region: word[region] for region in order})
        assert len(merged) == 2
        assert {(one.status, one.region) for one in merged} == {
            (CertificateStatus.REVOKED, HAILAN), (CertificateStatus.VALID, HAILAN),
        }


def test_what_another_region_says_while_the_issuers_is_silent_is_no_status():
    word = {HOME: Holdings((listed("1"),)), HAILAN: Failure(Reason.NETWORK, "the line is down")}
    assert [one.status for one in merge(word)] == [CertificateStatus.UNKNOWN]
    word[HAILAN] = Holdings(())
    assert [one.status for one in merge(word)] == [CertificateStatus.VALID]


@pytest.mark.parametrize(("name", "value"), [
    ("certificateTypeName", "\ud800"), ("certificateIssuingAuthorityName", "a\nb"),
    ("certificateHolderName", "x" * 201), ("statusAskedAt", "nonsense"),
])
def test_an_entry_that_no_screen_can_show_is_none(name, value):
    entry = {
        "certificateIdentifier": listed("1").identifier, "certificateType": "kind",
        "certificateTypeName": "证照", "certificateNumber": "1", "status": "01",
        "certificateIssuingAuthorityName": "机关", "statusAskedAt": "2026-11-24T09:00:00+08:00",
    }
    assert read_entry(entry).name == "证照"
    with pytest.raises(ValueError):  # noqa: PT011 - what is wrong must not stand in the message
        read_entry(entry | {name: value})


def test_of_one_that_two_others_list_the_first_word_counts():
    word = {HOME: Holdings((listed("1"),)), LANSHAN: Holdings((listed("1"),))}
    assert [one.region for one in merge(word)] == [HOME]
    city = Region("980100", "望海市", "")
    assert [one.region for one in merge({HOME: word[HOME], city: word[LANSHAN]})] == [HOME]


@pytest.mark.parametrize("host", ["library..example", f"{'a' * 64}.example"])
async def test_a_region_whose_host_cannot_be_is_missing(realm, host):
    entry = replace(realm.directory.entries[0], address=f"https://{host}/library")
    realm.directory = replace(realm.directory, entries=(entry,))
    holdings = await realm.listed()
    assert (kinds(holdings), holdings.missing) == (AT_HOME, (HAILAN,))


async def test_what_a_host_sets_as_a_cookie_is_not_sent_back(hosts):
    honest, thief = hosts
    here, _ = await honest.start(), await thief.start()
    platform = Platform(here.replace("127.0.0.1", "localhost"), 3.0)
    honest.answer = lambda: web.Response(headers={"Set-Cookie": "who=citizen"})
    await platform.get(platform.address)
    await platform.get(platform.address)
    await platform.close()
    assert [one.get("Cookie") for one in honest.seen] == [None, None]


async def test_a_list_that_cannot_be_read_is_told_without_what_stands_in_it(hosts):
    honest, thief = hosts
    here, _ = await honest.start(), await thief.start()
    entry = {"certificateIdentifier": "1.2.156.3005.2.secret"}
    honest.answer = lambda: web.json_response({"certificates": [entry]})
    platform = Platform(here, 3.0)
    with pytest.raises(Failure) as caught:
        await HttpLibrary(platform, here).list(Session("t", "", (), None))
    await platform.close()
    assert caught.value.detail == "list: ValueError"


async def test_a_token_without_a_key_of_its_own_stays_at_home(realm, hosts):
    honest, thief = hosts
    here, _ = await honest.start(), await thief.start()
    entry = replace(realm.directory.entries[0], address=here)
    realm.directory = replace(realm.directory, entries=(entry,))
    session = replace(await realm.sign_in("zhang-rare"), proof_key=None)
    with pytest.raises(Failure):  # the sandbox's own library asks for a proof
        await realm.libraries.list(session)
    assert honest.seen == []
