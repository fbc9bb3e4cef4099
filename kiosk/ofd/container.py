"""The ZIP package of an OFD file, read so that no two readers could see two files.

Refused are duplicate entries and names that differ only in case, encrypted entries, ways
out of the package, overlapping entries, and what unpacks to more than an honest document.
Vendors write names in GBK, with backslashes or `./`, and bytes before the archive: these
are read as what is meant, and the bytes are told (`foreign_bytes`).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import normpath

from kiosk.ofd.errors import OfdError, OfdReason

MOST_ENTRIES = 20_000
LARGEST_ENTRY = 128 * 2**20
LARGEST_PACKAGE = 256 * 2**20
LOCAL_HEADER = 30
ENCRYPTED, UTF8_NAMES = 0x1, 0x800
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DRIVE = re.compile(r"^[A-Za-z]:")


class Package:
    """The entries of a package by name; nothing is unpacked before it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Raises OfdError (NOT_A_PACKAGE, UNSAFE_PACKAGE, TOO_LARGE)."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = [one for one in self._archive.infolist() if not one.is_dir()]
        except (
            zipfile.BadZipFile, ValueError, OSError, struct.error, EOFError, NotImplementedError,
        ) as error:
            raise OfdError(OfdReason.NOT_A_PACKAGE, "package", str(error)) from error
        _check_sizes(entries)
        _check_layout(entries)
        self._entries = _by_name(entries)
        self.foreign_bytes = min((one.header_offset for one in entries), default=0)
        """Bytes that stand before the archive and belong to no entry."""
        self._folded = {name.casefold(): name for name in self._entries}

    def __contains__(self, name: str) -> bool:
        return self._found(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def read(self, name: str) -> bytes:
        """An entry's bytes. Raises OfdError (MISSING_PART, NOT_A_PACKAGE)."""
        found = self._found(name)
        if found is None:
            raise OfdError(OfdReason.MISSING_PART, name)
        try:
            return self._archive.read(self._entries[found])
        except (
            zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError,
        ) as error:
            raise OfdError(OfdReason.NOT_A_PACKAGE, name, str(error)) from error

    def name_of(self, place: str, beside: str = "") -> str:
        """The entry that a location means: from the root with `/`, else from a file's folder.

        Where nothing lies beside the file, the location is taken from the root, as some
        writers mean it. Raises OfdError (UNSAFE_PACKAGE) for a way out of the package.
        """
        wanted = place.strip().replace("\\", "/")
        folder = beside.rpartition("/")[0]
        if wanted.startswith("/") or not folder:
            return self._known(clean(wanted.lstrip("/")))
        near = clean(f"{folder}/{wanted}")
        return self._known(near if near in self else self._or_from_root(wanted, near))

    def _or_from_root(self, wanted: str, near: str) -> str:
        try:
            rooted = clean(wanted)
        except OfdError:
            return near
        return rooted if rooted in self else near

    def _known(self, name: str) -> str:
        return self._found(name) or name

    def _found(self, name: str) -> str | None:
        if name in self._entries:
            return name
        return self._folded.get(name.casefold())


def clean(name: str) -> str:
    """A name as one path from the root. Raises OfdError for one that leads out."""
    plain = normpath(name.replace("\\", "/"))
    if plain.startswith(("/", "..")) or DRIVE.match(plain) or "\x00" in plain:
        raise OfdError(OfdReason.UNSAFE_PACKAGE, name, "leads out of the package")
    return plain


def _by_name(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    named: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for one in entries:
        if one.flag_bits & ENCRYPTED:
            raise OfdError(OfdReason.UNSAFE_PACKAGE, one.filename, "encrypted")
        if one.compress_type not in METHODS:
            raise OfdError(
                OfdReason.UNSAFE_PACKAGE, one.filename, f"compression {one.compress_type}"
            )
        written = _decoded(one)
        if written.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", written):
            raise OfdError(OfdReason.UNSAFE_PACKAGE, written, "leads out of the package")
        name = clean(written)
        if name.casefold() in folded:
            raise OfdError(OfdReason.UNSAFE_PACKAGE, name, "there twice")
        folded.add(name.casefold())
        named[name] = one
    return named


def _decoded(entry: zipfile.ZipInfo) -> str:
    """An entry's name; without the flag for UTF-8 it may be UTF-8 all the same, or GBK."""
    if entry.flag_bits & UTF8_NAMES or entry.filename.isascii():
        return entry.filename
    raw = entry.filename.encode("cp437")
    for coding in ("utf-8", "gbk"):
        try:
            return raw.decode(coding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise OfdError(OfdReason.TOO_LARGE, "package", f"{len(entries)} entries")
    for one in entries:
        if one.file_size > LARGEST_ENTRY:
            raise OfdError(OfdReason.TOO_LARGE, one.filename, f"{one.file_size} bytes")
    total = sum(one.file_size for one in entries)
    if total > LARGEST_PACKAGE:
        raise OfdError(OfdReason.TOO_LARGE, "package", f"{total} bytes")


def _check_layout(entries: list[zipfile.ZipInfo]) -> None:
    """Entries lie one behind the other."""
    end = 0
    for one in sorted(entries, key=lambda entry: entry.header_offset):
        if one.header_offset < end:
            raise OfdError(OfdReason.UNSAFE_PACKAGE, one.filename, "lies over another entry")
        end = one.header_offset + LOCAL_HEADER + one.compress_size
