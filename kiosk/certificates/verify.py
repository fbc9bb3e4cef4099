"""Verification of a certificate's file of either format. For the worker process."""

from datetime import datetime

from kiosk.certificates.formats import sniff
from kiosk.certificates.render import open_document
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import Verification, unreadable


def verify_file(document: bytes, trust: Trust, now: datetime) -> Verification:
    """Intact, what is not covered, signed by whom, trusted or not."""
    try:
        opened = open_document(document)
    except ValueError as error:
        return unreadable(sniff(document), str(error))
    return opened.verify(trust, now)
