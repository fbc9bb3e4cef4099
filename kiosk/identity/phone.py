"""Signing in with a phone: the device authorization grant (RFC 8628), with its dangers met.

The code lives two minutes at most and is good once; the phone shows the terminal's name and
place, and the citizen compares the code on both screens (RFC 10027). The terminal begins
only when somebody asks for it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from kiosk.errors import Failure
from kiosk.identity.oidc import Denied, OidcClient
from kiosk.identity.port import PhoneCode, Session
from kiosk.reasons import Reason

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ENDPOINT = "device_authorization_endpoint"
LONGEST_SECONDS = 120.0
LEAST_INTERVAL, SLOWER_BY = 1.0, 5.0
"""RFC 8628, section 3.5: `slow_down` adds five seconds to every later wait."""

Sleep = Callable[[float], Awaitable[None]]


class PhoneSignIn:
    """Signs a citizen in who has a phone with the government's app."""

    def __init__(
        self, client: OidcClient, clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._clock = clock
        self._sleep = sleep

    async def begin(self, acr: str = "") -> PhoneCode:
        """Ask for a code; `acr`: the level that the service needs. Raises Failure."""
        form = {"scope": "openid"} | ({"acr_values": acr} if acr else {})
        answer = await self._client.ask(ENDPOINT, form)
        try:
            complete = answer.get("verification_uri_complete") or answer["verification_uri"]
            return PhoneCode(
                user_code=str(answer["user_code"]),
                address=str(complete),
                seconds=min(float(answer["expires_in"]), LONGEST_SECONDS),
                interval=max(float(answer.get("interval", SLOWER_BY)), LEAST_INTERVAL),
                device_code=str(answer["device_code"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Reason.PLATFORM_INVALID, f"no code for a phone: {error!r}") from error

    async def wait(self, code: PhoneCode) -> Session:
        """Wait until the phone has said yes. Raises Failure (TIMEOUT, SIGN_IN_REFUSED, ...)."""
        proof_key = self._client.new_proof_key()
        form = {"grant_type": GRANT, "device_code": code.device_code}
        ends, interval = self._clock() + code.seconds, code.interval
        while self._clock() + interval < ends:
            await self._sleep(interval)
            try:
                answer = await self._client.ask("token_endpoint", form, proof_key)
            except Denied as denied:
                if denied.error == "slow_down":
                    interval += SLOWER_BY
                elif denied.error == "expired_token":
                    break
                elif denied.error != "authorization_pending":
                    raise
                continue
            return self._client.open_session(answer, proof_key)
        raise Failure(Reason.TIMEOUT, "the phone did not answer in time")
