"""Whole visits while the line is cut, of citizens who had certificates kept here."""

import asyncio
from collections.abc import Callable

import pypdfium2
import requests

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.states import Kept, Part, Step
from offline.sealed import store
from provisioning.stage import TERMINAL_ID
from tests.whole.test_visits import code_of

KIND = "pension_benefit"


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)


def told(visitor, event: str) -> int:
    return sum(one["event"] == event for one in visitor.stage.reports)


async def keep(
    visitor, citizen: str = "li-xiulan", certificate: str = KIND, *, comes: bool = True, **terms
) -> None:
    """Have a certificate kept, and fetched by the terminal; whether it comes."""
    before = told(visitor, "package_kept")
    visitor.stage.order(
        "platform", "keep", person=citizen, certificate=certificate, terminal=TERMINAL_ID, **terms
    )
    await until(lambda: told(visitor, "package_kept") > before)
    assert await visitor.terminal.packages.refresh() is comes


async def cut(visitor) -> None:
    """Cut the line, and let the terminal notice."""
    visitor.stage.order("platform", "cut")
    await until(lambda: not reaches(visitor))
    engine = visitor.terminal.engine
    engine.send(ev.PartLost(Part.PLATFORM, Reason.NETWORK))
    await until(lambda: Kept.PACKAGES in engine.state.equipment.kept)
    assert engine.state.step is Step.IDLE


def reaches(visitor) -> bool:
    try:
        return requests.get(f"{visitor.stage.places['platform']}/health", timeout=1).ok
    except requests.RequestException:
        return False


async def mend(visitor) -> None:
    visitor.stage.order("platform", "mend")
    await until(lambda: reaches(visitor))
    visitor.terminal.engine.send(ev.PartBack(Part.PLATFORM))


def arrived(visitor, kind: str) -> list[dict]:
    """The bodies of what the platform has received of a kind."""
    inbox = requests.get(f"{visitor.stage.places['platform']}/sandbox/inbox", timeout=5).json()
    return [one["body"] for one in inbox["records"] if one["kind"] == kind]


async def left(visitor) -> list[int]:
    facts = await visitor.terminal.vault.read(
        lambda txn: [store.facts_of(txn, one).left for one in store.ids(txn)]
    )
    return sorted(facts)


async def test_what_was_kept_is_printed_while_the_line_is_cut_and_reported_once(visitor, tmp_path):
    before = len(arrived(visitor, "package_printed"))
    await keep(visitor, copies=2)
    await cut(visitor)
    assert await visitor.visit("li-xiulan", KIND) == "printed"
    assert len(visitor.papers()) == 1
    paper = visitor.papers()[0]["path"]
    text = pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range()
    for words in ("养老保险待遇证明", "李秀兰", "离线留存使用", "柳塘村便民服务中心"):
        assert words in text
    assert await left(visitor) == [1]
    await visitor.back_to_idle()
    copy = code_of(paper, tmp_path / "copy.png")
    assert await visitor.check(copy) == "genuine"
    claims = visitor.terminal.visit.paper["claims"]
    assert (claims["purpose"], claims["copy"], claims["copies"]) == ("离线留存使用", 1, 2)
    visitor.terminal.engine.send(ev.Leaves())
    await mend(visitor)
    await until(lambda: len(arrived(visitor, "package_printed")) > before)
    await asyncio.sleep(1)
    reports = arrived(visitor, "package_printed")[before:]
    assert [(one["copies"], one["first"]) for one in reports] == [(1, 0)]


async def test_somebody_elses_face_prints_nothing_of_what_was_kept(visitor):
    await keep(visitor)
    await cut(visitor)
    assert await visitor.visit("li-xiulan", KIND, face="wang-jianguo") == "face_mismatch"
    assert visitor.papers() == []
    assert await left(visitor) == [1]
    await mend(visitor)


async def test_another_card_finds_nothing_that_was_kept(visitor):
    await keep(visitor)
    await cut(visitor)
    assert await visitor.visit("wang-jianguo") == "package_none"
    assert visitor.papers() == []
    await mend(visitor)


async def test_what_is_used_up_is_offered_no_more(visitor):
    await keep(visitor, copies=1)
    await cut(visitor)
    assert await visitor.visit("li-xiulan", KIND) == "printed"
    assert await left(visitor) == [0]
    engine = visitor.terminal.engine
    await until(lambda: Kept.PACKAGES not in engine.state.equipment.kept)
    await mend(visitor)


async def test_what_was_taken_back_is_gone_with_the_next_line(visitor):
    await keep(visitor)
    visitor.stage.order("platform", "take_back", person="li-xiulan", certificate=KIND)
    await until(lambda: told(visitor, "package_gone") > 0)
    assert await visitor.terminal.packages.refresh()
    assert await left(visitor) == []


async def test_a_package_that_was_changed_on_its_way_is_fetched_again(visitor):
    visitor.stage.order("platform", "fault", name="package_altered")
    await keep(visitor, comes=False)
    assert await left(visitor) == []
    visitor.stage.order("platform", "clear")
    async with asyncio.timeout(20):
        while not await visitor.terminal.packages.refresh():
            await asyncio.sleep(0.05)
    assert await left(visitor) == [1]


async def test_a_package_that_nobody_trusted_signed_prints_nothing(visitor):
    visitor.stage.order("platform", "fault", name="package_forged")
    await keep(visitor)
    await cut(visitor)
    assert await visitor.visit("li-xiulan", KIND) == "package_damaged"
    assert visitor.papers() == []
    await mend(visitor)


async def test_after_the_visit_nothing_of_the_package_is_known_any_more(visitor):
    await keep(visitor)
    await cut(visitor)
    await visitor.visit("li-xiulan", KIND)
    await visitor.back_to_idle()
    visit = visitor.terminal.visit
    assert (visit.kept, visit.files, visit.certificates, visit.session) == ([], {}, [], None)
    for file in visitor.state_folder.rglob("*"):
        if file.is_file():
            for secret in ("李秀兰", "119900195803120627"):
                assert secret.encode() not in file.read_bytes()
    await mend(visitor)
