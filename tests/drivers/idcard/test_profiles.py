"""Readers that talk in other ways, at other speeds, or badly."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.device import DeviceFailure, FailureReason, Status
from drivers.idcard.driver import AUTO, SdtReader
from drivers.idcard.framing import FRAMINGS, encode_stx_frame, parse_stx_reply
from drivers.idcard.port import Wanted
from drivers.idcard.profiles import profile_called, profiles
from drivers.idcard.protocol import Command, FrameFault, Sw3
from drivers.idcard.wire import Timing
from tests.drivers.idcard.test_driver import QUICK, TIMING, last_json, run_module

NAMES = tuple(profiles())


async def read_with(address: str, profile: str, baud: int | None = None, wanted=None):
    reader = SdtReader(address, baud, profile, TIMING)
    try:
        await reader.open()
        await reader.wait_for_card()
        return await reader.read(lambda _: None, wanted)
    finally:
        reader.close()


@pytest.mark.parametrize("profile", NAMES)
async def test_a_card_is_read_removed_and_the_next_is_read_under_every_profile(simulate, profile):
    simulator = simulate("drivers.idcard", "--profile", profile, *QUICK)
    reader = SdtReader(simulator.address, None, profile, TIMING)
    await reader.open()
    for person, name in (("li-xiulan", "李秀兰"), ("wang-jianguo", "王建国")):
        simulator.order("place", person=person)
        await asyncio.wait_for(reader.wait_for_card(), 5)
        assert (await reader.read(lambda _: None)).name == name
        removal = asyncio.create_task(reader.wait_for_removal())
        await asyncio.sleep(0.3)
        assert not removal.done()
        simulator.order("take")
        await asyncio.wait_for(removal, 3)
    reader.close()


@pytest.mark.parametrize("profile", NAMES)
async def test_the_way_a_reader_talks_is_found_out(simulate, profile):
    simulator = simulate(
        "drivers.idcard", "--profile", profile, "--person", "li-xiulan", *QUICK
    )
    assert (await read_with(simulator.address, AUTO)).name == "李秀兰"


@pytest.mark.parametrize("baud", [57600, 9600])
async def test_the_speed_of_a_line_is_found_out(simulate, baud):
    simulator = simulate(
        "drivers.idcard", "--baud", str(baud), "--person", "li-xiulan", *QUICK
    )
    assert (await read_with(simulator.address, "sdt")).name == "李秀兰"


async def test_a_fixed_speed_that_is_wrong_is_a_fault_of_the_reader(simulate):
    simulator = simulate("drivers.idcard", "--baud", "9600", *QUICK)
    with pytest.raises(DeviceFailure) as caught:
        await read_with(simulator.address, "sdt", baud=115200)
    assert caught.value.reason is FailureReason.READER_FAULT


@pytest.mark.parametrize("fault", ["split", "late", "doubled", "garbage", "bad_checksum"])
@pytest.mark.parametrize("profile", ["sdt", "stx"])
async def test_a_bad_line_is_got_over(simulate, fault, profile):
    simulator = simulate(
        "drivers.idcard", "--person", "li-xiulan", "--profile", profile, *QUICK
    )
    reader = SdtReader(simulator.address, 115200, profile, Timing(poll=0.02))
    await reader.open()
    simulator.order("fault", name=fault)
    await reader.wait_for_card()
    assert (await reader.read(lambda _: None)).name == "李秀兰"
    reader.close()


async def test_a_reader_that_hangs_in_the_middle_of_an_answer_is_a_fault_and_not_waited_for(
    simulate,
):
    simulator = simulate("drivers.idcard", "--fault", "busy", *QUICK)
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(read_with(simulator.address, "sdt", 115200), 5)
    assert caught.value.reason is FailureReason.READER_FAULT


async def test_a_power_cut_in_the_middle_of_a_read_is_told_and_got_over(simulate):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", *QUICK)
    reader = SdtReader(simulator.address, timing=TIMING)
    await reader.open()
    simulator.order("fault", name="power_cut")
    await reader.wait_for_card()
    with pytest.raises(DeviceFailure) as caught:
        await reader.read(lambda _: None)
    assert caught.value.reason is FailureReason.READER_FAULT
    assert reader.status.value is Status.NO_DEVICE
    simulator.order("plug")
    await reader.open()
    await reader.wait_for_card()
    assert (await reader.read(lambda _: None)).name == "李秀兰"
    reader.close()


async def test_what_is_not_wanted_is_not_kept_and_what_is_wanted_is_read(simulate):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", *QUICK)
    plain = await read_with(simulator.address, "sdt")
    assert (plain.fingerprint, plain.management_number, plain.added_addresses) == (b"", None, ())
    everything = Wanted(False, True, True, True)
    simulator.order("take")
    simulator.order("place", person="li-xiulan")
    rich = await read_with(simulator.address, "sdt", wanted=everything)
    assert rich.photo == b""
    assert rich.management_number == bytes(range(28)).hex()
    assert rich.added_addresses == ("柳塘村新区3栋201室",)


def test_an_unknown_profile_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="no wire profile 'abc'; known: sdt, cvr, stx"):
        profile_called("abc")


def test_the_standard_profile_has_every_command():
    assert set(profile_called("sdt").commands) == set(Command)


def test_the_command_line_reads_a_reader_of_another_make_with_added_addresses(simulate):
    simulator = simulate("drivers.idcard", "--person", "li-xiulan", "--baud", "38400", *QUICK)
    done = run_module(
        "drivers.idcard", "read", "--port", simulator.address, "--added-address", "--json"
    )
    assert last_json(done.stdout)["added_addresses"] == ["柳塘村新区3栋201室"]


@given(st.binary(min_size=1, max_size=200), st.binary(max_size=40))
def test_an_stx_frame_is_found_behind_noise(body, noise):
    quiet = bytes(one for one in noise if one != 0x02)
    finder = FRAMINGS["stx"].finder()
    found = [x for x in finder.feed(quiet + encode_stx_frame(body)) if isinstance(x, bytes)]
    assert found == [body]


@given(st.binary(max_size=3000))
def test_garbage_raises_nothing_in_an_stx_finder(garbage):
    finder = FRAMINGS["stx"].finder()
    assert all(isinstance(one, bytes | FrameFault) for one in finder.feed(garbage))
    assert finder.pending <= 4096 + 5


@given(st.binary(max_size=40))
def test_an_stx_body_is_a_reply_or_none(body):
    reply = parse_stx_reply(body)
    if len(body) < 2:
        assert reply is None
    else:
        assert (reply.sw3 == Sw3.OK) == (body[:2] == b"\x90\x00")
