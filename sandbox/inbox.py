"""The rules by which the platform takes what terminals report: each record once, and no forks.

Pure. What was taken is kept by `inbox_store.py`; how a check-in comes is `routes/terminals.py`.
What the fields mean: docs/platform.md, "Checking in".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sandbox.digests import from_base64url
from sandbox.refused import Refused

LANE = re.compile(r"[a-z_]{1,20}")
HEX_DIGEST = re.compile(r"[0-9a-f]{32,128}")
LARGEST_NUMBER = 2**63 - 1
SIGNATURE_SIZE = 64


class Verdict(StrEnum):
    """What becomes of one record."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    """It is here already: acknowledged again, not stored again."""
    FORK = "fork"
    """Its number was used for another record: the terminal's store was copied or set back."""
    OUT_OF_ORDER = "out_of_order"
    """A number below the highest one, that was never seen: numbers only grow."""
    MALFORMED = "malformed"
    NOT_TAKEN = "not_taken"
    """No office takes such records; on demand only (`faults.py`)."""

    @property
    def is_refusal(self) -> bool:
        """Whether the terminal is told that the record was refused."""
        return self not in (Verdict.STORED, Verdict.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a lane."""

    number: int
    key: str
    """Names the record for ever (UUID), however often and from whichever store it comes."""
    kind: str
    at: str
    body: Mapping[str, Any]
    fault: str = ""
    """What is wrong with its form; such a record is refused, and its lane goes on."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a terminal's audit chain had come: the terminal signs its head."""

    kiosk: str
    chain: str
    first: int
    """The first record that the terminal still had."""
    number: int
    head: str
    at: str
    signature: str

    @property
    def statement(self) -> bytes:
        """What is signed: JSON with sorted keys, without spaces, in UTF-8."""
        said = {
            "at": self.at, "chain": self.chain, "first": self.first, "head": self.head,
            "kiosk": self.kiosk, "number": self.number, "what": "tongban audit checkpoint",
        }
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()


NO_CHECKPOINT = Checkpoint("", "", 0, 0, "", "", "")
"""Stands for one that cannot be read; nobody signed it."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One contact of a terminal."""

    terminal: str
    store: str
    boot: str
    lanes: Mapping[str, tuple[Record, ...]]
    checkpoint: Checkpoint | None
    health: Mapping[str, Any]


def judge(record: Record, highest: int, before: tuple[str, Verdict] | None, known: bool) -> Verdict:
    """What becomes of a record.

    `highest`: the highest number of its lane so far; `before`: key and verdict of what came at
    its number; `known`: whether its key was stored before, from this store or another one.
    """
    if before is not None:
        key, verdict = before
        if key != record.key:
            return Verdict.FORK
        return verdict if verdict.is_refusal else Verdict.DUPLICATE
    if record.fault:
        return Verdict.MALFORMED
    if known:
        return Verdict.DUPLICATE
    return Verdict.STORED if record.number > highest else Verdict.OUT_OF_ORDER


def judge_checkpoint(new: Checkpoint, latest: tuple[int, str] | None) -> Verdict:
    """Whether a checkpoint follows the `latest` of its chain (number and head)."""
    if latest is None or new.number > latest[0]:
        return Verdict.STORED
    return Verdict.DUPLICATE if (new.number, new.head) == latest else Verdict.FORK


def signed_by(key: ec.EllipticCurvePublicKey, checkpoint: Checkpoint) -> bool:
    """Whether a terminal's key signed a checkpoint (ES256, RFC 7518, 3.4)."""
    try:
        signature = from_base64url(checkpoint.signature)
        if len(signature) != SIGNATURE_SIZE:
            return False
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        key.verify(encode_dss_signature(r, s), checkpoint.statement, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def read_check_in(body: bytes) -> CheckIn:
    """A check-in from its JSON. Raises Refused where its frame is wrong.

    A single record of a wrong form does not spoil the rest: it has its `fault`.
    """
    try:
        said = json.loads(body)
        lanes = _map(said.get("lanes", {}), "lanes")
        return CheckIn(
            _text(said["terminal"], "terminal"), str(UUID(said["store"])),
            _text(said["boot"], "boot"),
            {_lane(name): _records(name, lane) for name, lane in lanes.items()},
            _checkpoint(said.get("checkpoint")), _map(said.get("health", {}), "health"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"no check-in ({type(error).__name__}: {error})"
        raise Refused("invalid_request", why) from error


def _records(lane: str, items: object) -> tuple[Record, ...]:
    if not isinstance(items, list):
        raise TypeError(f"lane {lane}: no list")
    return tuple(_record(lane, one) for one in items)


def _record(lane: str, item: object) -> Record:
    said = _map(item, f"a record of lane {lane}")
    number = _number(said.get("number"), f"lane {lane}")
    try:
        key = str(UUID(_text(said.get("key"), "key")))
    except ValueError as error:
        return Record(number, "", "", "", {}, str(error))
    try:
        kind, at = _text(said.get("kind"), "kind"), _text(said.get("at"), "at")
        if datetime.fromisoformat(at).tzinfo is None:
            raise ValueError("at: without its zone")
        return Record(number, key, kind, at, _map(said.get("body"), "body"))
    except (ValueError, TypeError) as error:
        return Record(number, key, "", "", {}, str(error))


def _checkpoint(item: object) -> Checkpoint | None:
    """A checkpoint; one that cannot be read does not spoil the rest, either."""
    if item is None:
        return None
    try:
        said = _map(item, "checkpoint")
        kiosk, chain, at, head, signature = (
            _text(said.get(name), name) for name in ("kiosk", "chain", "at", "head", "signature")
        )
        if not HEX_DIGEST.fullmatch(head):
            raise ValueError("head: no digest")
        first, number = (_number(said.get(name), name, 0) for name in ("first", "number"))
    except (ValueError, TypeError):
        return NO_CHECKPOINT
    return Checkpoint(kiosk, chain, first, number, head, at, signature)


def _number(value: object, what: str, least: int = 1) -> int:
    number = isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(value, int) or not number or not least <= value <= LARGEST_NUMBER:
        raise ValueError(f"{what}: number {value!r}")
    return value


def _lane(name: str) -> str:
    if not LANE.fullmatch(name):
        raise ValueError(f"lane {name!r}")
    return name


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{what}: {value!r}")
    value.encode()  # half a surrogate is no text
    return value


def _map(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{what}: no object")
    return value
