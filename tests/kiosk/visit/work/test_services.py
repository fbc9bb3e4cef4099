"""Receiving, finding and printing what needs no sign-in: what is sent to the engine."""

import asyncio
from types import SimpleNamespace

import pytest

from drivers.device import DeviceFailure, FailureReason
from drivers.receipt_printer.port import Capabilities, Font
from kiosk.errors import Failure
from kiosk.reasons import Reason
from kiosk.services.port import Draft, Kind, RequestStatus
from kiosk.services.requests import Found
from kiosk.visit import events as ev
from kiosk.visit.work.services import Services
from screens.samples import sample_guides

COMPLAINT = Draft(Kind.COMPLAINT, "household", category="slow")
CODE = "482913705616"


class Requests:
    """Receives what it is told to; the office has it when the test says so."""

    def __init__(self):
        self.kept, self.fails, self.at_office = [], None, asyncio.Event()
        self.found = Found(RequestStatus.UNKNOWN)

    async def keep(self, draft, phone):
        self._or_fail()
        self.kept.append((draft, phone))
        return CODE

    async def find(self, code):
        self._or_fail()
        return self.found if code == CODE else Found(RequestStatus.UNKNOWN)

    async def arrival(self, code):
        await self.at_office.wait()
        return Found(RequestStatus.ARRIVED)

    def _or_fail(self):
        if self.fails:
            raise Failure(self.fails)


class Printer:
    """A receipt printer with a font; what it was given is kept."""

    capabilities = Capabilities(font=Font.GB18030)

    def __init__(self):
        self.got, self.fails = [], False

    async def print(self, content):
        if self.fails:
            raise DeviceFailure(FailureReason.RECEIPT_PRINTER_NO_PAPER)
        self.got.append("\n".join(line.text for line in content))


@pytest.fixture
def services(desk):
    desk.parts.requests, desk.parts.receipt_printer = Requests(), Printer()
    desk.parts.config = SimpleNamespace(
        terminal=SimpleNamespace(place_zh="柳塘村便民服务中心", id="TEST-0001")
    )
    desk.visit.typed = "13812345678"
    return Services(desk)


async def test_it_is_received_with_its_number_which_is_forgotten_then(desk, services):
    keeping = asyncio.create_task(services.keep(COMPLAINT))
    await asyncio.sleep(0)
    assert desk.parts.requests.kept == [(COMPLAINT, "13812345678")]
    assert (desk.visit.code, desk.visit.typed) == (CODE, "")
    assert desk.events == [ev.RequestKept(Kind.COMPLAINT)]
    desk.parts.requests.at_office.set()
    await keeping
    assert desk.events[1:] == [ev.RequestFound(RequestStatus.ARRIVED)]


async def test_what_is_not_received_has_its_reason_and_keeps_the_number_for_another_try(
    desk, services
):
    desk.parts.requests.fails = Reason.STORE_FULL
    await services.keep(COMPLAINT)
    assert desk.events == [ev.RequestFailed(Reason.STORE_FULL)]
    assert (desk.visit.code, desk.visit.typed) == ("", "13812345678")


async def test_it_is_looked_for_by_the_code_that_was_typed(desk, services):
    desk.visit.typed = CODE
    desk.parts.requests.found = Found(RequestStatus.WAITING)
    await services.find()
    desk.parts.requests.fails = Reason.STORE_FAULT
    await services.find()
    assert desk.events == [
        ev.RequestFound(RequestStatus.WAITING), ev.RequestFailed(Reason.STORE_FAULT),
    ]


async def test_the_code_and_a_guide_are_printed(desk, services):
    desk.visit.code, desk.visit.guides = CODE, sample_guides()
    await services.print_slip(Kind.COMPLAINT)
    await services.print_guide("household")
    code, guide = desk.parts.receipt_printer.got
    assert "4829 1370 5616" in code
    assert "13812345678" not in code
    assert "户籍证明" in guide
    assert desk.events == [ev.SlipPrinted(), ev.SlipPrinted()]


async def test_a_printer_that_does_not_print_is_told(desk, services):
    desk.parts.receipt_printer.fails = True
    await services.print_slip(Kind.COMPLAINT)
    assert desk.events == [ev.SlipFailed(Reason.RECEIPT_PRINTER_NO_PAPER)]
