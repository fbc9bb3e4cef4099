"""An IPP printer or CUPS queue, through pyipp on the event loop.

A document is sent once. Whatever then happens is followed to its end; a job that cannot
end well is cancelled before the failure is told, so that nothing comes out for the next
person.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from pyipp.enums import IppOperation
from pyipp.exceptions import IPPConnectionError, IPPError, IPPResponseError

from drivers.device import DeviceFailure, FailureReason, Observable, Status
from drivers.document_printer.ipp import Attributes, Group, Operation, Tag
from drivers.document_printer.line import SUBMIT_SECONDS, IppLine
from drivers.document_printer.port import (
    PDF,
    JobOptions,
    JobProgress,
    JobState,
    Media,
    PrinterCondition,
)
from drivers.document_printer.protocol import (
    CUPS_LOST_TRACK,
    JOB_STATES,
    failure_in,
    failure_in_message,
    job_attributes,
    listed,
    media_in,
    paper_is_out,
    strip_severity,
    supplies_in,
    toner_left,
    trays_in,
    unsupported,
)

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""Between two questions about a job."""
LOST_SECONDS = 15.0
"""How long a printer may be unreachable while it prints before the job's end is unknown."""
STOPPED_SECONDS = 3.0
"""How long a job may stand still, with a reason, before it is cancelled."""
HTTP_SERVER_ERROR, IPP_ERROR = 500, 0x0400
CANCEL_SECONDS = 20.0
"""How long a printer may take to stop a job: the page under way is finished first."""
STILL_SECONDS = 60.0
"""How long a job may neither print a page nor change its state."""
SETTLE_SECONDS = 180.0
"""The longest time from submitting a job to its end."""

USER = "tongban"
"""Under whose name jobs are sent; a queue lets nobody else cancel them."""
STATE_STOPPED = 5

PRINTER_ATTRIBUTES = [
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "document-format-supported",
    "marker-names",
    "marker-types",
    "marker-levels",
    "printer-input-tray",
    "media-col-ready",
    "media-supported",
    "media-source-supported",
    "sides-supported",
]
JOB_ATTRIBUTES = [
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
    "job-media-sheets-completed",
]


class IppPrinter:
    """A document printer or CUPS queue at an `ipp://` or `ipps://` address."""

    def __init__(self, target: str, clock: Callable[[], float] = time.monotonic) -> None:
        if not target.startswith(("ipp://", "ipps://")):
            raise ValueError(f"target {target!r} is not an ipp:// or ipps:// address")
        self.status: Observable[Status] = Observable(Status.ONLINE)
        self._target = target
        self._clock = clock
        self._line = IppLine(target)
        self._reasons_before: frozenset[str] = frozenset()
        self._stopped_by_supply = False

    async def open(self) -> None:
        """Whether the printer answers. Raises DeviceFailure."""
        await self._condition()

    async def check(self) -> None:
        """Whether the printer still answers. Raises DeviceFailure."""
        await self._condition()

    async def condition(self) -> PrinterCondition:
        """How the printer is, whatever that is. Raises DeviceFailure if it cannot be asked."""
        return (await self._condition())[0]

    async def preflight(self, options: JobOptions | None = None) -> PrinterCondition:
        """Ask whether a job could be printed now. Raises DeviceFailure if not.

        A queue that stopped for want of paper or toner, and wants no more, is resumed.
        """
        wish = options or JobOptions()
        condition, failure, attributes = await self._condition()
        if failure is FailureReason.PRINTER_STOPPED and self._stopped_by_supply:
            await self.resume()
            condition, failure, attributes = await self._condition()
        if failure is None and paper_is_out(condition.trays, wish.media):
            failure = FailureReason.PRINTER_NO_PAPER
        if failure is not None:
            self.status.set(Status.USER_ERROR)
            raise DeviceFailure(failure, ", ".join(condition.reasons))
        if not condition.accepting:
            raise DeviceFailure(FailureReason.PRINTER_STOPPED, "the printer accepts no jobs")
        if condition.formats and PDF not in condition.formats:
            raise DeviceFailure(FailureReason.PRINTER_REFUSED, "the printer takes no PDF")
        missing = unsupported(wish, attributes)
        if missing is not None:
            raise DeviceFailure(FailureReason.PRINTER_REFUSED, f"the printer has no {missing}")
        self._reasons_before = frozenset(condition.reasons)
        self.status.set(Status.ONLINE)
        return condition

    async def submit(
        self, pdf: bytes, job_name: str, options: JobOptions | None = None
    ) -> int:
        """Hand over a document; returns the job's id. Raises DeviceFailure.

        If the answer is lost the printer may have the job: PRINT_UNKNOWN, not a retry.
        """
        operation: Attributes = {
            "requesting-user-name": (Tag.NAME, USER),
            "job-name": (Tag.NAME, job_name),
            "document-format": (Tag.MIME_TYPE, PDF),
        }
        job = job_attributes(options or JobOptions())
        groups = [(Group.OPERATION, operation), (Group.JOB, job)]
        try:
            answer = await self._line.send(Operation.PRINT_JOB, groups, pdf, SUBMIT_SECONDS)
            return int(answer["jobs"][0]["job-id"])
        except IPPError as error:
            raise why_not_taken(error) from error
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise DeviceFailure(FailureReason.PRINT_UNKNOWN, "an answer without a job") from error

    async def settle(self, job_id: int, progress: Callable[[JobProgress], None]) -> JobProgress:
        """Follow a job to its end. Raises DeviceFailure unless it was completed."""
        began = moved = self._clock()
        heard = stopped_since = last = None
        while self._clock() - began < SETTLE_SECONDS:
            try:
                job, trouble = await self._job(job_id), None
                if job.state is not JobState.COMPLETED:
                    trouble = await self._trouble(job)
                heard = self._clock()
            except DeviceFailure as failure:
                if self._clock() - (heard or began) > LOST_SECONDS:
                    detail = f"job {job_id}: {failure.detail}"
                    raise DeviceFailure(FailureReason.PRINT_UNKNOWN, detail) from failure
                await asyncio.sleep(POLL_SECONDS)
                continue
            progress(job)
            if job != last:
                moved, last = self._clock(), job
            if job.state is JobState.COMPLETED:
                await self._believe(job)
                return job
            if job.state.settled:
                reason = trouble or FailureReason.PRINTER_FAULT
                raise DeviceFailure(reason, f"job {job_id} {job.state}")
            if self._clock() - moved > STILL_SECONDS:
                await self._give_up(job_id, trouble or FailureReason.PRINTER_STOPPED)
            stopped_since = (stopped_since or self._clock()) if trouble else None
            if trouble and stopped_since and self._clock() - stopped_since > STOPPED_SECONDS:
                await self._give_up(job_id, trouble)
            await asyncio.sleep(POLL_SECONDS)
        await self._give_up(job_id, FailureReason.PRINTER_FAULT)
        raise AssertionError("unreachable")

    async def find(self, job_name: str) -> int | None:
        """The id of the job of this name, whatever became of it. Raises DeviceFailure."""
        for job in await self._jobs():
            if job.get("job-name") == job_name:
                return int(job["job-id"])
        return None

    async def progress(self, job_id: int, job_name: str) -> JobProgress | None:
        """Where a job stands; None where the printer does not know it. Raises DeviceFailure.

        A printer that numbers anew has somebody else's job under the same number.
        """
        known = {(job.get("job-id"), job.get("job-name")) for job in await self._jobs()}
        if (job_id, job_name) not in known:
            return None
        return await self._job(job_id)

    async def remembers(self) -> bool:
        """Whether the printer still knows jobs that ended before now. Raises DeviceFailure."""
        settled = {job.get("job-state") for job in await self._jobs()}
        return any(
            (state := JOB_STATES.get(int(one or 0))) is not None and state.settled
            for one in settled
        )

    async def cancel(self, job_id: int) -> JobProgress:
        """Cancel a job and say in which state it ended. Raises DeviceFailure."""
        await self._order(IppOperation.CANCEL_JOB, {"job-id": job_id})
        deadline = self._clock() + CANCEL_SECONDS
        job = await self._job(job_id)
        while not job.state.settled and self._clock() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            job = await self._job(job_id)
        return job

    async def resume(self) -> None:
        """Let a paused queue go on. Raises DeviceFailure.

        What was waiting in it would come out for the next person: it is thrown away before.
        """
        await self._order(IppOperation.PURGE_JOBS, {})
        await self._order(IppOperation.RESUME_PRINTER, {})
        self._stopped_by_supply = False

    async def close(self) -> None:
        """Release the connection."""
        await self._line.close()

    async def _order(self, operation: IppOperation, attributes: dict[str, Any]) -> None:
        """Ask for something that the printer may refuse; what counts is the state after."""
        request = {"operation-attributes-tag": {"requesting-user-name": USER, **attributes}}
        try:
            await self._line.ask(operation, request)
        except IPPConnectionError as error:
            raise self._unreachable(error) from error
        except IPPError as error:
            log.info("%s was not done: %s", operation.name, error)

    async def _believe(self, job: JobProgress) -> None:
        """Whether a completed job can be believed. Raises DeviceFailure (PRINT_UNKNOWN).

        A CUPS queue says completed too of a job that its printer forgot in a power cut.
        """
        try:
            condition, _, _ = await self._condition()
        except DeviceFailure:
            return
        if CUPS_LOST_TRACK in {
            strip_severity(one)[0] for one in frozenset(condition.reasons) - self._reasons_before
        }:
            detail = f"job {job.job_id}: the printer forgot it before it was done"
            raise DeviceFailure(FailureReason.PRINT_UNKNOWN, detail)

    async def _give_up(self, job_id: int, reason: FailureReason) -> None:
        """Cancel a job that cannot go on; always raises."""
        try:
            job = await self.cancel(job_id)
            if not job.state.settled:
                await self._order(IppOperation.PURGE_JOBS, {})
                job = await self._job(job_id)
        except DeviceFailure as failure:
            detail = f"job {job_id}: {reason}, and it could not be cancelled"
            raise DeviceFailure(FailureReason.PRINT_UNKNOWN, detail) from failure
        if not job.state.settled or job.state is JobState.COMPLETED:
            detail = f"job {job_id} is {job.state} after it was cancelled"
            raise DeviceFailure(FailureReason.PRINT_UNKNOWN, detail)
        raise DeviceFailure(reason, f"job {job_id} {job.state}, {job.pages or 0} pages")

    async def _trouble(self, job: JobProgress) -> FailureReason | None:
        """What stops the printer while a job is under way."""
        condition, failure, attributes = await self._condition()
        if failure is None:
            failure = failure_in_message(str(attributes.get("printer-state-message") or ""))
        if failure is None and condition.media is Media.ABSENT:
            failure = FailureReason.PRINTER_NO_PAPER
        if failure is None and job.state is JobState.PROCESSING_STOPPED:
            return FailureReason.PRINTER_STOPPED
        return failure

    async def _condition(
        self,
    ) -> tuple[PrinterCondition, FailureReason | None, dict[str, Any]]:
        """The printer's condition, why it cannot print, and all it said."""
        request = {"operation-attributes-tag": {"requested-attributes": PRINTER_ATTRIBUTES}}
        answer = await self._ask(IppOperation.GET_PRINTER_ATTRIBUTES, request, "printers")
        reasons = tuple(str(r) for r in listed(answer, "printer-state-reasons") if r != "none")
        supplies = supplies_in(answer)
        condition = PrinterCondition(
            media=media_in(reasons),
            toner=toner_left(supplies, reasons),
            accepting=bool(answer.get("printer-is-accepting-jobs", True)),
            formats=tuple(str(one) for one in listed(answer, "document-format-supported")),
            reasons=reasons,
            supplies=supplies,
            trays=trays_in(answer),
        )
        stopped = answer.get("printer-state") == STATE_STOPPED
        failure = failure_in(reasons, stopped)
        if not stopped:
            self._stopped_by_supply = False
        elif failure not in (None, FailureReason.PRINTER_STOPPED):
            self._stopped_by_supply = True
        return condition, failure, answer

    async def _job(self, job_id: int) -> JobProgress:
        request = {
            "operation-attributes-tag": {
                "job-id": job_id,
                "requested-attributes": JOB_ATTRIBUTES,
            }
        }
        answer = await self._ask(IppOperation.GET_JOB_ATTRIBUTES, request, "jobs")
        state = JOB_STATES.get(int(answer.get("job-state", 0)))
        if state is None:
            raise self._unreachable(ValueError("a job without a state"))
        pages = answer.get("job-impressions-completed")
        if pages is None:
            pages = answer.get("job-media-sheets-completed")
        return JobProgress(job_id, state, pages if isinstance(pages, int) else None)

    async def _jobs(self) -> list[dict[str, Any]]:
        """Every job that the printer knows, waiting or ended (RFC 8011, 4.2.6).

        None of a printer that does not tell.
        """
        known: list[dict[str, Any]] = []
        for which in ("not-completed", "completed"):
            request = {"operation-attributes-tag": {
                "requesting-user-name": USER, "which-jobs": which,
                "requested-attributes": ["job-id", "job-name", "job-state"],
            }}
            try:
                answer = await self._line.ask(IppOperation.GET_JOBS, request)
            except IPPConnectionError as error:
                raise self._unreachable(error) from error
            except IPPError as error:
                log.info("the printer does not list its jobs: %s", error)
                continue
            known += answer["jobs"] or []
        return known

    async def _ask(
        self, operation: IppOperation, request: dict[str, Any], part: str
    ) -> dict[str, Any]:
        try:
            answer = await self._line.ask(operation, request)
        except IPPError as error:
            raise self._unreachable(error) from error
        found: dict[str, Any] = next(iter(answer[part] or []), {})
        return found

    def _unreachable(self, error: Exception) -> DeviceFailure:
        self.status.set(Status.OFFLINE)
        cause = error.__cause__ or error
        return DeviceFailure(FailureReason.PRINTER_UNREACHABLE, f"{self._target}: {cause}")


def why_not_taken(error: IPPError) -> DeviceFailure:
    """Refused where the printer clearly said so; else it may have the job."""
    status = dict(error.args[1]).get("status-code") if len(error.args) > 1 else None
    refused = isinstance(status, int) and (
        status < HTTP_SERVER_ERROR if isinstance(error, IPPResponseError) else status >= IPP_ERROR
    )
    reason = FailureReason.PRINTER_REFUSED if refused else FailureReason.PRINT_UNKNOWN
    return DeviceFailure(reason, str(error))
