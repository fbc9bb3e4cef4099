"""Signs a document's files and puts them into a package."""

import base64
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from kiosk.gm import sm3
from sandbox.ofd.writer import FOLDER, below, box, dump, element

SIGNATURES = f"{FOLDER}/Signs/Signatures.xml"
ALWAYS = (1980, 1, 1, 0, 0, 0)

Sign = Callable[[bytes, str], bytes]
"""Makes a signature's value from the bytes of its Signature.xml and that part's name."""


@dataclass(frozen=True, slots=True)
class StampWish:
    """Where a signature shows its seal."""

    page_id: int
    box: tuple[float, float, float, float]
    clip: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class SignatureWish:
    """What a signature shall cover, and how it is written down."""

    sign: Sign
    at: datetime
    stamps: tuple[StampWish, ...] = ()
    seal: bytes | None = None
    method: str = "1.2.156.10197.1.401"
    digest: Callable[[bytes], bytes] = sm3
    time_format: str = "%Y-%m-%d %H:%M:%S"
    leave_out: tuple[str, ...] = ()
    """Files that are not covered."""
    kind: str | None = "Seal"
    provider: str = "Tongban Sandbox"


def signed_parts(parts: dict[str, bytes], wishes: Iterable[SignatureWish]) -> dict[str, bytes]:
    """The files with their signatures; each signature covers those before it, too.

    `OFD.xml` must name SIGNATURES already.
    """
    wanted = list(wishes)
    listing = element("Signatures")
    below(listing, "MaxSignId", str(len(wanted)))
    for number, wish in enumerate(wanted):
        entry = below(listing, "Signature", ID=f"s{number + 1:03d}",
                      BaseLoc=f"Sign_{number}/Signature.xml")
        if wish.kind:
            entry.set("Type", wish.kind)
    found = dict(parts)
    found[SIGNATURES] = dump(listing)
    for number, wish in enumerate(wanted):
        folder = f"{FOLDER}/Signs/Sign_{number}"
        if wish.seal is not None:
            found[f"{folder}/Seal.esl"] = wish.seal
        raw = _signature_xml(found, folder, wish)
        found[f"{folder}/Signature.xml"] = raw
        found[f"{folder}/SignedValue.dat"] = wish.sign(raw, f"/{folder}/Signature.xml")
    return found


def _signature_xml(parts: dict[str, bytes], folder: str, wish: SignatureWish) -> bytes:
    root = element("Signature")
    info = below(root, "SignedInfo")
    below(info, "Provider", ProviderName=wish.provider, Version="1.0", Company="Tongban")
    below(info, "SignatureMethod", "1.2.156.10197.1.501")
    below(info, "SignatureDateTime", wish.at.strftime(wish.time_format))
    references = below(info, "References", CheckMethod=wish.method)
    for name, data in parts.items():
        if name not in wish.leave_out:
            one = below(references, "Reference", FileRef=f"/{name}")
            below(one, "CheckValue", base64.b64encode(wish.digest(data)).decode())
    for number, stamp in enumerate(wish.stamps):
        made = below(info, "StampAnnot", ID=str(number + 1), PageRef=str(stamp.page_id),
                     Boundary=box(*stamp.box))
        if stamp.clip is not None:
            made.set("Clip", box(*stamp.clip))
    if wish.seal is not None:
        below(below(info, "Seal"), "BaseLoc", f"/{folder}/Seal.esl")
    below(root, "SignedValue", f"/{folder}/SignedValue.dat")
    return dump(root)


def pack(parts: dict[str, bytes]) -> bytes:
    """The package; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, ALWAYS), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
