"""An A4 printer seen from the line: answers IPP and keeps what it printed.

The first page takes as long as a laser printer's, later ones come faster. Each document
that is printed to its end is written to the output folder.
"""

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from drivers.document_printer.ipp import (
    Attributes,
    Group,
    Message,
    Operation,
    StatusCode,
    Tag,
    decode_message,
    encode_answer,
)
from drivers.document_printer.port import PDF, MediaSize, Sides
from drivers.simulation import Reporter, Simulator

FAULTS = {
    "no_paper": "media-empty-error",
    "jam": "media-jam-error",
    "cover_open": "cover-open-error",
    "toner_out": "toner-empty-error",
    "toner_low": "toner-low-warning",
    "paper_low": "media-low-warning",
    "paused": "paused",
    "jam_midway": "media-jam-error",
    "tray_empty": "media-empty-report",
    "gone": "",
    "refuse": "",
    "late": "",
    "stuck": "",
    "power_cut": "",
}
"""Faults that can be asked for, and the state reason that each reports.

`gone` answers nothing, `refuse` takes no job, `late` answers 0.4 s late, `stuck` prints
nothing and says nothing, `power_cut` is gone in the middle of the next page.
"""

STOPPING = {"no_paper", "jam", "cover_open", "toner_out", "paused"}
LATE_SECONDS = 0.4
SHEETS, TONER = 250, 75
JOB_OPTIONS = ("sides", "media", "media-col", "print-scaling")
PENDING, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = 3, 5, 6, 7, 8, 9


@dataclass(slots=True)
class Job:
    """One job and how far it is."""

    id: int
    name: str
    document: bytes
    pages: int
    state: int = PENDING
    printed: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of the simulated printer, in seconds."""

    first_page: float = 8.0
    next_page: float = 1.5


class PrinterSimulator(Simulator):
    """Serves `ipp://127.0.0.1:PORT/ipp/print`."""

    known_faults = FAULTS

    def __init__(self, reporter: Reporter, out: Path, pace: Pace) -> None:
        super().__init__(reporter)
        self._out = out
        self._pace = pace
        self._jobs: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._work = threading.Semaphore(0)
        self._waiting: list[Job] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """The address to print to."""
        return f"ipp://127.0.0.1:{self._server.server_port}/ipp/print"

    def unplug(self) -> None:
        """Take the printer off the network."""
        self._faults.add("gone")

    def plug(self) -> None:
        """Put the printer on the network."""
        self._faults.discard("gone")

    def serve_in_background(self) -> None:
        """Start the listener and the engine in daemon threads."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        threading.Thread(target=self._print, daemon=True).start()

    def answer(self, message: Message) -> bytes:
        """The answer to one request."""
        match message.code:
            case Operation.GET_PRINTER_ATTRIBUTES:
                group = (Group.PRINTER, self._printer_attributes())
            case Operation.PRINT_JOB if "refuse" in self._faults:
                return encode_answer(StatusCode.NOT_ACCEPTING_JOBS, message.request_id, [])
            case Operation.PRINT_JOB if message.first("document-format") != PDF:
                return encode_answer(StatusCode.FORMAT_NOT_SUPPORTED, message.request_id, [])
            case Operation.PRINT_JOB:
                group = (Group.JOB, self._job_attributes(self._accept(message)))
            case Operation.PAUSE_PRINTER:
                self._faults.add("paused")
                return encode_answer(StatusCode.OK, message.request_id, [])
            case Operation.RESUME_PRINTER:
                self._faults.discard("paused")
                return encode_answer(StatusCode.OK, message.request_id, [])
            case Operation.PURGE_JOBS:
                for one in self._jobs.values():
                    self._cancel(one)
                return encode_answer(StatusCode.OK, message.request_id, [])
            case Operation.GET_JOBS:
                ended = message.first("which-jobs") == "completed"
                groups = [
                    (Group.JOB, self._job_attributes(one)) for one in list(self._jobs.values())
                    if (one.state in (CANCELED, ABORTED, COMPLETED)) is ended
                ]
                return encode_answer(StatusCode.OK, message.request_id, groups)
            case Operation.GET_JOB_ATTRIBUTES | Operation.CANCEL_JOB:
                job = self._jobs.get(int(message.first("job-id") or 0))  # type: ignore[arg-type]
                if job is None:
                    return encode_answer(StatusCode.NOT_FOUND, message.request_id, [])
                if message.code == Operation.CANCEL_JOB and not self._cancel(job):
                    return encode_answer(StatusCode.NOT_POSSIBLE, message.request_id, [])
                group = (Group.JOB, self._job_attributes(job))
            case _:
                return encode_answer(StatusCode.OPERATION_NOT_SUPPORTED, message.request_id, [])
        return encode_answer(StatusCode.OK, message.request_id, [group])

    def _printer_attributes(self) -> Attributes:
        reasons = [FAULTS[name] for name in sorted(self._faults) if FAULTS[name]]
        busy = any(job.state == PROCESSING for job in self._jobs.values())
        state = 5 if self._faults & STOPPING else 4 if busy else 3
        return {
            "printer-state": (Tag.ENUM, state),
            "printer-state-reasons": (Tag.KEYWORD, reasons or ["none"]),
            "printer-is-accepting-jobs": (Tag.BOOLEAN, "refuse" not in self._faults),
            "document-format-supported": (Tag.MIME_TYPE, [PDF]),
            "printer-make-and-model": (Tag.TEXT, "Tongban Simulated A4"),
            **self._supplies(),
        }

    def _supplies(self) -> Attributes:
        faults = self._faults
        toner = 0 if "toner_out" in faults else 5 if "toner_low" in faults else TONER
        sheets = 0 if faults & {"no_paper", "tray_empty"} else SHEETS
        sheets = 5 if "paper_low" in faults else sheets
        tray = f"type=sheetFeedAutoRemovableTray;maxcapacity={SHEETS};level={sheets};name=tray-1;"
        size: Attributes = {
            "x-dimension": (Tag.INTEGER, MediaSize.A4.dimensions[0]),
            "y-dimension": (Tag.INTEGER, MediaSize.A4.dimensions[1]),
        }
        ready: Attributes = {
            "media-size": (Tag.BEGIN_COLLECTION, size),
            "media-source": (Tag.KEYWORD, "tray-1"),
        }
        return {
            "marker-names": (Tag.NAME, ["Black Toner", "Waste Toner"]),
            "marker-types": (Tag.KEYWORD, ["toner", "waste-toner"]),
            "marker-levels": (Tag.INTEGER, [toner, 20]),
            "printer-input-tray": (Tag.TEXT, [tray]),
            "media-col-ready": (Tag.BEGIN_COLLECTION, ready),
            "media-supported": (Tag.KEYWORD, [str(MediaSize.A4)]),
            "media-source-supported": (Tag.KEYWORD, ["tray-1"]),
            "sides-supported": (Tag.KEYWORD, [str(Sides.ONE), str(Sides.LONG_EDGE)]),
        }

    def _job_attributes(self, job: Job) -> Attributes:
        return {
            "job-id": (Tag.INTEGER, job.id),
            "job-name": (Tag.NAME, job.name),
            "job-uri": (Tag.URI, f"{self.address}/{job.id}"),
            "job-state": (Tag.ENUM, job.state),
            "job-state-reasons": (Tag.KEYWORD, ["none"]),
            "job-impressions-completed": (Tag.INTEGER, job.printed),
        }

    def _accept(self, message: Message) -> Job:
        document = message.data
        with self._lock:
            name = str(message.first("job-name") or "")
            job = Job(len(self._jobs) + 1, name, document, count_pages(document))
            self._jobs[job.id] = job
            self._waiting.append(job)
        self._reporter.event(
            "job", id=job.id, title=job.name, pages=job.pages, bytes=len(document),
            options={name: message.first(name) for name in JOB_OPTIONS},
        )
        self._work.release()
        return job

    def _cancel(self, job: Job) -> bool:
        with self._lock:
            if job.state in (CANCELED, ABORTED, COMPLETED):
                return False
            job.state = CANCELED
        return True

    def _print(self) -> None:
        while True:
            self._work.acquire()
            job = self._waiting.pop(0)
            began = time.monotonic()
            while job.state not in (CANCELED, ABORTED) and job.printed < job.pages:
                self._page(job)
            if job.printed == job.pages and job.state != CANCELED:
                job.state = COMPLETED
                path = self._out / f"document-{job.id}.pdf"
                path.write_bytes(job.document)
                took = (time.monotonic() - began) * 1000
                self._reporter.event("document", path=str(path), ms=took, pages=job.pages)

    def _page(self, job: Job) -> None:
        """One page: the time it takes, standing still while something is wrong."""
        left = self._pace.first_page if job.printed == 0 else self._pace.next_page
        while left > 0:
            if job.state == CANCELED:
                return
            if "jam_midway" in self._faults and left < self._pace.first_page / 2:
                self._faults.discard("jam_midway")
                self._faults.add("jam")
            if "power_cut" in self._faults and left < self._pace.first_page / 2:
                self._faults.discard("power_cut")
                self._faults.add("gone")
                self._cancel(job)
                return
            if "stuck" in self._faults:
                time.sleep(0.02)
                continue
            if self._faults & STOPPING:
                job.state = STOPPED
                time.sleep(0.02)
                continue
            job.state = PROCESSING
            piece = min(left, 0.02)
            time.sleep(piece)
            left -= piece
        job.printed += 1
        self._reporter.event("page", id=job.id, title=job.name, number=job.printed, of=job.pages)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                if "gone" in simulator._faults:
                    self.close_connection = True
                    return
                if "late" in simulator._faults:
                    time.sleep(LATE_SECONDS)
                try:
                    request = decode_message(self._body())
                except ValueError as error:
                    self.send_error(400, str(error))
                    return
                answer = simulator.answer(request)
                self.send_response(200)
                self.send_header("Content-Type", "application/ipp")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") == "chunked":
                    return b"".join(self._chunks())
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))

            def _chunks(self) -> list[bytes]:
                chunks = []
                while size := int(self.rfile.readline(), 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return chunks

            def log_message(self, format: str, *args: object) -> None:
                """Requests are reported as events, not logged."""

        return Handler


def count_pages(pdf: bytes) -> int:
    """The pages of a PDF; one where it cannot be opened."""
    import pypdfium2

    try:
        return len(pypdfium2.PdfDocument(pdf))
    except pypdfium2.PdfiumError:
        return 1
