"""The process of a device, kept running whatever becomes of it."""

import asyncio
import contextlib
import logging
import os
import signal
import socket

import pytest

from drivers.device import DeviceFailure
from drivers.supervisor import Role
from kiosk.apart import process
from kiosk.apart.process import DeviceProcess
from tests.kiosk.apart.conftest import again, until


@pytest.fixture
async def kept(apart):
    """A camera's process, which serves."""
    keeping = apart.keep(Role.CAMERA)
    await keeping.call("check")
    return keeping


@pytest.fixture
def starts(monkeypatch):
    """The processes that were started."""
    started = []
    start = DeviceProcess.start

    async def start_and_tell(role, devices):
        started.append(await start(role, devices))
        return started[-1]

    monkeypatch.setattr(DeviceProcess, "start", start_and_tell)
    return started


@pytest.fixture
def unkillable(monkeypatch):
    """Processes that the kernel holds: they take no signal, not even the last."""
    held = []
    monkeypatch.setattr(DeviceProcess, "_kill", lambda _: None)
    monkeypatch.setattr(process, "END_SECONDS", 0.2)

    def hold(pid: int) -> None:
        held.append(pid)
        os.kill(pid, signal.SIGSTOP)

    yield hold
    for pid in held:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class TestWhatBreaks:
    """The device comes back by itself, whatever broke."""

    async def test_a_fresh_process_that_cannot_be_prepared_is_one_that_died(self, kept, caplog):
        before, prepared, lost = kept.pid, [], []

        async def refuse(fresh) -> None:
            prepared.append(fresh)
            raise ValueError("no such place")

        kept.prepare, kept.lost = refuse, lambda: lost.append(True)
        kept.soil()
        with caplog.at_level(logging.INFO, "kiosk.apart.kept"):
            kept.renew()
            await until(lambda: prepared)
            await again(lambda: kept.call("check"))
        assert kept.pid != before
        assert lost
        assert [one.message for one in caplog.records] == [
            "the process of the camera ended: broke (ValueError)"
        ]

    async def test_a_terminal_out_of_descriptors_starts_the_process_later(
        self, apart, monkeypatch, caplog
    ):
        pair, tried = socket.socketpair, []

        def pair_at_last(*given):
            tried.append(given)
            if len(tried) == 1:
                raise OSError(24, "Too many open files")
            return pair(*given)

        monkeypatch.setattr(process.socket, "socketpair", pair_at_last)
        await apart.keep(Role.CAMERA).call("check")
        assert "not_started" in caplog.text


class TestWhatHoldsSomethingOfACitizen:
    async def test_a_process_that_was_waited_for_is_renewed_when_it_has_served(self, apart, kept):
        apart.kill()
        await until(lambda: kept.pid is None)
        kept.soil()
        await kept.call("check")
        served = kept.pid
        kept.renew()
        await until(lambda: kept.pid not in (served, None))

    async def test_what_died_leaves_nothing_to_renew(self, apart, kept):
        kept.soil()
        apart.kill()
        await until(lambda: kept.pid is None)
        await again(lambda: kept.call("check"))
        anew = kept.pid
        kept.renew()
        await asyncio.sleep(1.0)
        assert kept.pid == anew

    async def test_a_process_that_dies_in_use_is_not_waited_for_with_the_fresh_one(
        self, apart, starts
    ):
        kept = apart.keep(Role.CAMERA)
        await kept.call("check")
        before = kept.pid
        kept.soil()
        kept.renew()
        await asyncio.sleep(0.05)
        kept.hold(True)
        await until(lambda: len(starts) == 2)
        assert kept.pid == before
        apart.kill()
        await again(lambda: kept.call("check"))
        assert kept.pid != before


class TestWhatTheKernelHolds:
    """A driver's wait in the kernel that nothing interrupts."""

    async def test_the_process_is_given_up_and_another_serves(
        self, kept, unkillable, quick_pings
    ):
        before, lost = kept.pid, []
        kept.lost = lambda: lost.append(True)
        unkillable(before)
        with pytest.raises(DeviceFailure, match="silent"):
            await asyncio.wait_for(kept.call("check"), 15)
        assert lost
        await again(lambda: kept.call("check"))
        assert kept.pid != before
        assert os.path.exists(f"/proc/{before}")

    async def test_the_terminal_ends_without_it(self, kept, unkillable, caplog):
        unkillable(kept.pid)
        told = f"process {kept.pid} of the camera cannot be killed and is left"
        await asyncio.wait_for(kept.close(), 15)
        assert told in caplog.messages


async def test_a_terminal_that_stops_kills_a_process_that_hangs(apart, kept, monkeypatch):
    monkeypatch.setattr(process, "END_SECONDS", 0.2)
    hanging = kept.pid
    apart.kill(signal.SIGSTOP)
    await asyncio.wait_for(kept.close(), 15)
    assert not os.path.exists(f"/proc/{hanging}")
