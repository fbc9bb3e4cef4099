"""An ESC/POS printer: python-escpos carries the bytes, this module knows when it is done."""

import contextlib
import socket
import termios
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import serial
from escpos.escpos import Escpos
from escpos.exceptions import DeviceNotFoundError
from escpos.exceptions import Error as EscposError
from escpos.printer import File, Network, Serial, Usb

from drivers.device import DeviceFailure, DeviceThread, FailureReason, Observable, Status
from drivers.receipt_printer.port import (
    Capabilities,
    Condition,
    Font,
    Line,
    Paper,
    Raster,
    Settlement,
    StatusWay,
)
from drivers.receipt_printer.protocol import (
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    BEGIN_STATUS_BACK,
    END_STATUS_BACK,
    RECOVER_AND_CLEAR,
    AnswerKind,
    AnswerReader,
    decode_condition,
    decode_status_back,
    encode_receipt,
)
from drivers.receipt_printer.targets import (
    FileTarget,
    SerialTarget,
    TcpTarget,
    UsbTarget,
    parse_target,
)

T = TypeVar("T")

CONNECT_SECONDS = 5.0
SEND_SECONDS = 30.0
"""How long a printer with a small memory may take to accept a receipt."""
ANSWER_SECONDS = 0.5
"""How long a printer may take to answer a real-time question."""
SLOWEST_MM_PER_SECOND = 40.0
"""Below this a printer counts as stuck."""
PATIENCE_SECONDS = 3.0
LINE_MM = 4.25
"""Height of a line in the printer's own font: 34 dots."""
LINE_ERRORS = (
    OSError, EscposError, serial.SerialException, socket.timeout, termios.error, ValueError,
)
"""How a line fails; pyusb says ValueError of a pipe that a printer does not have."""
USB_PRINTER_CLASS = 7


class TcpLine(Network):  # type: ignore[misc]
    """A network printer.

    Unlike the library's own it leaves no socket behind when nobody answers.
    """

    def open(self, raise_not_found: bool = True) -> None:
        """Connect. Raises OSError."""
        self.device = socket.create_connection((self.host, self.port), CONNECT_SECONDS)


class EscposPrinter:
    """A receipt printer that speaks ESC/POS."""

    def __init__(self, target: str, capabilities: Capabilities | None = None) -> None:
        self.capabilities = capabilities or Capabilities()
        self.status: Observable[Status] = Observable(Status.ONLINE)
        self._target = target
        self._connect = transport(target)
        self._thread = DeviceThread(f"receipt {target}")
        self._answers = AnswerReader()
        self._done = False

    async def open(self) -> None:
        """Whether the printer answers. Raises DeviceFailure."""
        await self.condition()

    async def check(self) -> None:
        """Whether the printer still answers. Raises DeviceFailure."""
        await self.condition()

    async def condition(self) -> Condition:
        """Ask the printer how it is. Raises DeviceFailure."""
        return await self._thread.run(lambda _: self._on_line(self._condition))

    async def print(self, receipt: Raster | Sequence[Line]) -> Settlement:
        """Print, cut, and wait until it settled. Raises DeviceFailure, ValueError."""
        if isinstance(receipt, np.ndarray):
            length = receipt.shape[0] / self.capabilities.dots_per_mm
        elif self.capabilities.font is Font.NONE:
            raise ValueError("the printer has no font for lines of text")
        else:
            length = sum(line.size * LINE_MM for line in receipt)
        data = encode_receipt(receipt, self.capabilities.cutter)
        return await self._thread.run(
            lambda stopping: self._on_line(lambda line: self._print(line, data, length, stopping))
        )

    def close(self) -> None:
        """Release the wire."""
        self._thread.close()

    # In the device's thread

    def _on_line(self, work: Callable[[Escpos], T]) -> T:
        """Do `work` on an open line; a lost line becomes a DeviceFailure."""
        line: Escpos | None = None
        try:
            line = self._connect()
            line.open()
            self._answers = AnswerReader()
            result = work(line)
        except LINE_ERRORS as error:
            gone = isinstance(error, DeviceNotFoundError | FileNotFoundError)
            self.status.set(Status.NO_DEVICE if gone else Status.OFFLINE)
            raise DeviceFailure(
                FailureReason.RECEIPT_PRINTER_FAULT, f"{self._target}: {error}"
            ) from error
        finally:
            if line is not None:
                let_go(line)
        self.status.set(Status.ONLINE)
        return result

    def _condition(self, line: Escpos) -> Condition:
        match self._way(line):
            case StatusWay.REALTIME:
                return decode_condition(
                    self._ask(line, ASK_OFFLINE_CAUSE), self._ask(line, ASK_PAPER)
                )
            case StatusWay.ASB:
                return self._status_back(line)
            case StatusWay.NONE:
                return Condition()

    def _way(self, line: Escpos) -> StatusWay:
        return StatusWay.NONE if isinstance(line, File) else self.capabilities.status

    def _print(
        self, line: Escpos, data: bytes, length: float, stopping: threading.Event
    ) -> Settlement:
        """Send and follow; `length` of the paper in mm says how long that may take."""
        self._refuse_if_unable(self._condition(line))
        self._done = False
        line._raw(data)
        if self._way(line) is StatusWay.NONE:
            return Settlement.UNPROVEN
        deadline = time.monotonic() + PATIENCE_SECONDS + length / SLOWEST_MM_PER_SECOND
        while time.monotonic() < deadline and not stopping.is_set():
            self._wait_for(line, AnswerKind.DONE, ANSWER_SECONDS)
            if self._done:
                return Settlement.PRINTED
            try:
                self._refuse_if_unable(self._condition(line))
            except DeviceFailure:
                line._raw(RECOVER_AND_CLEAR)
                raise
        line._raw(RECOVER_AND_CLEAR)
        raise DeviceFailure(FailureReason.RECEIPT_PRINTER_FAULT, "the receipt did not settle")

    def _refuse_if_unable(self, condition: Condition) -> None:
        if condition.cover_open:
            raise DeviceFailure(FailureReason.RECEIPT_PRINTER_COVER_OPEN)
        if condition.paper is Paper.OUT:
            raise DeviceFailure(FailureReason.RECEIPT_PRINTER_NO_PAPER)
        if condition.fault:
            raise DeviceFailure(FailureReason.RECEIPT_PRINTER_FAULT, "the printer reports an error")

    def _ask(self, line: Escpos, question: bytes) -> int | None:
        line._raw(question)
        answer = self._wait_for(line, AnswerKind.REALTIME, ANSWER_SECONDS)
        return None if answer is None else answer[0]

    def _status_back(self, line: Escpos) -> Condition:
        """Let the printer tell its status by itself; it does so at once, or never."""
        line._raw(BEGIN_STATUS_BACK)
        answer = self._wait_for(line, AnswerKind.STATUS_BACK, ANSWER_SECONDS)
        line._raw(END_STATUS_BACK)
        return Condition() if answer is None else decode_status_back(answer)

    def _wait_for(self, line: Escpos, kind: AnswerKind, seconds: float) -> bytes | None:
        """The first answer of a kind, or None where none came in time."""
        deadline = time.monotonic() + seconds
        found = None
        while found is None and (left := deadline - time.monotonic()) > 0:
            for answer in self._answers.feed(read_some(line, left)):
                self._done = self._done or answer.kind is AnswerKind.DONE
                if found is None and answer.kind is kind:
                    found = answer.data
        return found


def read_some(line: Escpos, seconds: float) -> bytes:
    """What the printer has sent, waiting at most that long; empty where nothing came."""
    device = line.device
    if isinstance(device, socket.socket):
        device.settimeout(seconds)
        try:
            received = device.recv(64)
        except TimeoutError:
            return b""
        finally:
            device.settimeout(SEND_SECONDS)
        if not received:
            raise ConnectionResetError("the printer hung up")
        return received
    if isinstance(device, serial.Serial):
        device.timeout = seconds
        return bytes(device.read(1))
    if isinstance(line, Usb):
        return read_usb(line, seconds)
    return bytes(line._read())


def read_usb(line: Usb, seconds: float) -> bytes:
    """What has come over USB; empty where nothing did."""
    import usb.core

    try:
        return bytes(line.device.read(line.in_ep, 64, max(1, round(seconds * 1000))))
    except usb.core.USBTimeoutError:
        return b""


def let_go(line: Escpos) -> None:
    """Close a line, which may be dead: what was found out before is what counts."""
    with contextlib.suppress(*LINE_ERRORS):
        line.close()


def open_usb(vendor: int, product: int) -> Usb:
    """A USB printer with the pipes that its descriptors name. Raises USBError, ValueError."""
    import usb.core
    from usb.util import ENDPOINT_IN, endpoint_direction

    limits = {"timeout": round(SEND_SECONDS * 1000)}
    device = usb.core.find(idVendor=vendor, idProduct=product)
    for interface in device.get_active_configuration() if device is not None else ():
        if interface.bInterfaceClass != USB_PRINTER_CLASS:
            continue
        pipes = [end.bEndpointAddress for end in interface]
        into = [one for one in pipes if endpoint_direction(one) == ENDPOINT_IN]
        out = [one for one in pipes if one not in into]
        if into and out:
            return Usb(vendor, product, in_ep=into[0], out_ep=out[0], **limits)
    return Usb(vendor, product, **limits)


def transport(target: str) -> Callable[[], Escpos]:
    """How to connect to a target. Raises ValueError for one that is not understood."""
    match parse_target(target):
        case TcpTarget(host, port):
            return lambda: TcpLine(host, port)
        case SerialTarget(device):
            return lambda: Serial(device, baudrate=115200, timeout=1)
        case UsbTarget(vendor, product):
            return lambda: open_usb(vendor, product)
        case FileTarget(path):
            return lambda: File(path)
