"""What is kept here for a card's holder: opened, compared with the face, listed, counted.

The card opens a package and the face is compared with the picture in it: that is the sign-in of
a visit without a line.
"""

import logging

from kiosk.errors import Failure
from kiosk.identity.levels import ACR_KEPT, Level
from kiosk.identity.port import Session
from kiosk.packages.port import Package
from kiosk.visit import events as ev
from kiosk.visit.states import KEPT_PURPOSE, CertificateFact
from kiosk.visit.work.desk import Desk
from kiosk.visit.work.looking import Looking

log = logging.getLogger(__name__)

REFERENCE = "package"
"""How the picture in a package is called in the audit."""


class Packages:
    """Opens and lists what is kept for the citizen."""

    def __init__(self, desk: Desk, looking: Looking) -> None:
        self._desk = desk
        self._looking = looking

    async def compare(self) -> None:
        """Open what is kept, find the face, and send what came of the comparison."""
        parts, visit = self._desk.parts, self._desk.visit
        document = visit.document
        assert document is not None
        if not visit.kept:
            try:
                visit.kept = await parts.packages.open(document)
            except Failure as failure:
                log.info("packages: %s", failure)
                self._desk.send(ev.PackagesFailed(failure.reason))
                return
        await self._looking.compare_with(visit.kept[0].face, REFERENCE)

    async def list(self) -> None:
        """List what was opened and has copies left."""
        parts, visit = self._desk.parts, self._desk.visit
        try:
            visit.kept = await parts.packages.recount(visit.kept)
        except Failure as failure:
            log.info("packages: %s", failure)
            self._desk.send(ev.ListFailed(failure.reason))
            return
        visit.files.clear()
        visit.certificates = [one.certificate for one in visit.kept]
        visit.session = visit.session or Session("", ACR_KEPT, (), None)
        self._desk.send(ev.SignedIn(ACR_KEPT, Level.HIGH))
        self._desk.send(ev.CertificatesListed(tuple(self._fact(one) for one in visit.kept)))

    def _fact(self, package: Package) -> CertificateFact:
        """What the visit may know: that it was kept says that its level was reached."""
        certificate = package.certificate
        profile = self._desk.parts.profiles.for_certificate(certificate)
        return CertificateFact(
            certificate.type, certificate.status, Level.LOW, profile.printable,
            min(package.left, profile.printing.most_copies), (KEPT_PURPOSE,),
        )
