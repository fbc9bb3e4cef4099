"""Verifies an exported audit without the terminal, and names the first record that is wrong.

What cannot be hidden from it: a record changed, removed, inserted or moved; the end cut
off; a chain that was rewritten with all its hashes (its checkpoints are signed). A record
that was changed together with its own hash shows at the next one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from offline.audit.chain import LEAF, canonical, genesis
from offline.audit.checkpoint import CHECKPOINT, EXPORT, Checkpoint
from offline.audit.export import FORMAT

HASH_HEX = 64
PROGRESS_EVERY = 50_000


class Fault(StrEnum):
    """What is wrong with an export."""

    NOT_AN_EXPORT = "not_an_export"
    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    """All hashes agree, and a signed checkpoint does not: somewhere since the one before it."""
    BAD_SIGNATURE = "bad_signature"
    """A checkpoint is not signed by the terminal's key."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an export is worth."""

    holds: bool
    records: int
    fault: Fault | None = None
    first: int | None = None
    """The number of the first record that is wrong or missing."""
    vouched_until: int = 0
    """Up to here a signed checkpoint vouches for every record."""
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the command tells it."""
        return asdict(self)


class _Wrong(Exception):
    """Ends the reading."""

    def __init__(self, fault: Fault, first: int | None, detail: str = "") -> None:
        super().__init__(fault)
        self.fault, self.first, self.detail = fault, first, detail


def verify(
    lines: Iterable[bytes], key: ec.EllipticCurvePublicKey,
    later: Checkpoint | None = None, progress: Callable[[int], None] | None = None,
) -> Verdict:
    """Whether an export is whole.

    `key` is the terminal's; `later` a checkpoint that somebody else kept, which the export must
    reach and contain.
    """
    reader = _Reader(iter(lines), key, later, progress)
    try:
        reader.read()
    except _Wrong as wrong:
        return Verdict(
            False, reader.count, wrong.fault, wrong.first, reader.vouched, wrong.detail
        )
    return Verdict(True, reader.count, None, None, reader.vouched)


class _Reader:
    """Goes through an export once."""

    def __init__(
        self, lines: Iterator[bytes], key: ec.EllipticCurvePublicKey,
        later: Checkpoint | None, progress: Callable[[int], None] | None,
    ) -> None:
        self._lines = lines
        self._key = key
        self._later = later
        self._progress = progress
        self._kiosk = self._chain = self._exported_at = ""
        self._hash = b""
        self._before = 0
        """The number of the record before the first one here."""
        self.count = 0
        self.vouched = 0

    @property
    def _last(self) -> int:
        return self._before + self.count

    def read(self) -> None:
        """Read it all. Raises _Wrong."""
        self._read_header()
        self._expect(self._later)
        sha256, hash_, leaf = hashlib.sha256, self._hash, LEAF
        for line in self._lines:
            if line[:2] == b"r ":
                # The one loop that a million records go through.
                after = sha256(leaf + hash_ + line[67:-1]).digest()
                if line[2:67] != after.hex().encode() + b" " or line[-1:] != b"\n":
                    self._diagnose(line)
                hash_ = after
                self.count += 1
                if self._later is not None and self._last == self._later.number:
                    self._compare(hash_)
                if self._progress is not None and self.count % PROGRESS_EVERY == 0:
                    self._progress(self.count)
                continue
            self._hash = hash_
            if self._read_checkpoint(line):
                self._reach()
                return
            hash_ = self._hash
        raise _Wrong(Fault.TRUNCATED, self._last + 1, "there is no closing line")

    def _expect(self, kept: Checkpoint | None) -> None:
        """Whether a checkpoint that was kept elsewhere is of this chain. Raises _Wrong."""
        if kept is not None and (
            kept.chain != self._chain or not kept.is_signed_by(self._key)
        ):
            raise _Wrong(Fault.BAD_SIGNATURE, None, "the kept checkpoint is not of this chain")

    def _compare(self, hash_: bytes) -> None:
        """Whether the chain is there what the kept checkpoint says. Raises _Wrong."""
        assert self._later is not None
        if hash_ != self._later.head:
            why = f"it shows at {self._later.number}, by the kept checkpoint"
            raise _Wrong(Fault.REWRITTEN, self.vouched + 1, why)

    def _reach(self) -> None:
        """Whether the chain goes on as far as was signed for elsewhere. Raises _Wrong."""
        if self._later is not None and self._later.number > self._last:
            raise _Wrong(Fault.TRUNCATED, self._last + 1, f"{self._later.number} was signed for")

    def _read_header(self) -> None:
        line = next(self._lines, b"")
        said = _parse(line, b"h ")
        if said is None or said.get("format") != FORMAT or not _is_written(said, line):
            raise _Wrong(Fault.NOT_AN_EXPORT, None, f"the first line is no {FORMAT} header")
        self._kiosk, self._chain = str(said.get("kiosk")), str(said.get("chain"))
        self._exported_at = str(said.get("exported_at"))
        self._hash = genesis(self._kiosk, self._chain)

    def _read_checkpoint(self, line: bytes) -> bool:
        """A signed place; whether it is the closing one. Raises _Wrong."""
        closing = line[:2] == b"e "
        said = _parse(line, b"e " if closing else b"c ")
        if said is None or line[-1:] != b"\n":
            raise _Wrong(Fault.CHANGED, self._last + 1, "a line that is none of an export")
        try:
            signed = Checkpoint.of_json(said)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise _Wrong(Fault.BAD_SIGNATURE, self._last, "a checkpoint is unreadable") from None
        if not _is_written(signed.as_json(), line):
            why = "a checkpoint is not written as the terminal writes it"
            raise _Wrong(Fault.BAD_SIGNATURE, self.vouched + 1, why)
        if closing and signed.at != self._exported_at:
            raise _Wrong(Fault.NOT_AN_EXPORT, None, "header and closing line are of two exports")
        mine = (signed.kiosk, signed.chain) == (self._kiosk, self._chain)
        what = EXPORT if closing else CHECKPOINT
        if not mine or not signed.is_signed_by(self._key, what):
            why = f"the checkpoint at {signed.number} is not the terminal's"
            raise _Wrong(Fault.BAD_SIGNATURE, self.vouched + 1, why)
        if self.count == 0 and not closing:
            # Earlier records were let go: this one vouches for all that was before.
            self._before, self._hash = signed.number, signed.head
        elif signed.number > self._last:
            raise _Wrong(Fault.TRUNCATED if closing else Fault.REMOVED, self._last + 1)
        elif signed.number < self._last:
            raise _Wrong(Fault.INSERTED, signed.number + 1)
        elif signed.head != self._hash:
            raise _Wrong(Fault.REWRITTEN, self.vouched + 1, f"it shows at {signed.number}")
        if closing and signed.first != self._before + 1:
            raise _Wrong(Fault.REMOVED, signed.first, "the terminal still had it")
        self.vouched = self._last
        if closing and next(self._lines, None) is not None:
            raise _Wrong(Fault.INSERTED, self._last + 1, "something follows the closing line")
        return closing

    def _diagnose(self, line: bytes) -> None:
        """Say what is wrong where the first record does not follow. Raises _Wrong."""
        expected, found = self._last + 1, _number(line)
        if found is None or found == expected or line[-1:] != b"\n":
            raise _Wrong(Fault.CHANGED, expected)
        if found < expected:
            raise _Wrong(Fault.INSERTED, found)
        moved = any(_number(one) == expected for one in self._lines)
        raise _Wrong(Fault.REORDERED if moved else Fault.REMOVED, expected)


def _parse(line: bytes, mark: bytes) -> dict[str, Any] | None:
    """The object of a line, or None for another line."""
    if not line.startswith(mark):
        return None
    try:
        said = json.loads(line[len(mark):])
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _is_written(said: dict[str, Any], line: bytes) -> bool:
    """Whether a line has an object exactly as a terminal writes it."""
    try:
        return canonical(said) == line[2:-1]
    except ValueError:  # half a surrogate, or a number that is none
        return False


def _number(line: bytes) -> int | None:
    """The number that a record's line says, or None."""
    said = _parse(line[HASH_HEX + 3 :], b"") if line[:2] == b"r " else None
    number = said.get("number") if said else None
    return number if isinstance(number, int) else None
