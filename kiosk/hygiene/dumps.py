"""No dump of this process is written, and none of its peers may look into it.

A core dump is a picture of all that a process held. The limit keeps files from being written;
programs that take dumps through a pipe are kept off by the process not being dumpable, which
also closes /proc/PID/mem to all but root (prctl(2), PR_SET_DUMPABLE).
"""

import ctypes
import os
import resource

PR_SET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE = 1, 3, 4
"""linux/prctl.h."""


class NotForbidden(OSError):
    """The kernel did not agree; the message says why."""


def forbid_dumps() -> None:
    """Let this process leave no dump. Raises NotForbidden."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(PR_SET_DUMPABLE, 0)


def end_with_parent(signal: int) -> None:
    """Have this process get a signal when the one that started it ends. Raises NotForbidden."""
    _prctl(PR_SET_PDEATHSIG, signal)


def are_forbidden() -> bool:
    """Whether this process can leave no dump."""
    limited = resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    return limited and _prctl(PR_GET_DUMPABLE) == 0


def _prctl(option: int, value: int = 0) -> int:
    result: int = ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
    if result < 0:
        number = ctypes.get_errno()
        raise NotForbidden(number, f"prctl {option}: {os.strerror(number)}")
    return result
