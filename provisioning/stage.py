"""A stage for a terminal: starts `python -m sandbox stage` and configures a terminal for it."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from kiosk.config import Config, load

TERMINAL_ID = "DEMO-0001"
PLACE = "柳塘村便民服务中心"

CONFIG = """\
[terminal]
id = "{terminal}"
place_zh = "{place}"
place_en = "Liutang Village Service Centre"
nearest_zh = "柳塘镇便民服务中心，距此 2 公里"
nearest_en = "Liutang Town Service Centre, 2 km from here"
key = "terminal.pem"
state = "state"
reserve_mb = 1

[platform]
address = "{platform}"
trust = "trust"

[store]
protection = "file"

[devices]
reader = "{idcard}"
card_reader = "{card_reader}"
camera = "{camera}"
receipt_printer = "{receipt_printer}"
document_printer = "{document_printer}"

[faces]
photo_decoder = "{decoder}"

[screen]
width = {width}
height = {height}
px_per_mm = {px_per_mm}
fullscreen = false
"""

CHIP_CARDS = "--chip-cards"
"""Argument of a stage that has a chip-card reader too, where pcscd is installed."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel that a demo pretends to have."""

    width: int = 1080
    height: int = 1920
    px_per_mm: float = 4.03


class StageFailed(RuntimeError):
    """The stage did not come up; the message says why."""


class Stage:
    """Simulated devices and platform, in processes of their own."""

    def __init__(
        self,
        folder: Path,
        panel: Panel | None = None,
        decoder: str = "sandbox.people.photo:decode",
        arguments: tuple[str, ...] = (),
    ) -> None:
        """Start and wait until all is up. Raises StageFailed."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.reports: list[dict[str, Any]] = []
        self.report: Callable[[dict[str, Any]], None] = self.reports.append
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "stage", "--folder", str(folder), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root(),
        )
        assert self._process.stdout is not None
        first = self._process.stdout.readline()
        if not first:
            raise StageFailed(f"the sandbox ended with {self._process.wait()}")
        self.places: dict[str, str] = {"card_reader": "", **json.loads(first)}
        if "pcscd" in self.places:
            # libpcsclite looks at it once, when the first reader is opened.
            os.environ["PCSCLITE_CSOCK_NAME"] = self.places["pcscd"]
        self.config = self._configure(panel or Panel(), decoder)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def order(self, to: str, do: str, **fields: object) -> None:
        """Give an order to a part of the stage."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"to": to, "do": do, **fields}) + "\n")
        self._process.stdin.flush()

    def keep_trust(self, folder: Path) -> None:
        """Leave what verifies the papers without the platform: roots, keys, revocations."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        kept = self.config.terminal.state / "paper"
        for source in (*self.config.platform.trust.iterdir(), *kept.glob("*.cose")):
            shutil.copyfile(source, folder / source.name)

    def close(self) -> None:
        """End the stage and all it started."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(timeout=5)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.report(json.loads(line))

    def _configure(self, panel: Panel, decoder: str) -> Config:
        """A key for the terminal, let in by the platform, and a configuration."""
        key = ECKey.generate_key("P-256")
        pem = self.folder / "terminal.pem"
        pem.touch(mode=0o600)
        pem.write_bytes(key.as_pem(private=True))
        self.order(
            "platform", "register", terminal=TERMINAL_ID, place=PLACE,
            public_key=key.as_dict(private=False),
        )
        path = self.folder / "kiosk.toml"
        path.write_text(
            CONFIG.format(
                terminal=TERMINAL_ID, place=PLACE, decoder=decoder, width=panel.width,
                height=panel.height, px_per_mm=panel.px_per_mm, **self.places,
            ),
            encoding="utf-8",
        )
        return load(path)


def root() -> Path:
    """The folder of the checkout, from which modules are run."""
    return Path(__file__).resolve().parent.parent


def list_people() -> list[tuple[str, str]]:
    """The sandbox's residents: id and name."""
    told = subprocess.run(
        [sys.executable, "-m", "sandbox", "people"],
        capture_output=True, text=True, check=True, cwd=root(),
    ).stdout
    return [(line.split()[0], line.split()[1]) for line in told.splitlines()]
