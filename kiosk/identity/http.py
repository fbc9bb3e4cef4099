"""The identity service over HTTP: OpenID Connect, an assertion of document and face (RFC 7523)."""

from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from drivers.idcard.port import IdentityDocument
from kiosk.config import BadConfiguration
from kiosk.identity.acting import Acting
from kiosk.identity.call import PhoneCall
from kiosk.identity.handover import HandingOver
from kiosk.identity.levels import ACR_CARD_FACE, ACR_PHONE
from kiosk.identity.oidc import OidcClient
from kiosk.identity.phone import PhoneSignIn
from kiosk.identity.polling import Poller
from kiosk.identity.port import (
    FaceEvidence,
    HandOver,
    PhoneCode,
    Principal,
    Session,
    ShowRequest,
    StaffEvidence,
)
from kiosk.identity.show import ShowSignIn
from kiosk.identity.staff import Staff
from kiosk.platform import Platform

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def load_key(path: Path) -> ECKey:
    """The terminal's private key. Raises BadConfiguration."""
    try:
        key = ECKey.import_key(path.read_bytes())
    except (OSError, ValueError, JoseError) as error:
        raise BadConfiguration(f"terminal.key {path}: {error}") from error
    if not key.is_private:
        raise BadConfiguration(f"terminal.key {path}: not a private key")
    return key


class HttpIdentityService:
    """An identity service that speaks OpenID Connect."""

    def __init__(self, platform: Platform, terminal: str, key: ECKey) -> None:
        self._platform = platform
        self._client = OidcClient(platform, terminal, key)
        self._phone = PhoneSignIn(self._client)
        self._call = PhoneCall(self._client)
        self._show = ShowSignIn(self._client)
        self._staff = Staff(self._client, self._phone)
        self._acting = Acting(platform, self._client)
        self._handing_over = HandingOver(platform, self._client, Poller())

    async def warm_up(self) -> None:
        """Fetch discovery document and keys."""
        await self._client.discover()

    async def face_reference(self, document: IdentityDocument) -> bytes:
        """The reference picture for this visit. Raises Failure."""
        client = self._client
        await client.discover()
        claims = client.tokens.face_reference(client.endpoint("issuer"), document)
        form = {**client.credentials(), "assertion": client.sign(claims)}
        return await self._platform.post(client.endpoint("face_reference_endpoint"), form)

    async def sign_in(self, document: IdentityDocument, face: FaceEvidence) -> Session:
        """Exchange an assertion for tokens bound to a new key. Raises Failure."""
        client = self._client
        await client.discover()
        claims = client.tokens.sign_in(client.endpoint("issuer"), document, face)
        form = {"grant_type": GRANT, "assertion": client.sign(claims)}
        proof_key = client.new_proof_key()
        answer = await client.ask("token_endpoint", form, proof_key)
        return await client.begin_session(
            answer, proof_key, nonce=claims["jti"], acr=ACR_CARD_FACE
        )

    async def begin_phone(self) -> PhoneCode:
        """Ask for a code that a phone may scan. Raises Failure."""
        return await self._phone.begin(ACR_PHONE)

    async def call_phone(self, document: IdentityDocument) -> PhoneCode:
        """Have the phone of a document's holder called. Raises Failure."""
        return await self._call.begin(document)

    async def wait_for_phone(self, code: PhoneCode) -> Session:
        """Wait until the phone has said yes. Raises Failure."""
        return await self._phone.wait(code)

    async def begin_show(self) -> ShowRequest:
        """Ask for an address that a phone goes to. Raises Failure."""
        return await self._show.begin()

    async def finish_show(self, request: ShowRequest, shown: str) -> Session | None:
        """The session, by what a phone showed; None for another text. Raises Failure."""
        return await self._show.finish(request, shown)

    async def begin_staff(self) -> PhoneCode:
        """Ask for a code that a member of staff may scan. Raises Failure."""
        return await self._staff.begin()

    async def vouch(self, document: IdentityDocument, evidence: StaffEvidence) -> Session:
        """Sign in whom a member of staff has seen. Raises Failure."""
        return await self._staff.vouch(document, evidence)

    async def principals(self, session: Session) -> list[Principal]:
        """For whom the citizen may act. Raises Failure."""
        return await self._acting.principals(session)

    async def act_for(self, session: Session, principal: Principal) -> Session:
        """Act for one of them. Raises Failure."""
        return await self._acting.act_for(session, principal)

    async def act_for_child(self, session: Session, document: IdentityDocument) -> Session:
        """Act for the holder of a child's document. Raises Failure."""
        return await self._acting.act_for_child(session, document)

    async def hand_over(self, session: Session, wanted: str) -> HandOver:
        """Offer the visit to the citizen's phone. Raises Failure."""
        return await self._handing_over.offer(session, wanted)

    async def wait_for_taker(self, session: Session, offer: HandOver) -> str:
        """The number on the phone that has taken the visit. Raises Failure."""
        return await self._handing_over.wait(session, offer)

    async def settle_hand_over(self, session: Session, offer: HandOver, same: bool) -> None:
        """Let the phone have the visit, or not. Raises Failure."""
        await self._handing_over.settle(session, offer, same)

    async def sign_out(self, session: Session) -> None:
        """Revoke the access token (RFC 7009). Raises Failure."""
        await self._client.revoke(session.token)
