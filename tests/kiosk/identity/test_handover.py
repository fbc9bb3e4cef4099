"""Handing a visit over to a phone, as the terminal does it, over HTTP against the sandbox."""

import asyncio

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.errors import Failure
from kiosk.identity.handover import read_number, read_offer
from kiosk.identity.polling import Poller
from kiosk.identity.port import FaceEvidence, HandOver
from kiosk.reasons import Reason
from tests.sandbox.conftest import document_of

FACE = FaceEvidence(True, "chip_photo")


@pytest.fixture
async def citizen(service):
    return await service.sign_in(document_of("li-xiulan"), FACE)


async def test_the_citizens_phone_goes_on_with_the_certificate_that_was_chosen(
    service, citizen, library, phone
):
    wanted = (await library.list(citizen)).certificates[0]
    offer = await service.hand_over(citizen, wanted.identifier)
    assert offer.seconds <= 120
    waiting = asyncio.create_task(service.wait_for_taker(citizen, offer))
    page = await asyncio.to_thread(phone, offer.address)
    await asyncio.to_thread(page.submit)
    number = await waiting
    assert number in page.text
    assert "核对" in page.text
    assert wanted.name not in page.text
    await service.settle_hand_over(citizen, offer, same=True)
    await service.sign_out(citizen)
    await asyncio.to_thread(page.reload)
    assert wanted.name in page.text
    assert (await asyncio.to_thread(page.follow)).startswith(b"%PDF")


async def test_a_second_phone_is_told_that_it_is_taken(service, citizen, phone):
    offer = await service.hand_over(citizen, "")
    first, second = [await asyncio.to_thread(phone, offer.address) for _ in range(2)]
    await asyncio.to_thread(first.submit)
    await asyncio.to_thread(second.submit)
    third = await asyncio.to_thread(phone, offer.address)
    for late in (second, third):
        assert late.status == 409
        assert "另一部手机" in late.text


async def test_looking_at_the_address_takes_nothing(service, citizen, phone):
    offer = await service.hand_over(citizen, "")
    await asyncio.to_thread(phone, offer.address)
    page = await asyncio.to_thread(phone, offer.address)
    assert page.status == 200


async def test_another_number_gives_the_phone_nothing(service, citizen, phone):
    offer = await service.hand_over(citizen, "")
    page = await asyncio.to_thread(phone, offer.address)
    await asyncio.to_thread(page.submit)
    await service.settle_hand_over(citizen, offer, same=False)
    await asyncio.to_thread(page.reload)
    assert page.status == 404
    with pytest.raises(Failure) as caught:
        await service.settle_hand_over(citizen, offer, same=True)
    assert caught.value.reason is Reason.TIMEOUT


async def test_somebody_elses_hand_over_is_refused(service, citizen):
    offer = await service.hand_over(citizen, "")
    other = await service.sign_in(document_of("ayiguli"), FACE)
    with pytest.raises(Failure) as caught:
        await service.settle_hand_over(other, offer, same=True)
    assert caught.value.reason is Reason.TIMEOUT


async def test_only_what_the_citizen_holds_is_handed_over(service, citizen, library):
    other = await service.sign_in(document_of("ayiguli"), FACE)
    elses = (await library.list(other)).certificates[0]
    with pytest.raises(Failure) as caught:
        await service.hand_over(citizen, elses.identifier)
    assert caught.value.reason is Reason.CERTIFICATE_NOT_FOUND


async def test_without_a_phone_the_waiting_ends(service, citizen):
    offer = await service.hand_over(citizen, "")
    short = HandOver(offer.address, 1.5, 1.0, offer.handle)
    with pytest.raises(Failure) as caught:
        await service.wait_for_taker(citizen, short)
    assert caught.value.reason is Reason.TIMEOUT


class Time:
    """A clock that goes on with every sleep."""

    def __init__(self):
        self.now, self.slept = 100.0, []

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


async def test_it_is_asked_in_intervals_until_something_is_answered():
    time, answers = Time(), iter([None, None, "47"])

    async def ask():
        return next(answers)

    poller = Poller(lambda: time.now, time.sleep)
    assert await poller.until_granted(ask, seconds=120, interval=2) == "47"
    assert time.slept == [2, 2, 2]


async def test_nothing_is_asked_after_the_time_is_over():
    time = Time()

    async def never():
        return None

    with pytest.raises(Failure) as caught:
        await Poller(lambda: time.now, time.sleep).until_granted(never, seconds=10, interval=3)
    assert caught.value.reason is Reason.TIMEOUT
    assert time.now <= 110


OFFER = {"handle": "a" * 22, "address": "https://x/t?c=1", "expires_in": 600, "interval": 0}


def test_an_offer_lives_two_minutes_at_most_and_is_not_asked_after_all_the_time():
    offer = read_offer(OFFER)
    assert (offer.seconds, offer.interval) == (120, 1)
    assert "https" not in repr(offer)


@pytest.mark.parametrize(
    "change",
    [
        {"handle": "../../library"}, {"handle": None}, {"address": "javascript:x"},
        {"address": None}, {"expires_in": "soon"}, {"interval": None},
    ],
)
def test_what_is_no_offer_is_one_reason(change):
    for answer in (OFFER | change, [], None):
        with pytest.raises(Failure) as caught:
            read_offer(answer)
        assert caught.value.reason is Reason.PLATFORM_INVALID


def test_a_number_has_two_digits():
    assert read_number({"number": "07"}) == "07"
    assert read_number({"number": None}) is None
    for wrong in ({"number": "7"}, {"number": "123"}, {"number": "ab"}, {"number": 47}, {}, []):
        with pytest.raises(Failure) as caught:
            read_number(wrong)
        assert caught.value.reason is Reason.PLATFORM_INVALID


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def outcome(read, answer):
    """What reading an answer gives, or the reason for which it is none."""
    try:
        return read(answer)
    except Failure as failure:
        return failure.reason


@given(JSON | st.fixed_dictionaries(dict.fromkeys(OFFER, JSON)))
@example(OFFER | {"expires_in": 10**400})
def test_whatever_a_platform_answers_is_an_offer_or_one_failure(answer):
    found = outcome(read_offer, answer)
    assert found is Reason.PLATFORM_INVALID or not found.seconds > 120


@given(JSON | st.fixed_dictionaries({"number": JSON}))
def test_whatever_a_platform_answers_is_a_number_or_one_failure(answer):
    found = outcome(read_number, answer)
    assert found in (None, Reason.PLATFORM_INVALID) or (len(found) == 2 and found.isdecimal())
