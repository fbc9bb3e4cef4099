"""A printer is asked about a job of which only its name is known, by whoever comes after a crash.

Against ippeveprinter and a real cupsd, which none of us wrote, and the simulator.
"""

import asyncio

import pytest

from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import JobState
from tests.drivers.document_printer.conftest import DOCUMENT


@pytest.fixture(params=["ippeveprinter", "cupsd"])
async def printer(request, start_printer):
    program = start_printer()
    address = program.address
    if request.param == "cupsd":
        cups = request.getfixturevalue("cups")
        address = cups.queue("asked", address, "-m", "raw")
    made = IppPrinter(address)
    yield made
    await made.close()


async def settled(printer, job, name):
    """Where a job stands when nothing more happens to it."""
    while not (progress := await printer.progress(job, name)).state.settled:
        await asyncio.sleep(0.05)
    return progress


async def test_a_job_is_found_by_its_name_and_its_end_is_known(printer):
    other = await printer.submit(DOCUMENT.read_bytes(), "tongban-another")
    await settled(printer, other, "tongban-another")
    job = await printer.submit(DOCUMENT.read_bytes(), "tongban-wanted")
    assert await printer.find("tongban-wanted") == job
    assert (await settled(printer, job, "tongban-wanted")).state is JobState.COMPLETED
    assert await printer.find("tongban-wanted") == job
    assert await printer.remembers()


async def test_a_job_that_never_came_is_not_found(printer):
    job = await printer.submit(DOCUMENT.read_bytes(), "tongban-one")
    await settled(printer, job, "tongban-one")
    assert await printer.find("tongban-other") is None
    assert await printer.progress(job + 1000, "tongban-one") is None
    assert await printer.progress(job, "tongban-other") is None


async def test_a_printer_that_has_had_no_job_says_nothing_of_the_past(printer):
    assert not await printer.remembers()
