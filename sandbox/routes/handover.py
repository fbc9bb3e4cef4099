"""Visits that go on on a phone: the terminal's side, and the phone's pages."""

from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Form, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from sandbox.handover import HANDOVER_INTERVAL, HANDOVER_SECONDS, HandoverDesk, Stage
from sandbox.handover_page import no_visit_page, number_page, take_page, visit_page
from sandbox.identity import Grant, IdentityService
from sandbox.library.access import check_opens, listed
from sandbox.library.issue import Issued, Library
from sandbox.refused import Refused
from sandbox.routes.library import MEDIA_TYPES, citizen_of
from sandbox.routes.models import REFUSALS, HandoverNumber, HandoverOffer, HandoverWish, Settling

TAKER = "taker"


def add_handover(
    app: FastAPI, identity: IdentityService, library: Library, desk: HandoverDesk
) -> None:
    """Offering, asking, settling. The token's holder asks about the own offers only."""
    citizen_type = Annotated[Grant, Depends(citizen_of(identity, identity.issuer))]

    @app.post("/identity/handover", tags=["handover"], responses=REFUSALS)
    async def offer(grant: citizen_type, wish: HandoverWish) -> HandoverOffer:
        """Offer the visit to the citizen's phone, with the certificate that was chosen."""
        if wish.wanted and wish.wanted not in [one.identifier for one in _held(library, grant)]:
            raise HTTPException(404, "the citizen holds no such certificate")
        made = desk.offer(grant, wish.wanted)
        return HandoverOffer(
            handle=made.handle, address=f"{identity.issuer}/phone/take?code={made.code}",
            expires_in=HANDOVER_SECONDS, interval=HANDOVER_INTERVAL,
        )

    @app.get("/identity/handover/{handle}", tags=["handover"], responses=REFUSALS)
    async def number(grant: citizen_type, handle: str) -> HandoverNumber:
        """The number on the phone that has taken the visit; null while none has."""
        return HandoverNumber(number=desk.number(grant, handle))

    @app.post("/identity/handover/{handle}", tags=["handover"], responses=REFUSALS)
    async def settle(grant: citizen_type, handle: str, settling: Settling) -> dict[str, str]:
        """Say whether the citizen's phone shows that number."""
        desk.settle(grant, handle, settling.same)
        return {}


def add_handover_pages(
    app: FastAPI, identity: IdentityService, library: Library, desk: HandoverDesk
) -> None:
    """What the phone shows. A cookie says which phone has taken the visit."""
    @app.get("/phone/take", tags=["phone"])
    async def look(code: str = "") -> HTMLResponse:
        """What a phone shows that has scanned a hand-over's code."""
        found = desk.find(code)
        if found is None:
            return HTMLResponse(no_visit_page(taken=False), 404)
        if found.stage is not Stage.OFFERED:
            return HTMLResponse(no_visit_page(taken=True), 409)
        return HTMLResponse(take_page(code, identity.place(found.grant.terminal)))

    @app.post("/phone/take", tags=["phone"])
    async def take(code: Annotated[str, Form()]) -> Response:
        """Take the visit, as the one phone that does."""
        try:
            taken = desk.take(code)
        except Refused as refused:
            denied = refused.error == "access_denied"
            return HTMLResponse(no_visit_page(taken=denied), 409 if denied else 404)
        answer = RedirectResponse("/phone/visit", 303)
        answer.set_cookie(TAKER, taken.taker, httponly=True, samesite="strict", path="/phone")
        return answer

    @app.get("/phone/visit", tags=["phone"])
    async def visit(taker: Annotated[str, Cookie(alias=TAKER)] = "") -> HTMLResponse:
        """The number to compare, and after it was confirmed the certificate that was chosen."""
        taken = desk.taken_by(taker)
        if taken is None:
            return HTMLResponse(no_visit_page(taken=False), 404)
        grant = desk.phones(taken)
        if grant is None:
            return HTMLResponse(number_page(taken.number))
        return HTMLResponse(visit_page(_shown(library, grant, taken.wanted)))

    @app.get("/phone/visit/{identifier}", tags=["phone"], response_class=Response)
    def file(
        identifier: str, taker: Annotated[str, Cookie(alias=TAKER)] = ""
    ) -> Response:
        """The file of a certificate, on the phone that has the visit."""
        taken = desk.taken_by(taker)
        grant = desk.phones(taken) if taken else None
        if taken is None or grant is None:
            raise HTTPException(404, "no visit was handed over to this phone")
        for issued in _shown(library, grant, taken.wanted):
            if issued.identifier == identifier:
                check_opens(grant, issued)
                return Response(library.file(issued), media_type=MEDIA_TYPES[issued.type.format])
        raise HTTPException(404, "not a certificate of this visit")


def _held(library: Library, grant: Grant) -> list[Issued]:
    return [one for one in library.list(grant.person) if listed(grant, one)]


def _shown(library: Library, grant: Grant, wanted: str) -> list[Issued]:
    return [one for one in _held(library, grant) if wanted in ("", one.identifier)]
