"""A receipt printer seen from the line: a TCP server that draws what it is sent.

Paper comes out at the speed of a real one; real-time questions are answered while it
does. Each receipt that is cut off is written as a PNG.
"""

import queue
import socket
import threading
import time
from pathlib import Path

from drivers.receipt_printer.interpreter import Interpreter, Operation
from drivers.receipt_printer.paper import LINE_DOTS, PaperRoll
from drivers.simulation import Command, Reporter

FAULTS = {
    "paper_out": "no paper",
    "paper_low": "the paper is near its end",
    "cover_open": "the cover is open",
    "error": "the printer reports an error",
    "mute": "nothing is answered",
    "paper_out_midway": "the paper ends in the middle of the next receipt",
}
"""Faults that can be asked for, and what each does."""

DOTS_PER_MM = 8
FEED_BEFORE_CUT = 15 * DOTS_PER_MM
STOPPING = {"paper_out", "cover_open", "error"}


class PrinterSimulator:
    """Serves `tcp://127.0.0.1:PORT`."""

    def __init__(self, reporter: Reporter, out: Path, mm_per_second: float, dots: int) -> None:
        self._reporter = reporter
        self._out = out
        self._speed = mm_per_second * DOTS_PER_MM
        self._roll = PaperRoll(dots)
        self._faults: set[str] = set()
        self._jobs: queue.Queue[tuple[Operation, socket.socket]] = queue.Queue()
        self._align = 0
        self._scale = (1, 1)
        self._receipts = 0
        self._cleared = 0
        self._began: float | None = None
        self._server = socket.create_server(("127.0.0.1", 0))

    @property
    def address(self) -> str:
        """The target to print to."""
        return f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def obey(self, command: Command) -> None:
        """Carry out a command: fault, clear."""
        match command["do"]:
            case "fault" if command["name"] in FAULTS:
                self._faults.add(command["name"])
            case "clear":
                self._faults.clear()
            case other:
                raise ValueError(f"unknown command or fault {other!r}")

    def serve_in_background(self) -> None:
        """Start the listener and the print head in daemon threads."""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._print, daemon=True).start()

    def _listen(self) -> None:
        while True:
            line, _ = self._server.accept()
            threading.Thread(target=self._receive, args=(line,), daemon=True).start()

    def _receive(self, line: socket.socket) -> None:
        interpreter = Interpreter()
        with line:
            try:
                while received := line.recv(65536):
                    for operation in interpreter.feed(received):
                        self._dispatch(operation, line)
            except ConnectionError:
                self._reporter.event("hung_up")

    def _dispatch(self, operation: Operation, line: socket.socket) -> None:
        """Answer what is real time; queue the rest for the print head."""
        if operation.name == "status":
            self._answer(line, self._status(operation.arguments[0]))
        elif operation.name == "recover":
            self._cleared += 1
            with self._jobs.mutex:
                self._jobs.queue.clear()
            self._roll.cut()
        elif operation.name == "unknown":
            self._reporter.event("unknown_command")
        else:
            self._jobs.put((operation, line))

    def _status(self, which: int) -> int:
        byte = 0b00010010
        faults = self._faults
        if which == 1 and faults & STOPPING:
            byte |= 0b00001000
        if which == 2:
            byte |= 0b00000100 if "cover_open" in faults else 0
            byte |= 0b00100000 if "paper_out" in faults else 0
            byte |= 0b01000000 if "error" in faults else 0
        if which == 4:
            byte |= 0b00001100 if faults & {"paper_low", "paper_out"} else 0
            byte |= 0b01100000 if "paper_out" in faults else 0
        return byte

    def _answer(self, line: socket.socket, byte: int) -> None:
        if "mute" in self._faults:
            return
        try:
            line.sendall(bytes([byte]))
        except OSError:
            self._reporter.event("hung_up")

    def _print(self) -> None:
        while True:
            operation, line = self._jobs.get()
            cleared = self._cleared
            while self._faults & STOPPING:
                time.sleep(0.05)
            if cleared == self._cleared:
                self._carry_out(operation, line)

    def _carry_out(self, operation: Operation, line: socket.socket) -> None:
        match operation.name:
            case "initialise":
                self._align, self._scale = 0, (1, 1)
            case "align":
                self._align = operation.arguments[0] & 3
            case "size":
                high, wide = operation.arguments[0] & 7, operation.arguments[0] >> 4
                self._scale = (wide + 1, high + 1)
            case "mode":
                bits = operation.arguments[0]
                self._scale = (2 if bits & 0x20 else 1, 2 if bits & 0x10 else 1)
            case "text":
                self._moves(LINE_DOTS * self._scale[1])
                text = operation.data.decode("gb18030", "replace")
                self._roll.text(text, self._align, self._scale)
            case "feed_lines":
                self._feed(operation.arguments[0] * LINE_DOTS)
            case "feed_dots":
                self._feed(operation.arguments[0])
            case "raster":
                self._raster(operation)
            case "cut":
                self._feed(FEED_BEFORE_CUT)
                self._cut()
            case "report":
                self._answer(line, 0b00000011 if "paper_low" in self._faults else 0)

    def _raster(self, operation: Operation) -> None:
        width = int.from_bytes(operation.arguments[2:4], "little")
        rows = int.from_bytes(operation.arguments[4:6], "little")
        self._moves(rows)
        self._roll.raster(operation.data, width, rows)
        if "paper_out_midway" in self._faults:
            self._faults.discard("paper_out_midway")
            self._faults.add("paper_out")

    def _feed(self, rows: int) -> None:
        self._moves(rows)
        self._roll.feed(rows)

    def _moves(self, rows: int) -> None:
        """Take the time that the paper takes."""
        self._began = self._began or time.monotonic()
        time.sleep(rows / self._speed)

    def _cut(self) -> None:
        rows = self._roll.rows
        self._receipts += 1
        path = self._out / f"receipt-{self._receipts}.png"
        self._roll.cut().save(path)
        took = (time.monotonic() - (self._began or time.monotonic())) * 1000
        self._began = None
        self._reporter.event(
            "receipt", path=str(path), mm=rows / DOTS_PER_MM, ms=took
        )
