"""Encodings of single values, from which signatures and seals are put together (X.690)."""

from datetime import datetime

from asn1crypto import core

from kiosk.gm import der


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE."""
    return der.element(der.SEQUENCE, *parts)


def number(value: int) -> bytes:
    """An INTEGER."""
    return bytes(core.Integer(value).dump())


def oid(value: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    return bytes(core.ObjectIdentifier(value).dump())


def octets(value: bytes) -> bytes:
    """An OCTET STRING."""
    return der.element(der.OCTET_STRING, value)


def bits(value: bytes) -> bytes:
    """A BIT STRING of whole bytes."""
    return der.element(der.BIT_STRING, b"\x00", value)


def ia5(value: str) -> bytes:
    """An IA5String."""
    return der.element(der.IA5, value.encode("ascii"))


def general_time(value: datetime) -> bytes:
    """A GeneralizedTime in UTC."""
    return der.element(der.GENERALIZED_TIME, value.strftime("%Y%m%d%H%M%SZ").encode())


def utc_time(value: datetime) -> bytes:
    """A UTCTime."""
    return der.element(der.UTC_TIME, value.strftime("%y%m%d%H%M%SZ").encode())
