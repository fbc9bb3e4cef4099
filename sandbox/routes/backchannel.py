"""Calling a citizen's phone, over HTTP: the terminal's side and the phone's."""

from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException
from fastapi.responses import HTMLResponse

from sandbox.backchannel import Backchannel
from sandbox.identity import IdentityService
from sandbox.people.registry import person as find_person
from sandbox.phone import PHONE_SECONDS
from sandbox.phone_page import calls_page
from sandbox.refused import Refused
from sandbox.routes.callers import terminal_of
from sandbox.routes.models import REFUSALS, PhoneCall


def add_backchannel(app: FastAPI, identity: IdentityService, calls: Backchannel) -> None:
    """Calls of phones (OpenID CIBA Core 1.0, poll mode)."""
    @app.post("/identity/backchannel", tags=["identity"], responses=REFUSALS)
    async def call(
        caller: Annotated[str, Depends(terminal_of(identity))],
        login_hint_token: Annotated[str, Form()],
        binding_message: Annotated[str, Form()],
        scope: Annotated[str, Form()],
        requested_expiry: Annotated[int, Form()] = PHONE_SECONDS,
    ) -> PhoneCall:
        """Call the phone of a document's holder; the terminal then polls for tokens."""
        if "openid" not in scope.split():
            raise Refused("invalid_scope", "openid is asked for")
        return PhoneCall.model_validate(
            calls.call(caller, login_hint_token, binding_message, requested_expiry)
        )

    @app.get("/phone/calls", tags=["phone"])
    async def waiting(person: str) -> HTMLResponse:
        """What somebody's phone shows when it is called."""
        try:
            who = find_person(person)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        found = identity.phones.calls(who)
        return HTMLResponse(calls_page(who, found, identity.place))
