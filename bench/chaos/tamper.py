"""An exported audit, changed in every way that a hand can: each is found, the first is named.

The export is a vault's own. Whoever changes it has everything but the terminal's key: hashes
are made anew where that helps, checkpoints cannot be.
"""

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric import ec

from bench.chaos.disk import MEMORY
from kiosk.keeping import SCHEMAS
from offline.audit.chain import follow, genesis
from offline.audit.checkpoint import check_in, signer
from offline.audit.export import export
from offline.audit.log import append
from offline.audit.verify import verify
from offline.clock import system_clock
from offline.keys.file import FileKeeper
from offline.store import Store, StoreOptions
from offline.transaction import Transaction

RECORDS, SIGNED_EVERY = 2_000, 600
"""Records of the export, and between its checkpoints."""
HASH = slice(2, 66)
CONTENT = slice(67, -1)
Lines = list[bytes]


@dataclass(frozen=True, slots=True)
class Manipulation:
    """An export after somebody was at it."""

    lines: Lines
    first: range
    """What the verifier may name as the first record that is wrong."""


Hand = Callable[["Export", Random], Manipulation]


class Export:
    """A whole export, its lines, and which of them are records."""

    def __init__(self, records: int = RECORDS) -> None:
        """Made by a vault of its own."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.public = self._key.public_key()
        out = io.BytesIO()
        with tempfile.TemporaryDirectory(prefix="tongban-tamper-", dir=MEMORY) as name:
            store = Store(
                Path(name) / "vault.db", FileKeeper(Path(name)),
                StoreOptions("CHAOS-0001", SCHEMAS), system_clock(),
            )
            for begin in range(0, records, SIGNED_EVERY):
                count = min(SIGNED_EVERY, records - begin)
                store.transact(partial(self._fill, count=count))
            store.transact(lambda txn: export(txn, signer(self._key), out))
            store.close()
        self.lines = out.getvalue().splitlines(keepends=True)
        self.places = [at for at, line in enumerate(self.lines) if line.startswith(b"r ")]
        """Where the records are: record `n` is `places[n - 1]`."""
        self.signed = [0, *(
            sum(1 for one in self.places if one < at)
            for at, line in enumerate(self.lines) if line.startswith((b"c ", b"e "))
        )]
        """Up to which record each checkpoint vouches."""

    def since_vouched(self, number: int) -> range:
        """Records from the last checkpoint before one, up to it."""
        return range(max(one for one in self.signed if one < number) + 1, number + 1)

    def _fill(self, txn: Transaction, count: int) -> None:
        for visit in range(count):
            append(txn, "visit_started", {"language": "zh"}, visit)
        check_in(txn, signer(self._key))


def change(export: Export, random: Random) -> Manipulation:
    """One byte of a record, or of its hash, is another."""
    number, lines = _any(export, random), list(export.lines)
    line = bytearray(lines[export.places[number - 1]])
    at = random.randrange(len(line))
    line[at] ^= random.randint(1, 255)
    lines[export.places[number - 1]] = bytes(line)
    return Manipulation(lines, range(number, number + 1))


def change_with_its_hash(export: Export, random: Random) -> Manipulation:
    """A record is another one, with its own right hash; it shows at the next, or the checkpoint."""
    number, lines = _any(export, random), list(export.lines)
    at = export.places[number - 1]
    lines[at] = _line(_hash_before(export, number), _other(lines[at][CONTENT]))
    return Manipulation(lines, _stretch(export.since_vouched(number), number + 1))


def rewrite(export: Export, random: Random) -> Manipulation:
    """A record is another one, and all hashes after it follow; only what is signed tells."""
    number, lines = _any(export, random), list(export.lines)
    before = _hash_before(export, number)
    for at in export.places[number - 1 :]:
        content = lines[at][CONTENT]
        lines[at] = _line(before, _other(content) if at == export.places[number - 1] else content)
        before = bytes.fromhex(lines[at][HASH].decode())
    return Manipulation(lines, export.since_vouched(number))


def remove(export: Export, random: Random) -> Manipulation:
    """One to five records are gone."""
    number, lines = _any(export, random), list(export.lines)
    count = min(random.randint(1, 5), RECORDS - number + 1)
    gone = {export.places[one - 1] for one in range(number, number + count)}
    return Manipulation(
        [line for at, line in enumerate(lines) if at not in gone], range(number, number + 1)
    )


def insert(export: Export, random: Random) -> Manipulation:
    """A record more, with a right hash, under the number of the one that it stands before."""
    number, lines = _any(export, random), list(export.lines)
    at = export.places[number - 1]
    lines.insert(at, _line(_hash_before(export, number), _other(lines[at][CONTENT])))
    return Manipulation(lines, range(number, number + 2))


def repeat(export: Export, random: Random) -> Manipulation:
    """A record stands there twice."""
    number, lines = _any(export, random), list(export.lines)
    at = export.places[number - 1]
    lines.insert(at, lines[at])
    return Manipulation(lines, range(number, number + 2))


def swap(export: Export, random: Random) -> Manipulation:
    """Two records have changed places."""
    one, other = sorted(random.sample(range(1, RECORDS + 1), 2))
    lines = list(export.lines)
    first, second = export.places[one - 1], export.places[other - 1]
    lines[first], lines[second] = lines[second], lines[first]
    return Manipulation(lines, range(one, one + 1))


def cut_off(export: Export, random: Random) -> Manipulation:
    """All after a record is gone."""
    number = random.randint(0, RECORDS - 1)
    end = export.places[number]
    return Manipulation(export.lines[:end], range(number + 1, number + 2))


def cut_off_and_close(export: Export, random: Random) -> Manipulation:
    """The same, and the closing line stands below it again."""
    number = random.randint(0, RECORDS - 1)
    lines = [*export.lines[: export.places[number]], export.lines[-1]]
    return Manipulation(lines, range(number + 1, number + 2))


HANDS: tuple[Hand, ...] = (
    change, change_with_its_hash, rewrite, remove, insert, repeat, swap, cut_off, cut_off_and_close,
)


def tamper(count: int, seed: int) -> dict[str, int]:
    """So many manipulations of one export: how many were found, and the first named rightly."""
    random, whole = Random(seed), Export()
    if not verify(whole.lines, whole.public).holds:
        raise RuntimeError("the export as it was does not hold")
    found = named = 0
    for number in range(count):
        done = HANDS[number % len(HANDS)](whole, random)
        verdict = verify(io.BytesIO(b"".join(done.lines)), whole.public)
        found += not verdict.holds
        named += verdict.first is not None and verdict.first in done.first
    return {"manipulations": count, "found": found, "first_named": named}


def _any(export: Export, random: Random) -> int:
    return random.randint(1, len(export.places))


def _hash_before(export: Export, number: int) -> bytes:
    """The hash that a record follows on."""
    if number == 1:
        header = json.loads(export.lines[0][2:])
        return genesis(header["kiosk"], header["chain"])
    return bytes.fromhex(export.lines[export.places[number - 2]][HASH].decode())


def _other(content: bytes) -> bytes:
    return content.replace(b'"zh"', b'"en"')


def _line(before: bytes, content: bytes) -> bytes:
    return b"r " + follow(before, content).hex().encode() + b" " + content + b"\n"


def _stretch(some: range, last: int) -> range:
    return range(some.start, last + 1)
