"""The platform's HTTP server: identity, certificate library, and its own switches.

Its OpenAPI page is at /docs. A province's own platform looks different; a terminal
reaches it through an adapter of the same ports (docs/platform.md).
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import cv2
import swagger_ui_bundle
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import Depends, FastAPI, Form, Header, HTTPException, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from sandbox.faults import FAULTS, Faults, change_one_byte
from sandbox.identity import GRANT, Grant, IdentityService
from sandbox.keys import KeyStore
from sandbox.library.issue import Library
from sandbox.people.drawing import Pose, draw_portrait
from sandbox.people.registry import person as find_person
from sandbox.phone import PHONE_GRANT
from sandbox.phone_page import phone_page
from sandbox.proofs import ProofService, Wanted
from sandbox.refused import Refused
from sandbox.sm2 import revocation_list

SLOW_SECONDS = 30
MEDIA_TYPES = {"pdf": "application/pdf", "ofd": "application/ofd"}
REFERENCE_SIZE = (360, 450)

DESCRIPTION = """
Stands in for the government side of a Tongban terminal. Everybody and everything here
is made up. A terminal signs a citizen in with an assertion, lists the citizen's
certificates and fetches their files.
"""


class Tokens(BaseModel):
    """What a sign-in yields."""

    access_token: str
    token_type: str
    expires_in: int = Field(description="seconds")
    scope: str
    id_token: str = Field(description="signed; carries acr, amr and the assertion's jti as nonce")


class PhoneCodes(BaseModel):
    """What a terminal shows, and what it polls with."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int = Field(description="seconds")
    interval: int = Field(description="seconds between polls")


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


REFUSALS: dict[int | str, dict[str, Any]] = {400: {"model": OAuthError}, 401: {"model": OAuthError}}


def create_app(issuer: str, state: Path) -> FastAPI:
    """The server; `state` is the folder that holds its keys."""
    keys = KeyStore(state / "keys")
    identity = IdentityService(issuer, keys)
    library = Library(keys, date.today())
    proofs = ProofService(issuer, keys, time.time)
    faults = Faults()
    app = FastAPI(
        title="Tongban sandbox platform",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    app.state.identity = identity
    app.state.faults = faults
    app.state.library = library
    app.state.proofs = proofs
    _write_trust(keys, state)
    _add_middle(app, faults)
    _add_docs(app)
    _add_identity(app, identity, faults)
    _add_library(app, identity, library, faults)
    _add_proofs(app, identity, library, proofs)
    _add_switches(app, identity, faults)
    return app


def _write_trust(keys: KeyStore, state: Path) -> None:
    """The authorities' certificates, and what was revoked, for terminals to trust."""
    trust = state / "trust"
    trust.mkdir(exist_ok=True)
    (trust / "root.crt").write_bytes(keys.root.certificate.public_bytes(Encoding.PEM))
    (trust / "sm2-root.crt").write_bytes(keys.sm2_root.certificate)
    (trust / "sm2-root.crl").write_bytes(revocation_list(keys.sm2_root, ()))


def _add_middle(app: FastAPI, faults: Faults) -> None:
    @app.middleware("http")
    async def misbehave(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if not request.url.path.startswith("/sandbox/"):
            if "error_500" in faults:
                return JSONResponse({"error": "server_error"}, 500)
            if "slow" in faults:
                await asyncio.sleep(SLOW_SECONDS)
        return await call_next(request)

    @app.exception_handler(Refused)
    async def refuse(_: Request, refused: Refused) -> JSONResponse:
        status = 401 if refused.error in ("invalid_client", "invalid_token") else 400
        body = {"error": refused.error, "error_description": refused.why}
        return JSONResponse(body, status)


def _add_docs(app: FastAPI) -> None:
    app.mount("/swagger", StaticFiles(directory=swagger_ui_bundle.swagger_ui_path), "swagger")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Tongban sandbox platform",
            swagger_js_url="/swagger/swagger-ui-bundle.js",
            swagger_css_url="/swagger/swagger-ui.css",
            swagger_favicon_url="/swagger/favicon-32x32.png",
        )

    @app.get("/", include_in_schema=False)
    async def home() -> HTMLResponse:
        return HTMLResponse('<p>Tongban sandbox. <a href="/docs">API</a></p>')

    @app.get("/health", tags=["platform"])
    async def health() -> dict[str, str]:
        """Whether the platform is there."""
        return {"status": "ok"}


def _add_identity(app: FastAPI, identity: IdentityService, faults: Faults) -> None:
    def terminal(
        client_assertion_type: Annotated[str, Form()], client_assertion: Annotated[str, Form()]
    ) -> str:
        return identity.authenticate(client_assertion_type, client_assertion)

    caller_type = Annotated[str, Depends(terminal)]

    @app.get("/.well-known/openid-configuration", tags=["identity"])
    async def discovery() -> dict[str, Any]:
        """OpenID Connect discovery."""
        return identity.discovery()

    @app.get("/identity/jwks", tags=["identity"])
    async def jwks() -> dict[str, Any]:
        """The keys that sign tokens."""
        return identity.jwks()

    @app.post("/identity/token", tags=["identity"], responses=REFUSALS)
    async def token(
        caller: caller_type,
        grant_type: Annotated[str, Form()],
        assertion: Annotated[str, Form()] = "",
        device_code: Annotated[str, Form()] = "",
        dpop: Annotated[str, Header()] = "",
    ) -> Tokens:
        """Sign a citizen in: an assertion of document and face (RFC 7523), or a phone (RFC 8628).

        The tokens are bound to the key of the request's DPoP proof (RFC 9449).
        """
        key = identity.check_proof(dpop, "POST", identity.token_endpoint)
        forged = "token_forged" in faults
        if "sign_in_refused" in faults:
            raise Refused("invalid_grant", "refused on demand")
        if grant_type == PHONE_GRANT:
            return Tokens.model_validate(identity.poll_phone(caller, device_code, forged, key))
        if grant_type != GRANT:
            raise Refused("unsupported_grant_type", grant_type)
        return Tokens.model_validate(identity.sign_in(caller, assertion, forged, key))

    @app.post("/identity/device", tags=["identity"], responses=REFUSALS)
    async def device(caller: caller_type) -> PhoneCodes:
        """Codes for a sign-in by phone (RFC 8628)."""
        return PhoneCodes.model_validate(identity.begin_phone(caller))

    @app.get("/phone", tags=["phone"])
    async def phone(user_code: str = "") -> HTMLResponse:
        """What a citizen's phone shows: which terminal, where, and which code."""
        return HTMLResponse(phone_page(user_code, identity.phone_place(user_code)))

    @app.post("/phone", tags=["phone"])
    async def answer(
        user_code: Annotated[str, Form()], person: Annotated[str, Form()] = "",
        decision: Annotated[str, Form()] = "refuse",
    ) -> HTMLResponse:
        """What the citizen decided on the phone."""
        try:
            who = find_person(person) if decision == "confirm" else None
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        known = identity.answer_phone(user_code, who)
        return HTMLResponse(phone_page(user_code, None, answered=known), 200 if known else 404)

    @app.post("/identity/revoke", tags=["identity"])
    async def revoke(caller: caller_type, token: Annotated[str, Form()]) -> dict[str, str]:
        """End a citizen's sign-in (RFC 7009)."""
        identity.revoke(token)
        return {}

    @app.post(
        "/identity/face-reference",
        tags=["identity"],
        responses={200: {"content": {"image/png": {}}}, **REFUSALS},
        response_class=Response,
    )
    async def face_reference(caller: caller_type, assertion: Annotated[str, Form()]) -> Response:
        """The reference picture for one visit, after the citizen's consent."""
        person = identity.face_reference(caller, assertion)
        picture = draw_portrait(person.recipe, Pose(), REFERENCE_SIZE)
        return Response(cv2.imencode(".png", picture)[1].tobytes(), media_type="image/png")


def citizen_of(identity: IdentityService) -> Callable[..., Grant]:
    """Who asks: by a token, and a proof that it is in the right hands."""

    def citizen(
        request: Request, authorization: Annotated[str, Header()] = "",
        dpop: Annotated[str, Header()] = "",
    ) -> Grant:
        token = authorization.removeprefix("DPoP ")
        url = f"{identity.issuer}{request.url.path}"
        return identity.grant(token, dpop, request.method, url)

    return citizen


def _add_library(
    app: FastAPI, identity: IdentityService, library: Library, faults: Faults
) -> None:
    citizen_type = Annotated[Grant, Depends(citizen_of(identity))]

    @app.get("/library/certificates", tags=["library"], responses=REFUSALS)
    async def certificates(grant: citizen_type) -> Certificates:
        """The certificates of the citizen who is signed in, with their status now."""
        now = datetime.now(UTC)
        entries = [one.as_json(now) for one in library.list(grant.person)]
        return Certificates.model_validate({"certificates": entries})

    @app.get(
        "/library/certificates/{identifier}/file",
        tags=["library"],
        responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}, **REFUSALS},
        response_class=Response,
    )
    def file(grant: citizen_type, identifier: str) -> Response:
        """The signed file of one certificate."""
        issued = library.find(grant.person, identifier)
        if issued is None:
            raise HTTPException(404, "the citizen holds no such certificate")
        document = library.file(issued, trusted="file_untrusted" not in faults)
        if "file_altered" in faults:
            document = change_one_byte(document)
        if "file_garbage" in faults:
            document = b"%PDF-1.7 this is no document"
        return Response(document, media_type=MEDIA_TYPES[issued.type.format])


def _add_proofs(
    app: FastAPI, identity: IdentityService, library: Library, proofs: ProofService
) -> None:
    @app.post("/library/certificates/{identifier}/proofs", tags=["paper"], responses=REFUSALS)
    def prove(
        grant: Annotated[Grant, Depends(citizen_of(identity))], identifier: str, copies: Copies
    ) -> Proofs:
        """Codes for copies of a certificate; each names its copy."""
        issued = library.find(grant.person, identifier)
        if issued is None:
            raise HTTPException(404, "the citizen holds no such certificate")
        if issued.status != "valid":
            raise HTTPException(409, "the certificate is not valid")
        try:
            fields = copies.model_dump()
            fields["page_marks"] = bytes.fromhex(copies.page_marks)
            return Proofs(codes=proofs.prove(issued, Wanted(**fields)))
        except ValueError as error:
            raise HTTPException(422, str(error)) from error

    @app.get("/library/paper-keys", tags=["paper"], response_class=Response,
             responses={200: {"content": {"application/cose": {}}}})
    def paper_keys() -> Response:
        """The keys that sign codes: a COSE_Sign1 object."""
        return Response(proofs.key_list(), media_type="application/cose")

    @app.get("/library/paper-status", tags=["paper"], response_class=Response,
             responses={200: {"content": {"application/cose": {}}}})
    def paper_status() -> Response:
        """Which copies were revoked: a COSE_Sign1 object with a status list."""
        return Response(proofs.status_list(), media_type="application/cose")

    @app.post("/sandbox/revoke-copy", tags=["sandbox"])
    def revoke_copy(order: Revocation) -> dict[str, bool]:
        """Revoke a printed copy."""
        try:
            return {"revoked": proofs.revoke(bytes.fromhex(order.copy_id))}
        except ValueError as error:
            raise HTTPException(422, str(error)) from error


def _add_switches(app: FastAPI, identity: IdentityService, faults: Faults) -> None:
    @app.get("/sandbox/faults", tags=["sandbox"])
    async def list_faults() -> dict[str, str]:
        """The faults that can be switched on."""
        return FAULTS

    @app.post("/sandbox/faults", tags=["sandbox"])
    async def switch(order: Switch) -> dict[str, bool]:
        """Switch a fault on or off."""
        try:
            faults.switch(order.name, order.on)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return {name: name in faults for name in FAULTS}

    @app.delete("/sandbox/faults", tags=["sandbox"])
    async def clear() -> dict[str, bool]:
        """Switch all faults off."""
        faults.clear()
        return {name: name in faults for name in FAULTS}

    @app.post("/sandbox/terminals", tags=["sandbox"])
    async def register(registration: Registration) -> dict[str, str]:
        """Let a terminal in. In a province this is the work of its operators."""
        identity.register(
            registration.terminal, registration.public_key, registration.place
        )
        return {"terminal": registration.terminal}


def openapi_json(app: FastAPI) -> str:
    """The OpenAPI document as text."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2)
