"""A sign-in whose answer the phone shows, over HTTP: the terminal's side and the phone's."""

from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from sandbox.authorize import ShowDesk
from sandbox.identity import IdentityService
from sandbox.library.issue import Library
from sandbox.library.types import certificate_types
from sandbox.people.registry import person as find_person
from sandbox.refused import Refused
from sandbox.routes.callers import terminal_of
from sandbox.routes.models import REFUSALS, PushedRequest
from sandbox.show_page import GONE, authorize_page, show_page


def add_authorize(
    app: FastAPI, identity: IdentityService, desk: ShowDesk, library: Library
) -> None:
    """Pushed requests, the page that a phone opens with one, and the page that it shows then."""
    @app.post("/identity/par", tags=["identity"], status_code=201, responses=REFUSALS)
    async def push(
        caller: Annotated[str, Depends(terminal_of(identity))], request: Request
    ) -> PushedRequest:
        """Keep a request for a phone to open (RFC 9126)."""
        pairs = (await request.form()).multi_items()
        fields = {name: str(value) for name, value in pairs}
        if len(fields) != len(pairs):
            raise Refused("invalid_request", "a field is there twice")
        return PushedRequest.model_validate(desk.push(caller, fields))

    @app.get("/identity/authorize", tags=["phone"])
    async def ask(client_id: str, request_uri: str) -> HTMLResponse:
        """What a citizen's phone shows: which terminal, where, and what may be printed."""
        if desk.find(request_uri, client_id) is None:
            return HTMLResponse(GONE, 404)
        kinds = {one.id: one.name for one in certificate_types().values()}
        place = identity.place(client_id)
        return HTMLResponse(authorize_page(request_uri, client_id, place, kinds))

    @app.post("/identity/authorize", tags=["phone"], response_class=RedirectResponse)
    async def answer(
        client_id: Annotated[str, Form()], request_uri: Annotated[str, Form()],
        person: Annotated[str, Form()] = "", certificate: Annotated[str, Form()] = "",
        decision: Annotated[str, Form()] = "refuse",
    ) -> Response:
        """What the citizen decided; the phone is sent to the page that shows it."""
        try:
            who = find_person(person) if decision == "confirm" else None
            wanted = library.identifier(who, certificate) if who and certificate else ""
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        address = desk.answer(request_uri, client_id, who, wanted)
        return RedirectResponse(address, 303) if address else HTMLResponse(GONE, 404)

    @app.get("/show", tags=["phone"])
    async def show(request: Request) -> HTMLResponse:
        """The answer, drawn as a code for the terminal's camera."""
        return HTMLResponse(show_page(f"{desk.show_endpoint}?{request.url.query}"))
