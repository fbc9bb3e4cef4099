"""The libraries of all regions as one (跨省通办): asked at once, each failing by itself.

The home library is the terminal's own platform. The others are those of the signed directory, and
a citizen's token goes to no other address. A token is bound to the visit's key and every proof to
one address (DPoP), so that no region can use at another what it has seen.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from kiosk.certificates.directory import Directory, RegionalEntry
from kiosk.certificates.http import HttpLibrary
from kiosk.certificates.identifier import issuer_area
from kiosk.certificates.port import (
    UNKNOWN_REGION,
    Certificate,
    CertificateLibrary,
    CopyRequest,
    Holdings,
    Region,
)
from kiosk.errors import Failure
from kiosk.identity.port import Session
from kiosk.platform import Platform
from kiosk.reasons import Reason
from kiosk.tls import Tls
from kiosk.visit.states import CertificateStatus

log = logging.getLogger(__name__)

Answer = Holdings | Failure


class RegionalLibraries:
    """The home library and those of other regions, as one `CertificateLibrary`."""

    def __init__(
        self, home: CertificateLibrary, directory: Callable[[], Directory | None],
        seconds: float, now: Callable[[], datetime], tls: Tls | None = None,
    ) -> None:
        """`seconds`: how long another region's library may take; the home's own limit stays.

        `tls`: as for the home platform; the system's authorities without it.
        """
        self._home = home
        self._directory = directory
        self._seconds = seconds
        self._tls = tls
        self._now = now
        self._lines: dict[str, Platform] = {}

    async def list(self, session: Session) -> Holdings:
        """What the citizen holds anywhere, and which regions could not say. Raises Failure.

        Where nothing can be shown and the home library failed, its failure is the answer.
        """
        directory = self._directory()
        home = directory.home if directory else UNKNOWN_REGION
        others = directory.entries if directory else ()
        # A token that is sent as it is could be used by whoever has seen it: it stays at home.
        bound = session.proof_key is not None
        asked = {home: self._home} | {
            one.region: self._library_at(one) for one in self._open() if bound
        }
        came = await asyncio.gather(
            *(_answer(region, one.list(session)) for region, one in asked.items())
        )
        answers = dict(zip(asked, came, strict=True))
        certificates = merge(answers)
        at_home = answers[home]
        if isinstance(at_home, Failure) and not certificates:
            raise at_home
        regions = (home, *(one.region for one in others))
        missing = (one for one in regions if not isinstance(answers.get(one), Holdings))
        return Holdings(certificates, tuple(missing), home)

    async def fetch(self, session: Session, certificate: Certificate) -> bytes:
        """The file of one certificate, from its own region. Raises Failure."""
        return await self._library_of(certificate).fetch(session, certificate)

    async def prove(
        self, session: Session, certificate: Certificate, request: CopyRequest
    ) -> tuple[str, ...]:
        """The text of a code for each copy, from its own region. Raises Failure."""
        return await self._library_of(certificate).prove(session, certificate, request)

    async def close(self) -> None:
        """End the lines to other regions."""
        lines, self._lines = list(self._lines.values()), {}
        await asyncio.gather(*(line.close() for line in lines))

    async def rest(self) -> None:
        """Let the connections to other regions go, with what their buffers hold."""
        await asyncio.gather(*(line.rest() for line in self._lines.values()))

    def _open(self) -> tuple[RegionalEntry, ...]:
        directory = self._directory()
        return directory.open_at(self._now()) if directory else ()

    def _library_of(self, certificate: Certificate) -> CertificateLibrary:
        """The library that listed a certificate. Raises Failure where it is none any more."""
        directory = self._directory()
        home = directory.home if directory else UNKNOWN_REGION
        code = certificate.region.code
        if code in (home.code, UNKNOWN_REGION.code):
            return self._home
        for entry in self._open():
            if entry.region.code == code:
                return self._library_at(entry)
        raise Failure(Reason.PLATFORM_ERROR, f"region {code} is not in the directory")

    def _library_at(self, entry: RegionalEntry) -> CertificateLibrary:
        line = self._lines.get(entry.address)
        if line is None:
            line = self._lines[entry.address] = Platform(
                entry.address, self._seconds, self._tls
            )
        return HttpLibrary(line, entry.address)


async def _answer(region: Region, asked: Coroutine[Any, Any, Holdings]) -> Answer:
    """What a library says, or why it says nothing: that is a fact, not the end."""
    try:
        return await asked
    except Failure as failure:
        log.info("region %s: %s", region.code or "at home", failure)
        return failure


def merge(answers: Mapping[Region, Answer]) -> tuple[Certificate, ...]:
    """What all regions listed, each with its region; of one that two list the issuer's counts.

    What only another region says of a certificate, while its issuer's does not answer, is no
    status: nothing is called valid that its issuer was not asked about.
    """
    silent = [region for region, answer in answers.items() if isinstance(answer, Failure)]
    merged: dict[str, Certificate] = {}
    for region, answer in answers.items():
        if isinstance(answer, Failure):
            continue
        for one in answer.certificates:
            known = merged.get(one.identifier)
            if known is None or is_of(region, one.identifier) > is_of(known.region, one.identifier):
                merged[one.identifier] = replace(one, region=region)
    return tuple(
        replace(one, status=CertificateStatus.UNKNOWN) if _is_hearsay(one, silent) else one
        for one in merged.values()
    )


def _is_hearsay(certificate: Certificate, silent: Sequence[Region]) -> bool:
    """Whether a certificate is of a region that does not answer, and another told of it."""
    return not is_of(certificate.region, certificate.identifier) and any(
        is_of(region, certificate.identifier) for region in silent
    )


def is_of(region: Region, identifier: str) -> bool:
    """Whether a certificate's issuer is registered in a region (GB/T 2260, pairs of digits)."""
    digits = region.code
    while digits.endswith("00"):
        digits = digits[:-2]
    return bool(digits) and issuer_area(identifier).startswith(digits)
