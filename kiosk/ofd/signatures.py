"""The signatures of an OFD file as they are written (GB/T 33190, clause 18), unjudged."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.ofd.document import OfdFile
from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.styles import to_id
from kiosk.ofd.values import Box, to_box
from kiosk.ofd.xml import Element, attribute, child, children, parse, text_of

MOST_SIGNATURES = 100
MOST_REFERENCES = 20_000
DEFAULT_METHOD = "MD5"
"""What the standard takes where no method is named."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A covered file and the digest that it had."""

    part: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class StampPlace:
    """Where a signature shows its seal: on a page, in a box, and which part of it."""

    page_id: int
    box: Box
    clip: Box | None


@dataclass(frozen=True, slots=True, repr=False)
class SignaturePart:
    """One `Signature.xml`, with its own bytes, and the value that stands beside it."""

    part: str
    raw: bytes
    method: str
    references: tuple[Reference, ...]
    stamps: tuple[StampPlace, ...]
    signed_at: str
    value_part: str
    value: bytes
    seal_part: str | None

    @property
    def own_parts(self) -> set[str]:
        """The files that make up the signature itself."""
        return {self.part, self.value_part} | ({self.seal_part} if self.seal_part else set())


def read_signatures(file: OfdFile) -> tuple[SignaturePart, ...]:
    """All signatures, in their order. Raises OfdError for one that cannot be read."""
    listing = file.signatures
    if listing is None:
        return ()
    entries = list(children(file.xml(listing), "Signature"))
    if len(entries) > MOST_SIGNATURES:
        raise OfdError(OfdReason.TOO_LARGE, listing, f"{len(entries)} signatures")
    return tuple(_read(file, listing, one) for one in entries)


def _read(file: OfdFile, listing: str, entry: Element) -> SignaturePart:
    place = attribute(entry, "BaseLoc")
    if place is None:
        raise OfdError(OfdReason.BAD_SIGNATURE, listing, "an entry without its place")
    part = file.package.name_of(place, listing)
    raw = file.package.read(part)
    root = parse(raw, part)
    info = child(root, "SignedInfo")
    if info is None:
        raise OfdError(OfdReason.BAD_SIGNATURE, part, "no SignedInfo")
    references = child(info, "References")
    value_place = text_of(child(root, "SignedValue"))
    if not value_place:
        raise OfdError(OfdReason.BAD_SIGNATURE, part, "no SignedValue")
    value_part = file.package.name_of(value_place, part)
    seal_place = text_of(child(info, "Seal", "BaseLoc"))
    method = attribute(references, "CheckMethod") if references is not None else None
    return SignaturePart(
        part=part,
        raw=raw,
        method=method or DEFAULT_METHOD,
        references=tuple(_references(file, part, references)),
        stamps=tuple(_stamps(part, info)),
        signed_at=text_of(child(info, "SignatureDateTime")),
        value_part=value_part,
        value=file.package.read(value_part),
        seal_part=file.package.name_of(seal_place, part) if seal_place else None,
    )


def _references(file: OfdFile, part: str, parent: Element | None) -> Iterator[Reference]:
    found = list(children(parent, "Reference"))
    if len(found) > MOST_REFERENCES:
        raise OfdError(OfdReason.TOO_LARGE, part, f"{len(found)} references")
    for one in found:
        place = attribute(one, "FileRef")
        if place is None:
            raise OfdError(OfdReason.BAD_SIGNATURE, part, "a reference to no file")
        written = text_of(child(one, "CheckValue"))
        try:
            digest = base64.b64decode("".join(written.split()), validate=True)
        except (ValueError, binascii.Error) as error:
            raise OfdError(OfdReason.BAD_SIGNATURE, part, f"{place}: {error}") from error
        yield Reference(file.package.name_of(place, part), digest)


def _stamps(part: str, info: Element) -> Iterator[StampPlace]:
    for one in children(info, "StampAnnot"):
        page_id = to_id(attribute(one, "PageRef"), f"{part}: PageRef")
        box = to_box(attribute(one, "Boundary"), f"{part}: Boundary")
        if page_id is not None and box is not None:
            yield StampPlace(page_id, box, to_box(attribute(one, "Clip"), f"{part}: Clip"))
