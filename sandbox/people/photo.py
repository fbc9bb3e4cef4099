"""The picture on a sandbox card: a small WebP in place of the closed WLT format.

`encode` makes at most 1,024 bytes, padded with zeros as a card stores them; `decode`
is the plug-in that a terminal names in its configuration (`photo_decoder`).
"""

import io

import numpy as np
from PIL import Image

from sandbox.people.drawing import Picture

SIZE = (102, 126)
BLOCK = 1024


def encode(picture: Picture) -> bytes:
    """A picture of 102 by 126 points (blue-green-red) as a card's photo block."""
    image = Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])).resize(SIZE)
    for quality in range(60, -1, -4):
        stream = io.BytesIO()
        image.save(stream, "WEBP", quality=quality, method=6)
        if stream.tell() <= BLOCK:
            return stream.getvalue().ljust(BLOCK, b"\0")
    raise ValueError("the picture does not fit a card")


def decode(block: bytes) -> tuple[int, int, bytes]:
    """Width, height and red-green-blue bytes of a photo block.

    Raises ValueError where the block is none of the sandbox's.
    """
    try:
        with Image.open(io.BytesIO(block), formats=["WEBP"]) as image:
            image.load()
            colour = image.convert("RGB")
    except (OSError, SyntaxError) as error:
        raise ValueError(f"not a photo of the sandbox: {error}") from error
    return colour.width, colour.height, colour.tobytes()
