"""The chip's photo: decoded by a plug-in that the site configures.

The format on real cards (WLT) is closed, so none is shipped: a site with a licensed
decoder names a function `module:function` that takes the photo block and gives width,
height and red-green-blue bytes. It runs in the worker process only.
"""

import importlib
from collections.abc import Callable

from kiosk.worker import Refusal

PhotoDecoder = Callable[[bytes], tuple[int, int, bytes]]


def load_decoder(name: str) -> PhotoDecoder:
    """The decoder that `module:function` names. Raises Refusal."""
    module, _, attribute = name.partition(":")
    try:
        decoder: PhotoDecoder = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise Refusal("no_decoder", f"{name}: {error}") from error
    return decoder
