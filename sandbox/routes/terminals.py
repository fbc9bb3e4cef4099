"""What a terminal itself asks of the platform: to take what it reports.

A terminal shows who it is with a token by its own key that is good for one body at one address
(docs/platform.md, "Checking in").
"""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.digests import digest_of
from sandbox.faults import Faults
from sandbox.identity import IdentityService
from sandbox.inbox import read_check_in
from sandbox.inbox_store import Inbox, Receipt
from sandbox.refused import Refused
from sandbox.routes.models import REFUSALS, CheckedIn, CheckInBody, InboxContents

PATH = "/terminals/check-in"
NEXT_SECONDS = 30.0
BUSY_SECONDS = 2
LARGEST_BODY = 2 << 20

Observe = Callable[[str, Receipt], None]
"""Is told of a terminal and what was stored of it."""


class Contacts:
    """How often terminals shall come, and who wants to know that they came."""

    def __init__(self) -> None:
        self.next_seconds = NEXT_SECONDS
        self.observe: Observe = lambda terminal, receipt: None


def add_terminals(
    app: FastAPI, identity: IdentityService, inbox: Inbox, faults: Faults, address: str
) -> Contacts:
    """Checking in, and the switch that shows what arrived; `address` is where the app is."""
    contacts = Contacts()
    app.add_middleware(EndWithinAnswer, faults=faults)

    @app.post(
        PATH, tags=["terminals"], response_model=CheckedIn, responses=REFUSALS,
        openapi_extra=_body_schema(),
    )
    async def check_in(request: Request) -> Response:
        """Takes what a terminal reports; the answer comes when it is on the disk."""
        if "check_in_error" in faults:
            raise HTTPException(500, "on demand")
        if "check_in_busy" in faults:
            raise HTTPException(429, "on demand", {"Retry-After": str(BUSY_SECONDS)})
        body = await limited_body(request)
        terminal = calling_terminal(identity, request, body, f"{address}{PATH}")
        said = read_check_in(body)
        if said.terminal != terminal:
            raise Refused("invalid_request", "the check-in is of another terminal")
        key = identity.key_of(terminal).public_key
        receipt = await asyncio.to_thread(
            inbox.take, key, said, "records_not_taken" in faults
        )
        contacts.observe(terminal, receipt)
        return JSONResponse({
            "acknowledged": receipt.acknowledged,
            "refused": [one.as_json() for one in receipt.refused],
            "checkpoint": receipt.checkpoint,
            "next_seconds": contacts.next_seconds,
        })

    @app.get("/sandbox/inbox", tags=["sandbox"])
    def show() -> InboxContents:
        """What terminals reported, in the order in which it arrived."""
        return InboxContents.model_validate(inbox.show())

    return contacts


async def limited_body(request: Request) -> bytes:
    """The body of a request. Raises HTTPException where it is too large."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, f"more than {LARGEST_BODY} bytes")
    return body


def calling_terminal(
    identity: IdentityService, request: Request, body: bytes, address: str
) -> str:
    """The terminal that calls an address itself, with this body. Raises Refused."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("invalid_token", "no token of a terminal")
    claims = identity.called_by(token, address)
    if claims.get("digest") != digest_of(body):
        raise Refused("invalid_token", "the token is for another body")
    return str(claims["iss"])


class EndWithinAnswer:
    """Ends the connection of a check-in after the head of its answer, where that is asked for."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; the server ends a connection whose answer is not complete."""

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)

        ends = scope.get("path") == PATH and "check_in_unanswered" in self._faults
        await self._app(scope, receive, send_head if ends else send)


def _body_schema() -> dict[str, Any]:
    """The body is read as bytes, for its digest; the OpenAPI page still shows its fields."""
    schema = CheckInBody.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
