"""Handing a visit over to the citizen's phone, which signs in nowhere.

The terminal shows an address that is good once, for two minutes at most. The phone that has
taken it shows a number; the citizen says at the terminal whether it is the number on the own
phone, and only then does the phone get a sign-in of its own. So a code that somebody else
photographed is of no use (RFC 10027: the two devices must belong together).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.errors import Failure
from kiosk.identity.oidc import OidcClient
from kiosk.identity.polling import Poller, lifetime
from kiosk.identity.port import HandOver, Session
from kiosk.platform import Platform
from kiosk.reasons import Reason

ENDPOINT = "handover_endpoint"
HANDLE = re.compile(r"[A-Za-z0-9_-]{16,128}")
NUMBER = re.compile(r"[0-9]{2}")


class HandingOver:
    """Offers a visit to a phone."""

    def __init__(self, platform: Platform, client: OidcClient, poller: Poller) -> None:
        self._platform = platform
        self._client = client
        self._poller = poller

    async def offer(self, session: Session, wanted: str) -> HandOver:
        """Offer the visit with the certificate that was chosen, or with '' none. Raises Failure."""
        await self._client.discover()
        address = self._client.endpoint(ENDPOINT)
        answer = await self._send(session, address, {"wanted": wanted})
        return read_offer(answer)

    async def wait(self, session: Session, offer: HandOver) -> str:
        """The number that the phone shows, once one has the offer. Raises Failure.

        TIMEOUT where no phone came, or the offer is good no more.
        """
        address = self._address(offer)

        async def ask() -> str | None:
            headers = session.authorise("GET", address)
            answer = await self._platform.get_json(address, headers)
            return read_number(answer)

        with _good_no_more():
            return await self._poller.until_granted(ask, offer.seconds, offer.interval)

    async def settle(self, session: Session, offer: HandOver, same: bool) -> None:
        """Let the phone have the visit, or not. Raises Failure (TIMEOUT where it is too late)."""
        with _good_no_more():
            await self._send(session, self._address(offer), {"same": same})

    def _address(self, offer: HandOver) -> str:
        return f"{self._client.endpoint(ENDPOINT)}/{offer.handle}"

    async def _send(self, session: Session, address: str, body: dict[str, Any]) -> Any:
        headers = session.authorise("POST", address)
        return await self._platform.send_json(address, body, headers)


@contextmanager
def _good_no_more() -> Iterator[None]:
    """A refusal says nothing of the citizen here: the offer has run out."""
    try:
        yield
    except Failure as failure:
        if failure.reason is not Reason.SIGN_IN_REFUSED:
            raise
        raise Failure(Reason.TIMEOUT, failure.detail) from failure


def read_offer(answer: object) -> HandOver:
    """An offer from the platform's answer. Raises Failure (PLATFORM_INVALID)."""
    try:
        if not isinstance(answer, dict):
            raise TypeError("no object")
        handle, address = answer["handle"], answer["address"]
        if not HANDLE.fullmatch(handle):
            raise ValueError("a handle that is no word")
        if not isinstance(address, str) or not address.startswith(("https://", "http://")):
            raise ValueError("an address that a phone cannot open")
        seconds, interval = lifetime(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(Reason.PLATFORM_INVALID, f"no hand-over: {error!r}") from error
    return HandOver(address, seconds, interval, handle)


def read_number(answer: object) -> str | None:
    """The number on the phone, two digits; None while no phone has the offer. Raises Failure."""
    number = answer.get("number", "") if isinstance(answer, dict) else ""
    if number is None:
        return None
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise Failure(Reason.PLATFORM_INVALID, "a hand-over with no number of two digits")
    return number
