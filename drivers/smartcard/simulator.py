"""A card seen from the reader: a program that plugs into pcscd's virtual reader vpcd.

Messages are a big-endian length of two bytes and a body; vpcd speaks first. One byte is
a control (0 off, 1 on, 2 reset, 4 ask for the ATR), more are an APDU
(docs/idcard.md, section 5). Connecting inserts the card, hanging up takes it.
"""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from drivers.idcard import layouts
from drivers.idcard.protocol import join_parts
from drivers.simulation import Reporter, Simulator
from drivers.smartcard.protocol import EF05, EF06, SELECT_BY_NAME, SSSE

VPCD_PORT = 0x8C7B
ASK_ATR = 4
CONTACT_ATR = bytes.fromhex("3b6d000000815431008660110816000001")
SAM_ATR = bytes.fromhex("3b8f8001804f0ca0000003064090007f00")
FAULTS = {
    "more": "every answer comes in two parts (61xx)",
    "wrong_length": "every first answer only says how long it should be asked for (6Cxx)",
    "endless": "the card always says that there is more",
    "locked": "the card gives its records only after a PIN (6982)",
    "garbage": "records are noise",
    "other_card": "the card is of another kind (6A82)",
    "late": "every answer comes 0.4 s late",
    "mute": "the card stops answering",
    "pulled": "the card is taken at the third command after selecting",
}
"""Faults that can be asked for, and what each does."""

GOOD, NO_FILE, NO_RECORD, NOT_KNOWN = b"\x90\x00", b"\x6a\x82", b"\x6a\x83", b"\x6d\x00"
LATE_SECONDS = 0.4
PULL_AT = 4


class SimulatedCard:
    """One card's inside: its records, and the answer to each APDU."""

    def __init__(self, records: dict[tuple[int, int], bytes]) -> None:
        self.records = records
        self.atr = CONTACT_ATR
        self.faults: set[str] = set()
        self._selected = False
        self._rest = b""

    def answer(self, apdu: bytes) -> bytes:
        """The answer to an APDU, with its status word."""
        if "endless" in self.faults:
            return b"\x00\x61\x01"
        if apdu[1] == 0xC0:
            rest, self._rest = self._rest, b""
            return rest + GOOD
        answer = self._plain(apdu)
        if answer[-2:] != GOOD or len(answer) == 2:
            return answer
        if "wrong_length" in self.faults and apdu[-1] != len(answer) - 2:
            return bytes([0x6C, len(answer) - 2])
        if "more" in self.faults:
            self._rest = answer[2:-2]
            return answer[:2] + bytes([0x61, len(self._rest)])
        return answer

    def _plain(self, apdu: bytes) -> bytes:
        if apdu[:4] == SELECT_BY_NAME:
            known = apdu[5 : 5 + apdu[4]] == SSSE and "other_card" not in self.faults
            self._selected = known
            return b"\x6f\x00" + GOOD if known else NO_FILE
        if apdu[1] != 0xB2 or not self._selected:
            return NOT_KNOWN
        if "locked" in self.faults:
            return b"\x69\x82"
        if "garbage" in self.faults:
            return b"\x01\xff\x80" + GOOD
        value = self.records.get((apdu[3], apdu[2]))
        return NO_RECORD if value is None else bytes([apdu[2], len(value)]) + value + GOOD


class SimulatedSamCard(SimulatedCard):
    """A resident card behind a reader with a SAM: six blocks."""

    def __init__(self, data: bytes) -> None:
        super().__init__({})
        self.atr = SAM_ATR
        self._data = data.ljust(6 * 256, b"\0")

    def _plain(self, apdu: bytes) -> bytes:
        if apdu[:2] != b"\xff\xb0":
            return NOT_KNOWN
        return self._data[apdu[2] * 256 : apdu[2] * 256 + 256] + GOOD


def make_card(image: dict[str, Any], version: str, through_sam: bool) -> SimulatedCard:
    """A card from a plug-in's description; see `drivers.idcard.simulator.make_card`."""
    fields: dict[str, str] = image["fields"]
    if through_sam:
        text = layouts.encode(layouts.layout_for(image["layout"]), fields)
        return SimulatedSamCard(join_parts(text, image["photo"]))
    first = version.startswith("1")
    holder = {
        1: fields["number"].encode(),
        2: fields["name"].encode("gbk", "replace").ljust(30, b"\0"),
        3 if first else 4: fields["sex"].encode(),
        6 if first else 7: bytes.fromhex(fields["birth_date"]),
    }
    if not first:
        holder[5] = fields["ethnicity_code"].encode()
    about = {
        1: bytes(16), 2: b"1", 3: version.encode(), 4: bytes(12),
        5: bytes.fromhex("20200105"), 6: bytes.fromhex("20350105"), 7: b"A12345678",
    }
    return SimulatedCard(
        {(EF05, n): v for n, v in about.items()} | {(EF06, n): v for n, v in holder.items()}
    )


class CardSimulator(Simulator):
    """Puts cards into a virtual reader and takes them out."""

    known_faults = FAULTS

    def __init__(
        self,
        reporter: Reporter,
        port: int,
        card_of: Callable[[str], dict[str, Any]],
        version: str = "2.00",
        through_sam: bool = False,
    ) -> None:
        super().__init__(reporter)
        self.actions["place"] = lambda command: self.place(command["person"])
        self.actions["take"] = lambda _: self.take()
        self._port = port
        self._card_of = card_of
        self._version = version
        self._through_sam = through_sam
        self._line: socket.socket | None = None

    @property
    def address(self) -> str:
        """Where the cards are plugged in."""
        return f"vpcd:127.0.0.1:{self._port}"

    def serve_in_background(self) -> None:
        """Nothing to wait for: a card answers on the line that it is put into."""

    def unplug(self) -> None:
        """The card's line ends."""
        self.take()

    def plug(self) -> None:
        """The reader is vpcd's and stays; the next card is put in by hand."""

    def place(self, person: str) -> None:
        """Insert a person's card. Raises ValueError if the reader cannot be reached."""
        self.take()
        card = make_card(self._card_of(person), self._version, self._through_sam)
        card.faults = self._faults
        try:
            line = socket.create_connection(("127.0.0.1", self._port), timeout=2)
        except OSError as error:
            raise ValueError(f"no virtual reader at port {self._port}: {error}") from error
        line.settimeout(None)
        self._line = line
        threading.Thread(target=self._serve, args=(line, card), daemon=True).start()
        self._reporter.event("placed")

    def take(self) -> None:
        """Take the card out, if there is one."""
        if self._line is not None:
            line, self._line = self._line, None
            hang_up(line)
            self._reporter.event("taken")

    def _serve(self, line: socket.socket, card: SimulatedCard) -> None:
        commands = 0
        try:
            while True:
                message = receive(line, int.from_bytes(receive(line, 2), "big"))
                if len(message) == 1:
                    if message[0] == ASK_ATR:
                        send(line, card.atr)
                    continue
                commands += 1
                self._reporter.event("command", ins=f"{message[1]:02x}")
                if "pulled" in self._faults and commands >= PULL_AT:
                    hang_up(line)
                if "late" in self._faults:
                    time.sleep(LATE_SECONDS)
                if "mute" not in self._faults:
                    send(line, card.answer(message))
        except OSError:
            self._reporter.event("hung_up")


def receive(line: socket.socket, size: int) -> bytes:
    """So many bytes. Raises OSError when the line ends before."""
    received = b""
    while len(received) < size:
        # Without it, vpcd's two small writes wait 40 ms for an acknowledgement.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = line.recv(size - len(received))
        if not part:
            raise ConnectionResetError("hung up")
        received += part
    return received


def send(line: socket.socket, body: bytes) -> None:
    """One message."""
    line.sendall(len(body).to_bytes(2, "big") + body)


def hang_up(line: socket.socket) -> None:
    """End a line that another thread may be reading."""
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
    finally:
        line.close()
