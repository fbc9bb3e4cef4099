"""The platform's HTTP server: identity, certificate library, and its own switches.

Its OpenAPI page is at /docs. A province's own platform looks different; a terminal
reaches it through an adapter of the same ports (docs/platform.md).
"""

import json
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import FastAPI

from sandbox.acting import ActingDesk
from sandbox.authorisations import AuthorityRegister
from sandbox.authorize import ShowDesk
from sandbox.backchannel import Backchannel
from sandbox.directory import DirectoryService
from sandbox.exchange import ExchangeDesk
from sandbox.faults import Faults
from sandbox.handover import HandoverDesk
from sandbox.identity import IdentityService
from sandbox.inbox_store import Inbox
from sandbox.keys import KeyStore
from sandbox.library.issue import Library
from sandbox.packages import PackageDesk
from sandbox.proofs import ProofService
from sandbox.publishing import Publisher
from sandbox.routes.acting import add_acting
from sandbox.routes.around import add_docs, add_middle
from sandbox.routes.authorize import add_authorize
from sandbox.routes.backchannel import add_backchannel
from sandbox.routes.grants import grant_handlers
from sandbox.routes.handover import add_handover, add_handover_pages
from sandbox.routes.identity import add_identity
from sandbox.routes.library import (
    add_directory,
    add_library,
    add_paper_lists,
    add_proofs,
)
from sandbox.routes.packages import add_packages, add_terminal_packages
from sandbox.routes.published import add_published
from sandbox.routes.switches import add_switches
from sandbox.routes.terminals import add_terminals
from sandbox.sm2 import revocation_list

DESCRIPTION = """
Stands in for the government side of a Tongban terminal. Everybody and everything here
is made up. A terminal signs a citizen in with an assertion, lists the citizen's
certificates and fetches their files.
"""


def create_app(
    issuer: str, state: Path, regions: Mapping[str, str] | None = None
) -> FastAPI:
    """The server; `state` is the folder that holds its keys.

    `regions`: the addresses of other regions' libraries by area code (sandbox/regions.py).
    """
    keys = KeyStore(state / "keys")
    identity = IdentityService(issuer, keys)
    acting = ActingDesk(identity, AuthorityRegister(time.time), keys, time.time)
    library = Library(keys, date.today())
    handover = HandoverDesk(identity, time.time)
    proofs = ProofService(issuer, keys, time.time)
    faults = Faults()
    app = FastAPI(
        title="Tongban sandbox platform",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    app.state.keys = keys
    app.state.identity = identity
    app.state.acting = acting
    app.state.handover = handover
    app.state.faults = faults
    app.state.library = library
    app.state.proofs = proofs
    _write_trust(keys, state)
    add_middle(app, faults)
    add_docs(app)
    calls, shows = Backchannel(identity), ShowDesk(identity, time.time)
    app.state.shows = shows
    exchanges = ExchangeDesk(identity, acting, time.time)
    add_identity(app, identity, grant_handlers(identity, calls, shows, exchanges), faults)
    add_backchannel(app, identity, calls)
    add_authorize(app, identity, shows, library)
    add_acting(app, identity, acting, faults)
    add_library(app, identity, library, faults, issuer)
    add_directory(app, DirectoryService(issuer, keys, time.time, regions or {}), faults)
    add_handover(app, identity, library, handover)
    add_handover_pages(app, identity, library, handover)
    add_proofs(app, identity, library, proofs, issuer)
    add_paper_lists(app, proofs)
    add_switches(app, identity, faults)
    app.state.publisher = Publisher(issuer, keys, time.time, state / "published")
    add_published(app, app.state.publisher, faults)
    inbox = Inbox(state / "inbox.sqlite", time.time)
    app.state.contacts = add_terminals(app, identity, inbox, faults, issuer)
    packages = PackageDesk(
        identity, keys, library, proofs, faults, time.time, lambda: inbox.show()["records"]
    )
    app.state.packages = packages
    add_packages(app, identity, library, packages, issuer)
    add_terminal_packages(app, identity, packages, issuer)
    return app


def _write_trust(keys: KeyStore, state: Path) -> None:
    """The authorities' certificates, and what was revoked, for terminals to trust."""
    trust = state / "trust"
    trust.mkdir(exist_ok=True)
    (trust / "root.crt").write_bytes(keys.root.certificate.public_bytes(Encoding.PEM))
    (trust / "sm2-root.crt").write_bytes(keys.sm2_root.certificate)
    (trust / "sm2-root.crl").write_bytes(revocation_list(keys.sm2_root, ()))


def openapi_json(app: FastAPI) -> str:
    """The OpenAPI document as text."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2)
