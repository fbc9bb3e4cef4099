"""A certificate's file, its copies on paper, and the receipt."""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta

from drivers.device import DeviceFailure
from drivers.document_printer.port import JobOptions, JobProgress, MediaSize
from drivers.document_printer.port import Sides as PrintedSides
from kiosk.certificates.accept import accept
from kiosk.certificates.port import Annotation, Certificate, CopyRequest
from kiosk.certificates.profiles import CodePlace, Paper, Sides, printing_rules
from kiosk.certificates.proof.marks import page_marks
from kiosk.errors import Failure
from kiosk.identity.port import Session
from kiosk.packages.counting import PackageCounting
from kiosk.printing.pipeline import as_failure, print_document
from kiosk.printing.port import Receipt
from kiosk.printing.receipt_text import write_receipt
from kiosk.reasons import Reason
from kiosk.visit import effects as ef
from kiosk.visit import events as ev
from kiosk.visit.personal import mask_name
from kiosk.visit.work.desk import Desk
from kiosk.words import say

log = logging.getLogger(__name__)

TIME_FORMAT = "%Y-%m-%d %H:%M"
MEDIA = {Paper.A4: MediaSize.A4, Paper.A5: MediaSize.A5}
SIDES = {Sides.ONE: PrintedSides.ONE, Sides.TWO: PrintedSides.LONG_EDGE}
"""What a profile asks for, in the printer's words."""


class Papers:
    """Fetches, prints, and remembers what the receipt says."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._receipt: Receipt | None = None

    def forget(self) -> None:
        """The visit has ended."""
        self._receipt = None

    async def fetch(self, index: int) -> None:
        """Fetch a certificate's file, verify it, and draw its first page."""
        parts, visit = self._desk.parts, self._desk.visit
        session, certificate = visit.session, visit.certificates[index]
        assert session is not None
        try:
            document = await self._desk.library.fetch(session, certificate)
            checked = await parts.documents.check(document)
            profile = parts.profiles.for_certificate(certificate)
            accept(certificate, checked, profile, date.today())
        except Failure as failure:
            log.info("certificate: %s", failure)
            if self._is_still(session, certificate, index):
                self._desk.send(ev.CertificateFailed(index, failure.reason))
            return
        if not self._is_still(session, certificate, index):
            return
        visit.files[index] = checked
        self._desk.send(ev.CertificateReady(index, checked.pages))

    def _is_still(self, session: Session, certificate: Certificate, index: int) -> bool:
        """Whether a place in the list is still what it was: the list may be another's by now."""
        visit = self._desk.visit
        here = visit.certificates[index : index + 1]
        return visit.session is session and bool(here) and here[0] is certificate

    async def print(self, job: ef.Print) -> None:
        """Print copies with purpose, time and code, and wait until they are out."""
        parts, visit = self._desk.parts, self._desk.visit
        terminal = parts.config.terminal
        certificate, file = visit.certificates[job.index], visit.files[job.index]
        profile, moment = parts.profiles.for_certificate(certificate), datetime.now()
        rules = printing_rules(profile, certificate, moment.date())
        now, days = moment.strftime(TIME_FORMAT), min(terminal.copy_days, rules.copy_days)
        kept = self._desk.package_of(certificate)
        purpose = kept.purpose if kept else say(f"purpose.{job.purpose}")
        until = kept.copies_until if kept else (moment + timedelta(days=days)).date()
        note = Annotation(
            purpose, terminal.place_zh, terminal.id, now, f"{until:%Y-%m-%d}", job.copies,
            own_sheet=rules.code is CodePlace.OWN_SHEET, two_sided=rules.sides is Sides.TWO,
        )
        marks = file.page_marks + page_marks(note.margin_text)
        request = CopyRequest(terminal.id, purpose, job.copies, file.pages, days, marks)
        try:
            codes = await self._codes(certificate, request)
            document, pages = await parts.documents.prepare(
                file.document, replace(note, codes=codes)
            )
            number = await print_document(
                parts.document_printer, parts.ledger, document,
                certificate.type, job.copies, pages, self._progress,
                JobOptions(MEDIA[rules.paper], SIDES[rules.sides]),
                PackageCounting(kept, job.copies) if kept else None,
            )
        except Failure as failure:
            log.warning("print: %s", failure)
            self._desk.send(ev.PrintFailed(failure.reason))
            return
        except Exception:
            log.exception("printing broke")
            self._desk.send(ev.PrintFailed(Reason.PRINT_UNKNOWN))
            return
        self._receipt = Receipt(
            place=terminal.place_zh,
            terminal=terminal.id,
            number=f"{date.today():%Y%m%d}-{number:05d}",
            # Who signed in with a phone alone has shown no document: the list says the name.
            holder=visit.masked_holder or mask_name(certificate.holder),
            certificate=certificate.name,
            certificate_en=certificate.name_en,
            purpose=purpose,
            copies=job.copies,
            pages=pages,
            printed_at=now,
            kept=kept is not None,
        )
        self._desk.send(ev.Printed())

    async def receipt(self) -> None:
        """Print the receipt."""
        parts = self._desk.parts
        assert self._receipt is not None
        try:
            can = parts.receipt_printer.capabilities
            content = write_receipt(self._receipt, can) or await parts.documents.receipt(
                self._receipt, can.dots
            )
            await parts.receipt_printer.print(content)
        except (Failure, DeviceFailure) as failure:
            known = as_failure(failure) if isinstance(failure, DeviceFailure) else failure
            log.warning("receipt: %s", known)
            self._desk.send(ev.ReceiptFailed(known.reason))
            return
        self._desk.send(ev.ReceiptPrinted())

    async def _codes(self, certificate: Certificate, request: CopyRequest) -> tuple[str, ...]:
        """The codes of the copies; a copy without one is better than none."""
        assert self._desk.visit.session is not None
        try:
            return await self._desk.library.prove(
                self._desk.visit.session, certificate, request
            )
        except Failure as failure:
            log.warning("copies without a code: %s", failure)
            return ()

    def _progress(self, job: JobProgress) -> None:
        if job.pages:
            self._desk.send(ev.PagePrinted(job.pages))
