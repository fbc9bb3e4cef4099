"""The chip's photo: decoded by a plug-in that the site configures, in a process of its own.

The format on real cards (WLT) is closed, so none is shipped: a site with a licensed
decoder names a function `module:function` that takes the photo block and gives width,
height and red-green-blue bytes. Vendors' decoders are binaries that may crash, hang or
leak: each photo gets a process that ends with it.
"""

import importlib
from collections.abc import Callable

from kiosk.worker import Answer, Call, Fields, Refusal, Worker

Decode = Callable[[bytes], tuple[int, int, bytes]]

MEMORY_MB, SECONDS = 512, 5.0
LARGEST = 4096
"""Pixels across or down; a chip's photo has about a hundred."""


class PhotoDecoder:
    """The site's decoder, as the terminal calls it."""

    def __init__(self, plug_in: str) -> None:
        """`plug_in` is `module:function`."""
        self._plug_in = plug_in
        self._worker = Worker("kiosk.faces.photo", MEMORY_MB, SECONDS)

    async def warm_up(self) -> None:
        """Start the process of the next photo and load the plug-in. Raises Refusal, WorkerFault."""
        await self._worker.call("load", {"plug_in": self._plug_in})

    async def stop(self) -> None:
        """End the process of a photo that never came."""
        await self._worker.stop()

    async def decode(self, photo: bytes) -> tuple[int, int, bytes]:
        """Width, height and red-green-blue bytes. Raises Refusal, WorkerFault."""
        try:
            fields, blobs = await self._worker.call("decode", {"plug_in": self._plug_in}, [photo])
        finally:
            await self._worker.stop()
        return fields["width"], fields["height"], blobs[0]


def load_decoder(name: str) -> Decode:
    """The function that `module:function` names. Raises Refusal."""
    module, _, attribute = name.partition(":")
    try:
        decoder: Decode = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise Refusal("no_decoder", f"{name}: {error}") from error
    return decoder


def _load(fields: Fields, blobs: list[bytes]) -> Answer:
    """Load the decoder that field `plug_in` names."""
    load_decoder(fields["plug_in"])
    return {}, []


def _decode(fields: Fields, blobs: list[bytes]) -> Answer:
    """Decode one photo, in the process: field `plug_in`, one blob."""
    try:
        width, height, colours = load_decoder(fields["plug_in"])(blobs[0])
    except ValueError as error:
        raise Refusal("bad_photo", str(error)) from error
    if not (0 < width <= LARGEST and 0 < height <= LARGEST and len(colours) == width * height * 3):
        raise Refusal("bad_photo", f"{len(colours)} bytes are no picture of {width}x{height}")
    return {"width": width, "height": height}, [colours]


CALLS: dict[str, Call] = {"load": _load, "decode": _decode}
