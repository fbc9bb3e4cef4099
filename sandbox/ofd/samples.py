"""Pictures for documents: small, drawn, of every format that OFD may hold."""

import io
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from sandbox.ofd import jbig2


@cache
def picture(side: int = 200) -> Image.Image:
    """A disc over a slope of colours."""
    across = np.linspace(0, 255, side).astype(np.uint8)
    red, green = np.meshgrid(across, across)
    drawn = Image.fromarray(np.dstack((red, green, np.full_like(red, 120))), "RGB")
    ImageDraw.Draw(drawn).ellipse((side // 4, side // 4, side * 3 // 4, side * 3 // 4), "navy")
    return drawn


def encoded(kind: str) -> bytes:
    """The picture in a format: png, alpha, jpg, gif, bmp, tiff, jb2."""
    drawn = picture()
    out = io.BytesIO()
    match kind:
        case "jb2":
            return jbig2.encode(drawn.convert("1"))
        case "alpha":
            clear = drawn.convert("RGBA")
            clear.putalpha(drawn.convert("L"))
            clear.save(out, "PNG")
        case "jpg":
            drawn.save(out, "JPEG", quality=90)
        case _:
            drawn.save(out, kind.upper())
    return out.getvalue()


@cache
def mask() -> bytes:
    """A picture that says where another shows."""
    out = io.BytesIO()
    drawn = Image.new("L", (100, 100), 0)
    ImageDraw.Draw(drawn).ellipse((5, 5, 95, 95), 255)
    drawn.save(out, "PNG")
    return out.getvalue()
