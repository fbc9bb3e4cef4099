"""Which address of an announced printer is used."""

import socket

from zeroconf import ServiceInfo

from drivers.document_printer.discovery import announced, pick

KIND = "_ipp._tcp.local."


def answering(*addresses):
    return lambda address, port: address in addresses


def test_the_first_address_that_takes_a_connection_is_used():
    chosen = pick(["192.0.2.9", "198.51.100.4"], 631, set(), answering("198.51.100.4"))
    assert chosen == "198.51.100.4"


def test_a_printer_on_this_machine_is_reached_by_loopback_though_it_names_another_address():
    assert pick(["192.0.2.2"], 631, {"192.0.2.2"}, answering("127.0.0.1")) == "127.0.0.1"


def test_a_printer_on_this_machine_that_listens_on_its_own_address_only_is_reached_there():
    assert pick(["192.0.2.2"], 631, {"192.0.2.2"}, answering("192.0.2.2")) == "192.0.2.2"


def test_a_printer_that_is_asleep_is_listed_by_its_first_address():
    assert pick(["192.0.2.9", "192.0.2.8"], 631, set(), answering()) == "192.0.2.9"


def test_an_announcement_without_an_address_is_no_printer():
    assert announced(ServiceInfo(KIND, f"Laser.{KIND}", port=631), set(), answering()) is None


def test_an_address_of_ipv6_stands_in_brackets():
    info = ServiceInfo(
        KIND, f"Laser.{KIND}", port=631, properties={"rp": "ipp/print", "Duplex": "T"},
        addresses=[socket.inet_pton(socket.AF_INET6, "2001:db8::9")],
    )
    found = announced(info, set(), answering("2001:db8::9"))
    assert found is not None
    assert found.target == "ipp://[2001:db8::9]:631/ipp/print"
    assert found.duplex
