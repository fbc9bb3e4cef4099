"""Which driver a reader's place asks for."""

from drivers.idcard.driver import AUTO, SdtReader
from drivers.idcard.port import PCSC_PREFIX, IdCardReader


def open_reader(port: str, baud: int | None = None, profile: str = AUTO) -> IdCardReader:
    """The reader at `/dev/…`, `usb:VENDOR:PRODUCT` or `pcsc:NAME`, not opened yet.

    Raises ValueError for a profile or place that cannot be.
    """
    if port.startswith(PCSC_PREFIX):
        from drivers.smartcard.driver import PcscReader

        return PcscReader(port.removeprefix(PCSC_PREFIX) or None)
    return SdtReader(port, baud, profile)
