"""Devices as the terminal uses them when it does not know which are plugged in.

Each class fulfils the interface of its kind and passes every call on to whatever device
of that kind the supervisor has ready; of readers, to the one on which a card lies. Where
there is none, the call fails with the reason of that kind; the next call may find one.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, cast

from drivers.camera.port import Capabilities as CameraCapabilities
from drivers.camera.port import Frame
from drivers.catalogue import CameraKeeper, PrinterKeeper
from drivers.device import DeviceFailure, Observable, Status
from drivers.document_printer.port import JobOptions, JobProgress, PrinterCondition
from drivers.idcard.port import Capabilities as ReaderCapabilities
from drivers.idcard.port import IdCardReader, IdentityDocument, Progress, Wanted
from drivers.idcard.several import SeveralReaders
from drivers.receipt_printer.port import Capabilities, Condition, Line, Raster, Settlement
from drivers.supervisor import FAULT_OF_ROLE, Bus, Claim, Role, Supervisor

if TYPE_CHECKING:
    from drivers.camera.driver import OpenCvCamera
    from drivers.document_printer.driver import IppPrinter
    from drivers.receipt_printer.driver import EscposPrinter

WAIT_SECONDS = 1.0
"""How long opening waits for a device that is just being plugged in."""


class _Supervised:
    """What all share: a role, and a status that follows whether there is a device."""

    role: Role

    def __init__(self, supervisor: Supervisor) -> None:
        self._status: Observable[Status] = Observable(Status.NO_DEVICE)
        self._supervisor = supervisor

    @property
    def status(self) -> Observable[Status]:
        """Whether there is a device."""
        return self._status

    async def _wait(self) -> None:
        """Raises DeviceFailure where there is no device."""
        ready = await self._supervisor.wait_for(self.role, WAIT_SECONDS)
        self._status.set(Status.ONLINE if ready else Status.NO_DEVICE)
        if not ready:
            raise DeviceFailure(FAULT_OF_ROLE[self.role], f"no {self.role} is attached")


class ClaimedReader:
    """One reader that the supervisor has, for `SeveralReaders`."""

    capabilities = ReaderCapabilities()

    def __init__(self, supervisor: Supervisor, claim: Claim) -> None:
        self._supervisor = supervisor
        self._claim = claim
        self._reader = cast(IdCardReader, claim.device)

    @property
    def status(self) -> Observable[Status]:
        """The reader's own."""
        return self._reader.status

    async def open(self) -> None:
        """The supervisor has opened it."""

    async def check(self) -> None:
        """The supervisor asks for signs of life."""

    async def wait_for_card(self) -> None:
        """Return when a card lies on the reader. Raises DeviceFailure."""
        async with self._supervisor.using(self._claim):
            await self._reader.wait_for_card()

    async def read(
        self, progress: Callable[[Progress], None], wanted: Wanted | None = None
    ) -> IdentityDocument:
        """Read the card that lies there. Raises DeviceFailure."""
        async with self._supervisor.using(self._claim):
            return await self._reader.read(progress, wanted)

    async def wait_for_removal(self) -> None:
        """Return when no card lies there any more. Raises DeviceFailure."""
        async with self._supervisor.using(self._claim):
            await self._reader.wait_for_removal()

    def close(self) -> None:
        """The supervisor keeps the reader."""


class SupervisedReaders(_Supervised):
    """A pool of the readers that the supervisor has: all of them serve."""

    role = Role.IDCARD

    def __init__(self, supervisor: Supervisor, buses: Collection[Bus]) -> None:
        """`buses`: where its readers are plugged in; those of others are left alone."""
        super().__init__(supervisor)
        self._buses = frozenset(buses)
        self._seats: dict[Claim, ClaimedReader] = {}
        self._failed: set[IdCardReader] = set()

    async def open(self) -> None:
        """Wait a moment for a reader. Raises DeviceFailure."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                while not self.ready():
                    await self.news()
        await self.check()

    def ready(self) -> Sequence[IdCardReader]:
        """The readers that are ready and have not failed since the last look at them."""
        claims = [
            claim
            for claim in self._supervisor.ready(self.role)
            if claim.found.bus in self._buses
        ]
        self._seats = {
            claim: self._seats.get(claim) or ClaimedReader(self._supervisor, claim)
            for claim in claims
        }
        return [one for one in self._seats.values() if one not in self._failed]

    async def news(self) -> None:
        """Return when the supervisor has looked at everything once more."""
        await self._supervisor.wait_for_poll()
        self._failed.clear()

    def failed(self, reader: IdCardReader, failure: DeviceFailure) -> None:
        """Leave a reader alone until the supervisor has looked into it."""
        self._failed.add(reader)

    async def check(self) -> None:
        """Whether there is a reader. Raises DeviceFailure."""
        ready = bool(self.ready())
        self._status.set(Status.ONLINE if ready else Status.NO_DEVICE)
        if not ready:
            raise DeviceFailure(FAULT_OF_ROLE[self.role], f"no {self.role} is attached")

    def close(self) -> None:
        """The supervisor keeps the readers."""


def supervised_reader(
    supervisor: Supervisor, buses: Collection[Bus] = frozenset(Bus)
) -> SeveralReaders:
    """Whatever readers are plugged in at those buses, as one."""
    return SeveralReaders(SupervisedReaders(supervisor, buses))


class SupervisedCamera(_Supervised):
    """Whatever camera is plugged in; the same one from opening to stopping."""

    role = Role.CAMERA
    capabilities = CameraCapabilities()

    def __init__(self, supervisor: Supervisor) -> None:
        super().__init__(supervisor)
        self._using = contextlib.AsyncExitStack()
        self._turn = asyncio.Lock()
        self._camera: OpenCvCamera | None = None
        self._observer: Callable[[Frame], None] | None = None

    @property
    def status(self) -> Observable[Status]:
        """The status of the camera that is open, else whether there is one."""
        camera = self._camera
        return self._status if camera is None else camera.status

    async def open(self) -> None:
        """Begin to take pictures, unless they are being taken. Raises DeviceFailure."""
        async with self._turn:
            camera = self._camera
            if camera is None:
                await self._wait()
                device = await self._using.enter_async_context(self._supervisor.use(self.role))
                camera = self._camera = cast(CameraKeeper, device).camera
            try:
                await camera.open()
            except DeviceFailure:
                await self._let_go()
                raise
            camera.observe(self._pass_on)

    async def check(self) -> None:
        """Whether there is a camera. Raises DeviceFailure."""
        await self._wait()

    def observe(self, observer: Callable[[Frame], None] | None) -> None:
        """Give every frame to `observer`, in the camera's own thread; None ends it."""
        self._observer = observer

    async def stop(self) -> None:
        """End taking pictures."""
        self._observer = None
        async with self._turn:
            await self._let_go()

    def close(self) -> None:
        """The supervisor keeps the camera."""

    async def _let_go(self) -> None:
        camera, self._camera = self._camera, None
        try:
            if camera is not None:
                await camera.stop()
        finally:
            await self._using.aclose()

    def _pass_on(self, frame: Frame) -> None:
        observer = self._observer
        if observer is not None:
            observer(frame)


class SupervisedReceiptPrinter(_Supervised):
    """Whatever receipt printer is plugged in."""

    role = Role.RECEIPT_PRINTER

    def __init__(self, supervisor: Supervisor, capabilities: Capabilities) -> None:
        super().__init__(supervisor)
        self.capabilities = capabilities

    async def condition(self) -> Condition:
        """Ask the printer how it is. Raises DeviceFailure."""
        await self._wait()
        async with self._supervisor.use(self.role) as device:
            return await cast("EscposPrinter", device).condition()

    async def print(self, receipt: Raster | Sequence[Line]) -> Settlement:
        """Print, cut, and wait until it settled. Raises DeviceFailure, ValueError."""
        async with self._supervisor.use(self.role) as device:
            return await cast("EscposPrinter", device).print(receipt)

    def close(self) -> None:
        """The supervisor keeps the printer."""


class SupervisedDocumentPrinter(_Supervised):
    """Whatever document printer is there; a job is followed where it was sent."""

    role = Role.DOCUMENT_PRINTER

    def __init__(self, supervisor: Supervisor) -> None:
        super().__init__(supervisor)
        self._printer: IppPrinter | None = None

    async def condition(self) -> PrinterCondition:
        """How the printer is. Raises DeviceFailure."""
        return await (await self._find()).condition()

    async def preflight(self, options: JobOptions | None = None) -> PrinterCondition:
        """Whether a job could be printed now. Raises DeviceFailure."""
        return await (await self._find()).preflight(options)

    async def submit(
        self, pdf: bytes, job_name: str, options: JobOptions | None = None
    ) -> int:
        """Hand over a document; returns the job's id. Raises DeviceFailure."""
        return await (await self._find()).submit(pdf, job_name, options)

    async def settle(self, job_id: int, progress: Callable[[JobProgress], None]) -> JobProgress:
        """Follow a job to its end, at the printer that has it. Raises DeviceFailure."""
        assert self._printer is not None, "nothing was submitted"
        return await self._printer.settle(job_id, progress)

    async def find(self, job_name: str) -> int | None:
        """The id of the job of this name, at the printer that is there. Raises DeviceFailure."""
        return await (await self._find()).find(job_name)

    async def progress(self, job_id: int, job_name: str) -> JobProgress | None:
        """Where a job stands, at the printer that is there. Raises DeviceFailure."""
        return await (await self._find()).progress(job_id, job_name)

    async def remembers(self) -> bool:
        """Whether the printer that is there knows jobs that ended. Raises DeviceFailure."""
        return await (await self._find()).remembers()

    async def cancel(self, job_id: int) -> JobProgress:
        """Cancel a job, at the printer that has it. Raises DeviceFailure."""
        printer = self._printer or await self._find()
        return await printer.cancel(job_id)

    async def resume(self) -> None:
        """Let a paused queue go on. Raises DeviceFailure."""
        await (await self._find()).resume()

    async def close(self) -> None:
        """Release the connection."""
        if self._printer is not None:
            await self._printer.close()

    async def _find(self) -> "IppPrinter":
        """The printer that is ready; the connection to another one is released."""
        await self._wait()
        async with self._supervisor.use(self.role) as device:
            found = cast(PrinterKeeper, device).printer
        if self._printer is not None and self._printer is not found:
            await self._printer.close()
        self._printer = found
        return found
