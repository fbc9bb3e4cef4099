"""A cabinet seen from the line: an input device with sensors and keys, and a power supply.

Events go over a pseudo-terminal as the kernel writes them; the supply speaks NUT's
protocol on loopback.
"""

import socketserver
import threading
import time

from evdev import ecodes

from drivers.auxiliaries.port import Key, Sensor
from drivers.auxiliaries.protocol import KEYS, SWITCHES
from drivers.inputs import KEY, InputEvent, encode_event
from drivers.simulated_line import SimulatedLine
from drivers.simulation import Command, Reporter

FAULTS = {
    "split": "every byte of an event comes alone",
    "late": "events and answers come 0.4 s late",
    "stale": "upsd says that it has no news of the supply",
    "silent": "upsd takes questions and never answers",
    "torn": "upsd's answers break off in the middle",
}
"""Faults that can be asked for, and what each does."""

LATE_SECONDS, SPLIT_SECONDS = 0.4, 0.0005
UPS = "cabinet"


class CabinetSimulator:
    """Serves an input device and upsd."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._line = SimulatedLine("panel")
        self._faults: set[str] = set()
        self._variables = {
            "ups.status": "OL", "battery.charge": "100", "battery.runtime": "1800",
        }
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """The input device, and where upsd answers: `PATH nut://HOST:PORT/UPS`."""
        port = self._server.server_address[1]
        return f"{self._line.path} nut://127.0.0.1:{port}/{UPS}"

    def serve_in_background(self) -> None:
        """Start answering as upsd, in a daemon thread."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def obey(self, command: Command) -> None:
        """Carry out a command: sense, press, power, fault, clear, unplug, plug."""
        match command["do"]:
            case "sense":
                self._sense(Sensor(command["sensor"]), bool(command["on"]))
            case "press":
                self._press(Key(command["key"]))
            case "power":
                self._variables |= {name: str(one) for name, one in command["says"].items()}
            case "fault" if command["name"] in FAULTS:
                self._faults.add(command["name"])
            case "clear":
                self._faults.clear()
                self._line.plug()
            case "unplug":
                self._line.unplug()
            case "plug":
                self._line.plug()
            case other:
                raise ValueError(f"unknown command or fault {other!r}")

    def _sense(self, sensor: Sensor, on: bool) -> None:
        (kind, code), yes = next(
            (place, yes) for place, (one, yes) in SWITCHES.items() if one is sensor
        )
        self._send(InputEvent(kind, code, int(on is yes)))

    def _press(self, key: Key) -> None:
        code = next(code for code, one in KEYS.items() if one is key)
        self._send(InputEvent(KEY, code, 1), InputEvent(KEY, code, 0))

    def _send(self, *events: InputEvent) -> None:
        if "late" in self._faults:
            time.sleep(LATE_SECONDS)
        report = InputEvent(ecodes.EV_SYN, ecodes.SYN_REPORT, 0)
        data = b"".join(encode_event(event) for event in (*events, report))
        if "split" not in self._faults:
            self._line.write(data)
            return
        for byte in data:
            self._line.write(bytes([byte]))
            time.sleep(SPLIT_SECONDS)

    def answer(self, question: str) -> str:
        """Upsd's answer to a question."""
        if question != f"LIST VAR {UPS}":
            return "ERR UNKNOWN-UPS\n"
        if "stale" in self._faults:
            return "ERR DATA-STALE\n"
        lines = [f'VAR {UPS} {name} "{value}"' for name, value in self._variables.items()]
        lines = [f"BEGIN LIST VAR {UPS}", *lines, f"END LIST VAR {UPS}"]
        whole = "\n".join(lines) + "\n"
        return whole[: len(whole) // 2] if "torn" in self._faults else whole

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        cabinet = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                question = self.rfile.readline().decode("utf-8", "replace").strip()
                if "late" in cabinet._faults:
                    time.sleep(LATE_SECONDS)
                if "silent" in cabinet._faults:
                    self.rfile.read()
                    return
                self.wfile.write(cabinet.answer(question).encode())

        return Handler
