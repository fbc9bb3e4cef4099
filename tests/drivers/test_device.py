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


async def test_a_call_that_hangs_is_left_behind_and_the_next_gets_a_thread_of_its_own():
    thread, release = DeviceThread("test"), threading.Event()
    with pytest.raises(DeviceFailure) as caught:
        await thread.run(lambda _: release.wait(30), limit=0.1)
    assert caught.value.reason is FailureReason.TIMEOUT
    assert await asyncio.wait_for(thread.run(lambda _: "served"), 2) == "served"
    release.set()
    thread.close()


async def test_what_a_call_raises_reaches_the_caller():
    thread = DeviceThread("test")

    def fail(_):
        raise ValueError("as it was")

    with pytest.raises(ValueError, match="as it was"):
        await thread.run(fail)
    thread.close()


async def test_closing_asks_the_running_call_to_stop():
    thread = DeviceThread("test")
    task = asyncio.create_task(thread.run(lambda stopping: stopping.wait(10)))
    await asyncio.sleep(0.05)
    thread.close()
    assert await asyncio.wait_for(task, 2) is True


async def test_no_thread_is_left_when_a_device_is_closed():
    before = threading.active_count()
    thread = DeviceThread("test")
    await thread.run(lambda _: None)
    thread.close()
    for _ in range(100):
        if threading.active_count() == before:
            break
        await asyncio.sleep(0.01)
    assert threading.active_count() == before


async def test_calls_that_wait_behind_a_hanging_one_are_served_in_another_thread():
    thread, release = DeviceThread("test"), threading.Event()
    hanging = asyncio.create_task(thread.run(lambda _: release.wait(30), limit=0.2))
    await asyncio.sleep(0.05)
    behind = asyncio.create_task(thread.run(lambda _: "served"))
    assert await asyncio.wait_for(behind, 3) == "served"
    with pytest.raises(DeviceFailure):
        await hanging
    release.set()
    thread.close()


async def test_a_closed_device_takes_no_more_and_its_last_act_is_done_in_its_thread():
    thread, done = DeviceThread("test"), threading.Event()
    await thread.run(lambda _: None)
    thread.close(done.set)
    assert await asyncio.to_thread(done.wait, 2)
    with pytest.raises(DeviceFailure):
        await thread.run(lambda _: None)
