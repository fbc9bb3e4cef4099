"""Having a citizen's phone called, once the card has said whose (OpenID CIBA Core 1.0, poll).

Whom to call is told by a `login_hint_token`: the evidence of the document whose chip was
checked, signed by the terminal. The phone shows the binding message, a short code and the
terminal's name, and the terminal's screen the same code, so that nobody says yes to a
terminal that is not the one in front of them (RFC 10027).
"""

import secrets
from collections.abc import Callable

from drivers.idcard.port import IdentityDocument
from kiosk.errors import Failure
from kiosk.identity.levels import ACR_CARD_PHONE
from kiosk.identity.oidc import OidcClient
from kiosk.identity.polling import LONGEST_SECONDS, lifetime
from kiosk.identity.port import PhoneCode
from kiosk.reasons import Reason

ENDPOINT = "backchannel_authentication_endpoint"
LETTERS, LENGTH = "BCDFGHJKLMNPQRSTVWXZ", 4
"""Consonants make no words. The code is compared, not guessed against: four are enough."""


class PhoneCall:
    """Calls the phone of a document's holder; `pick` chooses one of some letters."""

    def __init__(
        self, client: OidcClient, pick: Callable[[str], str] = secrets.choice
    ) -> None:
        self._client = client
        self._pick = pick

    async def begin(self, document: IdentityDocument) -> PhoneCode:
        """Have the phone called.

        Raises Failure: PLATFORM_INVALID where the platform calls no phones, SIGN_IN_REFUSED
        where the holder has none.
        """
        client = self._client
        await client.discover()
        code = "".join(self._pick(LETTERS) for _ in range(LENGTH))
        hint = client.tokens.call(client.endpoint("issuer"), document)
        answer = await client.ask(ENDPOINT, {
            "scope": "openid",
            "login_hint_token": client.sign(hint),
            # Letters, digits and a few signs without blanks: providers allow little else.
            "binding_message": f"{code}/{client.terminal}",
            "acr_values": ACR_CARD_PHONE,
            "requested_expiry": str(int(LONGEST_SECONDS)),
        })
        try:
            seconds, interval = lifetime(answer)
            request = str(answer["auth_req_id"])
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Reason.PLATFORM_INVALID, f"no call of a phone: {error!r}") from error
        return PhoneCode(
            user_code=code, address="", seconds=seconds, interval=interval,
            device_code=request, acr=ACR_CARD_PHONE,
        )
