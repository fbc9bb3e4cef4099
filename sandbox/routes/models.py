"""What goes over the platform's interface, as its OpenAPI page shows it."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field


class Tokens(BaseModel):
    """What a sign-in yields."""

    access_token: str
    token_type: str
    expires_in: int = Field(description="seconds")
    scope: str
    id_token: str = Field(description="signed; carries acr, amr and the assertion's jti as nonce")
    issued_token_type: str | None = Field(None, description="of a token exchange (RFC 8693)")


class PhoneCodes(BaseModel):
    """What a terminal shows, and what it polls with."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int = Field(description="seconds")
    interval: int = Field(description="seconds between polls")


class PhoneCall(BaseModel):
    """A call of a phone that waits for its answer (OpenID CIBA Core 1.0, section 7.3)."""

    auth_req_id: str
    expires_in: int = Field(description="seconds")
    interval: int = Field(description="seconds between polls")


class PushedRequest(BaseModel):
    """A request that waits for a phone (RFC 9126, section 2.2)."""

    request_uri: str
    expires_in: int = Field(description="seconds")


class SignedAuthorisation(BaseModel):
    """By what a citizen may act for somebody."""

    authorisation: str = Field(description="a JWS of type authorisation+jwt, with may_act")


class Principals(BaseModel):
    """For whom a citizen may act."""

    principals: list[SignedAuthorisation]


class Logged(BaseModel):
    """One grant in the platform's log."""

    at: int = Field(description="seconds since 1970")
    terminal: str
    person: str
    actor: str | None = Field(description="who acted for the person, or vouched")
    acr: str


class HandoverWish(BaseModel):
    """A visit that a terminal offers to the citizen's phone."""

    wanted: str = Field("", max_length=200, description="the identifier that was chosen, or none")


class HandoverOffer(BaseModel):
    """What a terminal shows, and by what it asks."""

    handle: str
    address: str = Field(description="for the QR code; good for one phone")
    expires_in: int = Field(description="seconds")
    interval: int = Field(description="seconds between polls")


class HandoverNumber(BaseModel):
    """The number on the phone that has taken the visit."""

    number: str | None = Field(description="two digits; null while no phone has it")


class Settling(BaseModel):
    """What the citizen says at the terminal."""

    same: bool = Field(description="whether the own phone shows the number")


class OAuthError(BaseModel):
    """Why a request was refused (RFC 6749, section 5.2)."""

    error: str
    error_description: str


class Certificate(BaseModel):
    """One certificate in a holder's list; element names after GB/T 36903."""

    certificateIdentifier: str = Field(description="GB/T 36904, with its check character")
    certificateType: str
    certificateTypeName: str
    certificateTypeNameEn: str
    certificateTypeCode: str
    certificateNumber: str
    certificateIssuingAuthorityName: str
    certificateIssuingAuthorityCode: str
    certificateIssuedDate: date
    certificateExpiringDate: date | None
    certificateHolderName: str
    certificateAreaCode: str
    status: str = Field(description="01 valid, 03 revoked, 05 expired")
    statusLabel: str
    statusAskedAt: datetime
    format: str
    requiredLevel: str = Field(description="low, substantial or high: what its file asks for")


class Certificates(BaseModel):
    """A holder's list."""

    certificates: list[Certificate]


class Switch(BaseModel):
    """A fault to switch."""

    name: str
    on: bool = True


class Copies(BaseModel):
    """Copies that a terminal is about to print."""

    terminal: str
    purpose: str = Field(max_length=40)
    copies: int = Field(ge=1, le=20)
    pages: int = Field(ge=1, le=500)
    days: int = Field(ge=1, le=366, description="how long the copies shall be good")
    page_marks: str = Field(max_length=200, description="digests of numbers on the page, hex")
    algorithm: str = Field("ES256", description="ES256 or SM2")


class Proofs(BaseModel):
    """The text of one code for each copy."""

    codes: list[str]


class Revocation(BaseModel):
    """A copy that shall count no more."""

    copy_id: str


class Registration(BaseModel):
    """A terminal that is let in."""

    terminal: str
    public_key: dict[str, Any] = Field(description="an EC P-256 JWK")
    place: str = Field("", description="where it stands, as the citizen's phone shows it")


class CheckInBody(BaseModel):
    """What a terminal reports of itself; docs/platform.md has the fields of a record."""

    terminal: str
    store: str = Field(description="UUID of the terminal's store")
    boot: str
    lanes: dict[str, list[dict[str, Any]]] = Field(
        description="records by lane: number, key, kind, at, body"
    )
    checkpoint: dict[str, Any] | None = Field(None, description="of the audit chain, signed")
    health: dict[str, Any] = Field(default_factory=dict)


class CheckedIn(BaseModel):
    """What of a check-in is on the platform's disk."""

    acknowledged: dict[str, int] = Field(description="the highest settled number by lane")
    refused: list[dict[str, Any]] = Field(description="lane, number, key, reason")
    checkpoint: str | None = Field(description="stored, duplicate, fork, malformed; or none came")
    next_seconds: float = Field(description="when the terminal shall come again, if not before")


class InboxContents(BaseModel):
    """Everything that terminals reported."""

    records: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    checkpoints: list[dict[str, Any]]
    terminals: list[dict[str, Any]]


class Publishing(BaseModel):
    """A change of what is published."""

    files: dict[str, str | None] = Field(description="text by name; null takes a file away")


REFUSALS: dict[int | str, dict[str, Any]] = {400: {"model": OAuthError}, 401: {"model": OAuthError}}
"""How a request that is refused is answered."""
