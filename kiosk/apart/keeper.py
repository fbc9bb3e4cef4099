"""The supervisor of one kind of device that nobody named, and what wakes it."""

import asyncio
from typing import TYPE_CHECKING

from drivers.supervisor import Bus, Finder, Role, Supervisor

if TYPE_CHECKING:
    from drivers.document_printer.discovery import Discovery
    from drivers.receipt_printer.port import Capabilities


class Keeper:
    """A supervisor that runs while its process does."""

    def __init__(self, supervisor: Supervisor, discovery: "Discovery | None" = None) -> None:
        self.supervisor = supervisor
        self._discovery = discovery

    @classmethod
    def of_system(cls, role: Role, receipts: "Capabilities | None" = None) -> "Keeper":
        """One that looks wherever this machine has devices of a kind.

        `receipts` is what the site's receipt printer can do.
        """
        from drivers.catalogue import drivers

        discovery = None
        if role is Role.DOCUMENT_PRINTER:
            from drivers.document_printer.discovery import Discovery

            discovery = Discovery()
        wanted = [driver for driver in drivers(receipts) if driver.role is role]
        return cls(Supervisor(_finders(role, discovery), wanted), discovery)

    async def run(self) -> None:
        """Supervise until cancelled, and look at once when something is plugged in or out."""
        from drivers.finders import SystemWatch

        loop = asyncio.get_running_loop()
        watch = SystemWatch(lambda: loop.call_soon_threadsafe(self.supervisor.wake))
        watch.start()
        try:
            await self.supervisor.run()
        finally:
            watch.stop()

    async def close(self) -> None:
        """Stop looking for printers; for the end of the process."""
        if self._discovery is not None:
            await asyncio.to_thread(self._discovery.close)


def _finders(role: Role, discovery: "Discovery | None") -> list[Finder]:
    """Where devices of a kind are looked for."""
    from drivers.finders import NetworkFinder, PcscFinder, SerialFinder, UdevFinder

    match role:
        case Role.IDCARD:
            return [SerialFinder(), UdevFinder(Bus.USB), PcscFinder()]
        case Role.CAMERA:
            return [UdevFinder(Bus.VIDEO)]
        case Role.RECEIPT_PRINTER:
            return [UdevFinder(Bus.USB)]
        case _:
            return [] if discovery is None else [NetworkFinder(discovery)]
