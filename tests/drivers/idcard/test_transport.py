"""USB: pyusb on a bus that leads to a simulated reader in another process."""

import array
import contextlib
import errno
import os
import select
from types import SimpleNamespace

import pytest
import usb.backend
import usb.core

from drivers.device import DeviceFailure, FailureReason, Status
from drivers.idcard.driver import SdtReader
from drivers.idcard.protocol import HEADER_SIZE
from drivers.idcard.transport import UsbTransport, parse_usb
from drivers.serial_line import LineLost
from tests.drivers.idcard.test_driver import QUICK, TIMING

PLACE = "usb:0400:c35a"
FOUR_PIPES = (0x02, 0x06, 0x81, 0x85)
TWO_PIPES = (0x02, 0x81)


class Bus(usb.backend.IBackend):
    """A USB bus with one reader on it; its pipes lead to a pseudo-terminal."""

    def __init__(self, path: str, pipes: tuple[int, ...]) -> None:
        super().__init__()
        self.pipes = pipes
        self.there = True
        self._line = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self._body = b""

    def close(self) -> None:
        os.close(self._line)

    def enumerate_devices(self):
        return [1] if self.there else []

    def get_device_descriptor(self, dev):
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x110, bDeviceClass=0, bDeviceSubClass=0,
            bDeviceProtocol=0, bMaxPacketSize0=64, idVendor=0x0400, idProduct=0xC35A,
            bcdDevice=0x100, iManufacturer=0, iProduct=0, iSerialNumber=0, bNumConfigurations=1,
            address=1, bus=1, port_number=1, port_numbers=(1,), speed=1,
        )

    def get_configuration_descriptor(self, dev, config):
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=0, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0x80, bMaxPower=50, extra_descriptors=b"",
        )

    def get_interface_descriptor(self, dev, intf, alt, config):
        if alt or intf:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=len(self.pipes), bInterfaceClass=255, bInterfaceSubClass=0,
            bInterfaceProtocol=0, iInterface=0, extra_descriptors=b"",
        )

    def get_endpoint_descriptor(self, dev, ep, intf, alt, config):
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=self.pipes[ep], bmAttributes=2,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=b"",
        )

    def open_device(self, dev):
        return object()

    def close_device(self, dev_handle):
        pass

    def set_configuration(self, dev_handle, config_value):
        self._gone()

    def get_configuration(self, dev_handle):
        return 1

    def claim_interface(self, dev_handle, intf):
        pass

    def release_interface(self, dev_handle, intf):
        pass

    def bulk_write(self, dev_handle, ep, intf, data, timeout):
        self._gone()
        os.write(self._line, bytes(data))
        return len(data)

    def bulk_read(self, dev_handle, ep, intf, buff: array.array, timeout):
        self._gone()
        received = self._body if ep == 0x85 else self._wait(timeout)
        if ep == 0x85:
            self._body = b""
        elif len(self.pipes) == 4:
            received, self._body = received[:HEADER_SIZE], received[HEADER_SIZE:]
            self._body += self._rest(int.from_bytes(received[5:7], "big"))
        if not received:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        buff[: len(received)] = array.array("B", received)
        return len(received)

    def _wait(self, timeout: int) -> bytes:
        ready, _, _ = select.select([self._line], [], [], timeout / 1000)
        return os.read(self._line, 4096) if ready else b""

    def _rest(self, size: int) -> bytes:
        rest = b""
        while len(self._body) + len(rest) < size and (more := self._wait(1000)):
            rest += more
        return rest

    def _gone(self) -> None:
        if not self.there:
            raise usb.core.USBError("no such device", errno=errno.ENODEV)


@pytest.fixture
def plug(simulate):
    """A reader on a USB bus: `plug(pipes)` gives the bus and the simulator."""
    buses: list[Bus] = []

    def make(pipes: tuple[int, ...]):
        simulator = simulate("drivers.idcard", "--person", "li-xiulan", *QUICK)
        os.system(f"stty -F {simulator.address} 115200 raw -echo")
        buses.append(Bus(simulator.address, pipes))
        return buses[-1], simulator

    yield make
    for bus in buses:
        with contextlib.suppress(OSError):
            bus.close()


def reader_on(bus: Bus) -> SdtReader:
    return SdtReader(
        PLACE, timing=TIMING, connect=lambda place, _: UsbTransport(place, backend=bus)
    )


@pytest.mark.parametrize("pipes", [FOUR_PIPES, TWO_PIPES])
async def test_a_card_is_read_over_usb_whether_head_and_body_share_a_pipe(plug, pipes):
    bus, _ = plug(pipes)
    reader = reader_on(bus)
    await reader.open()
    await reader.wait_for_card()
    assert (await reader.read(lambda _: None)).name == "李秀兰"
    reader.close()


async def test_a_reader_pulled_from_usb_is_told_and_opens_again_when_it_is_back(plug):
    bus, _ = plug(FOUR_PIPES)
    reader = reader_on(bus)
    await reader.open()
    bus.there = False
    with pytest.raises(DeviceFailure) as caught:
        await reader.wait_for_card()
    assert caught.value.reason is FailureReason.READER_FAULT
    assert reader.status.value is Status.NO_DEVICE
    bus.there = True
    await reader.open()
    assert reader.status.value is Status.ONLINE
    reader.close()


def test_a_reader_that_is_not_on_the_bus_is_said(plug):
    bus, _ = plug(FOUR_PIPES)
    bus.there = False
    with pytest.raises(LineLost, match="no such device"):
        UsbTransport(PLACE, backend=bus)


def test_a_place_that_is_no_usb_device_is_refused():
    with pytest.raises(ValueError, match="usb:VENDOR:PRODUCT"):
        parse_usb("usb:0400")
