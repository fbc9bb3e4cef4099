"""The platforms of other regions: a library each, which knows the home's identity service."""

from datetime import date

from fastapi import FastAPI

from sandbox.faults import Faults
from sandbox.library.issue import Library
from sandbox.library.regions import RegionLibrary
from sandbox.routes.around import add_docs, add_middle
from sandbox.routes.library import add_library, add_proofs


def create_region_app(region: RegionLibrary, address: str, platform: FastAPI) -> FastAPI:
    """The server of another region at an address, beside the home platform's server.

    It asks the home's identity service whom a token is of; the proof that goes with the token
    must be for this region's own address.
    """
    home = platform.state
    faults = Faults()
    library = Library(home.keys, date.today(), region)
    app = FastAPI(
        title=f"Tongban sandbox: {region.name_en}", version="1", docs_url=None, redoc_url=None
    )
    app.state.faults, app.state.library = faults, library
    add_middle(app, faults)
    add_docs(app)
    add_library(app, home.identity, library, faults, address)
    add_proofs(app, home.identity, library, home.proofs, address)
    return app
