"""Token exchange (RFC 8693): a citizen who is signed in becomes who acts for somebody else.

The subject token says for whom, the actor token who acts. The new token is bound to a key of its
own. The actor token's own key proves the same request in the field `actor_proof`, so that
a token that was seen on the way makes nobody an actor.
"""

from kiosk.errors import Failure
from kiosk.identity.oidc import OidcClient
from kiosk.identity.port import Session
from kiosk.reasons import Reason

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name of a type


async def exchange(
    client: OidcClient, subject_token: str, actor: Session, acr: str, nonce: str | None = None
) -> Session:
    """The session of who is named by a subject token, with `actor` as who acts.

    `acr`: the level that it must have. Raises Denied for a provider's refusal, Failure:
    PLATFORM_INVALID for an answer that names another actor (RFC 8693, section 4.1),
    LEVEL_TOO_LOW for a lower level.
    """
    await client.discover()
    form = {
        "grant_type": GRANT,
        "subject_token": subject_token,
        "subject_token_type": JWT,
        "actor_token": actor.token,
        "actor_token_type": ACCESS_TOKEN,
        "requested_token_type": ACCESS_TOKEN,
    }
    own_key, url = actor.proof_key, client.endpoint("token_endpoint")

    def proven(wanted: str) -> dict[str, str]:
        """The form with the actor's own proof, which a provider may want with its nonce."""
        if own_key is None:
            return form
        return {**form, "actor_proof": own_key.proof("POST", url, actor.token, wanted)}

    proof_key = client.new_proof_key()
    answer = await client.ask("token_endpoint", proven, proof_key)
    if answer.get("issued_token_type") != ACCESS_TOKEN:
        raise Failure(Reason.PLATFORM_INVALID, "an exchange that yields no access token")
    session = await client.begin_session(answer, proof_key, nonce, acr)
    if not actor.subject or session.actor != actor.subject:
        await client.revoke_refused(session.token)
        raise Failure(Reason.PLATFORM_INVALID, "the identity token names another actor")
    return session
