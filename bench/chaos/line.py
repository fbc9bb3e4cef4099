"""A bad line between a terminal and the platform: all arrives, once, in order in each lane.

300 ms late, 16 kB/s, a connection reset every eight seconds or so, and silence for a minute.
The floor is what the line needs by itself: the bytes of the records at its width, and the
silence.
"""

import asyncio
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from kiosk.agent import Contact
from kiosk.config import Config
from kiosk.identity.http import load_key
from kiosk.keeping import open_vault, signing
from kiosk.platform import Platform
from kiosk.tls import open_tls
from offline import outbox
from offline.clock import system_clock
from offline.delivery import Delivery
from offline.lanes import Lane
from offline.transaction import Transaction
from offline.vault import Vault
from provisioning.stage import Stage

LANES = (Lane.CITIZEN, Lane.AUDIT, Lane.REPORT)
"""Those of which nothing is thrown away."""
SIZE = 300
"""Bytes of a record's text."""
GIVE_UP_SECONDS = 900.0
LATE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Weather:
    """The line's, by the names of `sandbox.bad_line.Weather`."""

    delay_seconds: float = 0.3
    jitter_seconds: float = 0.1
    bytes_per_second: float = 16_000.0
    reset_seconds: float = 8.0
    blackout_after: float = 10.0
    blackout_seconds: float = 60.0


def send_over_bad_line(
    seed: int, records: int, weather: Weather | None = None
) -> dict[str, Any]:
    """So many records of 300 bytes, put while the line is bad; what arrived, and how."""
    weather = weather or Weather()
    with tempfile.TemporaryDirectory(prefix="tongban-line-") as name:
        stage = Stage(Path(name))
        try:
            stage.order("platform", "worsen", seed=seed, **asdict(weather))
            put, seconds, contacts = asyncio.run(_send(stage.config, Random(seed), records))
            time.sleep(LATE_SECONDS)
            received = [one for one in stage.reports if one["event"] == "received"]
        finally:
            stage.close()
    floor = records * SIZE / weather.bytes_per_second + weather.blackout_seconds
    return {
        "what": "line", "seed": seed, "records": records, **compare(put, received),
        "contacts": contacts, "seconds": round(seconds, 1), "floor_s": round(floor, 1),
        "ratio": round(seconds / floor, 2),
    }


@dataclass(frozen=True, slots=True)
class Put:
    """A record that was put."""

    lane: str
    key: str


def compare(put: list[Put], received: list[dict[str, Any]]) -> dict[str, int]:
    """What is missing, what came twice, and how many lanes were not in order."""
    expected: defaultdict[str, list[str]] = defaultdict(list)
    arrived: defaultdict[str, list[str]] = defaultdict(list)
    for one in put:
        expected[one.lane].append(one.key)
    for line in received:
        arrived[line["lane"]].append(line["key"])
    counted = Counter(line["key"] for line in received)
    return {
        "lost": sum(1 for one in put if one.key not in counted),
        "delivered_twice": sum(count - 1 for count in counted.values()),
        "out_of_order": sum(1 for lane in expected if not in_order(expected[lane], arrived[lane])),
    }


def in_order(expected: list[str], arrived: list[str]) -> bool:
    """Whether what arrived of a lane arrived in the order in which it was put."""
    wanted = set(expected)
    return [key for key in arrived if key in wanted] == expected


async def _send(config: Config, random: Random, records: int) -> tuple[list[Put], float, int]:
    vault, _ = open_vault(config, system_clock())
    platform = Platform(
        config.platform.address, config.platform.timeout, open_tls(config.platform.tls_roots, None)
    )
    key = load_key(config.terminal.key)
    contact = Contact(platform, config.terminal.id, key)
    delivery = Delivery(vault, contact, signing(key), dict, random.random)
    began = time.monotonic()
    running = asyncio.create_task(delivery.run())
    try:
        async with asyncio.timeout(GIVE_UP_SECONDS):
            put = [await _put(vault, random) for _ in range(records)]
            while await vault.read(_waits):
                await asyncio.sleep(0.2)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await platform.close()
        await asyncio.to_thread(vault.close)
    return put, time.monotonic() - began, delivery.contacts


async def _put(vault: Vault, random: Random) -> Put:
    lane, body = random.choice(LANES), {"text": random.randbytes(SIZE // 2).hex()}
    await asyncio.sleep(random.uniform(0, 0.1))
    key = await vault.write(lambda txn: outbox.put(txn, lane, "chaos", body))
    return Put(lane, key)


def _waits(txn: Transaction) -> bool:
    return any(one.waiting for one in outbox.states(txn))
