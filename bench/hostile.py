"""Mutated certificate files for the limited worker: each must get a reason, none may hurt it.

Mutations are of the package's bytes, of the parts within, and of a PDF's bytes and numbers;
the dice are seeded, so a file that hurt can be made again by its number.
"""

import asyncio
import io
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from kiosk.worker import Refusal, Worker, WorkerFault

MEMORY_MB, SECONDS = 512, 5.0
DPI = 96
WORKERS = 2
HUGE = (b"-1", b"0", b"999999999999", b"1e308", b"nan", b"65536", b"-0.0001", b"4294967295")
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
WORD = re.compile(rb"[A-Za-z]{3,}")

Mutate = Callable[[random.Random, bytes], bytes]


@dataclass
class Tally:
    """What became of the files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """Files whose reason is none of the list."""
    slowest: float = 0.0
    largest_mb: float = 0.0


def flip(dice: random.Random, data: bytes) -> bytes:
    """A few bits, bytes or runs of bytes."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(changed))
        match dice.randrange(3):
            case 0:
                changed[at] ^= 1 << dice.randrange(8)
            case 1:
                changed[at] = dice.randrange(256)
            case _:
                changed[at : at + dice.randint(1, 40)] = dice.randbytes(dice.randint(0, 40))
    return bytes(changed)


def cut(dice: random.Random, data: bytes) -> bytes:
    """Cut off, or with a hole."""
    at = dice.randrange(len(data))
    return data[:at] if dice.random() < 0.5 else data[:at] + data[dice.randrange(at, len(data)) :]


def odd_numbers(dice: random.Random, data: bytes) -> bytes:
    """Some numbers are others: huge, negative, none."""
    share = dice.choice((0.005, 0.05, 0.5))
    return NUMBER.sub(
        lambda found: dice.choice(HUGE) if dice.random() < share else found.group(), data
    )


def odd_words(dice: random.Random, data: bytes) -> bytes:
    """Some words stand where others were."""
    words = WORD.findall(data) or [b"x"]
    return WORD.sub(
        lambda found: dice.choice(words) if dice.random() < 0.03 else found.group(), data
    )


def doubled(dice: random.Random, data: bytes) -> bytes:
    """A stretch repeated many times, or put within itself."""
    begin = dice.randrange(len(data))
    stretch = data[begin : begin + dice.randint(1, 2000)]
    return data[:begin] + stretch * dice.randint(2, 60) + data[begin:]


ON_BYTES: tuple[Mutate, ...] = (flip, cut)
ON_PARTS: tuple[Mutate, ...] = (flip, cut, odd_numbers, odd_words, doubled)


def mutate_ofd(dice: random.Random, data: bytes) -> bytes:
    """The package's bytes, or one to three of its parts."""
    if dice.random() < 0.3:
        return dice.choice(ON_BYTES)(dice, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(dice.randint(1, 3)):
        name = dice.choice(list(parts))
        if parts[name]:
            parts[name] = dice.choice(ON_PARTS)(dice, parts[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def mutate_pdf(dice: random.Random, data: bytes) -> bytes:
    """A PDF's bytes."""
    return dice.choice(ON_PARTS)(dice, data)


def mutated(number: int, ofds: list[bytes], pdfs: list[bytes]) -> bytes:
    """Hostile file so-and-so."""
    dice = random.Random(number)
    if number % 4 == 0:
        return mutate_pdf(dice, dice.choice(pdfs))
    return mutate_ofd(dice, dice.choice(ofds))


async def attack(count: int, ofds: list[bytes], pdfs: list[bytes]) -> Tally:
    """Have all of them verified and drawn."""
    tally = Tally()
    numbers = iter(range(count))

    async def one_worker() -> None:
        worker = Worker("kiosk.certificates.worker", MEMORY_MB, SECONDS)
        for number in numbers:
            document = mutated(number, ofds, pdfs)
            await try_file(worker, number, document, tally)
        await worker.stop()

    await asyncio.gather(*(one_worker() for _ in range(WORKERS)))
    return tally


async def try_file(worker: Worker, number: int, document: bytes, tally: Tally) -> None:
    """One file: verified, and its first page drawn."""
    began = time.monotonic()
    try:
        answer, _ = await worker.call("verify", {"trust": ""}, [document])
        tally.outcomes[f"verdict {answer['verdict']}"] += 1
        await worker.call("render", {"page": 1, "dpi": DPI}, [document])
        tally.outcomes["drawn"] += 1
    except Refusal as refusal:
        tally.outcomes[f"refused {refusal.kind}"] += 1
    except WorkerFault as fault:
        known = "longer than" in str(fault) or "MemoryError" in str(fault)
        tally.outcomes["stopped by a limit" if known else "broken"] += 1
        if not known:
            tally.broken.append(f"{number}: {fault}")
    tally.slowest = max(tally.slowest, time.monotonic() - began)
    if worker.pid is not None:
        memory = psutil.Process(worker.pid).memory_info().rss / 2**20
        tally.largest_mb = max(tally.largest_mb, memory)
