"""How surely a citizen is known: the ways of signing in, and the level that each reaches.

A level is what the platform calls it in `acr`; what a service needs is compared by rank.
Levels that are not in the table count as the lowest: nobody is let in by an unknown word.
"""

from enum import IntEnum


class Level(IntEnum):
    """How surely a citizen is known, weakest first."""

    NOBODY = 0
    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


ACR_PHONE = "urn:tongban:acr:phone"
"""A phone with the government's app, its code scanned or shown."""
ACR_CARD_PHONE = "urn:tongban:acr:card-phone"
"""A chip that was checked, and its holder's phone has said yes."""
ACR_CARD_FACE = "urn:tongban:acr:card-face"
"""A chip that was checked, and the face before the camera."""
ACR_CARD_STAFF = "urn:tongban:acr:card-staff"
"""A chip that was checked, and a member of staff who saw its holder."""
ACR_KEPT = "urn:tongban:acr:card-face-kept"
"""The same without a line: the face is that of a package which the card has opened."""
ACR_STAFF = "urn:tongban:acr:staff"
"""A member of staff, by phone; no citizen's level."""

LEVELS = {
    ACR_PHONE: Level.SUBSTANTIAL,
    ACR_CARD_PHONE: Level.HIGH,
    ACR_CARD_FACE: Level.HIGH,
    ACR_CARD_STAFF: Level.HIGH,
    ACR_KEPT: Level.HIGH,
}

REQUIRED = {"low": Level.LOW, "substantial": Level.SUBSTANTIAL, "high": Level.HIGH}
"""The level that a certificate asks for, by the word of the platform's interface."""


def meets(acr: str, asked: str) -> bool:
    """Whether a sign-in is of the level that was asked for, or of a higher one.

    What ranks nowhere, such as a member of staff, is met by itself only; nothing asked is
    met by anything.
    """
    if asked in LEVELS:
        return level_of(acr) >= LEVELS[asked]
    return not asked or acr == asked


def level_of(acr: str) -> Level:
    """The level of a sign-in by what the platform calls it."""
    return LEVELS.get(acr, Level.NOBODY if acr in ("", ACR_STAFF) else Level.LOW)
