"""Carries out a visit's effects: the hands of the statechart.

Each effect is a task of the visit; ending the visit cancels them all, so that nothing
of one visit can reach the next. What a task finds out is sent to the engine as an event;
what is personal goes into the `Visit` only. How a thing is done stands in `work/`.
"""

import asyncio
import logging
from collections.abc import Sequence
from random import SystemRandom

from drivers.device import DeviceFailure
from kiosk.errors import Failure
from kiosk.visit import effects as ef
from kiosk.visit import events as ev
from kiosk.visit.card import CardDesk
from kiosk.visit.personal import Visit
from kiosk.visit.work.desk import Desk, Parts, Send, Work, attempt
from kiosk.visit.work.handing_over import HandingOver
from kiosk.visit.work.looking import Looking
from kiosk.visit.work.packages import Packages
from kiosk.visit.work.papers import Papers
from kiosk.visit.work.services import Services
from kiosk.visit.work.signing_in import SigningIn

log = logging.getLogger(__name__)


class Attendant:
    """Does what transitions ask for."""

    def __init__(self, parts: Parts, visit: Visit, card: CardDesk, send: Send) -> None:
        self._parts = parts
        self._visit = visit
        self._card = card
        self._send = send
        self._desk = Desk(parts, visit, send)
        self._looking = Looking(self._desk, SystemRandom())
        self._signing_in = SigningIn(self._desk, self._looking)
        self._handing_over = HandingOver(self._desk)
        self._papers = Papers(self._desk)
        self._services = Services(self._desk)
        self._packages = Packages(self._desk, self._looking)
        self._tasks: set[asyncio.Task[None]] = set()
        self._look: asyncio.Task[None] | None = None
        self._phone: asyncio.Task[None] | None = None

    def carry_out(self, effect: ef.Effect) -> None:
        """Begin what an effect asks for; never waits."""
        match effect:
            case ef.WarmUp(camera=camera):
                for work in (self._warm_platform(), self._warm_documents()):
                    self._begin(work)
                if camera:
                    self._begin(self._warm_camera())
                    self._begin(self._warm_faces())
            case ef.ReadCard():
                self._card.ask_to_read()
            case ef.KeepWard():
                self._visit.ward = self._visit.document
                self._visit.take_document(None)
            case ef.ForgetDocument():
                self._visit.take_document(None)
            case ef.RestCamera():
                self._looking.rest()
            case ef.Remember(index=index):
                self._visit.wanted = self._visit.certificates[index].identifier
            case ef.StopFace():
                self._stop(self._look)
            case ef.StopPhone():
                self._stop(self._phone)
            case ef.EndVisit():
                self._end_visit()
            case ef.CompareFace():
                self._look = self._begin(self._looking.compare_face())
            case ef.LookForCode():
                self._look = self._begin(self._looking.judge_paper())
            case _:
                self._at_the_counter(effect)

    def _at_the_counter(self, effect: ef.Effect) -> None:
        """What goes to the platform."""
        match effect:
            case ef.SignIn():
                self._begin(self._signing_in.with_face())
            case ef.SignInByPhone():
                self._phone = self._begin(self._signing_in.by_phone())
            case ef.CallPhone():
                self._phone = self._begin(self._signing_in.by_call())
            case ef.SignInWithStaff():
                self._phone = self._begin(self._signing_in.with_staff())
            case ef.SignInByShow():
                self._phone = self._begin(self._signing_in.by_show())
            case ef.ListAgain():
                self._begin(self._signing_in.list_again())
            case ef.ListPrincipals():
                self._begin(self._signing_in.list_principals())
            case ef.ActFor(index=index):
                self._begin(self._signing_in.act_for(index))
            case ef.OfferHandOver(index=index):
                self._phone = self._begin(self._handing_over.offer(index))
            case ef.SettleHandOver(same=same):
                self._begin(self._handing_over.settle(same))
            case _:
                self._with_papers(effect)

    def _with_papers(self, effect: ef.Effect) -> None:
        """What is kept here, and what comes out on paper."""
        match effect:
            case ef.CompareKept():
                self._look = self._begin(self._packages.compare())
            case ef.ListKept():
                self._begin(self._packages.list())
            case ef.FetchCertificate(index=index):
                self._begin(self._papers.fetch(index))
            case ef.Print() as job:
                self._begin(self._papers.print(job))
            case ef.PrintReceipt():
                self._begin(self._papers.receipt())
            case _:
                self._without_sign_in(effect)

    def _without_sign_in(self, effect: ef.Effect) -> None:
        """Guides, and what a citizen leaves."""
        match effect:
            case ef.TakeContent():
                self._visit.guides = self._parts.guides()
                self._visit.services = self._parts.catalogue()
            case ef.ClearTyped():
                self._visit.typed = ""
            case ef.KeepRequest(draft=draft):
                self._begin(self._services.keep(draft))
            case ef.FindRequest():
                self._begin(self._services.find())
            case ef.PrintSlip(kind=kind):
                self._begin(self._services.print_slip(kind))
            case ef.PrintGuide(id=service):
                self._begin(self._services.print_guide(service))

    async def close(self) -> None:
        """Stop all work and wait until it has stopped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._desk.close()

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

    def _stop(self, task: asyncio.Task[None] | None) -> None:
        """End a task, unless it is the one that asks for it by what it found out."""
        if task is not None and task is not asyncio.current_task():
            task.cancel()

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

    async def _warm_faces(self) -> None:
        try:
            await self._parts.faces.warm_up()
        except Failure as failure:
            log.info("the photo decoder did not wake: %s", failure)

    # The end

    def _end_visit(self) -> None:
        """Stop the visit's work, sign out, and forget everything personal."""
        sessions = (self._visit.session, self._visit.own)
        # A token that cannot be revoked ends by itself within minutes.
        signing_out = [
            asyncio.create_task(attempt(self._parts.identity.sign_out(one)))
            for one in sessions if one is not None and one.token
        ]
        ended = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in ended:
            task.cancel()
        self._papers.forget()
        self._card.forget()
        self._visit.wipe()
        self._desk.afterwards(self._clean_up(ended, signing_out))

    async def _clean_up(
        self, ended: Sequence[asyncio.Task[None]], signing_out: Sequence[asyncio.Task[None]]
    ) -> None:
        """First what is here, which takes moments; a line may let one wait for its answer."""
        parts = self._parts
        await asyncio.gather(
            asyncio.gather(*ended, return_exceptions=True),
            attempt(parts.faces.forget()),
            attempt(self._stop_camera()),
            attempt(parts.documents.stop()),
        )
        await parts.after_visit.clean()
        # The next citizen's face is not to wait for the models.
        self._desk.afterwards(attempt(parts.faces.load()))
        await asyncio.gather(*signing_out)
        await parts.after_visit.rest()

    async def _stop_camera(self) -> None:
        await self._parts.camera.stop()
        # A picture that was on its way when the visit was emptied.
        self._visit.live = None
