"""A cabinet seen from the line: sensors and keys, power supply, guide lights, ambient light.

Events go over a pseudo-terminal as the kernel writes them; the supply speaks NUT's
protocol on loopback; the lights hang on a relay board behind another pseudo-terminal;
the light sensor is a folder of files as the kernel's industrial sensors have them.
"""

import atexit
import shutil
import socketserver
import tempfile
import threading
import time
from pathlib import Path

from evdev import ecodes

from drivers.auxiliaries.port import Key, Sensor
from drivers.auxiliaries.protocol import (
    KEYS,
    RELAY_ASK,
    RELAY_FRAME,
    RELAY_HEAD,
    SWITCHES,
    parse_relay_frame,
)
from drivers.inputs import KEY, InputEvent, encode_event
from drivers.simulated_line import SimulatedLine
from drivers.simulation import Reporter, Simulator

FAULTS = {
    "split": "every byte of an event comes alone",
    "late": "events and answers come 0.4 s late",
    "stale": "upsd says that it has no news of the supply",
    "silent": "upsd takes questions and never answers",
    "torn": "upsd's answers break off in the middle",
    "stuck_relay": "relays do not switch, and the board says how they are",
    "mute_board": "the relay board switches and answers nothing",
    "blind": "the light sensor gives what is no number",
}
"""Faults that can be asked for, and what each does."""

RELAYS = 4
LUX_PER_STEP = 0.5
LATE_SECONDS, SPLIT_SECONDS = 0.4, 0.0005
UPS = "cabinet"


class CabinetSimulator(Simulator):
    """Serves an input device, upsd, a relay board and a light sensor."""

    known_faults = FAULTS

    def __init__(self, reporter: Reporter) -> None:
        super().__init__(reporter)
        self._line = SimulatedLine("panel")
        self._lights = SimulatedLine("lights")
        self._relays = dict.fromkeys(range(1, RELAYS + 1), False)
        self._sensors = Path(tempfile.mkdtemp(prefix="tongban-light-"))
        atexit.register(shutil.rmtree, self._sensors, ignore_errors=True)
        self._lux = 300.0
        self._plugged = True
        self._variables = {
            "ups.status": "OL", "battery.charge": "100", "battery.runtime": "1800",
        }
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.actions |= {
            "sense": lambda order: self._sense(Sensor(order["sensor"]), bool(order["on"])),
            "press": lambda order: self._press(Key(order["key"])),
            "power": lambda order: self._say_power(order["says"]),
            "shine": lambda order: self._shine(float(order["lux"])),
        }
        self._write_light()

    @property
    def address(self) -> str:
        """Panel, supply, lights and sensor: `PATH nut://HOST:PORT/UPS PATH FOLDER`."""
        port = self._server.server_address[1]
        supply = f"nut://127.0.0.1:{port}/{UPS}"
        return f"{self._line.path} {supply} {self._lights.path} {self._sensors}"

    def serve_in_background(self) -> None:
        """Start answering as upsd and as the relay board, in daemon threads."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        threading.Thread(target=self._switch_lights, daemon=True).start()

    def fail(self, fault: str) -> None:
        """Switch a fault on. Raises ValueError."""
        super().fail(fault)
        self._write_light()

    def clear(self) -> None:
        """End all faults."""
        super().clear()
        self._write_light()

    def unplug(self) -> None:
        """Pull out what has a plug: panel, supply, relay board, light sensor."""
        self._plugged = False
        self._line.unplug()
        self._lights.unplug()
        for device in self._sensors.iterdir():
            shutil.rmtree(device)

    def plug(self) -> None:
        """Plug them in; relays without power have let go."""
        self._plugged = True
        self._relays = dict.fromkeys(self._relays, False)
        self._line.plug()
        self._lights.plug()
        self._write_light()

    def _say_power(self, says: dict[str, object]) -> None:
        self._variables |= {name: str(one) for name, one in says.items()}

    def _shine(self, lux: float) -> None:
        self._lux = lux
        self._write_light()

    def _write_light(self) -> None:
        """The files of one sensor, as drivers/iio makes them: a raw value and its scale."""
        device = self._sensors / "iio:device0"
        device.mkdir(exist_ok=True)
        raw = "?" if "blind" in self._faults else str(round(self._lux / LUX_PER_STEP))
        (device / "in_illuminance_raw").write_text(raw + "\n")
        (device / "in_illuminance_scale").write_text(f"{LUX_PER_STEP}\n")

    def _switch_lights(self) -> None:
        received = b""
        while True:
            received += self._lights.read()
            received = self._take_orders(received)

    def _take_orders(self, received: bytes) -> bytes:
        """Obey what came over the board's line; what is not a whole frame yet."""
        while received:
            if received.startswith(RELAY_ASK):
                self._tell_relays()
                received = received[1:]
            elif received[0] != RELAY_HEAD:
                received = received[1:]
            elif len(received) < RELAY_FRAME:
                break
            else:
                order = parse_relay_frame(received[:RELAY_FRAME])
                if order is not None and "stuck_relay" not in self._faults:
                    self._relays[order[0]] = order[1]
                    self._reporter.event("light", relay=order[0], on=order[1])
                received = received[1 if order is None else RELAY_FRAME :]
        return received

    def _tell_relays(self) -> None:
        if "mute_board" in self._faults:
            return
        if "late" in self._faults:
            time.sleep(LATE_SECONDS)
        lines = [f"CH{one}: {'ON' if on else 'OFF'}\r\n" for one, on in self._relays.items()]
        self._lights.write("".join(lines).encode())

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
        if not self._plugged:
            return "ERR DRIVER-NOT-CONNECTED\n"
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
