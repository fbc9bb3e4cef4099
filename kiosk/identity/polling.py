"""Asking again and again until somebody has done something with a phone.

The device authorization grant (RFC 8628, section 3.5) and CIBA's poll mode (OpenID CIBA
Core 1.0, section 11) have the same rules, so there is one loop for both, and for a phone
that takes a visit over.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from kiosk.errors import Failure
from kiosk.identity.oidc import Denied
from kiosk.reasons import Reason

LONGEST_SECONDS = 120.0
"""No code lives longer than this here, whatever the provider allows (RFC 10027)."""
LEAST_INTERVAL, USUAL_INTERVAL, SLOWER_BY = 1.0, 5.0, 5.0
"""Where no interval is named it is five seconds; `slow_down` adds five to every later wait."""

FLEETING = frozenset({Reason.NETWORK, Reason.PLATFORM_TIMEOUT, Reason.PLATFORM_ERROR})
"""Failures of one poll after which the next may succeed."""

Answer = TypeVar("Answer")
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Poller:
    """Polls by its clock."""

    clock: Callable[[], float] = time.monotonic
    sleep: Sleep = asyncio.sleep

    async def until_granted(
        self, ask: Callable[[], Awaitable[Answer | None]], seconds: float, interval: float
    ) -> Answer:
        """The answer of `ask`, which raises Denied or gives None as long as there is none.

        Raises Denied for a refusal, Failure when the time is over: TIMEOUT, or why the line
        was down at the end.
        """
        ends, lost = self.clock() + seconds, None
        while self.clock() + interval < ends:
            await self.sleep(interval)
            try:
                answer = await ask()
            except Denied as denied:
                if denied.error == "slow_down":
                    interval += SLOWER_BY
                elif denied.error == "expired_token":
                    break
                elif denied.error != "authorization_pending":
                    raise
                continue
            except Failure as failure:
                # A line that fails for a moment: the phone may say yes meanwhile.
                if failure.reason not in FLEETING:
                    raise
                interval += SLOWER_BY
                lost = failure
                continue
            lost = None
            if answer is not None:
                return answer
        raise lost or Failure(Reason.TIMEOUT, "the phone did not answer in time")


def lifetime(answer: dict[str, Any]) -> tuple[float, float]:
    """For how many seconds an answer's code is good, and between polls.

    Raises KeyError, TypeError, ValueError where the answer does not say.
    """
    try:
        seconds = min(float(answer["expires_in"]), LONGEST_SECONDS)
        return seconds, max(float(answer.get("interval", USUAL_INTERVAL)), LEAST_INTERVAL)
    except OverflowError as error:
        raise ValueError(f"a time beyond all numbers: {error}") from error
