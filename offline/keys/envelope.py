"""The form of a wrapped key: JSON that says what wrapped it, in which version, and with what."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from offline.keys.port import KeyFailure, KeyReason

FORM = "tongban-wrapped-key"
VERSION = 1
LARGEST = 16_384
"""Bytes; a wrapped key has some hundreds."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A wrapped key, taken apart."""

    by: str
    """What wrapped it: a Protection, or `recovery`."""
    fields: Mapping[str, str]
    """What that needs to open it again."""

    def text(self, name: str) -> str:
        """A field as it stands. Raises KeyFailure where it is missing."""
        try:
            return self.fields[name]
        except KeyError as error:
            raise _damaged(f"{name} is missing") from error

    def binary(self, name: str) -> bytes:
        """A field that holds bytes. Raises KeyFailure where it is missing or not Base64."""
        try:
            return base64.b64decode(self.text(name), validate=True)
        except ValueError as error:
            raise _damaged(f"{name} is not Base64") from error


def write_envelope(by: str, fields: Mapping[str, str | bytes]) -> bytes:
    """A wrapped key as bytes that can be printed; fields of bytes become Base64."""
    text = {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in fields.items()
    }
    whole = {"form": FORM, "version": VERSION, "by": by, "fields": text}
    return json.dumps(whole, sort_keys=True).encode() + b"\n"


def read_envelope(wrapped: bytes) -> Envelope:
    """What a wrapped key says of itself. Raises KeyFailure (UNREADABLE, UNKNOWN_VERSION)."""
    if len(wrapped) > LARGEST:
        raise _damaged(f"{len(wrapped)} bytes")
    try:
        whole = json.loads(wrapped)
    except (ValueError, RecursionError) as error:
        raise _damaged("not JSON") from error
    if not isinstance(whole, dict) or whole.get("form") != FORM:
        raise _damaged(f"not of the form {FORM}")
    if whole.get("version") != VERSION:
        raise KeyFailure(
            KeyReason.UNKNOWN_VERSION, f"a wrapped key of another version than {VERSION}"
        )
    by, fields = whole.get("by"), whole.get("fields")
    if not isinstance(by, str) or not isinstance(fields, dict):
        raise _damaged("by or fields is missing")
    if not all(isinstance(value, str) for value in fields.values()):
        raise _damaged("a field is not text")
    return Envelope(by, fields)


def read_own(wrapped: bytes, by: str) -> Envelope:
    """The same for a keeper that opens only its own. Raises KeyFailure (also NOT_OURS)."""
    envelope = read_envelope(wrapped)
    if envelope.by != by:
        raise KeyFailure(KeyReason.NOT_OURS, f"wrapped by {envelope.by!r}, not by {by!r}")
    return envelope


def _damaged(why: str) -> KeyFailure:
    return KeyFailure(KeyReason.UNREADABLE, f"the wrapped key is damaged: {why}")
