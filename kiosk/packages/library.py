"""What is kept for the citizen who stands here, as a certificate library: no line is needed."""

from kiosk.certificates.port import Certificate, CopyRequest, Holdings
from kiosk.errors import Failure
from kiosk.identity.port import Session
from kiosk.packages.port import Package
from kiosk.reasons import Reason


class PackageLibrary:
    """The packages that were opened in this visit, as one `CertificateLibrary`."""

    def __init__(self, packages: list[Package]) -> None:
        self._packages = {one.certificate.identifier: one for one in packages}

    async def list(self, session: Session) -> Holdings:
        """What is kept of the citizen, as it was when it was kept."""
        return Holdings(tuple(one.certificate for one in self._packages.values()))

    async def fetch(self, session: Session, certificate: Certificate) -> bytes:
        """The file of one certificate, not checked yet. Raises Failure."""
        return self.package(certificate).document

    async def prove(
        self, session: Session, certificate: Certificate, request: CopyRequest
    ) -> tuple[str, ...]:
        """The codes of the next copies, which the library signed when the package was made."""
        package = self.package(certificate)
        return package.codes[package.used : package.used + request.copies]

    def package(self, certificate: Certificate) -> Package:
        """The package of a certificate. Raises Failure."""
        found = self._packages.get(certificate.identifier)
        if found is None:
            raise Failure(Reason.CERTIFICATE_NOT_FOUND, "not among what is kept")
        return found
