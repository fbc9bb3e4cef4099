"""The terminal's contact with those who look after it: what waits goes out, orders come in.

`POST /terminals/check-in` (docs/platform.md): one envelope, signed for by a token of the
terminal's key that is good for this one body and one minute.
"""

import base64
import hashlib
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from kiosk.errors import Failure
from kiosk.platform import Platform, decode_json, refusal
from kiosk.reasons import Reason
from offline.delivery import Answer, NoContact, Refused
from offline.texts import as_json

PATH = "/terminals/check-in"
TOKEN_SECONDS = 60
ASKED_TO_WAIT = (429, 503)
LONGEST_ASKED = 3600.0


class Caller:
    """Shows the platform which terminal calls, where no citizen is signed in."""

    def __init__(
        self, terminal: str, key: ECKey, now: Callable[[], float] = time.time
    ) -> None:
        self._terminal = terminal
        self._key = key
        self._now = now

    def authorise(self, address: str, body: bytes) -> dict[str, str]:
        """The headers of a call of an address with a body."""
        return {"Authorization": f"Bearer {self._token(address, body)}"}

    def _token(self, address: str, body: bytes) -> str:
        """Who says this, to whom, and exactly what (RFC 7523, 3; `digest` is ours)."""
        now = int(self._now())
        digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
        claims = {
            "iss": self._terminal, "sub": self._terminal, "aud": address, "iat": now,
            "exp": now + TOKEN_SECONDS, "jti": str(uuid.uuid4()), "digest": digest,
        }
        return jwt.encode({"alg": "ES256"}, claims, self._key)


class Contact:
    """Posts envelopes to the platform; an `offline.delivery.Post`."""

    def __init__(
        self, platform: Platform, terminal: str, key: ECKey,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._platform = platform
        self._address = f"{platform.address}{PATH}"
        self._caller = Caller(terminal, key, now)

    async def __call__(self, envelope: Mapping[str, Any]) -> Answer:
        """Send; the answer. Raises NoContact."""
        body = as_json(envelope)
        headers = {
            **self._caller.authorise(self._address, body), "Content-Type": "application/json",
        }
        try:
            reply = await self._platform.deliver(self._address, body, headers)
            if reply.status in ASKED_TO_WAIT:
                asked = reply.headers.get("Retry-After", "")
                after = min(float(asked), LONGEST_ASKED) if asked.isdecimal() else 0.0
                raise NoContact(f"HTTP {reply.status}", after)
            if reply.status != 200:
                raise refusal(reply, "check-in")
            return read_answer(decode_json(reply.body))
        except Failure as failure:
            raise NoContact(str(failure)) from failure


def read_answer(said: Any) -> Answer:
    """The platform's answer. Raises Failure for what is none."""
    try:
        refused = tuple(
            Refused(str(one["lane"]), int(one["number"]), str(one["reason"]))
            for one in said.get("refused", ())
        )
        after = said.get("next_seconds")
        return Answer(
            {str(lane): int(number) for lane, number in said["acknowledged"].items()}, refused,
            float(after) if after is not None else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise Failure(Reason.PLATFORM_INVALID, f"check-in: {type(error).__name__}") from error
