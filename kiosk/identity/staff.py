"""Staff who help: they sign in with their own phones and vouch for the holder of a document.

For those whose face cannot be compared and who have no phone. What the terminal states is that
it checked the chip and that somebody saw the holder in person (`pvp`, OpenID Connect for
Identity Assurance); the staff's own token, proved by its key, says who answers for it.
"""

from drivers.idcard.port import IdentityDocument
from kiosk.errors import Failure
from kiosk.identity.exchange import exchange
from kiosk.identity.levels import ACR_CARD_STAFF, ACR_STAFF
from kiosk.identity.oidc import OidcClient
from kiosk.identity.phone import PhoneSignIn
from kiosk.identity.port import PhoneCode, Session, StaffEvidence
from kiosk.reasons import Reason


class Staff:
    """Lets staff sign in, and vouch."""

    def __init__(self, client: OidcClient, phone: PhoneSignIn) -> None:
        self._client = client
        self._phone = phone

    async def begin(self) -> PhoneCode:
        """Ask for a code that a member of staff scans. Raises Failure."""
        return await self._phone.begin(ACR_STAFF)

    async def vouch(self, document: IdentityDocument, evidence: StaffEvidence) -> Session:
        """Sign the holder of a document in whom a member of staff has seen.

        Raises Failure: SIGN_IN_REFUSED where who vouches is no staff, is signed in no more,
        or holds the document.
        """
        client = self._client
        if evidence.staff.acr != ACR_STAFF:
            raise Failure(Reason.SIGN_IN_REFUSED, "who vouches is not signed in as staff")
        await client.discover()
        claims = client.tokens.vouched(client.endpoint("issuer"), document)
        return await exchange(
            client, client.sign(claims), evidence.staff, ACR_CARD_STAFF, claims["jti"]
        )
