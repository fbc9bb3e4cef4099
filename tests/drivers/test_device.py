"""Status is told on change only; failures say whether trying again can help."""

import asyncio
import threading

import pytest

from drivers.device import DeviceFailure, DeviceThread, FailureReason, Observable, Status


def test_an_observer_hears_of_changes_only():
    heard = []
    status = Observable(Status.OFFLINE)
    status.observe(heard.append)
    for value in (Status.OFFLINE, Status.ONLINE, Status.ONLINE, Status.BUSY):
        status.set(value)
    assert heard == [Status.ONLINE, Status.BUSY]


def test_whether_trying_again_helps_belongs_to_the_reason():
    assert DeviceFailure(FailureReason.REMOVED_EARLY).transient
    assert not DeviceFailure(FailureReason.PRINT_UNKNOWN).transient


async def test_a_device_call_runs_in_the_devices_thread_and_always_in_the_same():
    thread = DeviceThread("test")
    names = {await thread.run(lambda _: threading.current_thread().name) for _ in range(3)}
    assert len(names) == 1
    assert names != {threading.current_thread().name}
    thread.close()


async def test_cancelling_the_caller_asks_the_call_to_stop_and_waits_until_it_has():
    thread, ended = DeviceThread("test"), threading.Event()

    def wait(stopping):
        stopping.wait(5)
        ended.set()

    task = asyncio.create_task(thread.run(wait))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
    thread.close()
