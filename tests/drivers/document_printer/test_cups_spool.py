"""What a real cupsd keeps of a document, with and without the setting that terminals need."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import JobState
from kiosk.hygiene.spool import keeps_documents
from tests.drivers.document_printer.conftest import DOCUMENT, Cups

SLOW = "#!/bin/sh\nsleep 3\n"


def kept_in(folder: Path) -> list[str]:
    """The files below a folder that hold the document, or its middle."""
    document = DOCUMENT.read_bytes()
    middle = document[len(document) // 2 :][:40]
    return [one.name for one in folder.rglob("*") if one.is_file() and middle in one.read_bytes()]


@pytest.fixture
def start_cups() -> Iterator:
    started: list[Cups] = []

    def start(settings: str) -> Cups:
        started.append(Cups(settings))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.mark.parametrize(("settings", "keeps"), [("", True), ("PreserveJobFiles No\n", False)])
async def test_what_is_kept_after_a_job_is_what_the_check_says(
    start_cups, start_printer, tmp_path, settings, keeps
):
    command = tmp_path / "slow.sh"
    command.write_text(SLOW)
    command.chmod(0o755)
    cups = start_cups(settings)
    program = start_printer(command=str(command))
    printer = IppPrinter(cups.queue("office", program.address, "-m", "raw"))
    try:
        job = await printer.submit(DOCUMENT.read_bytes(), "tongban-test", None)
        assert kept_in(cups.folder)
        settled = await printer.settle(job, lambda _: None)
    finally:
        await printer.close()
    assert settled.state is JobState.COMPLETED
    for _ in range(50):
        if bool(kept_in(cups.folder)) is keeps:
            break
        await asyncio.sleep(0.1)
    assert bool(kept_in(cups.folder)) is keeps
    assert keeps_documents(cups.folder / "cupsd.conf") is keeps
