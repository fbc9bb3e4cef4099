"""JSON as it is kept and sent."""

import json
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_json(value: Any) -> bytes:
    """A value as compact JSON in UTF-8."""
    return _ENCODER.encode(value).encode()
