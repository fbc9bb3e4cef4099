"""Two readers as one: whichever has a card serves, and the loss of one is not the loss of both."""

import asyncio
import time

import pytest

from drivers.device import DeviceFailure, FailureReason, Observable, Status
from drivers.idcard.port import Capabilities, DocumentType, IdentityDocument
from drivers.idcard.several import NamedReaders, SeveralReaders

GONE = DeviceFailure(FailureReason.READER_FAULT, "pulled out")


class Reader:
    """A reader that does as a test tells it, and counts what it is asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.capabilities = Capabilities()
        self.status = Observable(Status.ONLINE)
        self.opened = self.waits = 0
        self.closed = False
        self._card = self._there = False
        self._changed = asyncio.Condition()
        self.plugged = True

    async def tell(self, **what: bool) -> None:
        async with self._changed:
            self.plugged = what.get("plugged", self.plugged)
            self._card = what.get("card", self._card)
            self._changed.notify_all()

    async def open(self) -> None:
        self.opened += 1
        if not self.plugged:
            raise GONE

    async def check(self) -> None:
        await self.open()

    async def wait_for_card(self) -> None:
        self.waits += 1
        await self._until(card=True)

    async def wait_for_removal(self) -> None:
        await self._until(card=False)

    async def read(self, progress, wanted=None) -> IdentityDocument:
        if not self.plugged:
            raise GONE
        return IdentityDocument(DocumentType.CN_RESIDENT, "0", self.name)

    def close(self) -> None:
        self.closed = True

    async def _until(self, card: bool) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._card is card or not self.plugged)
        if not self.plugged:
            raise GONE


@pytest.fixture
async def three():
    one, other = Reader("one"), Reader("other")
    both = SeveralReaders(NamedReaders({"one": one, "other": other}))
    yield one, other, both
    both.close()


async def read(both: SeveralReaders) -> str:
    await asyncio.wait_for(both.wait_for_card(), 3)
    return (await both.read(lambda _: None)).name


async def ready(both: SeveralReaders, count: int) -> None:
    async with asyncio.timeout(3):
        while len(both._pool.ready()) != count:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("which", [0, 1])
async def test_a_card_is_read_on_whichever_reader_it_lies(three, which):
    both = three[2]
    await both.open()
    await three[which].tell(card=True)
    assert await read(both) == three[which].name


async def test_a_second_card_is_ignored_until_the_first_is_gone(three):
    one, other, both = three
    await both.open()
    await ready(both, 2)
    await one.tell(card=True)
    assert await read(both) == "one"
    await other.tell(card=True)
    removal = asyncio.create_task(both.wait_for_removal())
    await asyncio.sleep(0.05)
    assert not removal.done()
    assert (await both.read(lambda _: None)).name == "one"
    await one.tell(card=False)
    await asyncio.wait_for(removal, 3)
    assert await read(both) == "other"


async def test_of_two_cards_at_once_the_first_readers_is_read(three):
    one, other, both = three
    await one.tell(card=True)
    await other.tell(card=True)
    await both.open()
    await ready(both, 2)
    assert await read(both) == "one"


async def test_one_that_is_lost_while_it_is_waited_at_comes_back_while_the_other_serves(three):
    one, other, both = three
    await both.open()
    await ready(both, 2)
    waiting = asyncio.create_task(both.wait_for_card())
    await one.tell(plugged=False)
    await asyncio.sleep(0.1)
    assert both.status.value is Status.ONLINE
    await other.tell(card=True)
    await asyncio.wait_for(waiting, 3)
    assert (await both.read(lambda _: None)).name == "other"
    await one.tell(plugged=True)
    began = time.monotonic()
    await ready(both, 2)
    assert time.monotonic() - began < 2
    await other.tell(card=False)
    await both.wait_for_removal()
    await one.tell(card=True)
    assert await read(both) == "one"


async def test_one_that_comes_back_joins_a_wait_that_has_begun(three):
    one, _, both = three
    await one.tell(plugged=False)
    await both.open()
    waiting = asyncio.create_task(both.wait_for_card())
    await asyncio.sleep(0.05)
    await one.tell(plugged=True, card=True)
    await asyncio.wait_for(waiting, 3)
    assert (await both.read(lambda _: None)).name == "one"


async def test_they_are_lost_when_the_last_is(three):
    one, other, both = three
    await both.open()
    await ready(both, 2)
    waiting = asyncio.create_task(both.wait_for_card())
    await one.tell(plugged=False)
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await other.tell(plugged=False)
    with pytest.raises(DeviceFailure, match="pulled out"):
        await asyncio.wait_for(waiting, 3)
    assert both.status.value is Status.OFFLINE
    with pytest.raises(DeviceFailure):
        await asyncio.wait_for(both.open(), 3)
    await other.tell(plugged=True)
    await asyncio.wait_for(both.open(), 3)


async def test_a_card_on_a_reader_that_is_pulled_out_is_gone_as_long_as_the_other_serves(three):
    one, _, both = three
    await both.open()
    await ready(both, 2)
    await one.tell(card=True)
    await read(both)
    removal = asyncio.create_task(both.wait_for_removal())
    await one.tell(plugged=False)
    await asyncio.wait_for(removal, 3)


async def test_a_read_on_a_reader_that_was_pulled_out_fails_and_the_other_serves(three):
    one, other, both = three
    await both.open()
    await ready(both, 2)
    await one.tell(card=True)
    await asyncio.wait_for(both.wait_for_card(), 3)
    await one.tell(plugged=False)
    with pytest.raises(DeviceFailure, match="pulled out"):
        await both.read(lambda _: None)
    await both.open()
    await other.tell(card=True)
    assert await read(both) == "other"


async def test_nobody_is_asked_again_and_again_while_nothing_happens(three):
    one, other, both = three
    await both.open()
    await ready(both, 2)
    waiting = asyncio.create_task(both.wait_for_card())
    await asyncio.sleep(0.5)
    assert (one.waits, other.waits) == (1, 1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_lost_reader_is_tried_with_growing_pauses(three):
    one, _, both = three
    await one.tell(plugged=False)
    await both.open()
    await asyncio.sleep(1.2)
    assert 2 <= one.opened <= 4


async def test_closing_closes_all(three):
    one, other, both = three
    await both.open()
    both.close()
    assert one.closed
    assert other.closed


async def test_without_a_card_that_was_found_there_is_none_to_read(three):
    both = three[2]
    await both.open()
    with pytest.raises(DeviceFailure) as caught:
        await both.read(lambda _: None)
    assert caught.value.reason is FailureReason.NO_CARD
    await asyncio.wait_for(both.wait_for_removal(), 1)
