"""JBIG2 pictures: their segments in a PDF of one picture, which PDFium draws.

A file's segments stand in a PDF without the file header and in sequential order (ISO/IEC
14492 annex D; ISO 32000-1, 7.4.7).
"""

import struct
from dataclasses import dataclass

import numpy as np
import pypdfium2

from kiosk.ofd.errors import OfdError, OfdReason

SIGNATURE = b"\x97JB2\r\n\x1a\n"
PAGE_INFORMATION, END_OF_PAGE, END_OF_FILE = 48, 49, 51
UNKNOWN_LENGTH = 0xFFFFFFFF
LARGEST_SIDE = 20_000
MOST_SEGMENTS = 100_000
WHERE = "JBIG2"


@dataclass(frozen=True, slots=True)
class _Header:
    kind: int
    raw: bytes
    length: int


def decode(data: bytes) -> np.ndarray:
    """A picture as an array of bytes, 0 for black and 255 for white. Raises OfdError."""
    try:
        segments, size = _sequential(data)
    except (struct.error, IndexError) as error:
        raise OfdError(OfdReason.NOT_DRAWABLE, WHERE, "breaks off") from error
    pdf = _one_picture_pdf(segments, size)
    try:
        page = pypdfium2.PdfDocument(pdf)[0]
        # One point to a dot: the picture comes out as it is.
        bitmap = page.render(scale=1, grayscale=True)
    except pypdfium2.PdfiumError as error:
        raise OfdError(OfdReason.NOT_DRAWABLE, WHERE, str(error)) from error
    picture: np.ndarray = bitmap.to_numpy()
    return np.ascontiguousarray(picture.reshape(picture.shape[0], picture.shape[1]))


def _sequential(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """The segments of the first page one after another, and its width and height."""
    place, in_sequence = 0, True
    if data.startswith(SIGNATURE):
        flags = data[len(SIGNATURE)]
        in_sequence = bool(flags & 1)
        place = len(SIGNATURE) + (1 if flags & 2 else 5)
    headers: list[tuple[_Header, int]] = []
    while place < len(data) and len(headers) < MOST_SEGMENTS:
        header, place = _header(data, place)
        headers.append((header, place))
        if header.length == UNKNOWN_LENGTH:
            raise OfdError(OfdReason.NOT_DRAWABLE, WHERE, "a segment of unknown length")
        if in_sequence:
            place += header.length
        if header.kind == END_OF_FILE:
            break
    if not in_sequence:
        headers = _with_places(headers, place)
    return _joined(data, headers)


def _with_places(
    headers: list[tuple[_Header, int]], place: int
) -> list[tuple[_Header, int]]:
    """Where the data of each segment stands, behind all the headers."""
    found = []
    for header, _ in headers:
        found.append((header, place))
        place += header.length
    return found


def _joined(
    data: bytes, headers: list[tuple[_Header, int]]
) -> tuple[bytes, tuple[int, int]]:
    parts, size = [], None
    for header, place in headers:
        if header.kind in (END_OF_PAGE, END_OF_FILE):
            continue
        if header.kind == PAGE_INFORMATION and size is None:
            size = struct.unpack_from(">II", data, place)
        parts.append(header.raw + data[place : place + header.length])
    if size is None or not all(0 < side <= LARGEST_SIDE for side in size):
        raise OfdError(OfdReason.NOT_DRAWABLE, WHERE, f"size {size}")
    return b"".join(parts), (size[0], size[1])


def _header(data: bytes, place: int) -> tuple[_Header, int]:
    """A segment's header and what stands behind it. Raises struct.error, IndexError."""
    start = place
    number, flags, referred = struct.unpack_from(">IBB", data, place)
    place += 5
    count = referred >> 5
    if count == 7:
        count = struct.unpack_from(">I", data, place)[0] & 0x1FFFFFFF
        place += 4 + (count + 8) // 8
    else:
        place += 1
    reference = 1 if number <= 256 else 2 if number <= 65536 else 4
    place += count * reference + (4 if flags & 0x40 else 1)
    length = struct.unpack_from(">I", data, place)[0]
    place += 4
    return _Header(flags & 0x3F, data[start:place], length), place


def _one_picture_pdf(segments: bytes, size: tuple[int, int]) -> bytes:
    width, height = size
    content = b"%d 0 0 %d 0 0 cm /I Do" % (width, height)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 5 0 R"
        b"/Resources<</XObject<</I 4 0 R>>>>>>" % (width, height),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
        b"/BitsPerComponent 1/Filter/JBIG2Decode/Length %d>>\nstream\n%b\nendstream"
        % (width, height, len(segments), segments),
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(content), content),
    )
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    )
