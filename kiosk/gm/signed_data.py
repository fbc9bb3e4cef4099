"""Signed data of GB/T 35275, and PKCS 7 with SM2: the two conventions that are in use.

With attributes, the signature is over them and they hold the digest of what is meant.
Without, it is over the content itself, which is that digest, in bytes or in Base64.
"""

import base64
import binascii
from dataclasses import dataclass, replace

from kiosk.gm import der
from kiosk.gm.der import BadDer, Node
from kiosk.gm.hashes import SM3_SIZE, sm3
from kiosk.gm.sm2 import DEFAULT_USER_ID, SM2_SM3, BadKey
from kiosk.gm.x509 import BadCertificate, Certificate

SIGNED_DATA = frozenset({"1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"})
"""GB/T 35275, and PKCS 7."""
SM2_ALGORITHMS = frozenset({SM2_SM3, "1.2.156.10197.1.301.1", "1.2.156.10197.1.301"})
SM3_OID = "1.2.156.10197.1.401"
DATA = frozenset({"1.2.156.10197.6.1.4.2.1", "1.2.840.113549.1.7.1"})
VERSIONS = (1, 3)
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
MOST_CERTIFICATES = 32


@dataclass(frozen=True, slots=True, repr=False)
class SignedData:
    """What a signature of this form says, unjudged."""

    content: bytes | None
    certificates: tuple[Certificate, ...]
    signer: Certificate
    algorithm: str
    attributes: bytes | None
    """The signed attributes as they were signed: as a SET."""
    message_digest: bytes | None
    signing_time: Node | None
    signature: bytes
    size: int
    """Bytes of the structure; what stands behind it was not signed."""
    stray: str
    """What in the unsigned parts agrees with nothing that is signed; empty where all does."""

    def value_fits(self, meant: bytes) -> bool:
        """Whether the signer's key made the signature; `meant` is what it stands for."""
        if self.algorithm not in SM2_ALGORITHMS:
            return False
        if self.attributes is not None:
            signed = self.attributes
        else:
            signed = meant if self.content is None else self.content
        try:
            return self.signer.sm2_key.verify(signed, self.signature, user_id=DEFAULT_USER_ID)
        except (BadKey, BadCertificate):
            return False

    def digest_fits(self, meant: bytes) -> bool:
        """Whether what was signed is these bytes or their digest."""
        if self.message_digest is not None:
            wanted = {sm3(meant)}
            if self.content is not None and self._content_is(meant):
                wanted.add(sm3(self.content))
            return self.message_digest in wanted
        return self.content is None or self._content_is(meant)

    def _content_is(self, meant: bytes) -> bool:
        return self.content == meant or plain_digest(self.content or b"") == sm3(meant)


def plain_digest(content: bytes) -> bytes | None:
    """The digest that a content is, in bytes or Base64; None where it is none."""
    if len(content) == SM3_SIZE:
        return content
    try:
        decoded = base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error):
        return None
    return decoded if len(decoded) == SM3_SIZE else None


def read_signed_data(raw: bytes) -> SignedData:
    """Read it, with or without ContentInfo around. Raises BadDer, BadCertificate."""
    outer = der.read(raw)
    parts = outer.sequence("signed data", 2)
    if parts[0].is_a(der.OID):
        if parts[0].oid not in SIGNED_DATA:
            raise BadDer(f"content of type {parts[0].oid} is not signed data")
        if len(parts) != 2 or not parts[1].is_tagged(0):
            raise BadDer("signed data without its content")
        parts = der.read(parts[1].contents).sequence("signed data", 4)
    if len(parts) < 4:
        raise BadDer(f"signed data of {len(parts)} elements")
    encapsulated = parts[2].sequence("content", 1)
    tagged = {part.tag: part for part in parts[3:] if part.kind == der.CONTEXT}
    certificates = tuple(_certificates(tagged.get(0)))
    signers = parts[-1].children
    if not parts[-1].is_a(der.SET) or not signers:
        raise BadDer("signed data without a signer")
    found = _signer(signers[0], _content(encapsulated), certificates, len(outer.raw))
    stray = _stray_around(parts, encapsulated, len(signers))
    return replace(found, stray=stray) if stray else found


def _stray_around(parts: tuple[Node, ...], encapsulated: tuple[Node, ...], signers: int) -> str:
    if parts[0].number not in VERSIONS or signers != 1:
        return "another version, or several signers"
    known = all(part.is_tagged(0) or part.is_tagged(1) for part in parts[3:-1])
    if not known or not all(part.is_tagged(0) for part in encapsulated[1:]):
        return "parts of an unknown kind"
    if not parts[1].is_a(der.SET) or {one.oid for one in parts[1].children} != {SM3_OID}:
        return "digests other than SM3"
    if encapsulated[0].oid not in DATA:
        return f"content of type {encapsulated[0].oid}"
    return ""


def _content(encapsulated: tuple[Node, ...]) -> bytes | None:
    if len(encapsulated) < 2:
        return None
    inner = encapsulated[1].children
    return inner[0].contents if inner else encapsulated[1].contents


def _certificates(bag: Node | None) -> list[Certificate]:
    found = list(bag.children) if bag is not None else []
    return [Certificate(one.raw) for one in found[:MOST_CERTIFICATES]]


def _signer(
    info: Node, content: bytes | None, certificates: tuple[Certificate, ...], size: int
) -> SignedData:
    parts = list(info.sequence("signer", 5))
    named = parts[1].sequence("the signer's name", 2)
    serial = named[1].number
    rest = parts[3:]
    attributes = rest.pop(0) if rest[0].is_tagged(0) else None
    if len(rest) < 2:
        raise BadDer("a signer without a signature")
    signer = next((one for one in certificates if one.serial == serial), None)
    if signer is None:
        raise BadCertificate("the signer's certificate is not there")
    values = _attributes(attributes)
    digest = values.get(MESSAGE_DIGEST)
    return SignedData(
        content=content,
        certificates=certificates,
        signer=signer,
        algorithm=rest[0].oid,
        attributes=der.element(der.SET, attributes.contents) if attributes else None,
        message_digest=digest.contents if digest else None,
        signing_time=values.get(SIGNING_TIME),
        signature=rest[1].octets,
        size=size,
        stray=_stray_of_signer(info, parts, rest, signer),
    )


def _stray_of_signer(
    info: Node, parts: list[Node], rest: list[Node], signer: Certificate
) -> str:
    if parts[0].number not in VERSIONS or len(rest) != 2:
        return "another version of the signer, or something more of it"
    if parts[1].raw != signer.issuer_and_serial:
        return "the signer is named otherwise than in the certificate"
    if parts[2].oid != SM3_OID:
        return "a digest other than SM3"
    for one in (parts[2], rest[0]):
        if any(child.contents for child in one.children[1:]):
            return "an algorithm with parameters"
    return der.oddity(info.raw) or ""


def _attributes(bag: Node | None) -> dict[str, Node]:
    values: dict[str, Node] = {}
    for one in bag.children if bag is not None else ():
        kind, found = one.sequence("an attribute", 2)[:2]
        inner = found.children
        if inner:
            values[kind.oid] = inner[0]
    return values
