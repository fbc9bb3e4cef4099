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
from drivers.simulation import Reporter, Simulator

FAULTS = {
    "paper_out": "no paper",
    "paper_low": "the paper is near its end",
    "cover_open": "the cover is open",
    "error": "the printer reports an error",
    "mute": "nothing is answered",
    "no_realtime": "real-time questions are not answered",
    "late": "every answer comes 0.3 s late",
    "stuck": "paper does not move, and no error is reported",
    "gone": "the line ends and no new one is taken",
    "power_cut": "the line ends in the middle of the next receipt",
    "paper_out_midway": "the paper ends in the middle of the next receipt",
}
"""Faults that can be asked for, and what each does."""

DOTS_PER_MM = 8
FEED_BEFORE_CUT = 15 * DOTS_PER_MM
STOPPING = {"paper_out", "cover_open", "error"}
STUCK = STOPPING | {"stuck"}
LATE_SECONDS = 0.3


class PrinterSimulator(Simulator):
    """Serves `tcp://127.0.0.1:PORT`."""

    known_faults = FAULTS

    def __init__(self, reporter: Reporter, out: Path, mm_per_second: float, dots: int) -> None:
        super().__init__(reporter)
        self._out = out
        self._speed = mm_per_second * DOTS_PER_MM
        self._roll = PaperRoll(dots)
        self._jobs: queue.Queue[tuple[Operation, socket.socket]] = queue.Queue()
        self._align = 0
        self._scale = (1, 1)
        self._receipts = 0
        self._cleared = 0
        self._began: float | None = None
        self._server = socket.create_server(("127.0.0.1", 0))
        self._lines: set[socket.socket] = set()
        self._telling: set[socket.socket] = set()

    @property
    def address(self) -> str:
        """The target to print to."""
        return f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def fail(self, fault: str) -> None:
        """Switch a fault on, and tell who listens. Raises ValueError."""
        super().fail(fault)
        self._tell_changes()

    def clear(self) -> None:
        """End all faults, and tell who listens."""
        super().clear()
        self._tell_changes()

    def unplug(self) -> None:
        """Take no new line."""
        self._faults.add("gone")

    def plug(self) -> None:
        """Take lines again."""
        self._faults.discard("gone")

    def serve_in_background(self) -> None:
        """Start the listener and the print head in daemon threads."""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._print, daemon=True).start()

    def _listen(self) -> None:
        while True:
            line, _ = self._server.accept()
            if "gone" in self._faults:
                line.close()
                continue
            threading.Thread(target=self._receive, args=(line,), daemon=True).start()

    def _receive(self, line: socket.socket) -> None:
        interpreter = Interpreter()
        self._lines.add(line)
        with line:
            try:
                while received := line.recv(65536):
                    for operation in interpreter.feed(received):
                        self._dispatch(operation, line)
            except OSError:
                self._reporter.event("hung_up")
            finally:
                self._lines.discard(line)
                self._telling.discard(line)

    def _hang_up(self) -> None:
        """End every line and lose what was not printed, as without power."""
        self._faults.add("gone")
        with self._jobs.mutex:
            self._jobs.queue.clear()
        for line in list(self._lines):
            line.shutdown(socket.SHUT_RDWR)

    def _tell_changes(self) -> None:
        """Tell those who asked for it how the printer is now."""
        if "gone" in self._faults:
            self._hang_up()
        for line in list(self._telling):
            self._send(line, self._status_back())

    def _dispatch(self, operation: Operation, line: socket.socket) -> None:
        """Answer what is real time; queue the rest for the print head."""
        if operation.name == "status":
            self._answer(line, self._status(operation.arguments[0]))
        elif operation.name == "status_back":
            if operation.arguments[0]:
                self._telling.add(line)
                self._send(line, self._status_back())
            else:
                self._telling.discard(line)
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

    def _status_back(self) -> bytes:
        faults = self._faults
        printer = 0b00010000
        printer |= 0b00001000 if faults & STOPPING else 0
        printer |= 0b00100000 if "cover_open" in faults else 0
        errors = 0b00100000 if "error" in faults else 0
        sensors = 0b00000011 if faults & {"paper_low", "paper_out"} else 0
        sensors |= 0b00001100 if "paper_out" in faults else 0
        return bytes([printer, errors, sensors, 0])

    def _answer(self, line: socket.socket, byte: int) -> None:
        realtime = byte & 0b00010000
        if not (realtime and "no_realtime" in self._faults):
            self._send(line, bytes([byte]))

    def _send(self, line: socket.socket, answer: bytes) -> None:
        if "mute" in self._faults:
            return
        if "late" in self._faults:
            time.sleep(LATE_SECONDS)
        try:
            line.sendall(answer)
        except OSError:
            self._reporter.event("hung_up")

    def _print(self) -> None:
        while True:
            operation, line = self._jobs.get()
            cleared = self._cleared
            while self._faults & STUCK:
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
            self._tell_changes()
        if "power_cut" in self._faults:
            self._faults.discard("power_cut")
            self._hang_up()

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
