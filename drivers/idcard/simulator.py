"""A SAM reader seen from the line: serves a pseudo-terminal at the speed of a real one.

Bytes leave at the baud rate, a read takes the card's time first, and the card can be
placed, taken and pulled in the middle. Faults are asked for by name (`FAULTS`).
"""

import os
import termios
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from drivers.idcard import layouts
from drivers.idcard.protocol import (
    Command,
    FrameFault,
    Framer,
    Sw3,
    encode_reply,
    join_text_photo,
)
from drivers.simulation import Command as Order
from drivers.simulation import Reporter

FAULTS = {
    "garbage": "noise stands before every reply",
    "bad_checksum": "the first reply to each request has a wrong checksum",
    "always_bad_checksum": "every reply has a wrong checksum",
    "silent": "the reader answers nothing",
    "short": "the reply to a read breaks off in the middle",
    "wrong_length": "replies claim one byte too many",
    "auth_failed": "the reader finds the card not genuine (status 32)",
    "unreadable": "every read fails in the card (status 41)",
    "self_test_failed": "the SAM refuses to work (status 60)",
    "not_authorised": "the SAM is not licensed (status 66)",
    "wrong_card_type": "the card is of an unknown type (status 40)",
}
"""Faults that can be asked for, and what each does."""

SAM_ID = bytes.fromhex("050003007c7a330139300000b168de3a")
CARD_SERIAL = bytes(range(8))
NOISE = b"\x00\xaa\xaa\x13\x37\xaa\xaa\xaa\x96"


@dataclass(slots=True)
class Card:
    """What lies on the reader: the two blocks that a read sends, or no readable card."""

    text: bytes
    photo: bytes
    readable: bool = True


@dataclass(slots=True)
class Pace:
    """Times of the simulated reader, in seconds."""

    baud: int = 115200
    find: float = 0.02
    select: float = 0.03
    read: float = 1.0


@dataclass(slots=True)
class State:
    """The reader's inside; shared between the line's thread and the commands."""

    card: Card | None = None
    read_done: bool = False
    selected: bool = False
    faults: set[str] = field(default_factory=set)
    pull_at_byte: int | None = None


def make_card(image: dict[str, Any]) -> Card:
    """A card from a plug-in's description: `layout`, `fields`, `photo`.

    Documents that a resident-card reader does not know become an unreadable card.
    """
    try:
        layout = layouts.layout_for(image["layout"])
    except ValueError:
        return Card(b"", b"", readable=False)
    return Card(layouts.encode(layout, image["fields"]), image["photo"])


class ReaderSimulator:
    """Answers requests on a pseudo-terminal."""

    def __init__(
        self,
        reporter: Reporter,
        pace: Pace,
        card_of: Callable[[str], dict[str, Any]],
    ) -> None:
        self._reporter = reporter
        self._pace = pace
        self._card_of = card_of
        self._state = State()
        self._lock = threading.Lock()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave, termios.TCSANOW)
        self._damaged: bytes | None = None
        self._request: bytes = b""

    @property
    def path(self) -> str:
        """The pseudo-terminal to open."""
        return os.ttyname(self._slave)

    def obey(self, order: Order) -> None:
        """Carry out a command: place, take, fault, clear, pull_at_byte."""
        match order["do"]:
            case "place":
                self.place(order["person"])
            case "take":
                self.take()
            case "fault":
                self.fault(order["name"])
            case "clear":
                with self._lock:
                    self._state.faults.clear()
            case "pull_at_byte":
                with self._lock:
                    self._state.pull_at_byte = int(order["byte"])
            case other:
                raise ValueError(f"unknown command {other!r}")

    def place(self, person: str) -> None:
        """Lay a person's card on the reader."""
        card = make_card(self._card_of(person))
        with self._lock:
            self._state.card, self._state.read_done = card, False
            self._state.selected = False
        self._reporter.event("placed")

    def take(self) -> None:
        """Take the card away."""
        with self._lock:
            self._state.card = None
            self._state.selected = False
        self._reporter.event("taken")

    def fault(self, name: str) -> None:
        """Switch a fault on. Raises ValueError for a name outside FAULTS."""
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name!r}; known: {', '.join(FAULTS)}")
        with self._lock:
            self._state.faults.add(name)

    def run(self) -> None:
        """Serve for ever (in a daemon thread)."""
        framer = Framer()
        while True:
            for item in framer.feed(os.read(self._master, 4096)):
                if isinstance(item, FrameFault):
                    if item is FrameFault.BAD_CHECKSUM:
                        self._send(encode_reply(Sw3.BAD_CHECKSUM))
                    continue
                self._request = item
                self._serve(item)

    def _serve(self, request: bytes) -> None:
        began = time.monotonic()
        reply = self._reply(int.from_bytes(request[:2], "big"))
        if reply is None or "silent" in self._state.faults:
            return
        sent = self._send(reply)
        if request[:2] == Command.READ_TEXT_PHOTO.to_bytes(2, "big") and len(reply) > 256:
            self._reporter.event(
                "card_read", ms=(time.monotonic() - began) * 1000, bytes=sent
            )

    def _reply(self, command: int) -> bytes | None:
        faults = self._state.faults
        if "self_test_failed" in faults:
            return encode_reply(Sw3.SELF_TEST_FAILED)
        if "not_authorised" in faults:
            return encode_reply(Sw3.NOT_AUTHORISED)
        match command:
            case Command.SAM_STATUS | Command.RESET_SAM:
                return encode_reply(Sw3.OK)
            case Command.SAM_ID:
                return encode_reply(Sw3.OK, SAM_ID)
            case Command.FIND_CARD:
                return self._find()
            case Command.SELECT_CARD:
                return self._select()
            case Command.READ_TEXT_PHOTO:
                return self._read()
            case Command.READ_ADDED_ADDRESS:
                return encode_reply(Sw3.NO_SUCH_ITEM if self._there() else Sw3.NOT_SELECTED)
            case _:
                return encode_reply(Sw3.BAD_COMMAND)

    def _there(self) -> bool:
        with self._lock:
            return self._state.card is not None

    def _find(self) -> bytes:
        time.sleep(self._pace.find)
        with self._lock:
            found = self._state.card is not None and not self._state.read_done
            self._state.selected = False
        return encode_reply(Sw3.CARD_FOUND, bytes(4)) if found else encode_reply(Sw3.NO_CARD)

    def _select(self) -> bytes:
        time.sleep(self._pace.select)
        with self._lock:
            card = self._state.card
            if card is None:
                return encode_reply(Sw3.SELECT_FAILED)
            if not card.readable or "wrong_card_type" in self._state.faults:
                return encode_reply(Sw3.UNKNOWN_CARD_TYPE)
            self._state.selected = True
        return encode_reply(Sw3.OK, CARD_SERIAL)

    def _read(self) -> bytes:
        with self._lock:
            card, selected = self._state.card, self._state.selected
        if card is None or not selected:
            return encode_reply(Sw3.NOT_SELECTED)
        self._reporter.event("read_begins")
        time.sleep(self._pace.read)
        if "auth_failed" in self._state.faults:
            return encode_reply(Sw3.READER_REJECTS_CARD, sw1=0x69, sw2=0x88)
        if "unreadable" in self._state.faults or not self._there():
            return encode_reply(Sw3.READ_FAILED, sw1=0x6F)
        with self._lock:
            self._state.read_done = True
        return encode_reply(Sw3.OK, join_text_photo(card.text, card.photo))

    def _send(self, frame: bytes) -> int:
        frame = self._damage(frame)
        end = len(frame)
        pull = self._state.pull_at_byte
        if pull is not None and len(frame) > pull:
            end = pull
        if "short" in self._state.faults and len(frame) > 256:
            end = len(frame) // 2
        self._write_at_line_speed(frame[:end])
        if pull is not None:
            self._state.pull_at_byte = None if len(frame) > pull else pull - len(frame)
            if len(frame) > pull:
                self.take()
        return end

    def _damage(self, frame: bytes) -> bytes:
        faults = self._state.faults
        first_time = self._damaged != self._request
        if "always_bad_checksum" in faults or ("bad_checksum" in faults and first_time):
            self._damaged = self._request
            frame = frame[:-1] + bytes([frame[-1] ^ 0x55])
        else:
            self._damaged = None
        if "wrong_length" in faults:
            length = int.from_bytes(frame[5:7], "big") + 1
            frame = frame[:5] + length.to_bytes(2, "big") + frame[7:]
        return NOISE + frame if "garbage" in faults else frame

    def _write_at_line_speed(self, data: bytes) -> None:
        """Write ten bits a byte at the baud rate, in pieces of a few milliseconds."""
        per_byte = 10 / self._pace.baud
        piece = max(1, int(0.004 / per_byte))
        began = time.monotonic()
        for start in range(0, len(data), piece):
            part = data[start : start + piece]
            due = began + (start + len(part)) * per_byte
            time.sleep(max(0.0, due - time.monotonic()))
            os.write(self._master, part)
