"""Whether an OFD file is what was signed: intact, covered, signed by whom.

Four things are told apart: whether the covered files are as they were, what is not covered,
who signed, and whether that one is trusted. What the issuer says of the certificate today
is asked elsewhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from kiosk.gm import TrustList
from kiosk.gm.hashes import DIGESTS, SHA256, SHA384, SHA512, SM3
from kiosk.ofd.document import ROOT, OfdFile
from kiosk.ofd.errors import OfdError
from kiosk.ofd.judge import Judged, Signed, judge_value
from kiosk.ofd.render import Stamp
from kiosk.ofd.signatures import SignaturePart, read_signatures
from kiosk.ofd.stamps import stamps_of

METHODS: dict[str, Callable[[bytes], bytes]] = DIGESTS | {
    name: DIGESTS[method]
    for name, method in (
        ("SM3", SM3), ("SHA256", SHA256), ("SHA-256", SHA256), ("SHA384", SHA384),
        ("SHA-384", SHA384), ("SHA512", SHA512), ("SHA-512", SHA512),
    )
}
"""Ways to make a digest that are accepted, by the names that writers give them."""
WEAK = ("MD5", "SHA1", "SHA-1", "1.2.840.113549.2.5", "1.3.14.3.2.26")


@dataclass(frozen=True, slots=True)
class Checked:
    """One signature, judged, with the files that it covers."""

    value: Judged
    changed: tuple[str, ...]
    """What is wrong with the files that it covers."""
    stamps: tuple[Stamp, ...] = ()

    @property
    def digest_valid(self) -> bool:
        """Whether what was signed, and every covered file, is as it was."""
        return self.value.digest_valid and not self.changed

    @property
    def problems(self) -> tuple[str, ...]:
        """All that is wrong with it."""
        return (*self.value.problems, *self.changed)


@dataclass(frozen=True, slots=True)
class Verified:
    """A file, judged: its signatures, and what none of them covers."""

    signatures: tuple[Checked, ...]
    uncovered: tuple[str, ...] = ()
    uncovered_and_shown: tuple[str, ...] = ()
    """Of these, what pages are drawn from: who changes it changes what is seen."""
    notes: tuple[str, ...] = ()
    """What of the file is not shown."""

    @property
    def intact(self) -> bool | None:
        """Whether everything that is covered is as it was; None where nothing is signed."""
        if not self.signatures:
            return None
        return all(one.value.value_valid and one.digest_valid for one in self.signatures)

    @property
    def trusted(self) -> bool:
        """Whether all signatures are sound, to the trust list, and nothing that shows is open."""
        return (
            bool(self.signatures)
            and not self.uncovered_and_shown
            and not any(one.problems for one in self.signatures)
        )

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """What the signatures put on the pages."""
        return tuple(stamp for one in self.signatures for stamp in one.stamps)


def verify(file: OfdFile, trust: TrustList, now: datetime) -> Verified:
    """Judge all signatures of a file. Raises OfdError where they cannot be read."""
    parts = read_signatures(file)
    if not parts:
        return Verified(())
    digests = Digests(file)
    checked = tuple(_check(file, part, trust, now, digests) for part in parts)
    covered = {one.part for part in parts for one in part.references}
    own = {name for part in parts for name in part.own_parts}
    uncovered = [name for name in file.package if name not in covered and name not in own]
    shown = _shown(file, uncovered)
    if file.package.foreign_bytes:
        uncovered.append(f"bytes 0 to {file.package.foreign_bytes}")
    return Verified(checked, tuple(sorted(uncovered)), tuple(sorted(shown)), file.notes)


def _shown(file: OfdFile, uncovered: list[str]) -> set[str]:
    """What pages are drawn from, of some parts; pages are read only where there is need."""
    open_parts = set(uncovered) - {ROOT, file.signatures}
    return open_parts & file.drawn_parts() if open_parts else set()


class Digests:
    """Digests of a file's parts, each made once."""

    def __init__(self, file: OfdFile) -> None:
        self._file = file
        self._made: dict[tuple[str, str], bytes] = {}

    def of(self, part: str, method: str) -> bytes:
        """The digest of a part. Raises OfdError where it cannot be read."""
        key = part, method
        if key not in self._made:
            self._made[key] = METHODS[method](self._file.package.read(part))
        return self._made[key]


def _check(
    file: OfdFile, part: SignaturePart, trust: TrustList, now: datetime, digests: Digests
) -> Checked:
    judged = judge_value(part.value, Signed(part.raw, part.part, part.signed_at), trust, now)
    changed = list(_changed(part, digests))
    if judged.seal is None:
        return Checked(judged, tuple(changed))
    beside = part.seal_part if part.seal_part and part.seal_part in file.package else None
    if beside and file.package.read(beside) != judged.seal.raw:
        changed.append(f"{beside} is another seal")
    return Checked(judged, tuple(changed), tuple(stamps_of(file, part, judged.seal)))


def _changed(part: SignaturePart, digests: Digests) -> Iterator[str]:
    """What is wrong with the files that a signature covers."""
    method = part.method.strip().upper()
    if not part.references:
        yield "covers no file"
    if method not in METHODS:
        word = "proves nothing" if method in WEAK else "is unknown"
        yield f"the digest {part.method} {word}"
        return
    for one in part.references:
        try:
            now = digests.of(one.part, method)
        except OfdError as error:
            yield f"{one.part}: {error.reason}"
            continue
        if not compare_digest(now, one.digest):
            yield f"{one.part} was changed"

