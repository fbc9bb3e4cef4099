"""Carries out a visit's effects: the hands of the statechart.

Each effect is a task of the visit; ending the visit cancels them all, so that nothing
of one visit can reach the next. What a task finds out is sent to the engine as an event;
what is personal goes into the `Visit` only.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from drivers.camera.port import Camera, Frame, Picture
from drivers.device import DeviceFailure, Status
from drivers.document_printer.port import DocumentPrinter, JobProgress
from drivers.receipt_printer.port import ReceiptPrinter
from kiosk.certificates.accept import accept
from kiosk.certificates.documents import DocumentService
from kiosk.certificates.port import (
    Annotation,
    Certificate,
    CertificateLibrary,
    CopyRequest,
)
from kiosk.certificates.profiles import Profiles
from kiosk.certificates.proof.marks import page_marks
from kiosk.config import Config
from kiosk.errors import Failure
from kiosk.faces.port import Hint
from kiosk.faces.service import FaceService, FrameSlot
from kiosk.identity.port import FaceEvidence, IdentityService, Session
from kiosk.printing.ledger import PrintLedger
from kiosk.printing.pipeline import as_failure, print_document
from kiosk.printing.port import Receipt
from kiosk.printing.receipt_text import write_receipt
from kiosk.reasons import Reason
from kiosk.visit import effects as ef
from kiosk.visit import events as ev
from kiosk.visit.card import CardDesk
from kiosk.visit.personal import Visit, mask_name
from kiosk.visit.states import CertificateFact
from kiosk.words import say

log = logging.getLogger(__name__)

Send = Callable[[ev.Event], None]
Work = Coroutine[Any, Any, None]
TIME_FORMAT = "%Y-%m-%d %H:%M"


def code_in(picture: Picture) -> str | None:
    """The text of a copy's code in a camera's picture, or None; for a thread.

    Loaded when the first paper is held up: its libraries take 6 MB that most visits never need.
    """
    from kiosk.certificates.proof import scan

    return scan.code_in(picture)


class Parts:
    """What the attendant works with; put together by `terminal.Terminal`."""

    def __init__(
        self,
        config: Config,
        camera: Camera,
        faces: FaceService,
        identity: IdentityService,
        library: CertificateLibrary,
        documents: DocumentService,
        document_printer: DocumentPrinter,
        receipt_printer: ReceiptPrinter,
        ledger: PrintLedger,
        profiles: Profiles,
    ) -> None:
        self.config = config
        self.camera = camera
        self.faces = faces
        self.identity = identity
        self.library = library
        self.documents = documents
        self.document_printer = document_printer
        self.receipt_printer = receipt_printer
        self.ledger = ledger
        self.profiles = profiles


class Attendant:
    """Does what transitions ask for."""

    def __init__(self, parts: Parts, visit: Visit, card: CardDesk, send: Send) -> None:
        self._parts = parts
        self._visit = visit
        self._card = card
        self._send = send
        self._tasks: set[asyncio.Task[None]] = set()
        self._face: asyncio.Task[None] | None = None
        self._phone: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._receipt: Receipt | None = None

    def carry_out(self, effect: ef.Effect) -> None:
        """Begin what an effect asks for; never waits."""
        match effect:
            case ef.WarmUp():
                for work in (self._warm_camera(), self._warm_platform(), self._warm_documents()):
                    self._begin(work)
            case ef.ReadCard():
                self._card.ask_to_read()
            case ef.CompareFace():
                self._face = self._begin(self._compare_face())
            case ef.StopFace():
                self._stop_face()
            case ef.SignIn():
                self._begin(self._sign_in())
            case ef.SignInByPhone():
                self._phone = self._begin(self._sign_in_by_phone())
            case ef.StopPhone():
                self._stop_phone()
            case ef.LookForCode():
                self._face = self._begin(self._look_for_code())
            case ef.FetchCertificate(index=index):
                self._begin(self._fetch(index))
            case ef.Print() as job:
                self._begin(self._print(job))
            case ef.PrintReceipt():
                self._begin(self._print_receipt())
            case ef.EndVisit():
                self._end_visit()

    async def close(self) -> None:
        """Stop all work and wait until it has stopped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._ending, return_exceptions=True)

    def _begin(self, work: Work) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before it began never gets to its work.
        task.add_done_callback(lambda _: work.close())
        return task

    async def _guard(self, work: Work) -> None:
        """Work that breaks ends the visit with a reason, not the terminal."""
        try:
            await work
        except Exception:
            log.exception("work of a visit broke")
            self._send(ev.Broke())

    # Waking up; a failure here is told by the step that needs the part.

    async def _warm_camera(self) -> None:
        try:
            await self._parts.camera.open()
        except DeviceFailure as failure:
            log.info("the camera did not wake: %s", failure)

    async def _warm_platform(self) -> None:
        try:
            await self._parts.identity.warm_up()
        except Failure as failure:
            log.info("the platform did not wake: %s", failure)

    async def _warm_documents(self) -> None:
        try:
            await self._parts.documents.warm_up()
        except Failure as failure:
            log.warning("the document worker did not wake: %s", failure)

    # Face and sign-in

    async def _compare_face(self) -> None:
        parts, document = self._parts, self._visit.document
        assert document is not None
        slot = FrameSlot(asyncio.get_running_loop())
        try:
            await parts.camera.open()
            parts.camera.observe(lambda frame: self._see(frame, slot))
            reference = await parts.faces.prepare(
                document.photo, lambda: parts.identity.face_reference(document)
            )
            verdict = await parts.faces.compare(slot, reference, self._show)
        except (Failure, DeviceFailure) as failure:
            known = as_failure(failure) if isinstance(failure, DeviceFailure) else failure
            log.info("face: %s", known)
            seeing = parts.camera.status.value is Status.ONLINE
            self._send(ev.FaceFailed(known.reason if seeing else Reason.CAMERA_FAULT))
            return
        finally:
            parts.camera.observe(None)
            self._visit.live = self._visit.hint = None
        if not verdict.same:
            self._send(ev.FaceFailed(Reason.FACE_MISMATCH))
            return
        self._visit.face_reference = verdict.reference
        self._send(ev.FaceMatched(verdict.reference))
        self._rest_camera()

    def _see(self, frame: Frame, slot: FrameSlot) -> None:
        """A new picture, in the camera's thread: for the screen and for the comparison."""
        self._visit.live = frame.picture
        slot.put(frame.picture)

    def _show(self, hint: Hint) -> None:
        self._visit.hint = hint

    def _stop_face(self) -> None:
        if self._face is not None and self._face is not asyncio.current_task():
            self._face.cancel()
        self._face = None

    def _rest_camera(self) -> None:
        """The camera looks at nobody longer than it must."""
        task = asyncio.get_running_loop().create_task(self._parts.camera.stop())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _sign_in(self) -> None:
        parts, visit = self._parts, self._visit
        assert visit.document is not None
        evidence = FaceEvidence(bool(visit.face_reference), visit.face_reference)
        await self._forget_session()
        try:
            visit.session = await parts.identity.sign_in(visit.document, evidence)
        except Failure as failure:
            log.info("sign-in: %s", failure)
            self._send(ev.SignInFailed(failure.reason))
            return
        await self._list(visit.session)

    async def _sign_in_by_phone(self) -> None:
        identity, visit = self._parts.identity, self._visit
        await self._forget_session()
        try:
            visit.phone_code = await identity.begin_phone()
            self._send(ev.PhoneCodeShown())
            visit.session = await identity.wait_for_phone(visit.phone_code)
        except Failure as failure:
            log.info("phone: %s", failure)
            self._send(ev.SignInFailed(failure.reason))
            return
        finally:
            visit.phone_code = None
        await self._list(visit.session)

    async def _forget_session(self) -> None:
        """End an earlier sign-in of this visit, and drop what it had fetched."""
        before, self._visit.session = self._visit.session, None
        self._visit.files.clear()
        await self._sign_out(before)

    def _stop_phone(self) -> None:
        if self._phone is not None:
            self._phone.cancel()
        self._phone = None

    async def _list(self, session: Session) -> None:
        """Say who is signed in, and list what that one holds."""
        parts, visit = self._parts, self._visit
        self._send(ev.SignedIn(session.acr))
        try:
            holdings = await parts.library.list(session)
        except Failure as failure:
            log.info("list: %s", failure)
            self._send(ev.ListFailed(failure.reason))
            return
        visit.certificates, visit.missing = list(holdings.certificates), holdings.missing
        facts = tuple(CertificateFact(one.type, one.status) for one in visit.certificates)
        self._send(ev.CertificatesListed(facts))

    async def _fetch(self, index: int) -> None:
        parts, visit = self._parts, self._visit
        assert visit.session is not None
        try:
            certificate = visit.certificates[index]
            document = await parts.library.fetch(visit.session, certificate)
            checked = await parts.documents.check(document)
            profile = parts.profiles.for_certificate(certificate)
            accept(certificate, checked, profile, date.today())
        except Failure as failure:
            log.info("certificate: %s", failure)
            self._send(ev.CertificateFailed(index, failure.reason))
            return
        visit.files[index] = checked
        self._send(ev.CertificateReady(index, checked.pages))

    # A printed copy before the camera

    async def _look_for_code(self) -> None:
        parts, visit = self._parts, self._visit
        visit.paper = None
        slot = FrameSlot(asyncio.get_running_loop())
        try:
            await parts.camera.open()
            parts.camera.observe(lambda frame: self._see(frame, slot))
            text = None
            while text is None:
                text = await asyncio.to_thread(code_in, await slot.take())
            visit.paper = await parts.documents.judge_code(text)
        except (Failure, DeviceFailure) as failure:
            known = as_failure(failure) if isinstance(failure, DeviceFailure) else failure
            log.info("a printed copy: %s", known)
            self._send(ev.PaperFailed(known.reason))
            return
        finally:
            parts.camera.observe(None)
            visit.live = None
        self._send(ev.PaperJudged(str(visit.paper["verdict"])))
        self._rest_camera()

    # Paper

    async def _print(self, job: ef.Print) -> None:
        parts, terminal = self._parts, self._parts.config.terminal
        certificate, file = self._visit.certificates[job.index], self._visit.files[job.index]
        moment = datetime.now()
        now, days = moment.strftime(TIME_FORMAT), parts.config.terminal.copy_days
        purpose = say(f"purpose.{job.purpose}")
        note = Annotation(
            purpose, terminal.place_zh, terminal.id, now,
            f"{moment + timedelta(days=days):%Y-%m-%d}", job.copies,
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
            )
        except Failure as failure:
            log.warning("print: %s", failure)
            self._send(ev.PrintFailed(failure.reason))
            return
        except Exception:
            log.exception("printing broke")
            self._send(ev.PrintFailed(Reason.PRINT_UNKNOWN))
            return
        document_holder = self._visit.document
        self._receipt = Receipt(
            place=terminal.place_zh,
            terminal=terminal.id,
            number=f"{date.today():%Y%m%d}-{number:05d}",
            holder=mask_name(document_holder.name if document_holder else ""),
            certificate=certificate.name,
            certificate_en=certificate.name_en,
            purpose=purpose,
            copies=job.copies,
            pages=pages,
            printed_at=now,
        )
        self._send(ev.Printed())

    async def _codes(self, certificate: Certificate, request: CopyRequest) -> tuple[str, ...]:
        """The codes of the copies; a copy without one is better than none."""
        assert self._visit.session is not None
        try:
            return await self._parts.library.prove(self._visit.session, certificate, request)
        except Failure as failure:
            log.warning("copies without a code: %s", failure)
            return ()

    def _progress(self, job: JobProgress) -> None:
        if job.pages:
            self._send(ev.PagePrinted(job.pages))

    async def _print_receipt(self) -> None:
        parts = self._parts
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
            self._send(ev.ReceiptFailed(known.reason))
            return
        self._send(ev.ReceiptPrinted())

    # The end

    def _end_visit(self) -> None:
        """Stop the visit's work, sign out, and forget everything personal."""
        session = self._visit.session
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        self._face = self._phone = self._receipt = None
        self._card.forget()
        self._visit.wipe()
        task = asyncio.get_running_loop().create_task(self._clean_up(session))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _clean_up(self, session: Session | None) -> None:
        parts = self._parts
        await asyncio.gather(
            self._try(parts.faces.forget()),
            self._try(self._stop_camera()),
            self._try(parts.documents.stop()),
            self._sign_out(session),
        )

    async def _stop_camera(self) -> None:
        await self._parts.camera.stop()
        # A picture that was on its way when the visit was emptied.
        self._visit.live = None

    async def _sign_out(self, session: Session | None) -> None:
        """Revoke a token; one that cannot be revoked ends by itself within minutes."""
        if session is not None:
            await self._try(self._parts.identity.sign_out(session))

    async def _try(self, work: Work) -> None:
        try:
            await work
        except (Failure, DeviceFailure) as failure:
            log.info("after the visit: %s", failure)
