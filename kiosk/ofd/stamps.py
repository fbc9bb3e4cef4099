"""What signatures put on the pages: the pictures of their seals, whatever these are worth."""

from collections.abc import Iterator

from kiosk.gm import BadCertificate
from kiosk.gm.der import BadDer
from kiosk.ofd.document import OfdFile
from kiosk.ofd.errors import OfdError
from kiosk.ofd.judge import read_value
from kiosk.ofd.render import Stamp
from kiosk.ofd.seal import Seal, SealSignature
from kiosk.ofd.signatures import SignaturePart, read_signatures


def read_stamps(file: OfdFile) -> tuple[Stamp, ...]:
    """The stamps of all signatures that can be read; drawing a page needs no more."""
    try:
        parts = read_signatures(file)
    except OfdError:
        return ()
    found: list[Stamp] = []
    for part in parts:
        try:
            value = read_value(part.value)
        except (BadDer, BadCertificate):
            continue
        if isinstance(value, SealSignature):
            found.extend(stamps_of(file, part, value.seal))
    return tuple(found)


def stamps_of(file: OfdFile, part: SignaturePart, seal: Seal) -> Iterator[Stamp]:
    """Where one signature shows its seal."""
    for place in part.stamps:
        page = file.page_number(place.page_id)
        if page is not None:
            yield Stamp(page, place.box, place.clip, seal.picture.kind, seal.picture.data)
