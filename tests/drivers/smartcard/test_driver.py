"""Chip cards through the real pcscd, with our own card in its virtual reader."""

import asyncio
from datetime import date

import pytest

from drivers.device import DeviceFailure, FailureReason, Status
from drivers.idcard.opening import open_reader
from drivers.idcard.port import Assurance, DocumentType, Sex
from drivers.smartcard import driver as driver_module
from drivers.smartcard.driver import PcscReader
from tests.conftest import last_json, run_module

TODAY = date(2026, 11, 24)


@pytest.fixture
def card(simulate, pcscd):
    """Start a card program: `card("--version", "1.00")`."""

    def start(*arguments: str):
        return simulate("drivers.smartcard", "--port", str(pcscd.port), *arguments)

    return start


async def read(reader: PcscReader):
    await reader.open()
    await asyncio.wait_for(reader.wait_for_card(), 10)
    return await reader.read(lambda _: None)


@pytest.mark.parametrize("version", ["1.00", "2.00", "3.00"])
async def test_a_social_security_card_of_every_version_is_read(card, version):
    card("--person", "li-xiulan", "--version", version)
    reader = PcscReader(today=lambda: TODAY)
    document = await read(reader)
    assert document.document_type is DocumentType.CN_SOCIAL_SECURITY
    assert (document.number, document.name) == ("119900195803120627", "李秀兰")
    assert document.sex is Sex.FEMALE
    assert document.ethnicity_code == (None if version == "1.00" else "01")
    assert document.birth_date == date(1958, 3, 12)
    assert (document.valid_from, document.valid_to) == (date(2020, 1, 5), date(2035, 1, 5))
    assert document.related_number == "A12345678"
    assert document.assurance is Assurance.UNSIGNED_TEXT
    reader.close()


@pytest.mark.parametrize("fault", ["more", "wrong_length", "late"])
async def test_a_card_that_answers_in_parts_or_late_is_read(card, fault):
    card("--person", "li-xiulan", "--fault", fault)
    reader = PcscReader()
    assert (await read(reader)).name == "李秀兰"
    reader.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("other_card", FailureReason.WRONG_CARD_TYPE),
        ("locked", FailureReason.UNREADABLE),
        ("garbage", FailureReason.UNREADABLE),
        ("endless", FailureReason.UNREADABLE),
        ("pulled", FailureReason.REMOVED_EARLY),
    ],
)
async def test_every_fault_of_a_card_ends_in_its_own_reason(card, fault, reason):
    card("--person", "li-xiulan", "--fault", fault)
    reader = PcscReader()
    with pytest.raises(DeviceFailure) as caught:
        await read(reader)
    assert caught.value.reason is reason
    assert "119900" not in str(caught.value)
    reader.close()


async def test_no_pin_is_ever_sent(card):
    program = card("--person", "li-xiulan", "--fault", "locked")
    reader = PcscReader()
    with pytest.raises(DeviceFailure):
        await read(reader)
    sent = set()
    while not program.reports.empty():
        report = program.reports.get()
        sent |= {report["ins"]} if report["event"] == "command" else set()
    assert sent == {"a4", "b2"}
    reader.close()


async def test_a_resident_card_behind_a_reader_with_a_sam_is_read(card):
    card("--person", "wang-jianguo", "--sam")
    reader = open_reader("pcsc:")
    document = await read(reader)
    assert (document.document_type, document.name) == (DocumentType.CN_RESIDENT, "王建国")
    assert len(document.photo) == 1024
    reader.close()


async def test_insertion_and_removal_are_noticed(card):
    program = card()
    reader = PcscReader()
    await reader.open()
    for _ in range(2):
        program.order("place", person="li-xiulan")
        await asyncio.wait_for(reader.wait_for_card(), 5)
        await reader.read(lambda _: None)
        program.order("take")
        await asyncio.wait_for(reader.wait_for_removal(), 5)
    reader.close()


async def test_pcscd_killed_in_the_middle_of_a_read_is_told_and_the_next_read_works(card, pcscd):
    program = card("--person", "li-xiulan", "--fault", "late")
    reader = PcscReader()
    await reader.open()
    await asyncio.wait_for(reader.wait_for_card(), 10)
    reading = asyncio.create_task(reader.read(lambda _: None))
    await asyncio.to_thread(program.report, "command")
    pcscd.kill()
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(reading, 5)
    assert caught.value.reason is FailureReason.READER_FAULT
    assert reader.status.value is Status.OFFLINE
    with pytest.raises(DeviceFailure):
        await reader.open()
    pcscd.start()
    program.order("clear")
    program.order("place", person="li-xiulan")
    assert (await read(reader)).name == "李秀兰"
    assert reader.status.value is Status.ONLINE
    reader.close()


async def test_pcscd_killed_while_a_card_is_waited_for_is_told_at_once(card, pcscd):
    reader = PcscReader()
    await reader.open()
    waiting = asyncio.create_task(reader.wait_for_card())
    await asyncio.sleep(0.3)
    pcscd.kill()
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(waiting, 5)
    assert caught.value.reason is FailureReason.READER_FAULT
    reader.close()


async def test_a_card_that_never_answers_costs_a_limited_time_and_not_the_reader(
    card, monkeypatch
):
    monkeypatch.setattr(driver_module, "READ_SECONDS", 0.5)
    program = card("--person", "li-xiulan", "--fault", "mute")
    reader = PcscReader()
    with pytest.raises(DeviceFailure) as caught:
        await read(reader)
    assert caught.value.reason is FailureReason.TIMEOUT
    program.order("clear")
    program.order("take")
    program.order("place", person="li-xiulan")
    assert (await read(reader)).name == "李秀兰"
    reader.close()


async def test_a_reader_that_pcscd_does_not_know_is_said_with_those_it_knows(pcscd):
    reader = PcscReader("Another")
    with pytest.raises(DeviceFailure, match="Tongban Virtual 00 00"):
        await reader.open()
    assert reader.status.value is Status.NO_DEVICE
    reader.close()


def test_the_command_line_reads_and_lists(card, pcscd):
    card("--person", "li-xiulan")
    done = run_module("drivers.smartcard", "read", "--json", "--timeout", "10")
    assert done.returncode == 0
    assert last_json(done.stdout)["document_type"] == "cn_social_security"
    listed = run_module("drivers.smartcard", "list", "--json")
    assert pcscd.reader in last_json(listed.stdout)["readers"]


def test_the_command_line_says_that_no_card_came(pcscd):
    done = run_module("drivers.smartcard", "read", "--json", "--timeout", "0.5")
    assert (done.returncode, last_json(done.stdout)["reason"]) == (1, "no_card")


def test_the_command_line_says_that_pcscd_does_not_run(pcscd):
    pcscd.kill()
    done = run_module("drivers.smartcard", "read", "--json")
    assert (done.returncode, last_json(done.stdout)["reason"]) == (1, "reader_fault")


def test_a_card_for_a_virtual_reader_that_is_not_there_is_refused_with_one_line():
    done = run_module("drivers.smartcard", "simulate", "--port", "9", "--person", "li-xiulan")
    assert done.returncode == 2
    assert "no virtual reader at port 9" in done.stderr
