"""A scanner seen from the line: sends codes as a serial scanner or a keyboard does."""

import time

from drivers.inputs import encode_event
from drivers.qrscanner.protocol import strokes
from drivers.simulated_line import SimulatedLine
from drivers.simulation import Reporter, Simulator

FAULTS = {
    "split": "every byte comes alone, with a pause after it",
    "late": "every code comes 0.4 s late",
    "doubled": "the last byte of a code comes twice",
    "noise": "noise and a line end stand before every code",
    "no_end": "codes come without their end",
    "power_cut": "in the middle of the next code the scanner is gone",
}
"""Faults that can be asked for, and what each does."""

MODES = ("serial", "keyboard")
LATE_SECONDS, SPLIT_SECONDS = 0.4, 0.001


class ScannerSimulator(Simulator):
    """Serves a pseudo-terminal on which codes come."""

    known_faults = FAULTS

    def __init__(self, reporter: Reporter, mode: str) -> None:
        super().__init__(reporter)
        self.actions["scan"] = lambda command: self.scan(command["text"])
        self._mode = mode
        self._line = SimulatedLine("qrscanner")

    @property
    def address(self) -> str:
        """What to open."""
        return self._line.path if self._mode == "serial" else f"keyboard:{self._line.path}"

    def serve_in_background(self) -> None:
        """Nothing to wait for: a scanner only sends."""

    def unplug(self) -> None:
        """Pull the line out."""
        self._line.unplug()

    def plug(self) -> None:
        """Plug the line in."""
        self._line.plug()

    def scan(self, text: str) -> None:
        """Hold a code before the scanner. Raises ValueError for what no key types."""
        data = self._encode(text)
        if "late" in self._faults:
            time.sleep(LATE_SECONDS)
        if "power_cut" in self._faults:
            self._faults.discard("power_cut")
            self._line.write(data[: len(data) // 2])
            self._line.unplug()
        elif "split" in self._faults:
            for byte in data:
                self._line.write(bytes([byte]))
                time.sleep(SPLIT_SECONDS)
        else:
            self._line.write(data)
        self._reporter.event("scanned")

    def _encode(self, text: str) -> bytes:
        if self._mode == "keyboard":
            return b"".join(encode_event(event) for event in strokes(text))
        data = text.encode("utf-8")
        if "doubled" in self._faults:
            data += data[-1:]
        if "noise" in self._faults:
            data = b"\x00\xff\r" + data
        return data if "no_end" in self._faults else data + b"\r\n"
