"""The certificate identifier of GB/T 36904: structure and check character.

`1.2.156.3005.2.TYPE.ISSUER.SERIAL.VERSION.CHECK`: TYPE is the 18 characters of the
department that defines the type and three digits, ISSUER 18 characters, SERIAL free,
VERSION three digits. CHECK is ISO/IEC 7064 MOD 37,36 over the four parts without dots
(confirmed on real identifiers; see docs/certificates.md).
"""

import re

from stdnum.iso7064 import mod_37_36

ROOT = "1.2.156.3005.2"
TYPE_CODE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")
PARTS = (
    ("type code", TYPE_CODE),
    ("issuer code", re.compile(r"[0-9A-Z]{18}")),
    ("serial", re.compile(r"[0-9A-Z]{1,64}")),
    ("version", re.compile(r"[0-9]{3}")),
    ("check character", re.compile(r"[0-9A-Z]")),
)


def check_identifier(identifier: str) -> str | None:
    """What is wrong with an identifier, or None."""
    if not identifier.startswith(ROOT + "."):
        return f"does not begin with {ROOT}"
    parts = identifier.removeprefix(ROOT + ".").split(".")
    if len(parts) != len(PARTS):
        return f"has {len(parts)} parts after the root, not {len(PARTS)}"
    for part, (name, pattern) in zip(parts, PARTS, strict=True):
        if not pattern.fullmatch(part):
            return f"the {name} {part!r} is not as it must be"
    expected = mod_37_36.calc_check_digit("".join(parts[:-1]))
    if parts[-1] != expected:
        return f"the check character is {parts[-1]}, not {expected}"
    return None


def type_code(identifier: str) -> str:
    """The code of the certificate's kind (21 characters); empty where there is none."""
    return _part(identifier, 0)


def issuer_area(identifier: str) -> str:
    """The area (GB/T 2260) in which the issuer is registered; empty where there is none.

    An issuer's code is its unified social credit code, whose third to eighth characters are
    the area of the body that registered it (GB 32100).
    """
    return _part(identifier, 1)[2:8]


def _part(identifier: str, place: int) -> str:
    parts = identifier.removeprefix(ROOT + ".").split(".")
    return parts[place] if len(parts) == len(PARTS) else ""
