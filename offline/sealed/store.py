"""Sealed packages in the vault: kept, found by their card, counted, thrown away.

All functions work within one transaction of the vault: the count, the print job it is for and
the report to the platform are on the disk together, or none of them. A package that is used up
loses its content at once, and so does one that was taken back; that it was here is remembered
for as long as the platform lists it or a print job of it is open, so that it never begins to
count anew.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from offline import outbox
from offline.lanes import Lane
from offline.sealed.envelope import LARGEST
from offline.sealed.reasons import SealedFailure, SealedReason
from offline.transaction import Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS package (
    id TEXT PRIMARY KEY,
    tag TEXT NOT NULL,
    facts BLOB NOT NULL,
    content BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS package_tag ON package (tag);
CREATE TABLE IF NOT EXISTS package_job (
    job INTEGER PRIMARY KEY,
    package TEXT NOT NULL,
    copies INTEGER NOT NULL,
    report TEXT NOT NULL
) STRICT
"""
TABLE = "package"
PRINTED, RETURNED = "package_printed", "package_returned"
"""Kinds of report: copies were counted as printed, or counted back."""
MOST = 200
"""Packages of one terminal: those of a village for a few days."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a terminal knows of a package without opening it. Nothing personal."""

    begins: float
    """Seconds since 1970, as all times here."""
    ends: float
    allowed: int
    """Copies in all."""
    arrived: float
    used: int = 0
    """Copies that were printed, or may have been."""

    @property
    def left(self) -> int:
        """Copies that may still be printed."""
        return max(0, self.allowed - self.used)


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """One package as it lies here."""

    id: str
    """In hexadecimal."""
    facts: Facts
    content: bytes
    """The sealed package; empty once it was used up."""


def keep(txn: Transaction, package: str, tag: str, facts: Facts, content: bytes) -> None:
    """Keep a package that came. Raises SealedFailure.

    Of one that is known here already the count stays as it is; only its content comes back.
    """
    if len(content) > LARGEST:
        raise SealedFailure(SealedReason.TOO_LARGE, f"{len(content)} bytes")
    known = ids(txn)
    if package not in known and len(known) >= MOST:
        raise SealedFailure(SealedReason.FULL, f"{MOST} packages are kept")
    txn.execute(
        "INSERT INTO package (id, tag, facts, content) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET content = excluded.content",
        (package, txn.digest(tag), _sealed_facts(txn, package, facts),
         txn.seal(TABLE, f"{package}/content", content)),
    )


def ids(txn: Transaction) -> frozenset[str]:
    """All packages that are here, or whose count is."""
    return frozenset(row[0] for row in txn.execute("SELECT id FROM package"))


def complete(txn: Transaction) -> frozenset[str]:
    """Packages of which nothing is missing: their content is here, or they are used up."""
    return frozenset(
        package for package, facts, has_content in _all_facts(txn)
        if has_content or not facts.left
    )


def forget(txn: Transaction, package: str) -> None:
    """Throw a package away, and that it was here once no print job of it is open.

    What becomes of an open job may put its copies back: its count must outlast it.
    """
    txn.execute("UPDATE package SET content = NULL WHERE id = ?", (package,))
    txn.execute(
        "DELETE FROM package WHERE id = ? AND id NOT IN (SELECT package FROM package_job)",
        (package,),
    )


def sweep(txn: Transaction) -> None:
    """Throw away what has ended; a clock that is not known to be right throws nothing away."""
    if txn.clock.trusted():
        now = txn.now.timestamp()
        for package, facts, _ in list(_all_facts(txn)):
            if facts.ends <= now:
                forget(txn, package)


def usable(txn: Transaction) -> int:
    """How many packages have copies left, and have not ended as far as is known."""
    now, sure = txn.now.timestamp(), txn.clock.trusted()
    return sum(
        1 for _, facts, has_content in _all_facts(txn)
        if has_content and facts.left and not (sure and facts.ends <= now)
    )


def find(txn: Transaction, tag: str) -> list[Kept]:
    """The packages of one card, used up or not, the oldest first."""
    rows = txn.execute("SELECT id, facts, content FROM package WHERE tag = ?", (txn.digest(tag),))
    kept = [
        Kept(
            package, _read_facts(txn, package, facts),
            txn.unseal(TABLE, f"{package}/content", content) if content else b"",
        )
        for package, facts, content in rows
    ]
    here = [one for one in kept if one.content or not one.facts.left]
    return sorted(here, key=lambda one: (one.facts.begins, one.facts.arrived, one.id))


def take(txn: Transaction, package: str, copies: int, job: int) -> int:
    """Count copies as printed before they are, and report them; which one is the first, from 0.

    `job` is the print job that they go into. Raises SealedFailure, VaultFailure.
    """
    facts = facts_of(txn, package)
    check_time(facts, txn.now.timestamp(), txn.clock.trusted())
    if not 1 <= copies <= facts.left:
        raise SealedFailure(SealedReason.USED_UP, f"{copies} of {facts.left} copies")
    _count(txn, package, facts, facts.used + copies)
    told = {"package": package, "copies": copies, "first": facts.used, "job": job}
    report = outbox.put(txn, Lane.CITIZEN, PRINTED, told)
    txn.execute("INSERT INTO package_job VALUES (?, ?, ?, ?)", (job, package, copies, report))
    return facts.used


def settle(txn: Transaction, job: int, *, nothing_printed: bool) -> bool:
    """A job is over: count its copies back where it is certain that nothing was printed.

    What is used up loses its content. False for a job that was not of a package.
    """
    rows = txn.execute("SELECT package, copies, report FROM package_job WHERE job = ?", (job,))
    if not rows:
        return False
    package, copies, report = rows[0]
    txn.execute("DELETE FROM package_job WHERE job = ?", (job,))
    if nothing_printed:
        told = {"package": package, "copies": copies, "job": job, "report": report}
        outbox.put(txn, Lane.CITIZEN, RETURNED, told)
    # It may have been taken back, or have ended, while its job was open.
    for (sealed,) in txn.execute("SELECT facts FROM package WHERE id = ?", (package,)):
        facts = _read_facts(txn, package, sealed)
        if nothing_printed:
            _count(txn, package, facts, max(0, facts.used - copies))
        elif not facts.left:
            txn.execute("UPDATE package SET content = NULL WHERE id = ?", (package,))
    return True


def facts_of(txn: Transaction, package: str) -> Facts:
    """What is known of a package. Raises SealedFailure where it is not here."""
    rows = txn.execute(
        "SELECT facts, content IS NOT NULL FROM package WHERE id = ?", (package,)
    )
    for sealed, has_content in rows:
        facts = _read_facts(txn, package, sealed)
        if has_content or not facts.left:
            return facts
    raise SealedFailure(SealedReason.NONE_KEPT, "it was taken back")


def check_time(facts: Facts, now: float, trusted: bool) -> None:
    """Whether a package is good now. Raises SealedFailure (CLOCK, NOT_BEGUN, ENDED)."""
    if not trusted or now < facts.arrived:
        raise SealedFailure(SealedReason.CLOCK, "the time is not known")
    if now < facts.begins:
        raise SealedFailure(SealedReason.NOT_BEGUN)
    if now >= facts.ends:
        raise SealedFailure(SealedReason.ENDED)


def _count(txn: Transaction, package: str, facts: Facts, used: int) -> None:
    counted = Facts(facts.begins, facts.ends, facts.allowed, facts.arrived, used)
    txn.execute(
        "UPDATE package SET facts = ? WHERE id = ?",
        (_sealed_facts(txn, package, counted), package),
    )


def _all_facts(txn: Transaction) -> Iterator[tuple[str, Facts, bool]]:
    """Each package, what is known of it, and whether its content is here."""
    rows = txn.execute("SELECT id, facts, content IS NOT NULL FROM package")
    for package, facts, has_content in rows:
        yield package, _read_facts(txn, package, facts), bool(has_content)


def _sealed_facts(txn: Transaction, package: str, facts: Facts) -> bytes:
    return txn.seal(TABLE, f"{package}/facts", json.dumps(asdict(facts)).encode())


def _read_facts(txn: Transaction, package: str, sealed: bytes) -> Facts:
    return Facts(**json.loads(txn.unseal(TABLE, f"{package}/facts", sealed)))
