"""A terminal that is told no device: it finds them, loses them, and serves again."""

import asyncio
from dataclasses import replace

import pytest

from drivers.catalogue import drivers
from drivers.finders import PlacesFinder
from drivers.supervisor import Bus, Role, Supervisor, Times
from kiosk.apart import making
from kiosk.apart.keeper import Keeper
from kiosk.config import AUTO
from kiosk.equipment import Equipment, make_document_printer
from kiosk.visit.states import WITHOUT_VISIT, Part, Step
from tests.whole.conftest import Visitor


@pytest.fixture
async def visitor(stage, tmp_path):
    """A visitor at a terminal whose devices are all `auto`."""
    places = [
        (Role.IDCARD, Bus.SERIAL, stage.places["idcard"]),
        (Role.CAMERA, Bus.NETWORK, stage.places["camera"]),
        (Role.RECEIPT_PRINTER, Bus.NETWORK, stage.places["receipt_printer"]),
        (Role.DOCUMENT_PRINTER, Bus.NETWORK, stage.places["document_printer"]),
    ]
    keeper = Keeper(Supervisor([PlacesFinder(places)], drivers(), times=Times(check=0.5)))
    devices = replace(
        stage.config.devices, reader=AUTO, camera=AUTO, receipt_printer=AUTO, document_printer=AUTO
    )
    equipment = Equipment(
        making.make_reader(devices, keeper),
        making.make_camera(devices, keeper),
        making.make_receipt_printer(devices, keeper),
        make_document_printer(devices, keeper),
        keeper,
    )
    made = Visitor(stage, tmp_path / "state", equipment)
    await made.terminal.start()
    await in_service(made)
    yield made
    await made.terminal.stop()


async def in_service(visitor: Visitor, seconds: float = 20) -> None:
    """Wait until every part is there."""
    async with asyncio.timeout(seconds):
        while visitor.terminal.engine.state.step is not Step.IDLE or any(
            visitor.terminal.engine.state.equipment.reason(part) for part in Part
        ):
            await asyncio.sleep(0.05)


async def test_a_resident_prints_on_devices_that_nobody_named(visitor):
    assert await visitor.visit("li-xiulan") == "printed"
    assert len(visitor.papers()) == 1


async def test_a_reader_pulled_out_and_plugged_in_serves_again(visitor):
    engine = visitor.terminal.engine
    visitor.stage.order("idcard", "unplug")
    async with asyncio.timeout(10):
        while engine.state.equipment.reason(Part.READER) is None:
            await asyncio.sleep(0.02)
    visitor.stage.order("idcard", "plug")
    await in_service(visitor)
    assert engine.state.step in WITHOUT_VISIT
    assert await visitor.visit("wang-jianguo") == "printed"
