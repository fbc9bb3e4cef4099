"""Verification of a certificate's file of either format. For the worker process."""

from datetime import datetime

from kiosk.certificates.formats import sniff
from kiosk.certificates.ofd import verify_ofd
from kiosk.certificates.pdf import verify_pdf
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import FileFormat, Verification, unreadable


def verify_file(document: bytes, trust: Trust, now: datetime) -> Verification:
    """Intact, what is not covered, signed by whom, trusted or not."""
    match sniff(document):
        case FileFormat.OFD:
            return verify_ofd(document, trust, now)
        case FileFormat.PDF:
            return verify_pdf(document, trust, now)
        case None:
            return unreadable(None, "neither an OFD nor a PDF file")
