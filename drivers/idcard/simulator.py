"""A SAM reader seen from the line: serves a pseudo-terminal at the speed of a real one.

It speaks any of the wire profiles. Bytes leave at the baud rate, a read takes the
card's time first, and the card can be placed, taken and pulled in the middle; the
reader can be pulled out too. Faults are asked for by name (`FAULTS`).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers.idcard import layouts
from drivers.idcard.framing import STX_SUCCESS
from drivers.idcard.profiles import Profile
from drivers.idcard.protocol import (
    ADDED_ADDRESS,
    Command,
    FrameFault,
    Sw3,
    encode_frame,
    join_parts,
)
from drivers.simulated_line import SimulatedLine
from drivers.simulation import Reporter, Simulator

FAULTS = {
    "garbage": "noise stands before every reply",
    "bad_checksum": "the first reply to each request has a wrong checksum",
    "always_bad_checksum": "every reply has a wrong checksum",
    "doubled": "the first reply to each request has one byte twice",
    "split": "every byte comes alone, with a pause after it",
    "late": "every reply comes 0.4 s late",
    "silent": "the reader answers nothing",
    "busy": "the reader is stuck: it begins to answer and never goes on",
    "short": "the reply to a read breaks off in the middle",
    "wrong_length": "replies claim one byte too many",
    "power_cut": "in the middle of the next long reply the reader goes dead and is gone",
    "auth_failed": "the reader finds the card not genuine (status 32)",
    "unreadable": "every read fails in the card (status 41)",
    "self_test_failed": "the SAM refuses to work (status 60)",
    "not_authorised": "the SAM is not licensed (status 66)",
    "wrong_card_type": "the card is of an unknown type (status 40)",
}
"""Faults that can be asked for, and what each does."""

SAM_ID = bytes.fromhex("050003007c7a330139300000b168de3a")
CARD_SERIAL = bytes(range(8))
MANAGEMENT_NUMBER = bytes(range(28))
NOISE = b"\x00\xaa\xaa\x13\x37\xaa\xaa\xaa\x96"
LATE_SECONDS, SPLIT_SECONDS = 0.4, 0.0005
PATIENCE_SECONDS = 0.1
"""A request that pauses for longer was none; readers forget its beginning."""
LONG_REPLY = 256
STX_REFUSAL = b"\x69\x85"


@dataclass(slots=True)
class Card:
    """What lies on the reader: the blocks that it sends, or no readable card."""

    text: bytes
    photo: bytes
    added_addresses: tuple[str, ...] = ()
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
    pull_at_byte: int | None = None


def make_card(image: dict[str, Any]) -> Card:
    """A card from a plug-in's description: `layout`, `fields`, `photo`.

    Documents that a resident-card reader does not know become an unreadable card.
    """
    try:
        layout = layouts.layout_for(image["layout"])
    except ValueError:
        return Card(b"", b"", readable=False)
    text = layouts.encode(layout, image["fields"])
    return Card(text, image["photo"], tuple(image.get("added_addresses", ())))


class ReaderSimulator(Simulator):
    """Answers requests on a pseudo-terminal."""

    known_faults = FAULTS

    def __init__(
        self,
        reporter: Reporter,
        pace: Pace,
        card_of: Callable[[str], dict[str, Any]],
        profile: Profile,
    ) -> None:
        super().__init__(reporter)
        self.actions |= {
            "place": lambda order: self.place(order["person"]),
            "take": lambda _: self.take(),
            "pull_at_byte": lambda order: self.pull_at_byte(int(order["byte"])),
        }
        self._pace = pace
        self._card_of = card_of
        self._profile = profile
        self._commands = {body: command for command, body in profile.commands.items()}
        self._state = State()
        self._lock = threading.Lock()
        self._line = SimulatedLine("idcard")
        self._damaged: bytes | None = None
        self._request: bytes = b""

    @property
    def address(self) -> str:
        """The pseudo-terminal to open."""
        return self._line.path

    def pull_at_byte(self, byte: int) -> None:
        """Let the card be taken when so many bytes of the next long answer are sent."""
        with self._lock:
            self._state.pull_at_byte = byte

    def unplug(self) -> None:
        """Pull the reader out."""
        self._line.unplug()

    def plug(self) -> None:
        """Plug the reader in; one that had no power remembers nothing."""
        with self._lock:
            self._state.read_done = self._state.selected = False
        self._line.plug()

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

    def serve_in_background(self) -> None:
        """Begin to answer, in a daemon thread."""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        finder = self._profile.framing.finder()
        heard = 0.0
        while True:
            received = self._line.read()
            if not received:
                continue
            if time.monotonic() - heard > PATIENCE_SECONDS:
                finder.reset()
            heard = time.monotonic()
            if self._line.speed != self._pace.baud:
                self._line.write(bytes(~one & 0xFF for one in received))
                continue
            for item in finder.feed(received):
                if isinstance(item, FrameFault):
                    if item is FrameFault.BAD_CHECKSUM:
                        self._send(self._frame(Sw3.BAD_CHECKSUM))
                    continue
                self._request = item
                self._serve(item)

    def _serve(self, request: bytes) -> None:
        began = time.monotonic()
        command = self._commands.get(request)
        reply = self._frame(Sw3.BAD_COMMAND) if command is None else self._reply(command)
        if "silent" in self._faults:
            return
        sent = self._send(reply)
        if command is Command.READ_TEXT_PHOTO and len(reply) > LONG_REPLY:
            self._reporter.event(
                "card_read", ms=(time.monotonic() - began) * 1000, bytes=sent
            )

    def _reply(self, command: Command) -> bytes:
        faults = self._faults
        if "self_test_failed" in faults:
            return self._frame(Sw3.SELF_TEST_FAILED)
        if "not_authorised" in faults:
            return self._frame(Sw3.NOT_AUTHORISED)
        match command:
            case Command.SAM_STATUS | Command.RESET_SAM:
                self._initialise()
                return self._frame(Sw3.OK)
            case Command.SAM_ID:
                return self._frame(Sw3.OK, SAM_ID)
            case Command.FIND_CARD:
                return self._find()
            case Command.SELECT_CARD:
                return self._select()
            case Command.READ_TEXT_PHOTO:
                return self._read()
            case Command.READ_TEXT_PHOTO_FINGERPRINT:
                return self._read(b"")
            case Command.READ_MANAGEMENT_NUMBER:
                return self._if_selected(MANAGEMENT_NUMBER)
            case Command.READ_ADDED_ADDRESS:
                return self._added_addresses()

    def _initialise(self) -> None:
        """Where presence is asked for by initialising, that lets a card be found again."""
        if Command.SAM_STATUS in self._profile.presence:
            with self._lock:
                self._state.read_done = False

    def _there(self) -> bool:
        with self._lock:
            return self._state.card is not None

    def _find(self) -> bytes:
        time.sleep(self._pace.find)
        with self._lock:
            again = not self._state.read_done or Command.FIND_CARD in self._profile.presence
            found = self._state.card is not None and again
            self._state.selected = not self._profile.knows(Command.SELECT_CARD)
        return self._frame(Sw3.CARD_FOUND, bytes(4)) if found else self._frame(Sw3.NO_CARD)

    def _select(self) -> bytes:
        time.sleep(self._pace.select)
        with self._lock:
            card = self._state.card
            if card is None:
                return self._frame(Sw3.SELECT_FAILED)
            if not card.readable or "wrong_card_type" in self._faults:
                return self._frame(Sw3.UNKNOWN_CARD_TYPE)
            self._state.selected = True
        return self._frame(Sw3.OK, CARD_SERIAL)

    def _if_selected(self, data: bytes) -> bytes:
        with self._lock:
            ready = self._state.card is not None and self._state.selected
        return self._frame(Sw3.OK, data) if ready else self._frame(Sw3.NOT_SELECTED)

    def _added_addresses(self) -> bytes:
        with self._lock:
            card = self._state.card
        if card is None:
            return self._frame(Sw3.NOT_SELECTED)
        if not card.added_addresses:
            return self._frame(Sw3.NO_SUCH_ITEM)
        width = ADDED_ADDRESS // 2
        texts = "".join(one[:width].ljust(width) for one in card.added_addresses)
        return self._frame(Sw3.OK, texts.encode("utf-16-le"))

    def _read(self, *more: bytes) -> bytes:
        with self._lock:
            card, selected = self._state.card, self._state.selected
        if card is None or not selected:
            return self._frame(Sw3.NOT_SELECTED)
        self._reporter.event("read_begins")
        time.sleep(self._pace.read)
        if "auth_failed" in self._faults:
            return self._frame(Sw3.READER_REJECTS_CARD, sw1=0x69, sw2=0x88)
        if "unreadable" in self._faults or not self._there():
            return self._frame(Sw3.READ_FAILED, sw1=0x6F)
        with self._lock:
            self._state.read_done = True
        return self._frame(Sw3.OK, join_parts(card.text, card.photo, *more))

    def _frame(self, sw3: int, data: bytes = b"", sw1: int = 0, sw2: int = 0) -> bytes:
        """A reply in the profile's framing."""
        if self._profile.framing.encode is not encode_frame:
            good = sw3 in (Sw3.OK, Sw3.CARD_FOUND)
            return self._profile.framing.encode((STX_SUCCESS if good else STX_REFUSAL) + data)
        return encode_frame(bytes([sw1, sw2, sw3]) + data)

    def _send(self, frame: bytes) -> int:
        frame = self._damage(frame)
        faults = self._faults
        if "late" in faults:
            time.sleep(LATE_SECONDS)
        if "busy" in faults:
            frame = frame[:4]
        long = len(frame) > LONG_REPLY
        end = len(frame) // 2 if long and faults & {"short", "power_cut"} else len(frame)
        pull = self._state.pull_at_byte
        if pull is not None and len(frame) > pull:
            end = pull
        self._write(frame[:end])
        if long and "power_cut" in faults:
            faults.discard("power_cut")
            self._line.unplug()
        if pull is not None:
            self._state.pull_at_byte = None if len(frame) > pull else pull - len(frame)
            if len(frame) > pull:
                self.take()
        return end

    def _damage(self, frame: bytes) -> bytes:
        faults = self._faults
        first_time = self._damaged != self._request
        damages = faults & {"bad_checksum", "doubled"} if first_time else set()
        self._damaged = self._request if damages else None
        if "always_bad_checksum" in faults or "bad_checksum" in damages:
            frame = frame[:-1] + bytes([frame[-1] ^ 0x55])
        if "doubled" in damages:
            middle = len(frame) // 2
            frame = frame[:middle] + frame[middle - 1 :]
        if "wrong_length" in faults:
            at = 5 if self._profile.framing.encode is encode_frame else 1
            length = int.from_bytes(frame[at : at + 2], "big") + 1
            frame = frame[:at] + length.to_bytes(2, "big") + frame[at + 2 :]
        return NOISE + frame if "garbage" in faults else frame

    def _write(self, data: bytes) -> None:
        if "split" in self._faults:
            for one in data:
                self._line.write(bytes([one]))
                time.sleep(SPLIT_SECONDS)
        else:
            self._line.write_at_speed(data, self._pace.baud)
