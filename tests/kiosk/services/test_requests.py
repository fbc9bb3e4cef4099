"""What is left is on the disk with its code, or it is not received; and how far it is."""

import asyncio
from random import Random

import pytest

from kiosk.errors import Failure
from kiosk.reasons import Reason
from kiosk.services.port import CallTime, Draft, Kind, RequestStatus
from kiosk.services.requests import Found, Requests, find
from offline import outbox
from offline.lanes import Lane
from tests.offline.stores import Time, open_store

COMPLAINT = Draft(Kind.COMPLAINT, "household", category="slow", call=CallTime.MORNING)
PHONE = "13812345678"


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def vault(tmp_path, time):
    made = open_store(tmp_path, time)
    yield made
    made.close()


@pytest.fixture
def requests(vault):
    return Requests(vault, Random(1))


async def waiting(vault):
    return await vault.read(lambda txn: outbox.waiting(txn, 100_000, 100))


async def arrives(vault):
    records = await waiting(vault)
    high = {one.lane: one.number for one in records}
    await vault.write(lambda txn: outbox.acknowledge(txn, records, high))


async def test_it_waits_for_the_platform_with_all_answers_and_its_code(requests, vault):
    code = await requests.keep(COMPLAINT, PHONE)
    record = (await waiting(vault))[0]
    assert (record.lane, record.kind) == (Lane.CITIZEN, "request")
    assert record.body == {
        "code": code, "kind": "complaint", "about": "household", "category": "slow",
        "phone": PHONE, "call": "morning",
    }


async def test_a_rating_says_nothing_of_who_gave_it(requests, vault):
    await requests.keep(Draft(Kind.RATING, "terminal", level=1), "")
    body = (await waiting(vault))[0].body
    assert set(body) == {"code", "kind", "about", "level"}


async def test_a_number_without_a_time_to_call_goes_nowhere(requests, vault):
    await requests.keep(Draft(Kind.REQUEST, "terminal", category="explain"), PHONE)
    assert "phone" not in (await waiting(vault))[0].body


async def test_neither_code_nor_number_lies_readable_in_the_file(requests, vault, tmp_path):
    code = await requests.keep(COMPLAINT, PHONE)
    vault.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for secret in (code, PHONE, "household"):
        assert secret.encode() not in written


async def test_it_is_found_by_its_code_and_by_no_other(requests, vault, time):
    code, other = await requests.keep(COMPLAINT, PHONE), await requests.keep(COMPLAINT, "")
    assert code != other
    assert await requests.find(code) == Found(RequestStatus.WAITING)
    time.go(3600)
    await arrives(vault)
    assert await requests.find(code) == Found(RequestStatus.ARRIVED, time.now)
    assert (await requests.find("000000000000")).status is RequestStatus.UNKNOWN


async def test_who_waits_for_its_arrival_is_told(requests, vault, monkeypatch):
    monkeypatch.setattr("kiosk.services.requests.LOOK_SECONDS", 0.01)
    code = await requests.keep(COMPLAINT, PHONE)
    arriving = asyncio.create_task(requests.arrival(code))
    await asyncio.sleep(0.05)
    assert not arriving.done()
    await arrives(vault)
    assert (await arriving).status is RequestStatus.ARRIVED


async def test_what_the_platform_refuses_is_told_as_such(requests, vault):
    code = await requests.keep(COMPLAINT, PHONE)
    record = (await waiting(vault))[0]
    await vault.write(lambda txn: outbox.refuse(txn, record, "malformed"))
    assert (await requests.find(code)).status is RequestStatus.REFUSED


async def test_long_after_its_arrival_a_code_is_forgotten_but_never_while_it_waits(
    requests, vault, time
):
    arrived = await requests.keep(COMPLAINT, "")
    await arrives(vault)
    waits = await requests.keep(COMPLAINT, "")
    time.go(31 * 86400)
    await requests.keep(COMPLAINT, "")
    assert (await requests.find(arrived)).status is RequestStatus.UNKNOWN
    assert (await requests.find(waits)).status is RequestStatus.WAITING


async def test_what_waited_long_can_be_followed_up_as_long_after_its_arrival(
    requests, vault, time
):
    code = await requests.keep(COMPLAINT, "")
    time.go(40 * 86400)
    await arrives(vault)
    at = time.now
    time.go(86400)
    await requests.keep(COMPLAINT, "")
    assert await requests.find(code) == Found(RequestStatus.ARRIVED, at)


async def test_what_the_store_has_lost_is_not_said_to_have_arrived(requests, vault):
    code = await requests.keep(COMPLAINT, "")
    await vault.write(lambda txn: txn.execute("DELETE FROM outbox WHERE kind = 'request'"))
    assert await requests.find(code) == Found(RequestStatus.UNCLEAR)


async def test_where_there_is_no_room_nothing_is_received_and_no_code_is_given(
    requests, vault, monkeypatch
):
    limits = outbox.Limits(soft=0, hard=0)
    monkeypatch.setattr(outbox.put, "__defaults__", (limits,))
    with pytest.raises(Failure) as failure:
        await requests.keep(COMPLAINT, PHONE)
    assert failure.value.reason is Reason.STORE_FULL
    assert await waiting(vault) == []
    assert await vault.read(lambda txn: txn.execute("SELECT * FROM request")) == []


async def test_a_store_that_is_closed_is_a_fault(requests, vault):
    vault.close()
    with pytest.raises(Failure) as failure:
        await requests.find("482913705616")
    assert failure.value.reason is Reason.STORE_FAULT


async def test_two_are_never_given_the_same_code(vault):
    first = await Requests(vault, Random(7)).keep(COMPLAINT, "")
    second = await Requests(vault, Random(7)).keep(COMPLAINT, "")
    assert first != second
    assert await vault.read(lambda txn: find(txn, first)) == Found(RequestStatus.WAITING)
