"""What is kept for when there is no line: told when it changes, and only then."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.services import kept
from kiosk.services.kept import KeptWatch, PaperListsLook
from kiosk.visit import events as ev
from kiosk.visit.states import Kept
from kiosk.worker import Refusal

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

    async def __call__(self, what, trust, lists):
        self.asked += 1
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
