"""The worker's side of opening a package: its signature is verified in a process apart.

The process ends with its answer, so that it has seen one citizen only.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.trust import load_trust
from kiosk.certificates.verdict import BAD_TRUST
from kiosk.packages.content import read_content
from kiosk.worker import Call, Fields, Refusal, Reply

BAD_PACKAGE = "bad_package"
BLOBS = ("file", "face")


def _read(fields: Fields, blobs: list[bytes]) -> Reply:
    """What a package says: field `trust` (a folder), one blob. File and face come as blobs."""
    try:
        chains = load_trust(Path(fields["trust"])).chains
    except (ValueError, OSError) as error:
        raise Refusal(BAD_TRUST, str(error)) from error
    try:
        said = asdict(read_content(blobs[0], chains, datetime.now(UTC)))
    except BadCose as error:
        raise Refusal(BAD_PACKAGE, str(error)) from error
    return said, [said.pop(name) for name in BLOBS]


CALLS: dict[str, Call] = {"read": _read}
