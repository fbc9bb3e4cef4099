"""The platform's own server behind a line, and a terminal that keeps what it publishes."""

from datetime import UTC, datetime

import pytest

from kiosk.certificates.directory import KeptDirectory
from kiosk.certificates.http import HttpLibrary
from kiosk.certificates.proof.keep import PaperLists
from kiosk.config import load
from kiosk.content.keeper import Around, Content
from kiosk.platform import Platform
from sandbox.server import create_app
from sandbox.serving import Served
from tests.offline.stores import open_store

CONFIG = """
[terminal]
id = "T1"
place_zh = "柳塘村"
key = "terminal.pem"
state = "state"
[platform]
address = "{address}"
trust = "town/trust"
"""


class Town:
    """The platform and its line."""

    def __init__(self, folder):
        self.folder = folder
        self.served = Served()

    async def start(self):
        self.address = await self.served.open()
        self.app = create_app(self.address, self.folder)
        await self.served.serve(self.app)

    @property
    def line(self):
        return self.served.line

    def publish(self, collection, **files):
        """Change files; names are given without their end."""
        self.app.state.publisher.publish(collection, {
            f"{name}.toml": text if text is None else text.encode() for name, text in files.items()
        })

    def fault(self, name):
        self.app.state.faults.switch(name, True)


class Keeping:
    """A terminal's part that keeps, on a folder that outlasts it."""

    def __init__(self, folder, address):
        path = folder / "kiosk.toml"
        path.write_text(CONFIG.format(address=address), encoding="utf-8")
        self.config = load(path)
        state = self.config.terminal.state
        state.mkdir(exist_ok=True)
        self.vault = open_store(state)
        self.platform = Platform(address, 4.0)
        library = HttpLibrary(self.platform, f"{address}/library")
        trust = self.config.platform.trust
        self.papers = PaperLists(library.paper_lists, state / "paper", trust)
        self.directory = KeptDirectory(library.directory, state / "regions", trust, self.now)
        self.content = Content(Around(
            self.config, self.platform, self.vault, self.papers, self.directory,
            lambda: 0.5, self.now,
        ))

    def now(self):
        return datetime.now(UTC)

    async def refresh(self, name):
        """How a job ends, run by hand."""
        return (await self.content.runner.run_now(name)).result

    async def close(self):
        await self.platform.close()
        self.vault.close()


@pytest.fixture
async def town(tmp_path):
    made = Town(tmp_path / "town")
    made.folder.mkdir()
    await made.start()
    yield made
    await made.served.stop()


@pytest.fixture
async def start(tmp_path, town):
    """Starts the terminal; again, after the one before has ended."""
    running = []

    async def begin():
        if running:
            await running.pop().close()
        running.append(Keeping(tmp_path, town.address))
        return running[0]

    yield begin
    for one in running:
        await one.close()
