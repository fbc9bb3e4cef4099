"""A chip-card reader on the real pcscd beside an ID-card reader on a line."""

import asyncio
import time

import pytest

from drivers.catalogue import drivers
from drivers.finders import PcscFinder, PlacesFinder
from drivers.idcard.port import DocumentType
from drivers.supervised import supervised_reader
from drivers.supervisor import Bus, Role, Supervisor, Times
from kiosk.apart.making import make_reader
from kiosk.config import DevicesSection

PLACES = {
    "camera": "0", "receipt_printer": "tcp://127.0.0.1:9", "document_printer": "ipp://127.0.0.1:9"
}


class Desk:
    """Two readers as one, and what is laid on each."""

    def __init__(self, reader, idcard, smartcard) -> None:
        self.reader = reader
        self.idcard = idcard
        self.smartcard = smartcard

    async def read(self, seconds: float = 5):
        await asyncio.wait_for(self.reader.wait_for_card(), seconds)
        return await self.reader.read(lambda _: None)

    async def removal(self) -> None:
        await asyncio.wait_for(self.reader.wait_for_removal(), 5)


@pytest.fixture
def simulators(simulate, pcscd):
    """An ID-card reader's simulator and a chip card's."""
    idcard = simulate("drivers.idcard", "--read-seconds", "0.3")
    return idcard, simulate("drivers.smartcard", "--port", str(pcscd.port))


@pytest.fixture(params=["named", "auto"])
async def desk(request, simulators):
    """Once with readers that the site names, once with the supervisor's."""
    idcard, smartcard = simulators
    if request.param == "named":
        section = DevicesSection(reader=idcard.address, card_reader="pcsc:", **PLACES)
        made = Desk(make_reader(section, None), idcard, smartcard)
        await made.reader.open()
        await asyncio.sleep(0.5)
        yield made
        made.reader.close()
        return
    places = PlacesFinder([(Role.IDCARD, Bus.SERIAL, idcard.address)])
    supervisor = Supervisor([places, PcscFinder()], drivers(), times=Times(poll=0.2, check=0.5))
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(10):
        while len(supervisor.ready(Role.IDCARD)) < 2:
            await asyncio.sleep(0.05)
    made = Desk(supervised_reader(supervisor), idcard, smartcard)
    await made.reader.open()
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_card_is_read_on_either(desk):
    desk.smartcard.order("place", person="li-xiulan")
    assert (await desk.read()).document_type is DocumentType.CN_SOCIAL_SECURITY
    desk.smartcard.order("take")
    await desk.removal()
    desk.idcard.order("place", person="wang-jianguo")
    assert (await desk.read()).document_type is DocumentType.CN_RESIDENT
    desk.idcard.order("take")
    await desk.removal()


async def test_with_a_card_on_both_the_one_that_was_found_is_read_to_its_end(desk):
    desk.idcard.order("place", person="wang-jianguo")
    assert (await desk.read()).name == "王建国"
    desk.smartcard.order("place", person="li-xiulan")
    assert (await desk.reader.read(lambda _: None)).name == "王建国"
    desk.idcard.order("take")
    await desk.removal()
    assert (await desk.read()).name == "李秀兰"


async def test_one_pulled_out_while_the_other_reads_does_not_disturb_it_and_returns_in_time(desk):
    desk.smartcard.order("place", person="li-xiulan")
    await asyncio.wait_for(desk.reader.wait_for_card(), 5)
    desk.idcard.order("unplug")
    assert (await desk.reader.read(lambda _: None)).name == "李秀兰"
    desk.smartcard.order("take")
    await desk.removal()
    waiting = asyncio.create_task(desk.reader.wait_for_card())
    await asyncio.sleep(1.5)
    assert not waiting.done()
    desk.idcard.order("plug")
    began = time.monotonic()
    desk.idcard.order("place", person="wang-jianguo")
    await asyncio.wait_for(waiting, 5)
    assert time.monotonic() - began < 2
    assert (await desk.reader.read(lambda _: None)).name == "王建国"
