"""Signing in with a phone: the device authorization grant (RFC 8628), with its dangers met.

The code lives two minutes at most and is good once; the phone shows the terminal's name and
place, and the citizen compares the code on both screens (RFC 10027). The terminal begins
only when somebody asks for it. A phone that was called (kiosk/identity/call.py) is waited
for in the same way.
"""

from kiosk.errors import Failure
from kiosk.identity.oidc import MAX_AGE, OidcClient
from kiosk.identity.polling import Poller, lifetime
from kiosk.identity.port import PhoneCode, Session
from kiosk.reasons import Reason

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CALL_GRANT = "urn:openid:params:grant-type:ciba"
ENDPOINT = "device_authorization_endpoint"


class PhoneSignIn:
    """Signs a citizen in who has a phone with the government's app."""

    def __init__(self, client: OidcClient, poller: Poller | None = None) -> None:
        self._client = client
        self._poller = poller or Poller()

    async def begin(self, acr: str = "") -> PhoneCode:
        """Ask for a code; `acr`: the level that the service needs. Raises Failure."""
        form = {"scope": "openid", "max_age": str(MAX_AGE)}
        answer = await self._client.ask(ENDPOINT, form | ({"acr_values": acr} if acr else {}))
        try:
            seconds, interval = lifetime(answer)
            complete = answer.get("verification_uri_complete") or answer["verification_uri"]
            if not complete:
                raise ValueError("an empty verification_uri")
            return PhoneCode(
                user_code=str(answer["user_code"]), address=str(complete),
                seconds=seconds, interval=interval,
                device_code=str(answer["device_code"]), acr=acr,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Reason.PLATFORM_INVALID, f"no code for a phone: {error!r}") from error

    async def wait(self, code: PhoneCode) -> Session:
        """Wait until the phone has said yes.

        Raises Failure (TIMEOUT, SIGN_IN_REFUSED, LEVEL_TOO_LOW, ...).
        """
        client, proof_key = self._client, self._client.new_proof_key()
        answer = await self._poller.until_granted(
            lambda: client.ask("token_endpoint", _grant(code), proof_key),
            code.seconds, code.interval,
        )
        # Who is called signs in at that moment; only of others need it be asked when.
        max_age = None if code.called else MAX_AGE
        return await client.begin_session(answer, proof_key, acr=code.acr, max_age=max_age)


def _grant(code: PhoneCode) -> dict[str, str]:
    """The fields by which a code is exchanged for tokens."""
    if code.called:
        return {"grant_type": CALL_GRANT, "auth_req_id": code.device_code}
    return {"grant_type": GRANT, "device_code": code.device_code}
