"""Commands of the system that keep keys, run with a limit on their time.

Secrets go in and come out by pipes: an argument can be read by everybody on the machine.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offline.keys.port import KeyFailure, KeyReason

SECONDS = 30.0
"""A real TPM makes a key in up to some seconds."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    status: int
    output: bytes
    complaint: str
    """What it said on standard error."""


def run(
    command: Sequence[str],
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Done:
    """Run a command, with `given` on its standard input.

    Raises KeyFailure where it is not there (TOOL_MISSING) or does not end (TIMEOUT).
    """
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "LC_ALL": "C", **(environment or {})},
        )
    except (FileNotFoundError, PermissionError) as error:
        raise KeyFailure(KeyReason.TOOL_MISSING, f"{command[0]} cannot be run") from error
    except subprocess.TimeoutExpired as error:
        raise KeyFailure(KeyReason.TIMEOUT, f"{command[0]}: longer than {seconds} s") from error
    return Done(done.returncode, done.stdout, done.stderr.decode(errors="replace"))
