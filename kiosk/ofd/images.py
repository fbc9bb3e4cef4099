"""Pictures of a document, by what they are and not by what they are called."""

import io

import numpy as np
import skia
from PIL import Image, UnidentifiedImageError

from kiosk.ofd import jbig2
from kiosk.ofd.container import Package
from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.model import Media

LARGEST = 100_000_000
"""Dots; an A3 page at 600 dpi has 70 million."""
KEEP = 128
Image.MAX_IMAGE_PIXELS = LARGEST


def decode(data: bytes, where: str) -> skia.Image:
    """A picture in PNG, JPEG, GIF, BMP, WebP, TIFF or JBIG2. Raises OfdError."""
    made = None
    if not data.startswith(jbig2.SIGNATURE):
        _check_size(data, where)
        # MakeFromEncoded(bytes) would not copy, and the bytes are gone before they are drawn.
        made = skia.Image.MakeFromEncoded(skia.Data.MakeWithCopy(data))
    if made is None:
        made = _by_pillow(data) or _by_jbig2(data)
    if made is None:
        raise OfdError(OfdReason.NOT_DRAWABLE, where, "no picture that a decoder knows")
    return made


def _check_size(data: bytes, where: str) -> None:
    """Refuse what would be too large before it is unpacked; others find what it is."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return
    except Image.DecompressionBombError as error:
        raise OfdError(OfdReason.TOO_LARGE, where, str(error)) from error
    if width * height > LARGEST:
        raise OfdError(OfdReason.TOO_LARGE, where, f"{width} by {height} dots")


def _by_pillow(data: bytes) -> skia.Image | None:
    """What Skia does not read: TIFF, CMYK in JPEG."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return from_array(np.asarray(picture.convert("RGBA")))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _by_jbig2(data: bytes) -> skia.Image | None:
    try:
        grey = jbig2.decode(data)
    except OfdError:
        return None
    return from_array(np.dstack((grey, grey, grey, np.full_like(grey, 255))))


def from_array(rgba: np.ndarray) -> skia.Image:
    """A picture from rows of red, green, blue and opacity."""
    return skia.Image.fromarray(np.ascontiguousarray(rgba), skia.ColorType.kRGBA_8888_ColorType)


def masked(picture: skia.Image, mask: skia.Image) -> skia.Image:
    """A picture of which only that is left which is white in the mask."""
    rgba = picture.toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)
    shape = mask.resize(picture.width(), picture.height())
    keep = shape.toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)[:, :, :3].mean(axis=2)
    rgba[:, :, 3] = np.where(keep >= KEEP, rgba[:, :, 3], 0)
    return from_array(rgba)


class Album:
    """The pictures of one document; each is unpacked once."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._decoded: dict[str, skia.Image] = {}

    def picture(self, media: Media | None, where: str) -> skia.Image:
        """A picture. Raises OfdError (MISSING_PART, NOT_DRAWABLE, TOO_LARGE)."""
        if media is None or not media.part:
            raise OfdError(OfdReason.MISSING_PART, where)
        if media.part not in self._decoded:
            self._decoded[media.part] = decode(self._package.read(media.part), media.part)
        return self._decoded[media.part]
