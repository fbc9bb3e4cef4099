"""Whether a file is what the holder's list promised, and still counts: by its kind's profile. Pure.

The file's signature has been found good before. What the list says cannot be seen in a
file that says nothing of itself: where the profile lets such a file pass, its signature and the
list's entry are all that vouches for it. What is told here names elements and never their values.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from kiosk.certificates.metadata import Day, Metadata
from kiosk.certificates.port import Certificate, CheckedFile
from kiosk.certificates.profiles import LISTED, Profile
from kiosk.errors import Failure
from kiosk.reasons import Reason

BETWEEN_NAMES = re.compile(r"[、,;]")
"""What stands between several holders, in the normal form."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a file: the reason, the element, and what of it."""

    reason: Reason
    element: str
    """A name of `metadata.toml`."""
    why: str

    def __str__(self) -> str:
        return f"{self.element} {self.why}"


def accept(certificate: Certificate, checked: CheckedFile, profile: Profile, today: date) -> None:
    """Let a checked file pass as a certificate. Raises Failure, its detail names the elements."""
    wrong = check_file(profile, checked.metadata, certificate, today)
    if wrong:
        detail = f"{profile.id}: {'; '.join(str(one) for one in wrong)}"
        raise Failure(wrong[0].reason, detail)


def check_file(
    profile: Profile, metadata: Metadata, certificate: Certificate, today: date
) -> list[Wrong]:
    """All that is wrong with a file of a kind; the gravest first, nothing where all is well."""
    return [
        *_another(metadata, certificate),
        *_ended(profile, metadata, certificate, today),
        *_missing(profile, metadata),
        *_contradictions(profile, metadata, certificate),
        *_not_begun(profile, metadata, certificate, today),
    ]


def _another(metadata: Metadata, certificate: Certificate) -> list[Wrong]:
    if metadata.identifier in ("", certificate.identifier):
        return []
    return [Wrong(Reason.CERTIFICATE_ALTERED, "identifier", "is another certificate's")]


def _missing(profile: Profile, metadata: Metadata) -> list[Wrong]:
    if metadata.is_silent and profile.file.silent:
        return []
    return [
        Wrong(Reason.CERTIFICATE_INCOMPLETE, element, "is missing")
        for element in profile.file.required
        if element not in metadata.texts and element not in metadata.days
    ]


def _contradictions(
    profile: Profile, metadata: Metadata, certificate: Certificate
) -> list[Wrong]:
    listed = {element: LISTED[element](certificate) for element in profile.file.agree}
    differing = [
        element for element, value in listed.items()
        if value and not _same(metadata, element, value)
    ]
    if profile.validity.end_agrees and not _same_end(metadata, certificate.expires):
        differing.append("valid_to")
    return [
        Wrong(Reason.CERTIFICATE_INCOMPLETE, element, "is not as in the list")
        for element in differing
    ]


def _same(metadata: Metadata, element: str, listed: str | date) -> bool:
    """Whether a file says the same of an element, or nothing."""
    if isinstance(listed, date):
        written = metadata.days.get(element)
        return written is None or written.day == listed
    said = metadata.texts.get(element)
    return said is None or _normal(said) == _normal(listed)


def _same_end(metadata: Metadata, listed: date | None) -> bool:
    """The same for the last day; a list without one means for ever."""
    end = metadata.days.get("valid_to")
    return end is None or (end.for_ever if listed is None else end.day == listed)


def _normal(words: str) -> frozenset[str]:
    """Words without the width of their characters and spaces; several names in any order."""
    plain = "".join(unicodedata.normalize("NFKC", words).split()).casefold()
    return frozenset(BETWEEN_NAMES.split(plain))


def _ended(
    profile: Profile, metadata: Metadata, certificate: Certificate, today: date
) -> list[Wrong]:
    grace, counts = profile.validity.clock_grace_days, profile.validity.counts_days
    wrong = []
    ends = [one for one in (certificate.expires, _day(metadata, "valid_to")) if one]
    if ends and (today - min(ends)).days > grace:
        wrong.append(Wrong(Reason.CERTIFICATE_EXPIRED, "valid_to", "has passed"))
    issued = _issued(metadata, certificate)
    if counts and issued and (today - issued).days > counts + grace:
        why = f"is more than {counts} days ago"
        wrong.append(Wrong(Reason.CERTIFICATE_EXPIRED, "issued", why))
    return wrong


def _not_begun(
    profile: Profile, metadata: Metadata, certificate: Certificate, today: date
) -> list[Wrong]:
    begins = {
        "issued": _issued(metadata, certificate), "valid_from": _day(metadata, "valid_from"),
    }
    return [
        Wrong(Reason.CERTIFICATE_INCOMPLETE, element, "lies in the future")
        for element, day in begins.items()
        if day and (day - today).days > profile.validity.clock_grace_days
    ]


def _issued(metadata: Metadata, certificate: Certificate) -> date | None:
    return certificate.issued or _day(metadata, "issued")


def _day(metadata: Metadata, element: str) -> date | None:
    return metadata.days.get(element, Day("")).day
