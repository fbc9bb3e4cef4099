"""What terminals keep for when there is no line: manifests, and files by their digest."""

from typing import Any

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import FileResponse

from sandbox.faults import Faults, change_one_byte
from sandbox.publishing import Publisher, Told
from sandbox.routes.models import Publishing

PATH = "/published"
COSE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/cose": {}}}}


def add_published(app: FastAPI, publisher: Publisher, faults: Faults) -> None:
    """The collections, and the switch that changes one."""
    @app.get(
        PATH + "/{collection}/manifest", tags=["published"], response_class=Response,
        responses=COSE,
    )
    def manifest(collection: str, terminal: str) -> Response:
        """The files of a collection, for one terminal: a COSE_Sign1 object."""
        told = Told("published_forged" in faults, "published_outdated" in faults)
        try:
            signed = publisher.manifest(collection, terminal, told)
        except KeyError:
            raise HTTPException(404, "no such collection") from None
        return Response(signed, media_type="application/cose")

    @app.get(
        PATH + "/{collection}/files/{digest}", tags=["published"], response_class=Response,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    def file(collection: str, digest: str) -> Response:
        """A file of a collection; takes ranges (RFC 9110, 14) and names the content by an ETag."""
        try:
            place = publisher.file(collection, digest)
        except KeyError:
            place = None
        if place is None:
            raise HTTPException(404, "no such file")
        if "published_altered" in faults:
            return Response(change_one_byte(place.read_bytes()))
        return FileResponse(
            place, headers={"ETag": f'"{digest}"'}, media_type="application/octet-stream"
        )

    @app.post("/sandbox/published/{collection}", tags=["sandbox"])
    def publish(collection: str, order: Publishing) -> dict[str, str]:
        """Change files of a collection."""
        files = {
            name: None if text is None else text.encode() for name, text in order.files.items()
        }
        try:
            publisher.publish(collection, files)
        except KeyError:
            raise HTTPException(404, "no such collection") from None
        return {"published": collection}
