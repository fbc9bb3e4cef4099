"""Why a terminal cannot be brought up: a reason of the closed list, and a word for operators."""

import errno
from dataclasses import dataclass
from pathlib import Path

from kiosk.reasons import Reason

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No space, no more of the quota, no more of the limit that the process has."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way. `detail` is for the log and holds nothing personal."""

    reason: Reason
    detail: str


def of_error(error: OSError, where: Path | None = None) -> Obstacle:
    """What an error of the terminal's own files means; `where` is named for the error's file."""
    detail = str(error) if where is None else f"{where}: {error.strerror}"
    if error.errno in NO_ROOM:
        return Obstacle(Reason.DISK_FULL, detail)
    if error.errno == errno.EROFS:
        return Obstacle(Reason.DISK_READ_ONLY, detail)
    return Obstacle(Reason.STATE_UNREADABLE, detail)
