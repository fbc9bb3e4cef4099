"""Packages over HTTP: what a citizen asks to be kept, and what a terminal fetches."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response

from sandbox.identity import Grant, IdentityService
from sandbox.library.access import check_opens
from sandbox.library.issue import Library
from sandbox.packages import Made, PackageDesk, Wish
from sandbox.routes.library import citizen_of
from sandbox.routes.models import REFUSALS
from sandbox.routes.package_models import KeepWish, KeptPackage, KeptPackages, PackageList
from sandbox.routes.terminals import calling_terminal

TYPE = "application/octet-stream"


def add_packages(
    app: FastAPI, identity: IdentityService, library: Library, desk: PackageDesk, address: str
) -> None:
    """The citizen's side: asking, looking, taking back."""
    citizen_type = Annotated[Grant, Depends(citizen_of(identity, address))]

    @app.post(
        "/library/certificates/{identifier}/packages", tags=["packages"], responses=REFUSALS
    )
    def keep(grant: citizen_type, identifier: str, wish: KeepWish) -> KeptPackage:
        """Keep a certificate for a terminal, to be printed there without a line.

        Only the holder may ask: nobody else's card and face would open it.
        """
        issued = library.find(grant.person, identifier)
        if issued is None:
            raise HTTPException(404, "the citizen holds no such certificate")
        check_opens(grant, issued)
        if grant.actor is not None and grant.authority:
            raise HTTPException(403, "only for oneself")
        try:
            made = desk.keep(issued, Wish(wish.terminal, wish.copies, wish.days))
        except KeyError as error:
            raise HTTPException(404, "no such terminal") from error
        except ValueError as error:
            raise HTTPException(409, str(error)) from error
        return _shown(made, 0)

    @app.get("/library/packages", tags=["packages"], responses=REFUSALS)
    def mine(grant: citizen_type) -> KeptPackages:
        """What the citizen has asked to be kept, and how often it was printed."""
        return KeptPackages(packages=[_shown(*one) for one in desk.kept_by(grant.person)])

    @app.delete("/library/packages/{package}", tags=["packages"], responses=REFUSALS)
    def take_back(grant: citizen_type, package: str) -> dict[str, bool]:
        """Take a package back; the terminal throws it away when it next has a line."""
        if not desk.take_back(grant.person, package):
            raise HTTPException(404, "the citizen has no such package")
        return {"taken_back": True}


def add_terminal_packages(
    app: FastAPI, identity: IdentityService, desk: PackageDesk, address: str
) -> None:
    """The terminal's side: which there are, and each of them once."""
    def terminal(request: Request) -> str:
        return calling_terminal(identity, request, b"", f"{address}{request.url.path}")

    terminal_type = Annotated[str, Depends(terminal)]

    @app.get("/terminals/packages", tags=["terminals"], responses=REFUSALS)
    def packages(caller: terminal_type) -> PackageList:
        """The packages that the terminal shall have; what is not among them it throws away."""
        return PackageList.model_validate({"packages": [
            {
                "id": one.id.hex(), "tag": one.tag, "begins": one.begins, "ends": one.ends,
                "copies": one.copies, "size": len(one.content), "used": used,
            }
            for one, used in desk.kept_for(caller)
        ]})

    @app.get(
        "/terminals/packages/{package}", tags=["terminals"], response_class=Response,
        responses={200: {"content": {TYPE: {}}}, **REFUSALS},
    )
    def package(caller: terminal_type, package: str) -> Response:
        """One sealed package."""
        content = desk.content(caller, package)
        if content is None:
            raise HTTPException(404, "no such package for this terminal")
        return Response(content, media_type=TYPE)


def _shown(made: Made, used: int) -> KeptPackage:
    return KeptPackage(
        id=made.id.hex(), certificate=made.issued.identifier, terminal=made.terminal,
        ends=made.ends, copies=made.copies, printed=used,
    )
