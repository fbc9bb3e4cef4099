"""Whether the print spooler of this machine keeps documents after they were printed.

CUPS keeps the files of a job for a day, unless told otherwise (cupsd.conf(5),
PreserveJobFiles). The history of jobs may stay: it holds no document, and after a power cut
it tells what was printed. Where the printer is asked directly, nothing is spooled.
"""

import re
from pathlib import Path

CUPSD_CONF = Path("/etc/cups/cupsd.conf")
SETTING = re.compile(r"^\s*PreserveJobFiles\s+(\S+)", re.IGNORECASE | re.MULTILINE)
NEVER = frozenset({"no", "off", "false", "0"})


def keeps_documents(configuration: Path = CUPSD_CONF) -> bool:
    """Whether a CUPS on this machine keeps what was printed. Raises OSError."""
    if not configuration.exists():
        return False
    told = SETTING.findall(configuration.read_text())
    return not told or told[-1].lower() not in NEVER
