"""Parts that are looked after: lost after some looks, since when, and back."""

from datetime import datetime, timedelta

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.states import Part
from kiosk.watch import Watch

START = datetime(2026, 11, 24, 14, 5)


class Line:
    """A line whose answer is what a test says, and a clock that goes on at each look."""

    def __init__(self) -> None:
        self.reason: Reason | None = None
        self.looks = 0

    async def look(self) -> Reason | None:
        self.looks += 1
        return self.reason

    def now(self) -> datetime:
        return START + timedelta(minutes=self.looks - 1)


async def test_a_line_counts_as_lost_after_three_misses_since_the_first_of_them():
    line, sent = Line(), []
    watch = Watch(Part.PLATFORM, line.look, sent.append, line.now)
    line.reason = Reason.NETWORK
    for _ in range(4):
        await watch.look()
    assert sent == [ev.PartLost(Part.PLATFORM, Reason.NETWORK, START)]
    line.reason = None
    await watch.look()
    assert sent[1:] == [ev.PartBack(Part.PLATFORM)]


async def test_without_patience_the_first_miss_counts():
    line, sent = Line(), []
    line.reason = Reason.NETWORK
    await Watch(Part.PLATFORM, line.look, sent.append, line.now).look(patient=False)
    assert sent == [ev.PartLost(Part.PLATFORM, Reason.NETWORK, START)]
