"""What is known of a certificate's file after all checks, whatever its format."""

from dataclasses import dataclass
from enum import StrEnum

BAD_TRUST = "bad_trust"
"""What the worker calls it where the trust list is at fault, and not the file."""


class FileFormat(StrEnum):
    """The formats that certificates come in."""

    OFD = "ofd"
    PDF = "pdf"


class Verdict(StrEnum):
    """What a file is."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNTRUSTED = "untrusted"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a file."""

    kind: str
    value_valid: bool
    digest_valid: bool
    signer: str
    chain: str
    """`trusted`, `untrusted`, `unknown`, `expired` or `revoked`."""
    signed_at: str | None
    why: str
    """What is wrong, and what was not looked at; empty where all is well."""
    time_proven_by: str = ""
    """The authority whose timestamp vouches for `signed_at`; empty where only the signer does."""
    long_term: bool = False
    """Whether the signer is good as of then only, by timestamps and revocations in the file."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of a file after all checks."""

    format: FileFormat | None
    """None where it is of no format that is known."""
    verdict: Verdict
    intact: bool | None
    """None where nothing is signed."""
    uncovered: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    detail: str = ""

    def as_json(self) -> dict[str, object]:
        """The promised JSON fields."""
        return {
            "format": self.format,
            "intact": self.intact,
            "uncovered": list(self.uncovered),
            "signatures": [
                {name: getattr(one, name) for name in Signature.__slots__}
                for one in self.signatures
            ],
            "verdict": str(self.verdict),
            "detail": self.detail,
        }


def unreadable(format_: FileFormat | None, detail: str) -> Verification:
    """A file that cannot be opened."""
    return Verification(format_, Verdict.UNREADABLE, None, detail=detail)
