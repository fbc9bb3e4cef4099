"""Where devices are looked for, and which driver is told to know them."""

from types import SimpleNamespace

import pytest
import pyudev

from drivers import finders as module
from drivers.catalogue import drivers
from drivers.document_printer.discovery import Announced
from drivers.finders import (
    NetworkFinder,
    PcscFinder,
    PlacesFinder,
    SerialFinder,
    SystemWatch,
    UdevFinder,
    path_of,
)
from drivers.supervisor import Bus, Found, Role, role_id
from tests.conftest import last_json, run_module

CH340 = Found(Bus.SERIAL, "/dev/ttyUSB0", "USB Serial", ("usb:1a86:7523",))
NEWLAND = Found(Bus.SERIAL, "/dev/ttyACM0", "Newland", ("usb:1eab:0c06",))


def knowing(found: Found) -> list[str]:
    known = [one for one in drivers() if one.knows(found)]
    return [one.name for one in sorted(known, key=lambda one: one.priority)]


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (CH340, ["idcard over a serial line"]),
        (NEWLAND, ["serial scanner"]),
        (Found(Bus.USB, "usb:0400:c35a", "", ("usb:0400:c35a",)), ["idcard over USB"]),
        (Found(Bus.USB, "usb:04b8:0e15", "", ("usb:04b8:0e15",)), ["ESC/POS"]),
        (Found(Bus.USB, "usb:1234:5678", "", ("usb:1234:5678",)), []),
        (Found(Bus.INPUT, "/dev/input/event3", "HID Barcode Reader"), ["keyboard scanner"]),
        (Found(Bus.INPUT, "/dev/input/event4", "AT Keyboard"), []),
        (Found(Bus.VIDEO, "/dev/video0", "USB Camera"), ["camera"]),
        (Found(Bus.PCSC, "pcsc:ACS", "ACS"), ["chip cards over PC/SC"]),
        (Found(Bus.NETWORK, "ipp://10.0.0.5:631/ipp/print"), ["IPP"]),
    ],
)
def test_a_device_is_known_by_the_drivers_that_are_for_it(found, names):
    assert knowing(found) == names


@pytest.mark.parametrize(
    ("role", "bus", "place", "name"),
    [
        (Role.IDCARD, Bus.SERIAL, "/dev/ttyS1", "idcard over a serial line"),
        (Role.QRSCANNER, Bus.SERIAL, "/dev/ttyS2", "serial scanner"),
        (Role.CAMERA, Bus.NETWORK, "http://10.0.0.9/stream", "camera"),
        (Role.RECEIPT_PRINTER, Bus.NETWORK, "tcp://10.0.0.9:9100", "ESC/POS"),
        (Role.DOCUMENT_PRINTER, Bus.NETWORK, "ipp://10.0.0.9/ipp/print", "IPP"),
    ],
)
def test_a_place_that_the_site_names_for_a_role_is_taken_at_its_word(role, bus, place, name):
    assert knowing(Found(bus, place, "", (role_id(role),))) == [name]


def test_a_serial_port_of_which_nothing_is_known_is_left_alone():
    assert knowing(Found(Bus.SERIAL, "/dev/ttyS1")) == []


def test_every_driver_makes_a_device_of_what_it_knows():
    for found in (CH340, NEWLAND, Found(Bus.PCSC, "pcsc:ACS"), Found(Bus.VIDEO, "/dev/video0"),
                  Found(Bus.NETWORK, "ipp://10.0.0.5/ipp/print")):
        driver = next(one for one in drivers() if one.knows(found))
        device = driver.make(found)
        assert driver.role in Role
        device.close()


def test_serial_ports_without_a_device_behind_them_are_not_listed(monkeypatch):
    ports = [
        SimpleNamespace(device="/dev/ttyS0", description="n/a", vid=None, pid=None),
        SimpleNamespace(device="/dev/ttyUSB0", description="USB Serial", vid=0x1A86, pid=0x7523),
    ]
    monkeypatch.setattr(module.list_ports, "comports", lambda: ports)
    assert SerialFinder().find() == [CH340]


def test_named_places_are_there_while_their_path_is(tmp_path):
    path = tmp_path / "ttyS1"
    finder = PlacesFinder(
        [(Role.IDCARD, Bus.SERIAL, str(path)), (Role.QRSCANNER, Bus.INPUT, f"keyboard:{path}"),
         (Role.DOCUMENT_PRINTER, Bus.NETWORK, "ipp://10.0.0.5/ipp/print")]
    )
    assert [one.bus for one in finder.find()] == [Bus.NETWORK]
    path.write_text("")
    assert len(finder.find()) == 3


def test_the_path_in_a_place_is_what_stands_behind_its_scheme():
    assert path_of("serial:/dev/ttyS0") == "/dev/ttyS0"
    assert path_of("/dev/serial/by-id/a:b") == "/dev/serial/by-id/a:b"
    assert path_of("usb:0400:c35a") == "usb:0400:c35a"


def test_printers_that_take_no_pdf_are_not_listed():
    discovery = SimpleNamespace(
        printers=(
            Announced("a", "ipp://10.0.0.5:631/ipp/print", "Laser", "u1", takes_pdf=True),
            Announced("b", "ipp://10.0.0.6:631/ipp/print", "Label"),
        )
    )
    assert [one.name for one in NetworkFinder(discovery).find()] == ["Laser"]


@pytest.mark.parametrize("bus", [Bus.VIDEO, Bus.INPUT, Bus.USB])
def test_the_systems_own_tree_can_be_read(bus):
    assert all(one.bus is bus for one in UdevFinder(bus).find())


class Device:
    """A device in udev's tree."""

    def __init__(self, called, node=None, *, kind="", parent=None, **attributes):
        self.sys_name, self.device_node, self.device_type, self.parent = called, node, kind, parent
        self.attributes = {key: value.encode() for key, value in attributes.items()}

    def find_parent(self, subsystem, kind):
        parent = self.parent
        while parent is not None and parent.device_type != kind:
            parent = parent.parent
        return parent


def tree(*devices):
    return SimpleNamespace(list_devices=lambda subsystem: devices)


USB = Device("1-1", kind="usb_device", idVendor="1eab", idProduct="0c06", product="Scanner")


def test_an_input_is_called_by_the_name_of_what_it_hangs_on():
    parent = Device("input3", parent=USB, name="Newland Barcode")
    event = Device("event3", "/dev/input/event3", parent=parent)
    mouse = Device("mouse0", "/dev/input/mouse0", parent=parent)
    found = UdevFinder(Bus.INPUT, tree(event, mouse)).find()
    assert found == [
        Found(Bus.INPUT, "/dev/input/event3", "Newland Barcode", ("usb:1eab:0c06",))
    ]


def test_of_a_cameras_nodes_only_the_one_with_the_picture_counts():
    picture = Device("video0", "/dev/video0", parent=USB, name="Cam", index="0")
    data = Device("video1", "/dev/video1", parent=USB, name="Cam", index="1")
    found = UdevFinder(Bus.VIDEO, tree(picture, data)).find()
    assert [one.place for one in found] == ["/dev/video0"]


def test_usb_devices_are_called_by_their_id_and_interfaces_are_not_devices():
    interface = Device("1-1:1.0", kind="usb_interface")
    found = UdevFinder(Bus.USB, tree(USB, interface)).find()
    assert found == [Found(Bus.USB, "usb:1eab:0c06", "Scanner", ("usb:1eab:0c06",))]


def test_watching_the_system_begins_and_ends():
    watch = SystemWatch(lambda: None, pyudev.Context())
    watch.start()
    watch.stop()


def test_without_pcscd_looking_for_readers_fails_and_says_so(monkeypatch, place_of_pcscd):
    place_of_pcscd.unlink(missing_ok=True)
    with pytest.raises(OSError, match="pcscd"):
        PcscFinder().find()


def test_readers_that_pcscd_knows_are_found(pcscd):
    assert f"pcsc:{pcscd.reader}" in [one.place for one in PcscFinder().find()]


def test_the_command_line_lists_what_is_plugged_in_and_who_claims_it(pcscd):
    done = run_module("drivers", "list", "--seconds", "2", "--json")
    entries = {one["place"]: one for one in last_json(done.stdout)["devices"]}
    assert entries[f"pcsc:{pcscd.reader}"]["state"] == "ready"
    assert entries[f"pcsc:{pcscd.reader}"]["driver"] == "chip cards over PC/SC"
