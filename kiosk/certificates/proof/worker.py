"""The worker's side of keeping lists: what came over the line is verified in a process apart.

Certificate paths, COSE and its libraries are needed once an hour, so the terminal does not
hold them; see `keep.py`.
"""

from pathlib import Path

from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.proof.lists import read_lists
from kiosk.certificates.trust import load_trust
from kiosk.certificates.verdict import BAD_TRUST
from kiosk.worker import Call, Fields, Refusal, Reply

BAD_LISTS = "bad_lists"


def _verify(fields: Fields, blobs: list[bytes]) -> Reply:
    """Both lists, signed by somebody trusted: field `trust` (a folder); keys, then status."""
    try:
        read_lists(blobs[0], blobs[1], load_trust(Path(fields["trust"])).chains)
    except BadCose as error:
        raise Refusal(BAD_LISTS, str(error)) from error
    except (ValueError, OSError) as error:
        raise Refusal(BAD_TRUST, str(error)) from error
    return {}, []


CALLS: dict[str, Call] = {"verify": _verify}
