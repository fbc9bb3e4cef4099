"""A reader whose driver runs in a process of its own, which may die at any moment."""

import asyncio
import logging
import os
import signal

import pytest

from drivers.device import DeviceFailure, FailureReason, Status
from drivers.idcard.driver import SdtReader
from drivers.idcard.port import Progress
from kiosk.apart import kept
from kiosk.apart.calls import Call
from tests.kiosk.apart.conftest import again, until


@pytest.fixture
async def simulator(simulate):
    return simulate("drivers.idcard", "--read-seconds", "0.3")


async def test_a_card_is_read_as_in_the_terminals_own_process(apart, simulator):
    reader = apart.reader(simulator.address)
    await reader.open()
    simulator.order("place", person="li-xiulan")
    await reader.wait_for_card()
    steps: list[Progress] = []
    document = await reader.read(steps.append)
    assert steps == list(Progress)
    assert reader.status.value is Status.ONLINE
    await apart.close()
    simulator.order("take")
    simulator.order("place", person="li-xiulan")
    here = SdtReader(simulator.address)
    await here.open()
    await here.wait_for_card()
    same = await here.read(lambda _: None)
    here.close()
    assert document == same
    assert document.photo == same.photo


async def test_a_failure_arrives_with_its_reason(apart, simulator):
    reader = apart.reader(simulator.address)
    await reader.open()
    with pytest.raises(DeviceFailure) as failure:
        await reader.read(lambda _: None)
    assert failure.value.reason in (FailureReason.NO_CARD, FailureReason.REMOVED_EARLY)


async def test_a_reader_that_is_not_there_is_said_as_its_driver_says_it(apart):
    reader = apart.reader("/dev/nowhere")
    with pytest.raises(DeviceFailure, match=r"reader_fault.*/dev/nowhere"):
        await reader.open()
    assert reader.status.value is Status.NO_DEVICE


async def test_a_process_that_dies_while_a_card_is_read_is_a_reader_that_was_pulled_out(
    apart, simulator
):
    reader = apart.reader(simulator.address)
    await reader.open()
    simulator.order("place", person="li-xiulan")
    await reader.wait_for_card()
    reading = asyncio.create_task(reader.read(lambda _: None))
    await asyncio.sleep(0.15)
    apart.kill()
    with pytest.raises(DeviceFailure, match="SIGSEGV") as failure:
        await reading
    assert failure.value.reason is FailureReason.READER_FAULT
    assert reader.status.value is Status.OFFLINE
    await again(reader.open)
    await asyncio.sleep(0.5)  # the card's answer, which nobody waits for any more
    simulator.order("take")
    simulator.order("place", person="li-xiulan")
    await asyncio.wait_for(reader.wait_for_card(), 10)
    assert (await reader.read(lambda _: None)).name == "李秀兰"


async def test_a_process_that_dies_while_a_card_is_waited_for_ends_the_wait(apart, simulator):
    reader = apart.reader(simulator.address)
    await reader.open()
    waiting = asyncio.create_task(reader.wait_for_card())
    await asyncio.sleep(0.1)
    apart.kill(signal.SIGKILL)
    with pytest.raises(DeviceFailure, match="SIGKILL"):
        await waiting
    await again(reader.open)


async def test_a_wait_that_is_given_up_here_is_given_up_there(apart, simulator):
    reader = apart.reader(simulator.address)
    await reader.open()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.wait_for_card(), 0.1)
    # A driver has one thread: a wait that went on there would hold this up for ever.
    await asyncio.wait_for(reader.check(), 5)


async def test_a_process_that_hangs_is_ended_and_begun_anew(apart, simulator, quick_pings):
    reader = apart.reader(simulator.address)
    await reader.open()
    hanging = apart.pid
    waiting = asyncio.create_task(reader.wait_for_card())
    await asyncio.sleep(0.1)
    apart.kill(signal.SIGSTOP)
    with pytest.raises(DeviceFailure, match="silent"):
        await asyncio.wait_for(waiting, 15)
    await again(reader.open)
    assert apart.pid != hanging


async def test_a_call_without_an_end_fails_by_its_own_limit(apart, simulator, monkeypatch):
    reader = apart.reader(simulator.address)
    await reader.open()
    monkeypatch.setitem(apart.kept[-1]._process._calls, "wait_for_card", Call(seconds=0.2))
    with pytest.raises(DeviceFailure, match=r"wait_for_card: no end after 0\.2 s"):
        await reader.wait_for_card()


async def test_an_outage_is_logged_once_however_often_the_process_dies(apart, simulator, caplog):
    reader = apart.reader(simulator.address)
    with caplog.at_level(logging.INFO, "kiosk.apart.kept"):
        for _ in range(4):
            await again(reader.open)
            died = apart.pid
            apart.kill()
            await until(lambda died=died: apart.pid not in (died,))
        await again(reader.open)
    assert [one.message for one in caplog.records] == [
        "the process of the idcard ended: signal (SIGSEGV)"
    ]


async def test_the_end_of_an_outage_is_logged_once(apart, simulator, caplog, monkeypatch):
    monkeypatch.setattr(kept, "STEADY_SECONDS", 0.3)
    reader = apart.reader(simulator.address)
    await reader.open()
    with caplog.at_level(logging.INFO, "kiosk.apart.kept"):
        apart.kill()
        await until(lambda: len(caplog.records) == 2)
        await asyncio.sleep(0.5)
    assert caplog.records[1].message == "the process of the idcard runs again; it ended 1 times"
    assert len(caplog.records) == 2


class TestRenewal:
    """What held something of a citizen is replaced, and nobody notices."""

    async def read_one(self, reader, simulator) -> None:
        simulator.order("place", person="li-xiulan")
        await reader.wait_for_card()
        await reader.read(lambda _: None)

    async def test_the_process_is_another_once_the_card_is_gone(self, apart, simulator):
        reader = apart.reader(simulator.address)
        await reader.open()
        await self.read_one(reader, simulator)
        before = apart.pid
        apart.kept[-1].renew()
        leaving = asyncio.create_task(reader.wait_for_removal())
        await asyncio.sleep(1.0)
        assert apart.pid == before
        assert os.path.exists(f"/proc/{before}")
        simulator.order("take")
        await leaving
        await until(lambda: apart.pid not in (before, None))
        assert not os.path.exists(f"/proc/{before}")

    async def test_the_wait_for_the_next_card_goes_on(self, apart, simulator):
        reader = apart.reader(simulator.address)
        await reader.open()
        await self.read_one(reader, simulator)
        simulator.order("take")
        await reader.wait_for_removal()
        before = apart.pid
        waiting = asyncio.create_task(reader.wait_for_card())
        apart.kept[-1].renew()
        await until(lambda: apart.pid not in (before, None))
        assert not waiting.done()
        simulator.order("place", person="wang-jianguo")
        await asyncio.wait_for(waiting, 5)
        assert (await reader.read(lambda _: None)).name == "王建国"

    async def test_a_card_that_is_laid_down_in_that_moment_is_read(self, apart, simulator):
        reader = apart.reader(simulator.address)
        await reader.open()
        for pause in (0.0, 0.1, 0.2, 0.3, 0.4):
            waiting = asyncio.create_task(reader.wait_for_card())
            apart.kept[-1].renew()
            await asyncio.sleep(pause)
            simulator.order("place", person="li-xiulan")
            await asyncio.wait_for(waiting, 10)
            assert (await reader.read(lambda _: None)).name == "李秀兰"
            simulator.order("take")
            await asyncio.wait_for(reader.wait_for_removal(), 10)

    async def test_a_process_that_read_nothing_stays(self, apart, simulator):
        reader = apart.reader(simulator.address)
        await reader.open()
        before = apart.pid
        apart.kept[-1].renew()
        await asyncio.sleep(1.0)
        assert apart.pid == before

    async def test_a_process_that_dies_before_its_renewal_is_renewed_by_that(
        self, apart, simulator
    ):
        reader = apart.reader(simulator.address)
        await reader.open()
        await self.read_one(reader, simulator)
        before = apart.pid
        apart.kept[-1].renew()
        apart.kill()
        await again(reader.open)
        anew = apart.pid
        assert anew != before
        await asyncio.sleep(1.0)
        assert apart.pid == anew
