"""Polling for tokens: the rules of RFC 8628, section 3.5, by a clock of the test's own."""

import pytest

from kiosk.errors import Failure
from kiosk.identity.oidc import Denied
from kiosk.identity.polling import Poller, lifetime
from kiosk.reasons import Reason

GRANTED = {"access_token": "x"}


class Clock:
    """Time that passes only in sleep, and who is asked after it."""

    def __init__(self, *answers):
        self.now = 0.0
        self.asked = []
        self._answers = iter(answers)

    async def sleep(self, seconds):
        self.now += seconds

    async def ask(self):
        self.asked.append(self.now)
        answer = next(self._answers, "authorization_pending")
        if isinstance(answer, str):
            raise Denied(answer, "")
        return answer

    async def poll(self, seconds=60, interval=2):
        poller = Poller(lambda: self.now, self.sleep)
        return await poller.until_granted(self.ask, seconds, interval)


async def test_it_waits_an_interval_before_every_question():
    clock = Clock("authorization_pending", GRANTED)
    assert await clock.poll() == GRANTED
    assert clock.asked == [2, 4]


async def test_who_is_told_to_slow_down_waits_five_seconds_longer_from_then_on():
    clock = Clock("slow_down", "authorization_pending", GRANTED)
    await clock.poll()
    assert clock.asked == [2, 9, 16]


async def test_it_asks_no_more_when_the_time_is_over():
    clock = Clock()
    with pytest.raises(Failure) as caught:
        await clock.poll(seconds=7)
    assert caught.value.reason is Reason.TIMEOUT
    assert clock.asked == [2, 4, 6]


async def test_a_code_that_ran_out_is_a_timeout():
    clock = Clock("authorization_pending", "expired_token", GRANTED)
    with pytest.raises(Failure) as caught:
        await clock.poll()
    assert caught.value.reason is Reason.TIMEOUT
    assert clock.asked == [2, 4]


async def test_a_refusal_ends_the_waiting():
    clock = Clock("access_denied", GRANTED)
    with pytest.raises(Denied) as caught:
        await clock.poll()
    assert (caught.value.error, caught.value.reason) == ("access_denied", Reason.SIGN_IN_REFUSED)
    assert clock.asked == [2]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"expires_in": 60, "interval": 2}, (60, 2)),
        ({"expires_in": "60"}, (60, 5)),
        ({"expires_in": 3600, "interval": 0}, (120, 1)),
    ],
)
def test_no_code_lives_longer_than_two_minutes_and_no_interval_is_below_a_second(answer, told):
    assert lifetime(answer) == told
