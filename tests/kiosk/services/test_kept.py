"""What is kept for when there is no line: told when it changes, and only then."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.services import kept
from kiosk.services.kept import KeptWatch, PaperListsLook
from kiosk.visit import events as ev
from kiosk.visit.states import Kept
from kiosk.worker import Refusal, WorkerFault

END = datetime(2026, 11, 30, tzinfo=UTC)


async def test_only_a_change_is_told():
    found: list[Kept | None] = [None, Kept.GUIDES]
    sent: list[ev.Event] = []

    def looks_at(place: int):
        async def look() -> Kept | None:
            return found[place]
        return look

    watch = KeptWatch([looks_at(0), looks_at(1)], sent.append)
    await watch.look()
    await watch.look()
    found[0] = Kept.PAPER_LISTS
    await watch.look()
    assert sent == [
        ev.ContentChanged(frozenset({Kept.GUIDES})),
        ev.ContentChanged(frozenset({Kept.GUIDES, Kept.PAPER_LISTS})),
    ]


class Verified:
    """Stands for the worker that verifies lists; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.good = True
        self.breaks = False

    async def __call__(self, what, trust, lists):
        self.asked += 1
        if self.breaks:
            raise WorkerFault("the worker died")
        if not self.good:
            raise Refusal("bad_lists", "a signature is wrong")
        return {"good_until": END.isoformat()}


@pytest.fixture
def verified(monkeypatch):
    made = Verified()
    monkeypatch.setattr(kept, "verify", made)
    return made


def keep(folder, content: bytes) -> None:
    for name in (KEYS_FILE, STATUS_FILE):
        (folder / name).write_bytes(content)


async def test_lists_are_kept_until_their_time_is_over(tmp_path, verified):
    times = iter([END - timedelta(hours=1), END])
    look = PaperListsLook(tmp_path, tmp_path, lambda: next(times))
    assert await look() is None
    keep(tmp_path, b"lists")
    assert await look() is Kept.PAPER_LISTS
    assert await look() is Kept.OLD_PAPER_LISTS
    assert verified.asked == 1


async def test_lists_that_do_not_verify_are_not_kept(tmp_path, verified):
    keep(tmp_path, b"lists")
    verified.good = False
    assert await PaperListsLook(tmp_path, tmp_path, lambda: END)() is None


async def test_a_fault_of_the_worker_says_nothing_of_the_lists_and_it_is_asked_again(
    tmp_path, verified
):
    keep(tmp_path, b"lists")
    seconds = 100.0
    look = PaperListsLook(
        tmp_path, tmp_path, lambda: END - timedelta(hours=1), lambda: seconds
    )
    verified.breaks = True
    assert [await look() for _ in range(3)] == [None] * 3
    assert verified.asked == 1
    verified.breaks = False
    seconds += kept.AGAIN_SECONDS
    assert await look() is Kept.PAPER_LISTS
    assert await look() is Kept.PAPER_LISTS
    assert verified.asked == 2


async def test_lists_that_were_good_stay_so_while_new_ones_cannot_be_verified(tmp_path, verified):
    look = PaperListsLook(tmp_path, tmp_path, lambda: END - timedelta(hours=1), lambda: 0.0)
    keep(tmp_path, b"lists")
    assert await look() is Kept.PAPER_LISTS
    verified.breaks = True
    for name in (KEYS_FILE, STATUS_FILE):
        os.utime(tmp_path / name, ns=(1, 1))
    assert await look() is Kept.PAPER_LISTS
    assert verified.asked == 2
