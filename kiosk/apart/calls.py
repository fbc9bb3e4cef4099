"""What may be asked of a device process: a closed list for each kind of device.

Both sides read it: the terminal knows what a call takes, gives and may cost in time, and the
device process does nothing that is not listed.
"""

from dataclasses import dataclass
from typing import Any

from drivers.idcard.port import IdentityDocument, Wanted
from drivers.supervisor import Role

APART = (Role.IDCARD, Role.CAMERA, Role.RECEIPT_PRINTER)
"""What has a process of its own. Document printers speak IPP, in Python alone, and need none."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the types that it takes and gives, and its limit in seconds.

    No limit: it waits for a person. `progress`: it tells how far it is.
    """

    takes: tuple[Any, ...] = ()
    gives: Any = None
    seconds: float | None = None
    progress: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """A receipt as a picture: eight dots a byte from the left, each row filled up to a byte."""

    rows: int
    columns: int
    bits: bytes


def _receipt_printer() -> dict[str, Call]:
    # Only where receipts are printed: the port brings numpy along.
    from drivers.receipt_printer.port import Condition, Line, Settlement

    return {
        "condition": Call(gives=Condition, seconds=15.0),
        "print_dots": Call((Dots,), Settlement, 120.0),
        "print_lines": Call((tuple[Line, ...],), Settlement, 120.0),
    }


def calls_of(role: Role) -> dict[str, Call]:
    """The calls of a kind of device by their names. Raises ValueError for one of no process."""
    match role:
        case Role.IDCARD:
            return {
                "open": Call(seconds=20.0),
                "check": Call(seconds=15.0),
                "wait_for_card": Call(),
                "read": Call((Wanted,), IdentityDocument, 40.0, progress=True),
                "wait_for_removal": Call(),
            }
        case Role.CAMERA:
            return {
                "open": Call(seconds=15.0),
                "check": Call(seconds=5.0),
                "stop": Call(seconds=10.0),
            }
        case Role.RECEIPT_PRINTER:
            return _receipt_printer()
    raise ValueError(f"a {role} has no process of its own")
