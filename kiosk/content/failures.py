"""What the platform's failures, and a worker's, are called where something is refreshed."""

from kiosk.errors import Failure
from kiosk.reasons import Reason
from kiosk.worker import Refusal, WorkerFault
from offline.sync.failures import SyncFailure, SyncReason

NO_LINE = frozenset({Reason.NETWORK, Reason.PLATFORM_TIMEOUT})
CAUGHT = (Failure, Refusal, WorkerFault, ValueError, OSError)
"""What `as_sync_failure` has a name for."""


def as_sync_failure(error: Exception) -> SyncFailure:
    """The same in the closed list of reasons.

    A Refusal is a worker's word for lists and manifests that nobody trusted has signed; a
    ValueError is the word of rules of time (what is too old, or older than what is kept).
    """
    match error:
        case Failure():
            reason = SyncReason.NO_LINE if error.reason in NO_LINE else SyncReason.BAD_ANSWER
        case Refusal():
            reason = SyncReason.UNTRUSTED
        case WorkerFault():
            reason = SyncReason.BROKEN
        case OSError():
            reason = SyncReason.DISK
        case _:
            reason = SyncReason.STALE
    return SyncFailure(reason, str(error))
