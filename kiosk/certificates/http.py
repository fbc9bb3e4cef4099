"""The certificate library over HTTP, as the sandbox's OpenAPI page describes it."""

import asyncio
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import category
from urllib.parse import quote

from kiosk.certificates.identifier import check_identifier
from kiosk.certificates.port import Certificate, CopyRequest, Holdings
from kiosk.errors import Failure
from kiosk.identity.levels import REQUIRED
from kiosk.identity.port import Session
from kiosk.platform import Platform
from kiosk.reasons import Reason
from kiosk.visit.states import CertificateStatus

STATUSES = {
    "01": CertificateStatus.VALID,
    "02": CertificateStatus.SUSPENDED,
    "03": CertificateStatus.REVOKED,
    "04": CertificateStatus.CANCELLED,
    "05": CertificateStatus.EXPIRED,
    "06": CertificateStatus.TRANSFERRED,
    "07": CertificateStatus.REVOKED,
}
"""Status codes in use (docs/certificates.md); others are UNKNOWN, the code is kept."""


LONGEST_TEXT = 200


class HttpLibrary:
    """One certificate library, and what its platform publishes."""

    def __init__(self, platform: Platform, address: str) -> None:
        """`address`: where the library is, on the platform's own host."""
        self._platform = platform
        self._address = address
        self._certificates = f"{self._address}/certificates"

    async def list(self, session: Session) -> Holdings:
        """What the citizen holds. Raises Failure."""
        answer = await self._platform.get_json(
            self._certificates, session.authorise("GET", self._certificates)
        )
        try:
            return Holdings(tuple(read_entry(entry) for entry in answer["certificates"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Reason.PLATFORM_INVALID, f"list: {type(error).__name__}") from None

    async def fetch(self, session: Session, certificate: Certificate) -> bytes:
        """The file of one certificate. Raises Failure."""
        address = f"{self._certificates}/{quote(certificate.identifier)}/file"
        return await self._platform.get(address, session.authorise("GET", address))

    async def prove(
        self, session: Session, certificate: Certificate, request: CopyRequest
    ) -> tuple[str, ...]:
        """The text of a code for each copy. Raises Failure."""
        body = {**asdict(request), "page_marks": request.page_marks.hex()}
        address = f"{self._certificates}/{quote(certificate.identifier)}/proofs"
        answer = await self._platform.send_json(
            address, body, session.authorise("POST", address)
        )
        codes = answer.get("codes") if isinstance(answer, dict) else None
        if not isinstance(codes, list) or len(codes) != request.copies:
            raise Failure(Reason.PLATFORM_INVALID, f"not {request.copies} codes")
        return tuple(str(one) for one in codes)

    async def directory(self) -> tuple[bytes]:
        """The directory of regional libraries. Raises Failure."""
        return (await self._platform.get(f"{self._address}/directory"),)

    async def paper_lists(self) -> tuple[bytes, bytes]:
        """The lists of keys and of revoked copies. Raises Failure."""
        keys, status = await asyncio.gather(
            self._platform.get(f"{self._address}/paper-keys"),
            self._platform.get(f"{self._address}/paper-status"),
        )
        return keys, status


def read_entry(entry: dict[str, Any]) -> Certificate:
    """A certificate from its entry. Raises KeyError, ValueError for one that is none."""
    identifier = str(entry["certificateIdentifier"])
    problem = check_identifier(identifier)
    if problem:
        raise ValueError(f"identifier: {problem}")
    return Certificate(
        identifier=identifier,
        type=_text(entry["certificateType"]),
        name=_text(entry["certificateTypeName"]),
        name_en=_text(entry.get("certificateTypeNameEn") or ""),
        number=_text(entry["certificateNumber"]),
        issuer=_text(entry["certificateIssuingAuthorityName"]),
        issued=_day(entry.get("certificateIssuedDate")),
        expires=_day(entry.get("certificateExpiringDate")),
        status=STATUSES.get(str(entry["status"]), CertificateStatus.UNKNOWN),
        status_code=str(entry["status"]),
        asked_at=_moment(entry["statusAskedAt"]),
        level=REQUIRED[entry.get("requiredLevel", "low")],
        holder=_text(entry.get("certificateHolderName") or ""),
    )


def _text(value: object) -> str:
    """Words that a screen can show. Raises ValueError for others, which are not repeated."""
    words = str(value)
    if len(words) > LONGEST_TEXT or any(category(one) in ("Cc", "Cs") for one in words):
        raise ValueError("words that cannot be shown")
    return words


def _moment(value: object) -> str:
    """A time in ISO form, in UTC; one without a zone is of this machine's. Raises ValueError."""
    return datetime.fromisoformat(str(value)).astimezone(UTC).isoformat()


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None

