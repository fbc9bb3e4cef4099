"""Packs a black-and-white picture as JBIG2 (ISO/IEC 14492): one generic region, coded as fax."""

import io
import struct

from PIL import Image, ImageOps

HEADER = b"\x97JB2\r\n\x1a\n\x01\x00\x00\x00\x01"
PAGE_INFORMATION, IMMEDIATE_REGION, END_OF_PAGE, END_OF_FILE = 48, 38, 49, 51
MMR = 1


def encode(picture: Image.Image) -> bytes:
    """A `.jb2` file."""
    width, height = picture.size
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, MMR) + fax_lines(picture)
    segments = ((PAGE_INFORMATION, page), (IMMEDIATE_REGION, region), (END_OF_PAGE, b""))
    out = HEADER + b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
        for number, (kind, data) in enumerate(segments)
    )
    return out + struct.pack(">IBBBI", len(segments), END_OF_FILE, 0, 0, 0)


def fax_lines(picture: Image.Image) -> bytes:
    """The picture coded by ITU-T T.6, as libtiff does it."""
    out = io.BytesIO()
    one_strip = {278: picture.height}
    # Pillow writes white as one; fax, and JBIG2 with it, means black by that.
    ink = ImageOps.invert(picture.convert("1"))
    ink.save(out, "TIFF", compression="group4", tiffinfo=one_strip)
    written = Image.open(io.BytesIO(out.getvalue()))
    start, size = written.tag_v2[273][0], written.tag_v2[279][0]  # type: ignore[attr-defined]
    return out.getvalue()[start : start + size]
