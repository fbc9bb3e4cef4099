"""The one place where the parts of a terminal are put together from its configuration."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom
from typing import Any

from joserfc.jwk import ECKey

from drivers.auxiliaries.driver import InputPanel
from drivers.device import DeviceFailure
from kiosk.agent import Caller, Contact
from kiosk.alive.machine import Machine
from kiosk.audit import VaultAudit
from kiosk.audit_events import AuditEvent
from kiosk.certificates.directory import KeptDirectory
from kiosk.certificates.documents import DocumentService
from kiosk.certificates.http import HttpLibrary
from kiosk.certificates.profile_file import load_profiles
from kiosk.certificates.profiles import Profiles
from kiosk.certificates.proof.keep import PaperLists
from kiosk.certificates.regions import RegionalLibraries
from kiosk.config import BadConfiguration, Config
from kiosk.content.configuration import in_effect
from kiosk.content.keeper import Around, Content
from kiosk.equipment import Equipment, equip
from kiosk.errors import Failure
from kiosk.faces.photo import PhotoDecoder
from kiosk.faces.service import FaceService
from kiosk.gm import SmUnavailable, require_sm2
from kiosk.hygiene.after_visit import AfterVisit
from kiosk.hygiene.checks import look
from kiosk.hygiene.scratch import Scratch
from kiosk.identity.http import HttpIdentityService, load_key
from kiosk.keeping import open_vault, private_key, signing
from kiosk.packages.counting import restore_packages
from kiosk.packages.http import HttpPackages
from kiosk.packages.opening import PackageOpener
from kiosk.packages.sync import PackageKeeper
from kiosk.platform import Platform
from kiosk.printing.ledger import Job, PrintLedger
from kiosk.printing.reconcile import reconcile
from kiosk.reasons import Reason
from kiosk.services.kept import KeptWatch, Look, PaperListsLook, guides_look
from kiosk.services.requests import Requests
from kiosk.technician import Technician
from kiosk.tls import Tls, open_tls
from kiosk.visit import events as ev
from kiosk.visit.attendant import Attendant
from kiosk.visit.card import CardDesk
from kiosk.visit.effects import Effect, EndVisit
from kiosk.visit.engine import VisitEngine
from kiosk.visit.personal import Visit
from kiosk.visit.states import WITHOUT_VISIT, Part, State
from kiosk.visit.work.desk import Parts
from kiosk.watch import (
    Watch,
    camera_look,
    document_printer_look,
    machine_look,
    platform_look,
    receipt_printer_look,
    store_look,
)
from kiosk.worker import Worker
from offline.clock import Clock, system_clock
from offline.delivery import Delivery
from offline.sealed.envelope import open_outer

log = logging.getLogger(__name__)

VERSION = "0.1.0"
BEGIN_ANEW_SECONDS = 1.0
RECONCILE_SECONDS = 10.0
CAMERA_TROUBLE = frozenset({Reason.CAMERA_FAULT, Reason.FACE_FAULT})
FACE_MEMORY_MB, FACE_SECONDS = 900, 20.0
DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS = 512, 5.0


class Terminal:
    """A terminal without its screen: engine, visit, devices, platform."""

    def __init__(
        self, config: Config, visit: Visit | None = None, equipment: Equipment | None = None,
        machine: Machine | None = None, clock: Clock | None = None,
        scratch: Scratch | None = None,
    ) -> None:
        """Put the parts together. Raises BadConfiguration, and Failure where the vault fails.

        `visit` is where everything personal goes, for whoever draws it; `equipment` are
        the devices, where they are not those of the configuration; `machine` is what was
        looked at before; `scratch` is where temporary files go, if to a folder of its own.
        """
        try:
            require_sm2()
        except SmUnavailable as error:
            raise BadConfiguration(str(error)) from error
        self.visit = visit or Visit()
        self.machine = machine or Machine.of_system(config)
        key = load_key(config.terminal.key)
        own = config.terminal.certificate
        tls = open_tls(config.platform.tls_roots, (own, config.terminal.key) if own else None)
        profiles = load_profiles(config.certificates.profiles)
        # The vault is opened when all is right that can be wrong: it is opened by one only.
        clock = clock or system_clock(self.machine.clock.trusted)
        self.vault, self.key_keeper = open_vault(config, clock)
        try:
            self._assemble(config, key, tls, profiles, equipment, scratch)
        except BaseException:
            self.vault.close()  # or no other terminal could open it in this process
            raise

    def _assemble(
        self, config: Config, key: ECKey, tls: Tls, profiles: Profiles,
        equipment: Equipment | None, scratch: Scratch | None,
    ) -> None:
        """Put together what works with the vault."""
        state = config.terminal.state
        devices = equipment or equip(config.devices)
        self.devices = devices
        given, config = config, in_effect(config, self.vault)
        self.config = config
        self._audit = VaultAudit(self.vault)
        self._platform = Platform(
            config.platform.address, config.platform.timeout, tls, self.machine.clock.heard
        )
        self._reader = devices.reader
        self._keeper = devices.keeper
        self._faces_worker = Worker("kiosk.faces.worker", FACE_MEMORY_MB, FACE_SECONDS)
        documents = Worker(
            "kiosk.certificates.worker", DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS
        )
        plug_in = config.faces.photo_decoder
        decoder = PhotoDecoder(plug_in) if plug_in else None
        identity = HttpIdentityService(self._platform, config.terminal.id, key)
        self.delivery = Delivery(
            self.vault, Contact(self._platform, config.terminal.id, key), signing(key),
            self._health, SystemRandom().random,
        )
        library = HttpLibrary(self._platform, f"{self._platform.address}/library")
        trust, now = config.platform.trust, partial(datetime.now, UTC)
        self.directory = KeptDirectory(library.directory, state / "regions", trust, now)
        self._libraries = RegionalLibraries(
            library, lambda: self.directory.current, config.certificates.region_seconds, now, tls
        )
        papers = state / "paper"
        self.papers = PaperLists(library.paper_lists, papers, trust)
        self.content = Content(Around(
            given, self._platform, self.vault, self.papers, self.directory,
            SystemRandom().random, now,
        ))
        own_key = private_key(key)
        self.packages = PackageKeeper(
            self.vault, HttpPackages(self._platform, Caller(config.terminal.id, key).authorise),
            partial(open_outer, terminal=config.terminal.id, key=own_key),
        )
        self._kept: list[Look] = [
            PaperListsLook(papers, trust, now), guides_look(self.content.guides),
            self.packages.look,
        ]
        self._parts = Parts(
            config,
            devices.camera,
            FaceService(self._faces_worker, config.faces.threshold, decoder),
            identity,
            self._libraries,
            DocumentService(documents, trust, papers),
            devices.document_printer,
            devices.receipt_printer,
            PrintLedger(self.vault),
            profiles,
            self.vault,
            AfterVisit(devices.forget, (self._platform.rest, self._libraries.rest), scratch),
            lambda: self.content.guides.current,
            lambda: self.content.catalogue.current,
            Requests(self.vault),
            PackageOpener(self.vault, config.terminal.id, own_key, trust),
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._interrupted: list[Job] = []
        self._attendant: Attendant | None = None
        self._panel = InputPanel(config.devices.panel) if config.devices.panel else None
        self.technician: Technician | None = None
        self.engine = VisitEngine(self._audit, self._carry_out)
        self.engine.observe(self._notice_camera)
        self.engine.observe(self._notice_line)
        self._camera_failed = False
        self._hygiene = {one.name: "yes" if one.holds else "no" for one in look()}

    async def start(self) -> None:
        """Look at all parts once, then be in service or out of it."""
        self._audit.record(AuditEvent.TERMINAL_STARTED, {"version": VERSION}, None)
        await asyncio.to_thread(self.machine.clock.prepare)
        send, parts = self.engine.send, self._parts
        # Before anybody can print: what is open now is what a crash has left.
        self._interrupted = await parts.ledger.open_jobs()
        card = CardDesk(self._reader, self.visit, send)
        self._attendant = Attendant(parts, self.visit, card, send)
        if self._keeper is not None:
            self._keep(self._keeper.run)
        if self._panel is not None:
            self.technician = Technician(self._panel, self.vault, self._facts, send)
            self._keep(self.technician.run)
        self._keep(card.run)
        self._keep(self._reconcile)
        self._keep(self.delivery.run)
        self._keep(self.content.run)
        self._keep(self.packages.run)
        watches = [
            Watch(Part.CAMERA, self._look_at_faces, send),
            Watch(Part.DOCUMENT_PRINTER, document_printer_look(parts.document_printer), send),
            Watch(Part.RECEIPT_PRINTER, receipt_printer_look(parts.receipt_printer), send),
            Watch(Part.PLATFORM, platform_look(self._platform), send),
            Watch(Part.STORE, store_look(self.vault), send),
        ]
        kept = KeptWatch(self._kept, send)
        machine = Watch(Part.MACHINE, machine_look(self.machine), send)
        looks = [watch.look(patient=False) for watch in (machine, *watches)]
        await asyncio.gather(card.first_look(), kept.look(), *looks)
        send(ev.Ready())
        self._keep(kept.run)
        # A visit may fill the disk: what the citizen leaves needs the reserve then, not later.
        self._keep(partial(machine.run, lambda: True))
        # A camera is opened to be looked at: only at the start and when it was lost.
        watches[0].follow(parts.camera.status, Reason.CAMERA_FAULT)
        for watch in watches[1:]:
            self._keep(partial(watch.run, self._at_rest))
        self._keep(partial(watches[0].run, self._camera_is_wanted))

    async def stop(self) -> None:
        """Stop everything that was started."""
        self.engine.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._attendant is not None:
            await self._attendant.close()
        if self._panel is not None:
            self._panel.close()
        await self.devices.close()
        await self._parts.documents.stop()
        await self._faces_worker.stop()
        await self._libraries.close()
        await self._platform.close()
        self._audit.record(AuditEvent.TERMINAL_STOPPED, {}, None)
        await asyncio.to_thread(self.vault.close)

    def _keep(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something for as long as the terminal runs; what breaks begins anew."""

        async def keep() -> None:
            while True:
                try:
                    await work()
                except Exception:
                    log.exception("something that always runs broke; it begins anew")
                await asyncio.sleep(BEGIN_ANEW_SECONDS)

        self._tasks.append(asyncio.create_task(keep()))

    async def _reconcile(self) -> None:
        """Find out what became of copies that a crash interrupted, once the printer answers."""
        while self._interrupted:
            try:
                await reconcile(
                    self._parts.document_printer, self._parts.ledger, self._interrupted,
                    restore_packages,
                )
            except DeviceFailure as failure:
                log.info("what was being printed is not known yet: %s", failure)
                await asyncio.sleep(RECONCILE_SECONDS)
        await asyncio.Event().wait()

    def _health(self) -> dict[str, str]:
        """What the platform is told of the terminal with each contact."""
        return {
            "version": VERSION, "step": str(self.engine.state.step),
            "key_protection": str(self.key_keeper.protection), "suite": self.vault.suite,
            **self._hygiene,
        }

    def _facts(self) -> dict[str, str]:
        """What a technician is told besides."""
        trusted = "trusted" if self.machine.clock.trusted() else "not confirmed"
        return {**self._health(), "contacts": str(self.delivery.contacts), "clock": trusted}

    async def _look_at_faces(self) -> Reason | None:
        """Whether faces can be compared: the models are loaded and the camera sees."""
        try:
            await self._parts.faces.load()
        except Failure as failure:
            log.error("faces: %s", failure)
            return failure.reason
        return await camera_look(self._parts.camera)()

    def _at_rest(self) -> bool:
        return self.engine.state.step in WITHOUT_VISIT

    def _camera_is_wanted(self) -> bool:
        """A camera is looked at only when it is lost, or failed in the last visit."""
        if not self._at_rest():
            return False
        failed, self._camera_failed = self._camera_failed, False
        return failed or self.engine.state.equipment.reason(Part.CAMERA) is not None

    def _notice_camera(self, _: State, event: ev.Event) -> None:
        match event:
            case ev.FaceFailed(reason) | ev.SignInFailed(reason) | ev.PaperFailed(reason):
                self._camera_failed |= reason in CAMERA_TROUBLE

    def _notice_line(self, _: State, event: ev.Event) -> None:
        """What waits for the line need not wait longer."""
        if event == ev.PartBack(Part.PLATFORM):
            self.delivery.hurry()
            self.content.runner.hurry()

    def _carry_out(self, effect: Effect) -> None:
        assert self._attendant is not None
        self._attendant.carry_out(effect)
        if isinstance(effect, EndVisit):
            self.devices.forget()
