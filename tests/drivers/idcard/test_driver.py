"""The driver on a real pseudo-terminal, with the reader in another process."""

import asyncio
import os
import threading

import pytest

from drivers.device import DeviceFailure, FailureReason, Status
from drivers.idcard.driver import SdtReader
from drivers.idcard.port import Progress
from drivers.idcard.protocol import Framer, Sw3, encode_reply
from drivers.idcard.wire import Timing
from tests.conftest import last_json, run_module

QUICK = ("--read-seconds", "0.05")
TIMING = Timing(poll=0.02, reply=0.3, read_reply=0.8, gap=0.1)


async def read_card(address: str):
    reader = SdtReader(address, timing=TIMING)
    try:
        await reader.open()
        await reader.wait_for_card()
        return await reader.read(lambda _: None)
    finally:
        reader.close()


async def reason_of(address: str) -> FailureReason:
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(read_card(address), 20)
    return caught.value.reason


async def test_a_card_is_read_with_photo_and_reader_id(simulate):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", *QUICK)
    document = await read_card(simulator.address)
    assert document.name == "李秀兰"
    assert len(document.photo) == 1024
    assert document.reader_id == "05.03-20150908-0000012345-0987654321"


async def test_the_steps_of_a_read_are_told_in_order(simulate):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", *QUICK)
    reader, steps = SdtReader(simulator.address, timing=TIMING), []
    await reader.open()
    await reader.read(steps.append)
    reader.close()
    assert steps == [Progress.FOUND, Progress.SELECTED, Progress.READ] or steps == [
        Progress.FOUND,
        Progress.FOUND,
        Progress.SELECTED,
        Progress.READ,
    ]


@pytest.mark.parametrize("fault", ["garbage", "bad_checksum"])
async def test_a_noisy_line_is_got_over(simulate, fault):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", "--fault", fault, *QUICK)
    assert (await read_card(simulator.address)).name == "李秀兰"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("silent", FailureReason.READER_FAULT),
        ("always_bad_checksum", FailureReason.READER_FAULT),
        ("wrong_length", FailureReason.READER_FAULT),
        ("self_test_failed", FailureReason.READER_FAULT),
        ("not_authorised", FailureReason.READER_NOT_AUTHORISED),
        ("auth_failed", FailureReason.AUTH_FAILED),
        ("unreadable", FailureReason.UNREADABLE),
        ("wrong_card_type", FailureReason.WRONG_CARD_TYPE),
    ],
)
async def test_every_fault_ends_in_its_own_reason(simulate, fault, reason):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", "--fault", fault, *QUICK)
    assert await reason_of(simulator.address) is reason


async def test_an_answer_that_always_breaks_off_is_not_called_a_removed_card(simulate):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", "--fault", "short", *QUICK)
    assert await reason_of(simulator.address) in (
        FailureReason.UNREADABLE,
        FailureReason.REMOVED_EARLY,
    )


async def test_a_passport_is_the_wrong_card(simulate):
    simulator = simulate("drivers.idcard", "--person", "silva-joao", *QUICK)
    assert await reason_of(simulator.address) is FailureReason.WRONG_CARD_TYPE


@pytest.mark.parametrize("byte", [0, 3, 10, 14, 15, 20, 33, 34, 40, 700, 1313])
async def test_a_card_pulled_at_any_byte_ends_in_one_reason_and_the_next_is_read(simulate, byte):
    simulator = simulate("drivers.idcard", *QUICK)
    reader = SdtReader(simulator.address, timing=TIMING)
    await reader.open()
    simulator.order("place", person="li-xiulan")
    await reader.wait_for_card()
    simulator.order("pull_at_byte", byte=byte)
    with pytest.raises(DeviceFailure) as caught:
        await reader.read(lambda _: None)
    assert caught.value.reason is FailureReason.REMOVED_EARLY
    simulator.order("place", person="wang-jianguo")
    await reader.wait_for_card()
    assert (await reader.read(lambda _: None)).name == "王建国"
    reader.close()


async def test_removal_is_noticed_after_a_read_and_before_one(simulate):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", *QUICK)
    reader = SdtReader(simulator.address, timing=TIMING)
    await reader.open()
    for read_first in (False, True):
        simulator.order("place", person="li-xiulan")
        await reader.wait_for_card()
        if read_first:
            await reader.read(lambda _: None)
        removal = asyncio.create_task(reader.wait_for_removal())
        await asyncio.sleep(0.2)
        assert not removal.done()
        simulator.order("take")
        await asyncio.wait_for(removal, 2)
    reader.close()


async def test_a_port_that_is_not_there_is_said(tmp_path):
    reader = SdtReader(str(tmp_path / "nothing"))
    with pytest.raises(DeviceFailure) as caught:
        await reader.open()
    assert caught.value.reason is FailureReason.READER_FAULT
    assert reader.status.value is Status.NO_DEVICE
    reader.close()


async def test_recorded_bytes_of_an_empty_reader_are_understood():
    """The published frames of a reader on which no card lies, played back."""
    master, slave = os.openpty()
    answers = {
        b"\x11\xff": encode_reply(Sw3.OK),
        b"\x12\xff": bytes.fromhex(
            "aaaaaa9669 0014 000090 050003007c7a330139300000b168de3a 82"
        ),
        b"\x20\x01": bytes.fromhex("aaaaaa9669 0004 000080 84"),
    }

    def play() -> None:
        framer = Framer()
        while True:
            try:
                received = os.read(master, 100)
            except OSError:
                return
            for body in framer.feed(received):
                os.write(master, answers[bytes(body)])

    threading.Thread(target=play, daemon=True).start()
    reader = SdtReader(os.ttyname(slave), timing=TIMING)
    await reader.open()
    assert reader.reader_id == "05.03-20150908-0000012345-0987654321"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.wait_for_card(), 0.2)
    reader.close()


def test_the_command_line_reads_a_card_as_json(simulate):
    simulator = simulate("drivers.idcard", "--person", "zhang-rare", *QUICK)
    done = run_module("drivers.idcard", "read", "--port", simulator.address, "--json")
    assert done.returncode == 0
    assert last_json(done.stdout)["name"] == "张𡨽"


def test_the_command_line_says_that_no_card_came(simulate):
    simulator = simulate("drivers.idcard")
    port = ("--port", simulator.address, "--timeout", "0.5", "--json")
    done = run_module("drivers.idcard", "read", *port)
    assert done.returncode == 1
    assert last_json(done.stdout)["reason"] == "no_card"


def test_the_simulator_refuses_an_unknown_person_with_one_line():
    done = run_module("drivers.idcard", "simulate", "--person", "nobody")
    assert done.returncode == 2
    assert "nobody is called 'nobody'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


async def test_a_reader_that_is_pulled_out_is_told_and_can_be_opened_again(simulate):
    simulator = simulate("drivers.idcard", *QUICK)
    reader = SdtReader(simulator.address, timing=TIMING)
    await reader.open()
    simulator.close()
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(reader.wait_for_card(), 10)
    assert caught.value.reason is FailureReason.READER_FAULT
    with pytest.raises(DeviceFailure):
        await reader.open()
    reader.close()


async def test_a_reader_closed_while_a_card_is_waited_for_says_neither_card_nor_none(simulate):
    simulator = simulate("drivers.idcard", *QUICK)
    reader = SdtReader(simulator.address, timing=TIMING)
    await reader.open()
    waiting = asyncio.create_task(reader.wait_for_card())
    await asyncio.sleep(0.1)
    reader.close()
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(waiting, 3)
    assert caught.value.reason is FailureReason.TIMEOUT
