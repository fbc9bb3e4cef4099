"""The worker's side of keeping lists: what came over the line is verified in a process apart.

Certificate paths, COSE and its libraries are needed once an hour, so the terminal does not
hold them; see `keep.py`.
"""

from pathlib import Path

from kiosk.certificates.directory_file import read_directory
from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.proof.lists import read_lists
from kiosk.certificates.trust import load_trust
from kiosk.certificates.verdict import BAD_TRUST
from kiosk.content.manifest_file import read_manifest
from kiosk.gm import TrustList
from kiosk.worker import Call, Fields, Refusal, Reply

BAD_LISTS = "bad_lists"


def _paper_lists(fields: Fields, blobs: list[bytes]) -> Reply:
    """Both lists for printed copies: field `trust` (a folder); keys, then status. Their times."""
    chains = _chains(fields)
    try:
        lists = read_lists(blobs[0], blobs[1], chains)
    except BadCose as error:
        raise Refusal(BAD_LISTS, str(error)) from error
    return {
        "made": [one.isoformat() for one in lists.made],
        "good_until": lists.good_until.isoformat(),
    }, []


def _directory(fields: Fields, blobs: list[bytes]) -> Reply:
    """The directory of regions: field `trust` (a folder), one blob; what it says."""
    chains = _chains(fields)
    try:
        return read_directory(blobs[0], chains).as_json(), []
    except BadCose as error:
        raise Refusal(BAD_LISTS, str(error)) from error


def _manifest(fields: Fields, blobs: list[bytes]) -> Reply:
    """A manifest: fields `trust`, `collection`, `terminal`; one blob; what it says."""
    chains = _chains(fields)
    try:
        return read_manifest(blobs[0], chains, fields["collection"], fields["terminal"]), []
    except BadCose as error:
        raise Refusal(BAD_LISTS, str(error)) from error


def _chains(fields: Fields) -> TrustList:
    try:
        return load_trust(Path(fields["trust"])).chains
    except (ValueError, OSError) as error:
        raise Refusal(BAD_TRUST, str(error)) from error


CALLS: dict[str, Call] = {
    "paper_lists": _paper_lists, "directory": _directory, "manifest": _manifest,
}
