"""What the vault costs and what it is worth: appends, power cuts, the audit's verifier.

An append is one record of 300 bytes in the outbox, encrypted and on the disk. Its floor is
the same bytes appended to a file and forced to the disk, by turns with it. Where a coroutine
waits for an append there are two changes of thread more; the floor of that is the plain append
in a thread of its own, which a coroutine waits for.
"""

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from bench.chaos.power import cut_power
from bench.chaos.tamper import tamper
from kiosk.keeping import SCHEMAS
from offline import outbox
from offline.audit.chain import Entry, canonical, follow, genesis, record
from offline.audit.checkpoint import EXPORT, Checkpoint, signer
from offline.audit.export import FORMAT
from offline.audit.verify import verify
from offline.clock import system_clock
from offline.keys.file import FileKeeper
from offline.lanes import Lane
from offline.store import Store, StoreOptions
from offline.transaction import Transaction
from offline.vault import Vault

SIZE = 300
BODY = {"text": "x" * (SIZE - len('{"text":""}'))}
TURNS, EACH, TOGETHER = 15, 100, 50
APPEND_BOUND, BATCH_BOUND = 0.75, 15.0
AUDIT_RECORDS, AUDIT_SECONDS, MANIPULATIONS = 1_000_000, 8.0, 1000
POWER_SEEDS, POWER_STEPS = 5, 150
OPTIONS = StoreOptions("BENCH-0001", SCHEMAS)


def measure() -> dict[str, Any]:
    """Everything that `offline/` promises, with its floors."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as name:
        folder = Path(name)
        return {
            **measure_appends(folder),
            **asyncio.run(measure_awaited(folder)),
            **measure_verifier(folder),
            **tamper(MANIPULATIONS, seed=1),
            "power": measure_power(POWER_SEEDS, POWER_STEPS),
        }


def measure_appends(folder: Path) -> dict[str, Any]:
    """One by one and fifty together, against the plain file."""
    store = Store(folder / "store.db", FileKeeper(folder), OPTIONS, system_clock())
    with open(folder / "plain", "ab", buffering=0) as plain:
        taken = by_turns(
            floor=lambda: append_plainly(plain.fileno()),
            single=lambda: store.transact(put),
            batch=lambda: store.transact(put_many),
        )
    store.close()
    floor, single, batch = (1e6 * taken[name] for name in ("floor", "single", "batch"))
    each = batch / TOGETHER
    return {
        "append_us": round(single, 1), "append_floor_us": round(floor, 1),
        "append_ratio": round(floor / single, 3), "append_bound": APPEND_BOUND,
        "batch_record_us": round(each, 2), "batch_ratio": round(floor / each, 2),
        "batch_bound": BATCH_BOUND,
    }


async def measure_awaited(folder: Path) -> dict[str, Any]:
    """The same as a coroutine of the terminal has it."""
    vault = Vault(folder / "vault.db", FileKeeper(folder), OPTIONS, system_clock())
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1)
    floors, appends = [], []
    plain = os.open(folder / "plain", os.O_WRONLY | os.O_APPEND)
    for _ in range(TURNS):
        began = time.perf_counter()
        for _ in range(EACH):
            await loop.run_in_executor(thread, append_plainly, plain)
        between = time.perf_counter()
        for _ in range(EACH):
            await vault.write(put)
        floors.append(between - began)
        appends.append(time.perf_counter() - between)
    os.close(plain)
    thread.shutdown()
    vault.close()
    floor, append = (1e6 * median(one) / EACH for one in (floors, appends))
    return {
        "awaited_us": round(append, 1), "awaited_floor_us": round(floor, 1),
        "awaited_ratio": round(floor / append, 3),
    }


def measure_verifier(folder: Path, records: int = AUDIT_RECORDS) -> dict[str, Any]:
    """A long audit verified, against hashing the same lines."""
    key, path = ec.generate_private_key(ec.SECP256R1()), folder / "audit"
    write_audit(path, key, records)
    with path.open("rb") as lines:
        began = time.perf_counter()
        verdict = verify(lines, key.public_key())
        taken = time.perf_counter() - began
    if not verdict.holds or verdict.records != records:
        raise RuntimeError(f"the audit that was written does not hold: {verdict}")
    with path.open("rb") as lines:
        began = time.perf_counter()
        for line in lines:
            hashlib.sha256(line).digest()
        floor = time.perf_counter() - began
    return {
        "verify_records": records, "verify_s": round(taken, 2), "verify_bound_s": AUDIT_SECONDS,
        "verify_floor_s": round(floor, 2), "verify_ratio": round(taken / floor, 2),
    }


def measure_power(seeds: int, steps: int) -> dict[str, int]:
    """Cuts at every sync, and what was lost."""
    total: dict[str, int] = {}
    for seed in range(seeds):
        for name, count in cut_power(seed, steps).as_json().items():
            total[name] = total.get(name, 0) + count
    return total


def by_turns(**works: Callable[[], object]) -> dict[str, float]:
    """Seconds that each work takes, the median of several turns that go round."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(TURNS):
        for name, work in works.items():
            began = time.perf_counter()
            for _ in range(EACH):
                work()
            taken[name].append((time.perf_counter() - began) / EACH)
    return {name: median(times) for name, times in taken.items()}


def append_plainly(file: int) -> None:
    """The floor: as many bytes, on the disk."""
    os.write(file, b"x" * SIZE)
    os.fdatasync(file)


def put(txn: Transaction) -> str:
    """One record."""
    return outbox.put(txn, Lane.CITIZEN, "request", BODY)


def put_many(txn: Transaction) -> None:
    """Fifty in one transaction."""
    for _ in range(TOGETHER):
        put(txn)


def write_audit(path: Path, key: ec.EllipticCurvePrivateKey, records: int) -> None:
    """An export as a terminal writes it, without the days that a vault needs to fill."""
    kiosk, chain, at = "BENCH-0001", "0" * 36, datetime.now(UTC).isoformat()
    header = {"format": FORMAT, "kiosk": kiosk, "chain": chain, "exported_at": at}
    hash_ = genesis(kiosk, chain)
    with path.open("wb") as out:
        out.write(b"h " + canonical(header) + b"\n")
        for content in _records(records):
            hash_ = follow(hash_, content)
            out.write(b"r " + hash_.hex().encode() + b" " + content + b"\n")
        unsigned = Checkpoint(kiosk, chain, 1, records, hash_, at, b"")
        signature = signer(key)(unsigned.statement(EXPORT))
        closing = Checkpoint(kiosk, chain, 1, records, hash_, at, signature)
        out.write(b"e " + canonical(closing.as_json()) + b"\n")


def _records(count: int) -> Iterator[bytes]:
    boot, at = "0" * 36, "2026-01-01T08:00:00.000+00:00"
    for number in range(1, count + 1):
        fields = {"before": "reading", "after": "looking"}
        entry = Entry("step_changed", fields, number // 20, at, boot, number / 10, True)
        yield record(number, entry)
