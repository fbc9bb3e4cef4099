"""The assertion that signs a citizen in: claims from document and face. Pure.

RFC 7523 for the envelope; OpenID Connect for Identity Assurance 1.0 for the evidence:
a `document` whose chip was checked cryptographically (`vcrypt`) and whose holder was
compared in person by biometrics (`bvp`) or seen by somebody who answers for it (`pvp`).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from drivers.idcard.port import IdentityDocument
from kiosk.identity.port import FaceEvidence

LIFETIME_SECONDS = 60


class TokenFactory:
    """Makes the claims of this terminal's tokens; time and randomness are passed in."""

    def __init__(
        self, terminal: str, now: Callable[[], float], unique: Callable[[], str]
    ) -> None:
        self._terminal = terminal
        self._now = now
        self._unique = unique

    def client(self, audience: str) -> dict[str, Any]:
        """The claims by which the terminal authenticates (private_key_jwt)."""
        return {**self._envelope(audience), "sub": self._terminal}

    def sign_in(
        self, audience: str, document: IdentityDocument, face: FaceEvidence
    ) -> dict[str, Any]:
        """The claims that sign the holder of a document in."""
        checks = [self._chip_check()]
        if face.matched:
            live = "active" if face.live else "none"
            checks.append(
                {"check_method": "bvp", "reference": face.reference, "liveness": live}
            )
        return self._about(audience, document, checks)

    def call(self, audience: str, document: IdentityDocument) -> dict[str, Any]:
        """The claims that say whose phone shall be called (CIBA's `login_hint_token`)."""
        return self._about(audience, document, [self._chip_check()])

    def face_reference(self, audience: str, document: IdentityDocument) -> dict[str, Any]:
        """The claims that ask for the holder's reference picture, after consent."""
        about = self._about(audience, document, [self._chip_check()])
        return {**about, "consent": "face-reference"}

    def vouched(self, audience: str, document: IdentityDocument) -> dict[str, Any]:
        """The claims that sign the holder of a document in whom a member of staff has seen."""
        return self._about(audience, document, [self._chip_check(), {"check_method": "pvp"}])

    def child(self, audience: str, document: IdentityDocument) -> dict[str, Any]:
        """The claims about a child's document, for its guardian: the chip, and nobody's face."""
        return self._about(audience, document, [self._chip_check()])

    def _chip_check(self) -> dict[str, str]:
        return {"check_method": "vcrypt", "organization": self._terminal}

    def _about(
        self, audience: str, document: IdentityDocument, checks: list[dict[str, str]]
    ) -> dict[str, Any]:
        expiry = document.valid_to
        details = {
            "type": str(document.document_type),
            "document_number": document.number,
            "date_of_expiry": expiry.isoformat() if isinstance(expiry, date) else None,
            "reader": document.reader_id,
        }
        evidence = {
            "type": "document",
            "check_details": checks,
            "document_details": {k: v for k, v in details.items() if v is not None},
        }
        return {
            **self._envelope(audience),
            "sub": document.number,
            "verified_claims": {
                "verification": {"trust_framework": "cn_resident_document", "evidence": [evidence]},
                "claims": {"name": document.name},
            },
        }

    def _envelope(self, audience: str) -> dict[str, Any]:
        now = int(self._now())
        return {
            "iss": self._terminal,
            "aud": audience,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": self._unique(),
        }
