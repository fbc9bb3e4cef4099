"""The grants of the token endpoint: one table, a handler for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from sandbox.authorize import ShowDesk
from sandbox.backchannel import Backchannel
from sandbox.exchange import Exchange, ExchangeDesk
from sandbox.identity import CODE_GRANT, EXCHANGE_GRANT, GRANT, IdentityService
from sandbox.phone import CALL_GRANT, PHONE_GRANT


@dataclass(frozen=True, slots=True)
class TokenFields:
    """What a token request may carry besides who asks and for which grant."""

    assertion: Annotated[str, Form()] = ""
    device_code: Annotated[str, Form()] = ""
    auth_req_id: Annotated[str, Form()] = ""
    code: Annotated[str, Form()] = ""
    redirect_uri: Annotated[str, Form()] = ""
    code_verifier: Annotated[str, Form()] = ""
    subject_token: Annotated[str, Form()] = ""
    subject_token_type: Annotated[str, Form()] = ""
    actor_token: Annotated[str, Form()] = ""
    actor_token_type: Annotated[str, Form()] = ""
    actor_proof: Annotated[str, Form()] = ""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request for tokens whose sender is known."""

    terminal: str
    fields: TokenFields
    forged: bool
    """Whether the answer shall be signed wrongly, on demand."""
    key: str
    """The thumbprint of the key that the tokens shall be bound to."""


Handler = Callable[[TokenRequest], dict[str, object]]


def grant_handlers(
    identity: IdentityService, calls: Backchannel, shows: ShowDesk, exchanges: ExchangeDesk
) -> Mapping[str, Handler]:
    """What answers each `grant_type`; each raises Refused."""
    return {
        GRANT: lambda asked: identity.sign_in(
            asked.terminal, asked.fields.assertion, asked.forged, asked.key
        ),
        PHONE_GRANT: lambda asked: identity.poll_phone(
            asked.terminal, asked.fields.device_code, asked.forged, asked.key
        ),
        CALL_GRANT: lambda asked: calls.poll(
            asked.terminal, asked.fields.auth_req_id, asked.forged, asked.key
        ),
        CODE_GRANT: lambda asked: shows.exchange(
            asked.terminal, asked.fields.code, asked.fields.redirect_uri,
            asked.fields.code_verifier, asked.forged, asked.key,
        ),
        EXCHANGE_GRANT: lambda asked: exchanges.exchange(
            asked.terminal, exchange_of(asked.fields), asked.key, asked.forged
        ),
    }


def exchange_of(fields: TokenFields) -> Exchange:
    """The fields of a token exchange (RFC 8693, section 2.1)."""
    return Exchange(
        fields.subject_token, fields.subject_token_type,
        fields.actor_token, fields.actor_token_type, fields.actor_proof,
    )
