"""Devices come and go in any order; the supervisor keeps up and tells the truth."""

import asyncio
import logging
from itertools import pairwise

import pytest

from drivers.device import DeviceFailure, FailureReason
from drivers.idcard.driver import SdtReader
from drivers.idcard.wire import Timing
from drivers.supervisor import Bus, Driver, Found, Role, Supervisor, Times

PORT = Found(Bus.SERIAL, "/dev/one", "A port")


class Shelf:
    """A finder of what a test puts there."""

    name = "test"

    def __init__(self, *found: Found) -> None:
        self.found = list(found)
        self.error: OSError | None = None

    def find(self):
        if self.error:
            raise self.error
        return list(self.found)


class Thing:
    """A device that does as it is told."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.opened = self.closed = self.checked = 0
        self.fails = self.hangs = self.broken = False

    async def open(self) -> None:
        self.opened += 1
        await self._behave()

    async def check(self) -> None:
        self.checked += 1
        await self._behave()

    def close(self) -> None:
        self.closed += 1

    async def _behave(self) -> None:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.broken:
            raise ZeroDivisionError
        if self.fails:
            raise DeviceFailure(FailureReason.READER_FAULT, "told to fail")


class Makers:
    """Drivers of things, which remember what they made."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.refuses: set[str] = set()

    def driver(self, name: str, priority: int, role: Role = Role.IDCARD, prefix: str = ""):
        return Driver(
            role, name, priority, lambda found: found.place.startswith(prefix),
            lambda found: self.make(name, found),
        )

    def make(self, name: str, found: Found) -> Thing:
        thing = Thing(found.place)
        thing.fails = name in self.refuses
        self.things[f"{name} {found.place}"] = thing
        return thing


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def makers():
    return Makers()


@pytest.fixture
def clock():
    return Clock()


def states(one: Supervisor) -> dict[str, str]:
    return {entry.found.place: entry.state for entry in one.inventory.value}


async def test_a_device_is_claimed_by_the_first_driver_that_can_open_it(makers, clock):
    makers.refuses.add("first")
    drivers = [makers.driver("second", 20), makers.driver("first", 10), makers.driver("third", 30)]
    one = Supervisor([Shelf(PORT)], drivers, clock)
    await one.poll()
    assert one.inventory.value[0].driver == "second"
    assert makers.things["first /dev/one"].closed == 1
    assert "third /dev/one" not in makers.things


async def test_what_nobody_claims_is_listed_with_the_reason_and_tried_again_later(makers, clock):
    makers.refuses.add("only")
    one = Supervisor([Shelf(PORT)], [makers.driver("only", 1)], clock)
    await one.poll()
    assert states(one) == {"/dev/one": "unclaimed"}
    assert "told to fail" in one.inventory.value[0].why
    makers.refuses.clear()
    await one.poll()
    assert states(one) == {"/dev/one": "unclaimed"}
    clock.now += 1
    await one.poll()
    assert states(one) == {"/dev/one": "ready"}


async def test_what_no_driver_knows_is_listed_too(makers, clock):
    one = Supervisor([Shelf(PORT)], [makers.driver("usb only", 1, prefix="usb:")], clock)
    await one.poll()
    assert one.inventory.value[0].why == "no driver knows it"


async def test_a_device_missing_for_two_polls_is_not_gone_and_for_three_it_is(makers, clock):
    shelf = Shelf(PORT)
    one = Supervisor([shelf], [makers.driver("d", 1)], clock)
    await one.poll()
    shelf.found.clear()
    for expected in ("lost", "lost"):
        await one.poll()
        assert states(one) == {"/dev/one": expected}
    await one.poll()
    assert states(one) == {}
    assert makers.things["d /dev/one"].closed == 1


async def test_a_device_that_is_back_is_opened_again_at_once(makers, clock):
    shelf = Shelf(PORT)
    one = Supervisor([shelf], [makers.driver("d", 1)], clock)
    await one.poll()
    shelf.found.clear()
    await one.poll()
    shelf.found.append(PORT)
    await one.poll()
    assert states(one) == {"/dev/one": "ready"}
    assert makers.things["d /dev/one"].opened == 2


async def test_loss_and_return_are_logged_once_each(makers, clock, caplog):
    one = Supervisor([Shelf(PORT)], [makers.driver("d", 1)], clock)
    await one.poll()
    thing = makers.things["d /dev/one"]
    caplog.clear()
    caplog.set_level(logging.INFO)
    thing.fails = True
    for _ in range(20):
        clock.now += 2
        await one.poll()
    thing.fails = False
    clock.now += 2
    await one.poll()
    said = [record.message for record in caplog.records]
    assert len(said) == 2
    assert "lost" in said[0]
    assert "back" in said[1]


async def test_the_pauses_between_attempts_grow_and_end_below_two_seconds(makers, clock):
    one = Supervisor([Shelf(PORT)], [makers.driver("d", 1)], clock)
    await one.poll()
    thing = makers.things["d /dev/one"]
    thing.fails = True
    attempts = []
    for _ in range(200):
        clock.now += 0.05
        before = thing.opened
        await one.poll()
        if thing.opened > before:
            attempts.append(clock.now)
    pauses = [later - sooner for sooner, later in pairwise(attempts)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.35
    assert max(pauses) < 1.6


async def test_a_device_in_use_is_not_asked_for_signs_of_life(makers, clock):
    one = Supervisor([Shelf(PORT)], [makers.driver("d", 1)], clock)
    await one.poll()
    async with one.use(Role.IDCARD) as thing:
        clock.now += 60
        await one.poll()
        assert thing.checked == 0
    await one.poll()
    assert thing.checked == 1


async def test_a_failure_in_use_is_looked_into_with_the_next_poll(makers, clock):
    one = Supervisor([Shelf(PORT)], [makers.driver("d", 1)], clock)
    await one.poll()
    with pytest.raises(DeviceFailure):
        async with one.use(Role.IDCARD) as thing:
            raise DeviceFailure(FailureReason.UNREADABLE)
    await one.poll()
    assert thing.checked == 1


async def test_a_role_without_a_device_fails_with_the_reason_of_that_role(makers, clock):
    one = Supervisor([], [makers.driver("d", 1)], clock)
    with pytest.raises(DeviceFailure) as caught:
        async with one.use(Role.CAMERA):
            pass
    assert caught.value.reason is FailureReason.CAMERA_FAULT


@pytest.mark.parametrize("how", ["hangs", "broken"])
async def test_a_driver_that_hangs_or_breaks_takes_no_other_with_it(makers, clock, how):
    other = Found(Bus.SERIAL, "/dev/two")
    shelf = Shelf(PORT)
    bad = makers.driver("bad", 1, prefix="/dev/one")
    drivers = [bad, makers.driver("good", 2, prefix="/dev/two")]
    one = Supervisor([shelf], drivers, clock, Times(poll=0.05))
    await one.poll()
    setattr(makers.things["bad /dev/one"], how, True)
    shelf.found.append(other)
    clock.now += 5
    await asyncio.wait_for(one.poll(), 1)
    assert states(one)["/dev/two"] == "ready"
    one.close()


async def test_a_finder_that_fails_leaves_what_it_found_last_and_is_named_once(
    makers, clock, caplog
):
    shelf = Shelf(PORT)
    one = Supervisor([shelf], [makers.driver("d", 1)], clock)
    await one.poll()
    shelf.error = OSError("the bus is sick")
    for _ in range(5):
        await one.poll()
    assert states(one) == {"/dev/one": "ready"}
    said = [r.message for r in caplog.records if "the bus is sick" in r.message]
    assert len(said) == 1


async def test_another_reader_of_the_same_role_takes_over_when_the_first_is_lost(makers, clock):
    shelf = Shelf(PORT, Found(Bus.SERIAL, "/dev/two"))
    one = Supervisor([shelf], [makers.driver("d", 1)], clock)
    await one.poll()
    shelf.found.remove(PORT)
    await one.poll()
    async with one.use(Role.IDCARD) as thing:
        assert thing.place == "/dev/two"


async def test_a_real_reader_on_a_line_is_claimed_lost_and_brought_back(simulate):
    simulator = simulate("drivers.idcard")
    place = Found(Bus.SERIAL, simulator.address)
    shelf = Shelf(place)
    driver = Driver(
        Role.IDCARD, "sdt", 1, lambda _: True,
        lambda found: SdtReader(found.place, timing=Timing(reply=0.2, gap=0.1)),
    )
    one = Supervisor([shelf], [driver])
    running = asyncio.create_task(one.run())
    assert await one.wait_for(Role.IDCARD, 5)
    simulator.order("unplug")
    shelf.found.clear()
    await asyncio.sleep(1)
    assert not await one.wait_for(Role.IDCARD, 0)
    simulator.order("plug")
    shelf.found.append(place)
    assert await one.wait_for(Role.IDCARD, 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
