"""What all work of a visit shares: the terminal's parts, the visit, and how news is sent."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from drivers.camera.port import Camera
from drivers.device import DeviceFailure
from drivers.document_printer.port import DocumentPrinter
from drivers.receipt_printer.port import ReceiptPrinter
from kiosk.certificates.documents import DocumentService
from kiosk.certificates.port import Certificate, CertificateLibrary
from kiosk.certificates.profiles import Profiles
from kiosk.config import Config
from kiosk.content.port import Guide, Service
from kiosk.errors import Failure
from kiosk.faces.service import FaceService
from kiosk.hygiene.after_visit import AfterVisit
from kiosk.identity.port import IdentityService
from kiosk.limits.attempts import Attempt, Attempts, Kind, TooMany
from kiosk.packages.library import PackageLibrary
from kiosk.packages.opening import PackageOpener
from kiosk.packages.port import Package
from kiosk.printing.ledger import PrintLedger
from kiosk.services.requests import Requests
from kiosk.visit import events as ev
from kiosk.visit.personal import Visit
from offline.vault import Vault

log = logging.getLogger(__name__)

Send = Callable[[ev.Event], None]
Work = Coroutine[Any, Any, None]


class Parts:
    """What the attendant works with; put together by `terminal.Terminal`."""

    def __init__(
        self,
        config: Config,
        camera: Camera,
        faces: FaceService,
        identity: IdentityService,
        library: CertificateLibrary,
        documents: DocumentService,
        document_printer: DocumentPrinter,
        receipt_printer: ReceiptPrinter,
        ledger: PrintLedger,
        profiles: Profiles,
        vault: Vault,
        after_visit: AfterVisit,
        guides: Callable[[], tuple[Guide, ...]],
        catalogue: Callable[[], tuple[Service, ...]],
        requests: Requests,
        packages: PackageOpener,
    ) -> None:
        self.config = config
        self.camera = camera
        self.faces = faces
        self.identity = identity
        self.library = library
        self.documents = documents
        self.document_printer = document_printer
        self.receipt_printer = receipt_printer
        self.ledger = ledger
        self.profiles = profiles
        self.vault = vault
        self.after_visit = after_visit
        self.guides = guides
        self.catalogue = catalogue
        self.requests = requests
        self.packages = packages
        self.attempts = Attempts(vault)


class Desk:
    """The parts, the visit, and the tasks that outlive a visit by a moment."""

    def __init__(self, parts: Parts, visit: Visit, send: Send) -> None:
        self.parts = parts
        self.visit = visit
        self.send = send
        self._after: set[asyncio.Task[None]] = set()

    @property
    def library(self) -> CertificateLibrary:
        """Where the visit's certificates are: what is kept here, where it was opened."""
        kept = self.visit.kept
        return PackageLibrary(kept) if kept else self.parts.library

    def package_of(self, certificate: Certificate) -> Package | None:
        """The package that a certificate of the visit is from, where it was kept here."""
        return next(
            (one for one in self.visit.kept if one.certificate is certificate), None
        )
    async def begin_attempt(self, kind: Kind) -> Attempt:
        """Count an attempt with the card of this visit, before it is made. Raises Failure."""
        document = self.visit.document
        assert document is not None
        try:
            return await self.parts.attempts.begin(kind, document.number)
        except TooMany as too_many:
            self.visit.again_at = too_many.again_at
            raise

    def afterwards(self, work: Work) -> None:
        """Do something that the end of the visit does not end."""
        task = asyncio.get_running_loop().create_task(work)
        self._after.add(task)
        task.add_done_callback(self._after.discard)

    async def close(self) -> None:
        """Wait until that is done."""
        await asyncio.gather(*self._after, return_exceptions=True)


async def attempt(work: Work) -> None:
    """Do something whose failure changes nothing any more; it is logged."""
    try:
        await work
    except (Failure, DeviceFailure) as failure:
        log.info("after the visit: %s", failure)
