"""Signing in with a phone that shows the answer to the terminal's camera.

The terminal pushes an authorization request (PAR, RFC 9126) with a PKCE challenge (RFC 7636,
S256) and draws the address that the phone goes to as a QR code. The answer of the
authorization endpoint (RFC 6749, section 4.1.2, with `iss` of RFC 9207) comes back not
through a network but as a second QR code, on the phone's screen. Whoever shows it stands
before the terminal: a code that is sent to somebody far away and confirmed there signs
nobody in here (RFC 10027).
"""

import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from kiosk.errors import Failure
from kiosk.identity.dpop import s256
from kiosk.identity.levels import ACR_PHONE
from kiosk.identity.oidc import MAX_AGE, Denied, OidcClient
from kiosk.identity.polling import lifetime
from kiosk.identity.port import Session, ShowRequest
from kiosk.reasons import Reason

GRANT = "authorization_code"
SHOW_ENDPOINT = "show_endpoint"
"""Names in the discovery document the page that draws the answer; `ISSUER/show` without it."""


class ShowSignIn:
    """Signs in who shows the answer to the terminal; `unique` gives 43 characters or more."""

    def __init__(
        self, client: OidcClient,
        unique: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        self._client = client
        self._unique = unique

    async def begin(self, acr: str = ACR_PHONE) -> ShowRequest:
        """Push a request; `acr`: the level that the service needs. Raises Failure."""
        client = self._client
        await client.discover()
        proof_key = client.new_proof_key()
        state, nonce, verifier = self._unique(), self._unique(), self._unique()
        form = {
            "response_type": "code",
            "redirect_uri": self._redirect_uri(),
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": s256(verifier),
            "code_challenge_method": "S256",
            "acr_values": acr,
            "max_age": str(MAX_AGE),
            # The code, too, is of use to the holder of the key only (RFC 9449, section 10).
            **({"dpop_jkt": proof_key.thumbprint} if proof_key else {}),
        }
        answer = await client.ask("pushed_authorization_request_endpoint", form)
        try:
            query = {"client_id": client.terminal, "request_uri": str(answer["request_uri"])}
            seconds, _ = lifetime(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Reason.PLATFORM_INVALID, f"no pushed request: {error!r}") from error
        address = f"{client.endpoint('authorization_endpoint')}?{urlencode(query)}"
        return ShowRequest(address, seconds, state, verifier, nonce, acr, proof_key)

    async def finish(self, request: ShowRequest, shown: str) -> Session | None:
        """The session, by the text of a code that a phone showed; None for any other text.

        Raises Failure: SIGN_IN_REFUSED for a refusal, PLATFORM_INVALID for another issuer's
        answer, LEVEL_TOO_LOW.
        """
        await self._client.discover()
        answer = _parameters(shown, self._redirect_uri())
        if answer.get("state") != request.state:
            return None
        self._check_issuer(answer)
        if "error" in answer:
            raise Denied(answer["error"], "shown by the phone")
        if "code" not in answer:
            return None
        form = {
            "grant_type": GRANT,
            "code": answer["code"],
            "redirect_uri": self._redirect_uri(),
            "code_verifier": request.verifier,
        }
        told = await self._client.ask("token_endpoint", form, request.proof_key)
        return await self._client.begin_session(
            told, request.proof_key, nonce=request.nonce, acr=request.acr, max_age=MAX_AGE
        )

    def _redirect_uri(self) -> str:
        """The platform's page that draws the answer as a code."""
        client = self._client
        return client.endpoint(SHOW_ENDPOINT, f"{client.endpoint('issuer')}/show")

    def _check_issuer(self, answer: dict[str, str]) -> None:
        """That the answer is this provider's (RFC 9207, section 2.4). Raises Failure."""
        promised = self._client.promises("authorization_response_iss_parameter_supported")
        if "iss" not in answer and not promised:
            return
        if answer.get("iss") != self._client.endpoint("issuer"):
            raise Failure(Reason.PLATFORM_INVALID, "the answer shown names another issuer")


def _parameters(shown: str, redirect_uri: str) -> dict[str, str]:
    """The parameters of an answer; none for a text that is no answer, or names one twice."""
    address, question_mark, query = shown.strip().partition("?")
    if not question_mark or address != redirect_uri:
        return {}
    pairs = parse_qsl(query, keep_blank_values=True)
    found = dict(pairs)
    return found if len(found) == len(pairs) else {}
