"""Finds devices, claims them, watches them, and brings them back after loss.

Finders say what is plugged in; drivers are asked, in order of priority, whether they
know it, and the first that can open it claims it. A claimed device that is out of use
is asked for a sign of life; one that fails is opened again with growing pauses, at once
when it shows up anew. Missing for a few polls is not gone. What nobody claims is listed.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from drivers.device import DeviceFailure, FailureReason, Observable

log = logging.getLogger(__name__)

MISSES = 3
"""Polls in a row for which a device may be missing before it is gone."""
PAUSES = (0.25, 0.5, 1.0, 1.5)
"""Between two attempts to open a device again; the last one stays."""
OPEN_SECONDS = 15.0
"""How long opening may take before the driver counts as hanging."""
FIND_SECONDS = 5.0
"""How long a finder may take; what it found last stands meanwhile."""


@dataclass(frozen=True, slots=True)
class Times:
    """How often things are looked at, in seconds."""

    poll: float = 0.5
    """Between two looks at what is plugged in."""
    check: float = 3.0
    """Between two signs of life asked of a device that nobody uses."""


class Bus(StrEnum):
    """Where a device was found."""

    SERIAL = "serial"
    USB = "usb"
    VIDEO = "video"
    INPUT = "input"
    PCSC = "pcsc"
    NETWORK = "network"


class Role(StrEnum):
    """What a device is for."""

    IDCARD = "idcard"
    CAMERA = "camera"
    QRSCANNER = "qrscanner"
    RECEIPT_PRINTER = "receipt_printer"
    DOCUMENT_PRINTER = "document_printer"
    AUXILIARY = "auxiliary"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is plugged in and might be a device.

    `place` is what a driver opens; `ids` are what it is known by, such as
    `usb:0400:c35a`.
    """

    bus: Bus
    place: str
    name: str = ""
    ids: tuple[str, ...] = ()


def role_id(role: Role) -> str:
    """The id of something that the site has named for a role."""
    return f"role:{role}"


class Device(Protocol):
    """What every device can do. Raises DeviceFailure."""

    async def open(self) -> None:
        """Connect and prove that it is there."""

    async def check(self) -> None:
        """Ask for a sign of life; only while nobody uses it."""

    def close(self) -> None:
        """Let it go."""


D_co = TypeVar("D_co", bound=Device, covariant=True)


@dataclass(frozen=True, slots=True)
class Driver(Generic[D_co]):
    """One driver as the supervisor sees it; a lower `priority` is asked first."""

    role: Role
    name: str
    priority: int
    knows: Callable[[Found], bool]
    make: Callable[[Found], D_co]


class Finder(Protocol):
    """Lists what is plugged in. Called in a thread of its own; raises OSError."""

    name: str

    def find(self) -> Sequence[Found]:
        """Everything of this kind that is there now."""


class ClaimState(StrEnum):
    """How a claimed device is."""

    READY = "ready"
    LOST = "lost"


@dataclass(slots=True, eq=False)
class Claim:
    """A device and the driver that has claimed it."""

    found: Found
    driver: Driver[Device]
    device: Device
    state: ClaimState = ClaimState.READY
    why: str = ""
    missing: int = 0
    failures: int = 0
    users: int = 0
    try_at: float = 0.0
    check_at: float = 0.0


@dataclass(slots=True)
class _Unclaimed:
    """Something that no driver could open, and why; it is tried again later."""

    found: Found
    why: str
    failures: int = 1
    try_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list of devices."""

    found: Found
    role: Role | None
    driver: str | None
    state: str
    why: str


class Supervisor:
    """Keeps every device of a terminal claimed and alive."""

    def __init__(
        self,
        finders: Iterable[Finder],
        drivers: Iterable[Driver[Device]],
        clock: Callable[[], float] = time.monotonic,
        times: Times | None = None,
    ) -> None:
        self._times = times or Times()
        self._finders = tuple(finders)
        self._drivers = sorted(drivers, key=lambda driver: driver.priority)
        self._clock = clock
        self._claims: dict[str, Claim] = {}
        self._unclaimed: dict[str, _Unclaimed] = {}
        self._last_found: dict[str, tuple[Found, ...]] = {}
        self._searches: dict[str, asyncio.Task[Sequence[Found]]] = {}
        self._work: dict[str, asyncio.Task[None]] = {}
        self._failing: set[str] = set()
        self._changed = asyncio.Condition()
        self._wake = asyncio.Event()
        self.inventory: Observable[tuple[Entry, ...]] = Observable(())

    def wake(self) -> None:
        """Look now: something was plugged in or out."""
        self._wake.set()

    async def run(self) -> None:
        """Supervise until cancelled; then every device is let go."""
        try:
            while True:
                await self.poll()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._times.poll):
                        await self._wake.wait()
                self._wake.clear()
        finally:
            self.close()

    def close(self) -> None:
        """Let every device go."""
        for task in (*self._searches.values(), *self._work.values()):
            task.cancel()
        for claim in self._claims.values():
            claim.device.close()
        self._claims.clear()

    async def poll(self) -> None:
        """One look at everything: find, miss, claim, check, bring back."""
        found = {one.place: one for one in await self._find()}
        self._miss(found)
        for place, one in found.items():
            if place not in self._claims:
                self._begin(place, self._consider(one))
        for place, claim in self._claims.items():
            self._begin(place, self._look_after(claim))
        if self._work:
            # What takes longer goes on by itself: a device that hangs holds up no other.
            await asyncio.wait(self._work.values(), timeout=self._times.poll)
        self._tell()
        async with self._changed:
            self._changed.notify_all()

    def _begin(self, place: str, work: Coroutine[Any, Any, None]) -> None:
        """Start what is to be done at a place, unless something still is."""
        if place in self._work:
            work.close()
            return
        task = self._work[place] = asyncio.create_task(work)
        task.add_done_callback(lambda done: self._ended(place, done))

    def _ended(self, place: str, task: asyncio.Task[None]) -> None:
        """What was done at a place is over; what broke in it is said."""
        self._work.pop(place, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("looking after %s broke", place, exc_info=error)

    @contextlib.asynccontextmanager
    async def use(self, role: Role) -> AsyncIterator[Device]:
        """The first device of a role, for one call; a failure in the block is looked into.

        Raises DeviceFailure where there is none.
        """
        ready = self.ready(role)
        if not ready:
            raise DeviceFailure(FAULT_OF_ROLE[role], f"no {role} is attached")
        async with self.using(ready[0]) as device:
            yield device

    @contextlib.asynccontextmanager
    async def using(self, claim: Claim) -> AsyncIterator[Device]:
        """One claimed device, for one call; a failure in the block is looked into."""
        claim.users += 1
        try:
            yield claim.device
        except DeviceFailure:
            claim.check_at = 0.0
            raise
        finally:
            claim.users -= 1

    async def wait_for(self, role: Role, seconds: float) -> bool:
        """Wait until a device of a role is ready; False if it does not come in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: bool(self.ready(role)))
        return bool(self.ready(role))

    async def wait_for_poll(self) -> None:
        """Return when everything was looked at once more."""
        async with self._changed:
            await self._changed.wait()

    def ready(self, role: Role) -> list[Claim]:
        """The devices of a role that are ready, in the order in which drivers are asked."""
        ready = (
            claim
            for claim in self._claims.values()
            if claim.driver.role is role and claim.state is ClaimState.READY
        )
        return sorted(ready, key=lambda claim: claim.driver.priority)

    # Finding

    async def _find(self) -> list[Found]:
        await asyncio.gather(*(self._ask(finder) for finder in self._finders))
        return [one for found in self._last_found.values() for one in found]

    async def _ask(self, finder: Finder) -> None:
        """Ask a finder; one that hangs or fails leaves what it found last."""
        search = self._searches.get(finder.name)
        if search is None:
            search = asyncio.create_task(asyncio.to_thread(finder.find))
            self._searches[finder.name] = search
        # One that is known to hang is not waited for again.
        patience = 0.0 if finder.name in self._failing else FIND_SECONDS
        done, _ = await asyncio.wait([search], timeout=patience)
        if not done:
            self._say_failing(finder.name, f"no answer in {FIND_SECONDS:g} s")
            return
        del self._searches[finder.name]
        try:
            self._last_found[finder.name] = tuple(search.result())
        except OSError as error:
            self._say_failing(finder.name, str(error))
            return
        except Exception as error:
            log.exception("the finder of %s devices broke", finder.name)
            self._say_failing(finder.name, repr(error))
            return
        if finder.name in self._failing:
            self._failing.discard(finder.name)
            log.info("looking for %s devices works again", finder.name)

    def _say_failing(self, name: str, why: str) -> None:
        if name not in self._failing:
            self._failing.add(name)
            log.warning("looking for %s devices fails: %s", name, why)

    def _miss(self, found: dict[str, Found]) -> None:
        for place, claim in list(self._claims.items()):
            if place in found:
                if claim.missing:
                    # It was pulled out and is back: what is open is of the old one.
                    claim.try_at = claim.check_at = 0.0
                claim.missing = 0
                continue
            claim.missing += 1
            self._lose(claim, "unplugged")
            if claim.missing >= MISSES:
                claim.device.close()
                del self._claims[place]
        for place in list(self._unclaimed):
            if place not in found:
                del self._unclaimed[place]

    # Claiming

    async def _consider(self, found: Found) -> None:
        """Ask the drivers in order whether they know it, and let the first have it."""
        earlier = self._unclaimed.get(found.place)
        if earlier is not None and self._clock() < earlier.try_at:
            return
        why = "no driver knows it"
        for driver in self._drivers:
            if not driver.knows(found):
                continue
            device = driver.make(found)
            failure = await self._open(device)
            if failure is None:
                self._claims[found.place] = Claim(
                    found, driver, device, check_at=self._clock() + self._times.check
                )
                self._unclaimed.pop(found.place, None)
                log.info("%s %s is ready at %s", driver.role, driver.name, found.place)
                return
            device.close()
            why = f"{driver.name}: {failure}"
        failures = earlier.failures + 1 if earlier else 1
        if earlier is None:
            log.warning("nobody claims %s %s: %s", found.place, found.name, why)
        pause = PAUSES[min(failures, len(PAUSES)) - 1]
        self._unclaimed[found.place] = _Unclaimed(found, why, failures, self._clock() + pause)

    async def _open(self, device: Device) -> str | None:
        """Open a device; why it could not be, or None. A hanging one is left to itself."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await device.open()
        except DeviceFailure as failure:
            return str(failure)
        except TimeoutError:
            return f"did not open in {OPEN_SECONDS:g} s"
        except Exception as error:
            log.exception("a driver broke while it opened a device")
            return repr(error)
        return None

    # Watching

    async def _look_after(self, claim: Claim) -> None:
        if claim.missing or claim.users:
            return
        if claim.state is ClaimState.LOST:
            await self._bring_back(claim)
        elif self._clock() >= claim.check_at:
            await self._check(claim)

    async def _check(self, claim: Claim) -> None:
        claim.check_at = self._clock() + self._times.check
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await claim.device.check()
        except (DeviceFailure, TimeoutError) as failure:
            self._lose(claim, str(failure) or "no sign of life")
        except Exception as error:
            log.exception("a driver broke while it was asked for a sign of life")
            self._lose(claim, repr(error))
        if claim.state is ClaimState.LOST:
            await self._bring_back(claim)

    async def _bring_back(self, claim: Claim) -> None:
        if self._clock() < claim.try_at:
            return
        failure = await self._open(claim.device)
        if failure is not None:
            claim.why = failure
            claim.failures += 1
            pause = PAUSES[min(claim.failures, len(PAUSES)) - 1]
            claim.try_at = self._clock() + pause
            return
        claim.state, claim.why, claim.failures = ClaimState.READY, "", 0
        claim.check_at = self._clock() + self._times.check
        log.info("%s %s is back", claim.driver.role, claim.found.place)

    def _lose(self, claim: Claim, why: str) -> None:
        if claim.state is ClaimState.READY:
            log.warning("%s %s is lost: %s", claim.driver.role, claim.found.place, why)
        claim.state, claim.why = ClaimState.LOST, why

    def _tell(self) -> None:
        claimed = [
            Entry(c.found, c.driver.role, c.driver.name, str(c.state), c.why)
            for c in self._claims.values()
        ]
        others = [Entry(u.found, None, None, "unclaimed", u.why) for u in self._unclaimed.values()]
        self.inventory.set(tuple(claimed + others))


FAULT_OF_ROLE = {
    Role.IDCARD: FailureReason.READER_FAULT,
    Role.CAMERA: FailureReason.CAMERA_FAULT,
    Role.QRSCANNER: FailureReason.SCANNER_FAULT,
    Role.RECEIPT_PRINTER: FailureReason.RECEIPT_PRINTER_FAULT,
    Role.DOCUMENT_PRINTER: FailureReason.PRINTER_UNREACHABLE,
    Role.AUXILIARY: FailureReason.AUXILIARY_FAULT,
}
"""What is said where a role has no device."""
