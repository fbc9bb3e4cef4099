"""Which format a certificate's file is of, told by its first bytes and not by its name."""

from kiosk.certificates.verdict import FileFormat

HEAD = 1024
"""A PDF may have other bytes before its own first line (ISO 32000-1, annex H.3.4.1)."""
ZIP = b"PK\x03\x04"
PDF = b"%PDF-"


def sniff(document: bytes) -> FileFormat | None:
    """The format, or None."""
    head = document[:HEAD]
    pdf, ofd = head.find(PDF), head.find(ZIP)
    if pdf >= 0 and (ofd < 0 or pdf < ofd):
        return FileFormat.PDF
    return FileFormat.OFD if ofd >= 0 else None
