"""Documents with seals and signatures of every form and habit, by hands of the moment."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from kiosk.gm.hashes import sm3
from kiosk.ofd.seal import SealForm
from sandbox.ofd.objects import document, plain
from sandbox.ofd.package import SIGNATURES, SignatureWish, StampWish, pack, signed_parts
from sandbox.ofd.seals import Habits, SealOrder, make_seal, seal_signature, signed_data
from sandbox.ofd.stamp import seal_picture
from sandbox.sm2 import TIMESTAMPS, SmSigner, issue, make_authority
from sandbox.timestamps import stamper

STAMP_BOX = (130.0, 200.0, 40.0, 40.0)


@cache
def signers() -> tuple[SmSigner, SmSigner, SmSigner]:
    """An authority, a department, a seal maker."""
    root = make_authority("Corpus Root CA")
    return root, issue(root, "样本局"), issue(root, "Corpus Seal Maker")


def sealed() -> Iterator[tuple[str, bytes]]:
    """Documents with seals and signatures of every form and habit."""
    for form in SealForm:
        for name, habits in (("", Habits()), (" raw", Habits(raw_value=True)),
                             (" wrapped", Habits(wrap_digest=True))):
            yield f"sealed {form.name.lower()}{name}", seal_document(form, habits)
    tsa = issue(signers()[0], "Corpus Time", TIMESTAMPS)
    stamped = Habits(timestamp=stamper(tsa, datetime.now(UTC).replace(microsecond=0)))
    for form in (SealForm.V4, SealForm.V5):
        yield f"sealed {form.name.lower()} at a time", seal_document(form, stamped)
    yield "signed at a time", sign_document(stamped)
    yield "sealed by digest", seal_document(SealForm.V4, Habits(), by_digest=True)
    yield "sealed with a document", seal_document(SealForm.V4, Habits(), picture_kind="ofd")
    for name, habits in (
        ("attributes", Habits()), ("content", Habits(with_attributes=False)),
        ("base64", Habits(with_attributes=False, base64_content=True)), ("bare", Habits(bare=True)),
    ):
        yield f"signed {name}", sign_document(habits)


def seal_document(
    form: SealForm, habits: Habits, *, by_digest: bool = False, picture_kind: str = "png",
    leave_out: tuple[str, ...] = (), method: str = "1.2.156.10197.1.401",
    time_format: str = "%Y-%m-%d %H:%M:%S", kind: str | None = "Seal",
) -> bytes:
    """The plain document, sealed."""
    _, signer, maker = signers()
    at = datetime.now(UTC).replace(microsecond=0)
    picture = seal_picture("样本局电子证照专用章")
    if picture_kind == "ofd":
        picture = pack(document(plain))
    seal = make_seal(maker, SealOrder(
        "SEAL-0001", "样本局", (signer.certificate,), picture, picture_kind, at, form,
        by_digest=by_digest,
    ))

    def value(raw: bytes, part: str) -> bytes:
        return seal_signature(signer, seal, form, raw, part, at, habits)

    parts = document(plain, SIGNATURES)
    first_page = 1
    wish = SignatureWish(
        value, at, (StampWish(first_page, STAMP_BOX),), seal, method, sm3, time_format, leave_out,
        kind,
    )
    return pack(signed_parts(parts, [wish]))


def sign_document(habits: Habits) -> bytes:
    """The plain document, signed without a seal."""
    _, signer, _ = signers()
    at = datetime.now(UTC).replace(microsecond=0)

    def value(raw: bytes, _: str) -> bytes:
        return signed_data(signer, (), raw, at, habits)

    return pack(signed_parts(document(plain, SIGNATURES), [SignatureWish(value, at, kind="Sign")]))
