"""For whom a citizen may act, and the phone page by which people authorise others."""

from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException
from fastapi.responses import HTMLResponse

from sandbox.acting import ActingDesk
from sandbox.authorise_page import authorise_page
from sandbox.faults import Faults
from sandbox.identity import Grant, IdentityService
from sandbox.people.registry import Person, people
from sandbox.routes.library import citizen_of
from sandbox.routes.models import REFUSALS, Logged, Principals


def add_acting(
    app: FastAPI, identity: IdentityService, acting: ActingDesk, faults: Faults
) -> None:
    """Authorisations: listed to a citizen, given and taken back on a phone; the log of grants."""
    @app.get("/identity/principals", tags=["acting"], responses=REFUSALS)
    async def principals(
        grant: Annotated[Grant, Depends(citizen_of(identity, identity.issuer))]
    ) -> Principals:
        """The signed authorisations by which the citizen may act."""
        signed = acting.principals(grant, "authorisation_forged" in faults)
        return Principals.model_validate(
            {"principals": [{"authorisation": one} for one in signed]}
        )

    @app.get("/phone/authorise", tags=["phone"])
    async def authorise(person: str = "") -> HTMLResponse:
        """What a phone shows to somebody who wants to authorise somebody else."""
        someone = people().get(person)
        given = acting.register.given_by(someone) if someone else []
        return HTMLResponse(authorise_page(someone, given))

    @app.post("/phone/authorise", tags=["phone"])
    async def give(
        person: Annotated[str, Form()], agent: Annotated[str, Form()],
        days: Annotated[int, Form()], types: Annotated[list[str] | None, Form()] = None,
    ) -> HTMLResponse:
        """Authorise somebody."""
        principal = _resident(person)
        try:
            acting.register.give(principal, _resident(agent), tuple(types or ()), days)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return HTMLResponse(authorise_page(principal, acting.register.given_by(principal)))

    @app.post("/phone/authorise/revoke", tags=["phone"])
    async def take_back(
        person: Annotated[str, Form()], authorisation: Annotated[str, Form()]
    ) -> HTMLResponse:
        """Take an authorisation back; 404 for one that this person did not give."""
        principal = _resident(person)
        known = acting.revoke(principal, authorisation)
        page = authorise_page(principal, acting.register.given_by(principal))
        return HTMLResponse(page, 200 if known else 404)

    @app.get("/sandbox/grants", tags=["sandbox"])
    async def grants() -> list[Logged]:
        """Every grant there was: for whom, and who acted or vouched."""
        return [Logged.model_validate(one) for one in identity.log]


def _resident(name: str) -> Person:
    try:
        return people()[name]
    except KeyError:
        raise HTTPException(422, f"nobody is called {name!r}") from None
