"""What can be wrong with an OFD file: a closed list of reasons."""

from enum import StrEnum


class OfdReason(StrEnum):
    """Why a file, or a part of it, cannot be used."""

    NOT_A_PACKAGE = "not_a_package"
    """No ZIP archive, or one that is damaged."""
    UNSAFE_PACKAGE = "unsafe_package"
    """Two readers could see two files: duplicate, clashing, encrypted or escaping entries."""
    TOO_LARGE = "too_large"
    """More entries, bytes, objects or levels than any honest file has."""
    BAD_XML = "bad_xml"
    """No XML, or XML with a document type."""
    MISSING_PART = "missing_part"
    """A part that another names is not there."""
    BAD_VALUE = "bad_value"
    """A number, box or reference that is none."""
    NOT_DRAWABLE = "not_drawable"
    """A picture or font that no decoder reads."""
    BAD_SIGNATURE = "bad_signature"
    """A seal or a signature that cannot be read."""
    NO_SUCH_PAGE = "no_such_page"
    """The document has fewer pages."""


class OfdError(ValueError):
    """An OFD file cannot be used; `where` names the part or the element."""

    def __init__(self, reason: OfdReason, where: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {where}" + (f": {detail}" if detail else ""))
        self.reason = reason
        self.where = where
        self.detail = detail
