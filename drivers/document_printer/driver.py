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

import aiohttp
from pyipp import IPP
from pyipp.enums import IppOperation
from pyipp.exceptions import IPPConnectionError, IPPError, IPPResponseError

from drivers.device import DeviceFailure, FailureReason, Observable, Status
from drivers.document_printer.port import (
    PDF,
    Capabilities,
    JobProgress,
    JobState,
    PrinterCondition,
)
from drivers.document_printer.protocol import JOB_STATES, failure_in, media_in, toner_in

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""Between two questions about a job."""
LOST_SECONDS = 15.0
"""How long a printer may be unreachable while it prints before the job's end is unknown."""
STOPPED_SECONDS = 3.0
"""How long a job may stand still, with a reason, before it is cancelled."""
ASK_SECONDS = 8.0
SUBMIT_SECONDS = 60.0
"""How long handing over a document may take: a slow printer takes it page by page."""
HTTP_SERVER_ERROR, IPP_ERROR = 500, 0x0400
CANCEL_SECONDS = 20.0
"""How long a printer may take to stop a job: the page under way is finished first."""
SETTLE_SECONDS = 180.0
"""The longest time from submitting a job to its end."""

PRINTER_ATTRIBUTES = [
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "document-format-supported",
]
JOB_ATTRIBUTES = [
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
    "job-media-sheets-completed",
]


class IppPrinter:
    """A document printer at an `ipp://` or `ipps://` address."""

    def __init__(self, target: str, clock: Callable[[], float] = time.monotonic) -> None:
        if not target.startswith(("ipp://", "ipps://")):
            raise ValueError(f"target {target!r} is not an ipp:// or ipps:// address")
        self.capabilities = Capabilities()
        self.status: Observable[Status] = Observable(Status.ONLINE)
        self._target = target
        self._clock = clock
        self._ipp: IPP | None = None

    async def preflight(self) -> PrinterCondition:
        """Ask whether a job could be printed now. Raises DeviceFailure if not."""
        condition, failure = await self._condition()
        if failure is not None:
            self.status.set(Status.USER_ERROR)
            raise DeviceFailure(failure, ", ".join(condition.reasons))
        if not condition.accepting:
            raise DeviceFailure(FailureReason.PRINTER_STOPPED, "the printer accepts no jobs")
        if condition.formats and PDF not in condition.formats:
            raise DeviceFailure(FailureReason.PRINTER_REFUSED, "the printer takes no PDF")
        self.status.set(Status.ONLINE)
        return condition

    async def submit(self, pdf: bytes, job_name: str) -> int:
        """Hand over a document; returns the job's id. Raises DeviceFailure.

        If the answer is lost the printer may have the job: PRINT_UNKNOWN, not a retry.
        """
        request = {
            "operation-attributes-tag": {
                "requesting-user-name": "tongban",
                "job-name": job_name,
                "document-format": PDF,
            },
            "data": pdf,
        }
        try:
            answer = await self._execute(IppOperation.PRINT_JOB, request, SUBMIT_SECONDS)
            return int(answer["jobs"][0]["job-id"])
        except IPPError as error:
            raise _why_not_taken(error) from error
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise DeviceFailure(FailureReason.PRINT_UNKNOWN, "an answer without a job") from error

    async def settle(self, job_id: int, progress: Callable[[JobProgress], None]) -> JobProgress:
        """Follow a job to its end. Raises DeviceFailure unless it was completed."""
        began = self._clock()
        heard = stopped_since = None
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
            if job.state is JobState.COMPLETED:
                return job
            if job.state.settled:
                reason = trouble or FailureReason.PRINTER_FAULT
                raise DeviceFailure(reason, f"job {job_id} {job.state}")
            stopped_since = (stopped_since or self._clock()) if trouble else None
            if trouble and stopped_since and self._clock() - stopped_since > STOPPED_SECONDS:
                await self._give_up(job_id, trouble)
            await asyncio.sleep(POLL_SECONDS)
        await self._give_up(job_id, FailureReason.PRINTER_FAULT)
        raise AssertionError("unreachable")

    async def cancel(self, job_id: int) -> JobProgress:
        """Cancel a job and say in which state it ended. Raises DeviceFailure."""
        request = {"operation-attributes-tag": {"job-id": job_id}}
        try:
            await self._execute(IppOperation.CANCEL_JOB, request)
        except IPPConnectionError as error:
            raise self._unreachable(error) from error
        except IPPError as error:
            # Not possible for a job that has ended: its state below says how.
            log.info("job %d was not cancelled: %s", job_id, error)
        deadline = self._clock() + CANCEL_SECONDS
        job = await self._job(job_id)
        while not job.state.settled and self._clock() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            job = await self._job(job_id)
        return job

    async def close(self) -> None:
        """Release the connection."""
        if self._ipp is not None:
            await self._ipp.close()
            self._ipp = None

    async def _give_up(self, job_id: int, reason: FailureReason) -> None:
        """Cancel a job that cannot go on; always raises."""
        try:
            job = await self.cancel(job_id)
        except DeviceFailure as failure:
            detail = f"job {job_id}: {reason}, and it could not be cancelled"
            raise DeviceFailure(FailureReason.PRINT_UNKNOWN, detail) from failure
        if not job.state.settled or job.state is JobState.COMPLETED:
            detail = f"job {job_id} is {job.state} after it was cancelled"
            raise DeviceFailure(FailureReason.PRINT_UNKNOWN, detail)
        raise DeviceFailure(reason, f"job {job_id} {job.state}, {job.pages or 0} pages")

    async def _trouble(self, job: JobProgress) -> FailureReason | None:
        """What stops the printer while a job is under way."""
        _, failure = await self._condition()
        if failure is None and job.state is JobState.PROCESSING_STOPPED:
            return FailureReason.PRINTER_STOPPED
        return failure

    async def _condition(self) -> tuple[PrinterCondition, FailureReason | None]:
        request = {"operation-attributes-tag": {"requested-attributes": PRINTER_ATTRIBUTES}}
        answer = await self._ask(IppOperation.GET_PRINTER_ATTRIBUTES, request, "printers")
        reasons = tuple(r for r in _listed(answer, "printer-state-reasons") if r != "none")
        condition = PrinterCondition(
            media=media_in(reasons),
            toner=toner_in(reasons),
            accepting=bool(answer.get("printer-is-accepting-jobs", True)),
            formats=_listed(answer, "document-format-supported"),
            reasons=reasons,
        )
        return condition, failure_in(reasons, stopped=answer.get("printer-state") == 5)

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

    async def _ask(
        self, operation: IppOperation, request: dict[str, Any], part: str
    ) -> dict[str, Any]:
        try:
            answer = await self._execute(operation, request)
        except IPPError as error:
            raise self._unreachable(error) from error
        found: dict[str, Any] = next(iter(answer[part] or []), {})
        return found

    def _unreachable(self, error: Exception) -> DeviceFailure:
        self.status.set(Status.OFFLINE)
        cause = error.__cause__ or error
        return DeviceFailure(FailureReason.PRINTER_UNREACHABLE, f"{self._target}: {cause}")

    async def _execute(
        self, operation: IppOperation, request: dict[str, Any], seconds: float = ASK_SECONDS
    ) -> dict[str, Any]:
        """Ask through pyipp with one deadline for the whole. Raises IPPError.

        pyipp reads the answer's body outside its own deadline and its own errors.
        """
        try:
            async with asyncio.timeout(seconds):
                answer: dict[str, Any] = await self._client().execute(operation, request)
        except (aiohttp.ClientError, OSError, TimeoutError, UnicodeDecodeError) as error:
            raise IPPConnectionError(f"{operation.name}: {error!r}") from error
        return answer

    def _client(self) -> IPP:
        if self._ipp is None:
            self._ipp = IPP(self._target, request_timeout=round(SUBMIT_SECONDS))
        return self._ipp


def _why_not_taken(error: IPPError) -> DeviceFailure:
    """Refused where the printer clearly said so; else it may have the job."""
    status = dict(error.args[1]).get("status-code") if len(error.args) > 1 else None
    refused = isinstance(status, int) and (
        status < HTTP_SERVER_ERROR if isinstance(error, IPPResponseError) else status >= IPP_ERROR
    )
    reason = FailureReason.PRINTER_REFUSED if refused else FailureReason.PRINT_UNKNOWN
    return DeviceFailure(reason, str(error))


def _listed(answer: dict[str, Any], name: str) -> tuple[str, ...]:
    value = answer.get(name, [])
    values = value if isinstance(value, list) else [value]
    return tuple(str(one) for one in values)
