"""The audit as tests look at it."""

from pathlib import Path
from typing import Any

from offline.look import read_audit


def flat_audit(store: Path) -> list[dict[str, Any]]:
    """Records with their fields beside their event, in order; none where there is no store yet."""
    if not store.exists():
        return []
    return [{**record["fields"], **record} for record in read_audit(store)]
