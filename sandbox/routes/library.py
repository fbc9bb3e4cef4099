"""The certificate library over HTTP: what a citizen holds, its files, and codes for copies."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response

from sandbox.directory import DirectoryService
from sandbox.faults import Faults, change_one_byte
from sandbox.identity import Grant, IdentityService
from sandbox.library.access import check_citizen, check_opens, listed
from sandbox.library.issue import Library
from sandbox.proofs import ProofService, Wanted
from sandbox.routes.models import REFUSALS, Certificates, Copies, Proofs, Revocation

COSE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/cose": {}}}}
MEDIA_TYPES = {"pdf": "application/pdf", "ofd": "application/ofd"}


def citizen_of(identity: IdentityService, address: str) -> Callable[..., Grant]:
    """Who asks: by a token, and a proof, for this address, that it is in the right hands."""

    def citizen(
        request: Request, authorization: Annotated[str, Header()] = "",
        dpop: Annotated[str, Header()] = "",
    ) -> Grant:
        token = authorization.removeprefix("DPoP ")
        url = f"{address}{request.url.path}"
        grant = identity.grant(token, dpop, request.method, url)
        check_citizen(grant)
        return grant

    return citizen


def add_library(
    app: FastAPI, identity: IdentityService, library: Library, faults: Faults, address: str
) -> None:
    """What the citizen who is signed in holds; `address` is where the app is."""
    citizen_type = Annotated[Grant, Depends(citizen_of(identity, address))]

    @app.get("/library/certificates", tags=["library"], responses=REFUSALS)
    async def certificates(grant: citizen_type) -> Certificates:
        """The certificates of the citizen who is signed in, with their status now."""
        now = datetime.now(UTC)
        entries = [one.as_json(now) for one in library.list(grant.person) if listed(grant, one)]
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
        check_opens(grant, issued)
        document = library.file(
            issued, trusted="file_untrusted" not in faults, complete="file_incomplete" not in faults
        )
        if "file_altered" in faults:
            document = change_one_byte(document)
        if "file_garbage" in faults:
            document = b"%PDF-1.7 this is no document"
        return Response(document, media_type=MEDIA_TYPES[issued.type.format])


def add_directory(app: FastAPI, directory: DirectoryService, faults: Faults) -> None:
    """Where other regions' libraries are."""
    @app.get("/library/directory", tags=["library"], response_class=Response, responses=COSE)
    def directory_of_regions() -> Response:
        """The regions' libraries: a COSE_Sign1 object."""
        signed = directory.signed(forged="directory_forged" in faults)
        return Response(signed, media_type="application/cose")


def add_proofs(
    app: FastAPI, identity: IdentityService, library: Library, proofs: ProofService, address: str
) -> None:
    """Codes for printed copies."""
    @app.post("/library/certificates/{identifier}/proofs", tags=["paper"], responses=REFUSALS)
    def prove(
        grant: Annotated[Grant, Depends(citizen_of(identity, address))],
        identifier: str, copies: Copies,
    ) -> Proofs:
        """Codes for copies of a certificate; each names its copy."""
        issued = library.find(grant.person, identifier)
        if issued is None:
            raise HTTPException(404, "the citizen holds no such certificate")
        check_opens(grant, issued)
        if issued.status != "valid":
            raise HTTPException(409, "the certificate is not valid")
        try:
            fields = copies.model_dump()
            fields["page_marks"] = bytes.fromhex(copies.page_marks)
            return Proofs(codes=proofs.prove(issued, Wanted(**fields)))
        except ValueError as error:
            raise HTTPException(422, str(error)) from error


def add_paper_lists(app: FastAPI, proofs: ProofService) -> None:
    """The lists by which printed copies are verified, and what revokes one."""
    @app.get("/library/paper-keys", tags=["paper"], response_class=Response, responses=COSE)
    def paper_keys() -> Response:
        """The keys that sign codes: a COSE_Sign1 object."""
        return Response(proofs.key_list(), media_type="application/cose")

    @app.get("/library/paper-status", tags=["paper"], response_class=Response, responses=COSE)
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
