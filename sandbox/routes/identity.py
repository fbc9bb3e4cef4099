"""Who a terminal is and who a citizen is: the identity service over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any

import cv2
from fastapi import Depends, FastAPI, Form, Header, HTTPException, Response
from fastapi.responses import HTMLResponse

from sandbox.faults import Faults
from sandbox.identity import IdentityService
from sandbox.people.drawing import Pose, draw_portrait
from sandbox.people.registry import Person, who_phones
from sandbox.phone_page import phone_page
from sandbox.refused import Refused
from sandbox.routes.callers import terminal_of
from sandbox.routes.grants import Handler, TokenFields, TokenRequest
from sandbox.routes.models import REFUSALS, PhoneCodes, Tokens

REFERENCE_SIZE = (360, 450)


def add_identity(
    app: FastAPI, identity: IdentityService, handlers: Mapping[str, Handler], faults: Faults
) -> None:
    """Sign-in by document and face, and by phone; `handlers`: the token endpoint's grants."""
    caller_type = Annotated[str, Depends(terminal_of(identity))]

    @app.get("/.well-known/openid-configuration", tags=["identity"])
    async def discovery() -> dict[str, Any]:
        """OpenID Connect discovery."""
        return identity.discovery()

    @app.get("/identity/jwks", tags=["identity"])
    async def jwks() -> dict[str, Any]:
        """The keys that sign tokens."""
        return identity.jwks()

    @app.post(
        "/identity/token", tags=["identity"], responses=REFUSALS,
        response_model_exclude_none=True,
    )
    async def token(
        caller: caller_type,
        grant_type: Annotated[str, Form()],
        fields: Annotated[TokenFields, Depends()],
        dpop: Annotated[str, Header()] = "",
    ) -> Tokens:
        """Sign a citizen in, by one of the grants of the discovery document.

        The tokens are bound to the key of the request's DPoP proof (RFC 9449).
        """
        key = identity.check_proof(dpop, "POST", identity.token_endpoint)
        if "sign_in_refused" in faults:
            raise Refused("invalid_grant", "refused on demand")
        if grant_type not in handlers:
            raise Refused("unsupported_grant_type", grant_type)
        asked = TokenRequest(caller, fields, "token_forged" in faults, key)
        return Tokens.model_validate(handlers[grant_type](asked))

    @app.post("/identity/device", tags=["identity"], responses=REFUSALS)
    async def device(
        caller: caller_type, acr_values: Annotated[str, Form()] = ""
    ) -> PhoneCodes:
        """Codes for a sign-in by phone (RFC 8628)."""
        return PhoneCodes.model_validate(identity.begin_phone(caller, acr_values))

    @app.get("/phone", tags=["phone"])
    async def phone(user_code: str = "") -> HTMLResponse:
        """What a citizen's phone shows: which terminal, where, and which code."""
        place, for_staff = identity.phone_place(user_code), identity.phone_wants_staff(user_code)
        return HTMLResponse(phone_page(user_code, place, wants_staff=for_staff))

    @app.post("/phone", tags=["phone"])
    async def answer(
        user_code: Annotated[str, Form()], person: Annotated[str, Form()] = "",
        decision: Annotated[str, Form()] = "refuse",
    ) -> HTMLResponse:
        """What the citizen decided on the phone."""
        known = identity.answer_phone(user_code, _who(person) if decision == "confirm" else None)
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


def _who(name: str) -> Person:
    try:
        return who_phones(name)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
