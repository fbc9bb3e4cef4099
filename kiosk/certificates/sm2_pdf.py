"""PDF signatures with SM2, which pyHanko does not know: as PKCS 7, GB/T 35275, or by seal.

Where one of these is in a file, the rule for what is covered is strict, as there is no diff
here: the last signature covers the whole file but its own place (`pades.behind`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from kiosk.certificates.pades import Judged
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import Signature
from kiosk.gm import BadCertificate, der
from kiosk.gm.der import BadDer
from kiosk.gm.schemes import NotAccepted, digest_of
from kiosk.gm.signed_data import SignedData, is_national
from kiosk.gm.timestamps import read_timestamp
from kiosk.ofd.judge import GB_35275, Signed, judge_value, read_value
from kiosk.ofd.judge import Judged as JudgedValue
from kiosk.ofd.seal import SealSignature

SM2_PKCS7 = "SM2-PKCS7"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Entry:
    """A filled signature field: its range of bytes, its value, the time that it claims."""

    name: str
    field: generic.DictionaryObject
    byte_range: tuple[int, ...]
    contents: bytes
    claimed_time: str

    @property
    def is_ours(self) -> bool:
        """Whether the value is one that is judged here."""
        try:
            found = read_value(self.value)
        except (BadDer, BadCertificate):
            return False
        return found is not None and (
            not isinstance(found, SignedData) or is_national(found)
        )

    @property
    def value(self) -> bytes:
        """The value without the zeros that fill its place. Raises BadDer."""
        return der.read(self.contents).raw


def read_entries(reader: PdfFileReader) -> list[Entry]:
    """The filled signature fields of a PDF, in the order in which they were signed."""
    found: list[Entry] = []
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        signature = value.get_object()
        if signature.get("/Type", "/Sig") != "/Sig":
            continue
        contents = signature.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
        found.append(Entry(
            name,
            field.get_object(),
            tuple(int(one) for one in signature["/ByteRange"]),
            bytes(contents),
            str(signature.get("/M", "")),
        ))
    return sorted(found, key=lambda one: sum(one.byte_range[2:4]))


def judge_sm2(document: bytes, entry: Entry, trust: Trust, now: datetime) -> Judged:
    """Judge one signature that is ours. Raises BadDer, BadCertificate."""
    problem = range_problem(document, entry) or value_problem(entry, trust)
    meant = Signed(covered(document, entry), "the file", entry.claimed_time)
    found = judge_value(entry.value, meant, trust.chains, now)
    return Judged(
        signature=as_signature(found),
        fits=found.value_valid and found.digest_valid,
        sound=not found.problems,
        end=sum(entry.byte_range[2:4]),
        open=problem or "",
        detail="; ".join(found.problems),
    )


def covered(document: bytes, entry: Entry) -> bytes:
    """The bytes that a signature is over."""
    start, size, behind, rest = (*entry.byte_range, 0, 0, 0, 0)[:4]
    return document[start : start + size] + document[behind : behind + rest]


def range_problem(document: bytes, entry: Entry) -> str | None:
    """What a signature leaves open besides its own place, or None."""
    if len(entry.byte_range) != 4 or entry.byte_range[0] != 0:
        return f"a range of bytes {list(entry.byte_range)}"
    start, behind = entry.byte_range[1], entry.byte_range[2]
    gap = document[start:behind]
    digits = gap[1:-1]
    written = entry.contents.hex().encode()
    if gap[:1] != b"<" or gap[-1:] != b">" or digits not in (written, written.upper()):
        return f"bytes {start} to {behind}: not one hexadecimal string"
    if any(entry.contents[len(entry.value) :]):
        return f"bytes {start} to {behind}: something stands behind the signature"
    return None


def value_problem(entry: Entry, trust: Trust) -> str | None:
    """What in the signature's own place agrees with nothing that is signed, or None."""
    try:
        problem = der.oddity(entry.value) or _stray(read_value(entry.value), trust)
    except (BadDer, BadCertificate) as error:
        problem = str(error)
    place = f"bytes {entry.byte_range[1]} to {entry.byte_range[2]}"
    return f"{place}: {problem}" if problem else None


def _stray(found: SealSignature | SignedData | None, trust: Trust) -> str | None:
    if isinstance(found, SealSignature):
        return _stray_of_seal(found, trust)
    if found is None or found.stray:
        return found.stray if found else "a bare signature"
    known = (*found.certificates, *trust.chains.anchors)
    for one in found.certificates:
        vouched = one is found.signer or one in trust.chains.anchors or any(
            one.issuer == other.subject and one.signed_by(other) for other in known
        )
        if not vouched:
            return f"a certificate nobody vouches for: {one.name}"
    return _stray_of_stamps(found.timestamps, trust)


def _stray_of_seal(found: SealSignature, trust: Trust) -> str | None:
    try:
        digest_of(found.algorithm)
    except NotAccepted as error:
        return str(error)
    stamps = (found.timestamp, found.seal.timestamp)
    return _stray_of_stamps([one for one in stamps if one is not None], trust)


def _stray_of_stamps(tokens: Iterable[bytes], trust: Trust) -> str | None:
    """The same of timestamps, which no signature of the file covers."""
    for token in tokens:
        odd = der.oddity(token) or _stray(
            read_timestamp(token, trust.chains.anchors).signed, trust
        )
        if odd:
            return f"the timestamp: {odd}"
    return None


def as_signature(value: JudgedValue) -> Signature:
    """One signature in the words of all formats."""
    return Signature(
        kind=SM2_PKCS7 if value.kind == GB_35275 else value.kind,
        value_valid=value.value_valid,
        digest_valid=value.digest_valid,
        signer=value.signer,
        chain=str(value.chain.verdict),
        signed_at=value.signed_at.isoformat() if value.signed_at else None,
        why="; ".join((*value.problems, *value.notes)),
        time_proven_by=value.time_proven_by,
    )
