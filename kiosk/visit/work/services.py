"""Receives what a citizen leaves, looks for it, and prints what is taken along."""

import logging
from collections.abc import Iterable
from datetime import datetime

from drivers.device import DeviceFailure
from drivers.receipt_printer.port import Line
from kiosk.errors import Failure
from kiosk.printing.pipeline import as_failure
from kiosk.printing.receipt_text import write_lines
from kiosk.services.port import Draft, Kind
from kiosk.services.slips import Place, guide_slip, request_slip
from kiosk.visit import events as ev
from kiosk.visit.work.desk import Desk

log = logging.getLogger(__name__)


class Services:
    """Does what needs no sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def keep(self, draft: Draft) -> None:
        """Receive it, and tell when the office has it, while the citizen is still there."""
        visit, requests = self._desk.visit, self._desk.parts.requests
        try:
            visit.code = await requests.keep(draft, visit.typed)
        except Failure as failure:
            log.error("what a citizen leaves was not received: %s", failure)
            self._desk.send(ev.RequestFailed(failure.reason))
            return
        visit.typed = ""
        self._desk.send(ev.RequestKept(draft.kind))
        try:
            found = await requests.arrival(visit.code)
        except Failure as failure:
            log.warning("it is not known whether it arrived: %s", failure)
            return
        visit.arrived_at = found.arrived_at
        self._desk.send(ev.RequestFound(found.status))

    async def find(self) -> None:
        """Look for what was left by the code that was typed."""
        visit = self._desk.visit
        try:
            found = await self._desk.parts.requests.find(visit.typed)
        except Failure as failure:
            log.error("what was left cannot be looked for: %s", failure)
            self._desk.send(ev.RequestFailed(failure.reason))
            return
        visit.arrived_at = found.arrived_at
        self._desk.send(ev.RequestFound(found.status))

    async def print_slip(self, kind: Kind) -> None:
        """Print the code of what was left."""
        await self._print(request_slip(self._desk.visit.code, kind, self._place()))

    async def print_guide(self, service: str) -> None:
        """Print a guide."""
        guide = next(one for one in self._desk.visit.guides if one.id == service)
        await self._print(guide_slip(guide, self._place()))

    def _place(self) -> Place:
        terminal = self._desk.parts.config.terminal
        return Place(terminal.place_zh, terminal.id, datetime.now())

    async def _print(self, text: Iterable[Line]) -> None:
        parts, lines = self._desk.parts, list(text)
        try:
            can = parts.receipt_printer.capabilities
            content = write_lines(lines, can) or await parts.documents.lines(lines, can.dots)
            await parts.receipt_printer.print(content)
        except (Failure, DeviceFailure) as failure:
            known = as_failure(failure) if isinstance(failure, DeviceFailure) else failure
            log.warning("a strip to take along: %s", known)
            self._desk.send(ev.SlipFailed(known.reason))
            return
        self._desk.send(ev.SlipPrinted())
