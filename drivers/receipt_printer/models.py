"""The models of receipt printers, as data (`models.toml`)."""

import tomllib
from functools import cache
from pathlib import Path

from drivers.receipt_printer.port import Capabilities, Font, StatusWay

MODELS = Path(__file__).with_name("models.toml")
DEFAULT = "raster80"


@cache
def models() -> dict[str, Capabilities]:
    """All models by name."""
    entries = tomllib.loads(MODELS.read_text(encoding="utf-8"))
    return {
        name: Capabilities(
            dots=entry["dots"],
            cutter=entry["cutter"],
            status=StatusWay(entry["status"]),
            font=Font(entry["font"]),
        )
        for name, entry in entries.items()
    }


def model_called(name: str) -> Capabilities:
    """What a model can do. Raises ValueError, naming those that there are."""
    try:
        return models()[name]
    except KeyError:
        raise ValueError(f"no receipt printer {name!r}; known: {', '.join(models())}") from None
