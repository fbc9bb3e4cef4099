"""Acting for somebody else: who has authorised the citizen, and whose guardian the citizen is.

An authorisation is signed by the identity service (JWS) for this terminal and this citizen:
`sub` is who is acted for, `may_act` (RFC 8693, section 4.4) who alone may do so. It is offered
only after it was verified, and then exchanged for a token of its own. For a child the terminal
states, as for a sign-in, that it checked the child's document by its chip; the platform's
register says whether the citizen is the guardian. No face is looked at for either.
"""

import logging
from datetime import date
from typing import Any

from joserfc.errors import JoseError

from drivers.idcard.port import IdentityDocument
from kiosk.errors import Failure
from kiosk.identity.exchange import exchange
from kiosk.identity.oidc import Denied, OidcClient
from kiosk.identity.port import Principal, Relation, Session
from kiosk.platform import Platform
from kiosk.reasons import Reason

log = logging.getLogger(__name__)

TYPE = "authorisation+jwt"
NOT_AUTHORISED = ("invalid_request", "invalid_grant", "invalid_target", "access_denied")
OUTSIDE = ("invalid_scope", "insufficient_scope")


class Acting:
    """Lets the citizen act for somebody else."""

    def __init__(self, platform: Platform, client: OidcClient) -> None:
        self._platform = platform
        self._client = client

    async def principals(self, session: Session) -> list[Principal]:
        """For whom the citizen may act; nobody where the platform does not say. Raises Failure.

        An authorisation that does not verify is left out and logged: it is no reason to
        withhold the others.
        """
        client = self._client
        await client.discover()
        address = client.endpoint("principals_endpoint", otherwise="")
        if not address:
            return []
        answer = await self._platform.get_json(address, session.authorise("GET", address))
        entries = answer.get("principals") if isinstance(answer, dict) else None
        if not isinstance(entries, list):
            raise Failure(Reason.PLATFORM_INVALID, f"{address}: no list of principals")
        found = [self._verified(session, entry) for entry in entries]
        return [one for one in found if one is not None]

    async def act_for(self, session: Session, principal: Principal) -> Session:
        """Act for one of them. Raises Failure (NOT_AUTHORISED, SCOPE_NOT_AUTHORISED, ...)."""
        await self._client.discover()
        try:
            subject = self._claims(session, principal.authorisation)["sub"]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Failure(
                Reason.NOT_AUTHORISED, f"authorisation: {type(error).__name__}"
            ) from error
        acting = await self._exchanged(principal.authorisation, session)
        if acting.subject != subject:
            raise Failure(Reason.PLATFORM_INVALID, "a session for another than was chosen")
        return acting

    async def act_for_child(self, session: Session, document: IdentityDocument) -> Session:
        """Act, as guardian, for the holder of a child's document. Raises Failure."""
        client = self._client
        await client.discover()
        claims = client.tokens.child(client.endpoint("issuer"), document)
        return await self._exchanged(client.sign(claims), session, nonce=claims["jti"])

    async def _exchanged(
        self, subject_token: str, session: Session, nonce: str | None = None
    ) -> Session:
        try:
            return await exchange(self._client, subject_token, session, session.acr, nonce)
        except Denied as denied:
            if denied.error in NOT_AUTHORISED:
                raise Failure(Reason.NOT_AUTHORISED, denied.detail) from denied
            if denied.error in OUTSIDE:
                raise Failure(Reason.SCOPE_NOT_AUTHORISED, denied.detail) from denied
            raise

    def _verified(self, session: Session, entry: object) -> Principal | None:
        """Whom an entry names; None for one that does not verify."""
        try:
            if not isinstance(entry, dict):
                raise TypeError("no object")
            authorisation = str(entry["authorisation"])
            return read_principal(authorisation, self._claims(session, authorisation))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("an authorisation does not verify: %s", type(error).__name__)
            return None

    def _claims(self, session: Session, authorisation: str) -> dict[str, Any]:
        """The claims of an authorisation for this citizen. Raises JoseError, ValueError, ..."""
        claims = self._client.check_signed(authorisation, TYPE)
        if not session.subject or claims["may_act"]["sub"] != session.subject:
            raise ValueError("the authorisation is for another citizen")
        return claims


def read_principal(authorisation: str, claims: dict[str, Any]) -> Principal:
    """A principal from the claims of a verified authorisation.

    `types` is absent where all kinds are meant: an empty list authorises nothing and is
    refused, as is what is no list of words. Raises KeyError, TypeError, ValueError.
    """
    until = claims.get("until")
    return Principal(
        name=str(claims["name"]),
        relation=Relation(claims["relation"]),
        authorisation=authorisation,
        types=read_types(claims["types"]) if "types" in claims else (),
        until=date.fromisoformat(until) if until is not None else None,
    )


def read_types(value: object) -> tuple[str, ...]:
    """The kinds of certificate, one at least. Raises ValueError for what is no list of words."""
    if not isinstance(value, list) or not value:
        raise ValueError("kinds of certificate: no list, or an empty one")
    if not all(isinstance(one, str) for one in value):
        raise ValueError("kinds of certificate that are no words")
    return tuple(value)
