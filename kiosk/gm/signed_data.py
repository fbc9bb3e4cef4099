"""Signed data: GB/T 35275, PKCS 7 and CMS (RFC 5652), with SM2, RSA or ECDSA.

With attributes, the signature is over them and they hold the digest of what is meant.
Without, it is over the content itself, which is what is meant or its digest, in bytes or in
Base64: of GB/T 35275 both conventions are in use.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk.gm import der, schemes
from kiosk.gm.der import BadDer, Node
from kiosk.gm.hashes import DIGESTS, SM3_NAMES, is_digest
from kiosk.gm.schemes import NotAccepted
from kiosk.gm.x509 import BadCertificate, Certificate

SIGNED_DATA = frozenset({"1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"})
"""GB/T 35275, and PKCS 7."""
GB_DATA = "1.2.156.10197.6.1.4.2.1"
DATA = frozenset({GB_DATA, "1.2.840.113549.1.7.1"})
VERSIONS = (1, 3)
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
"""A timestamp over the signature (RFC 3161, appendix A), which is not signed."""
MOST_CERTIFICATES = 32
MOST_ATTRIBUTES = 64
DIGEST_SIZES = (32, 48, 64)


@dataclass(frozen=True, slots=True, repr=False)
class SignedData:
    """What a signature of this form says, unjudged."""

    content: bytes | None
    certificates: tuple[Certificate, ...]
    signer: Certificate
    algorithm: str
    parameters: bytes
    """Of the algorithm, as DER; empty where it has none."""
    digest_method: str
    attributes: bytes | None
    """The signed attributes as they were signed: as a SET."""
    values: Mapping[str, Node]
    """The first value of each signed attribute."""
    signature: bytes
    timestamps: tuple[bytes, ...]
    """Timestamps over the signature: each vouches for the time at which it was there."""
    size: int
    """Bytes of the structure; what stands behind it was not signed."""
    stray: str
    """What in the unsigned parts agrees with nothing that is signed; empty where all does."""

    @property
    def message_digest(self) -> bytes | None:
        """The digest among the signed attributes."""
        found = self.values.get(MESSAGE_DIGEST)
        return found.contents if found else None

    @property
    def signing_time(self) -> Node | None:
        """The time of signing as the signer says it."""
        return self.values.get(SIGNING_TIME)

    def value_problem(self, meant: bytes) -> str:
        """Why the signature is not one of the signer's key over what is meant; empty where it is.

        Without attributes and without content, it may be over what is meant or its digest.
        """
        if self.attributes is not None:
            return self._problem_over(self.attributes)
        if self.content is not None:
            return self._problem_over(self.content)
        make = DIGESTS.get(self.digest_method)
        problem = self._problem_over(meant)
        return self._problem_over(make(meant)) if problem and make else problem

    def _problem_over(self, signed: bytes) -> str:
        try:
            fits = schemes.is_signed(
                self.signer.public_key_der, self.algorithm, signed, self.signature,
                self.digest_method, self.parameters,
            )
        except NotAccepted as error:
            return str(error)
        return "" if fits else "the signature is not of the signer's key"

    def digest_fits(self, meant: bytes) -> bool:
        """Whether what was signed is these bytes or their digest."""
        found, method = self.message_digest, self.digest_method
        if found is None:
            return self.content is None or self._content_is(meant)
        if is_digest(found, meant, method):
            return True
        stated = self.content is not None and self._content_is(meant)
        return stated and is_digest(found, self.content or b"", method)

    def _content_is(self, meant: bytes) -> bool:
        plain = plain_digest(self.content or b"")
        return self.content == meant or (
            plain is not None and is_digest(plain, meant, self.digest_method)
        )


def plain_digest(content: bytes) -> bytes | None:
    """The digest that a content is, in bytes or Base64; None where it is none."""
    if len(content) in DIGEST_SIZES:
        return content
    try:
        decoded = base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error):
        return None
    return decoded if len(decoded) in DIGEST_SIZES else None


def read_signed_data(
    raw: bytes, contents: frozenset[str] = DATA, known: tuple[Certificate, ...] = ()
) -> SignedData:
    """Read it, with or without ContentInfo around.

    `contents`: the types of content that are expected. `known`: certificates among which the
    signer's may be, where it did not come along. Raises BadDer, BadCertificate.
    """
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
    found = replace(
        _signer(signers[0], (*certificates, *known)),
        content=_content(encapsulated), certificates=certificates, size=len(outer.raw),
    )
    stray = _stray_around(parts, encapsulated, len(signers), found.digest_method, contents)
    return replace(found, stray=stray) if stray else found


def _stray_around(
    parts: tuple[Node, ...], encapsulated: tuple[Node, ...], signers: int, method: str,
    contents: frozenset[str],
) -> str:
    if signers != 1 or parts[0].number not in _versions(encapsulated[0].oid, parts[-1]):
        return "another version, or several signers"
    known = all(part.is_tagged(0) or part.is_tagged(1) for part in parts[3:-1])
    if not known or not all(part.is_tagged(0) for part in encapsulated[1:]):
        return "parts of an unknown kind"
    if not parts[1].is_a(der.SET) or {one.oid for one in parts[1].children} != {method}:
        return "digests other than the signer's"
    if encapsulated[0].oid not in contents:
        return f"content of type {encapsulated[0].oid}"
    return ""


def _versions(content: str, signers: Node) -> tuple[int, ...]:
    """The versions that go with a type of content (RFC 5652, 5.1); GB/T 35275 has had both."""
    if content == GB_DATA:
        return VERSIONS
    plain = content in DATA and signers.children[0].children[0].number == VERSIONS[0]
    return VERSIONS[:1] if plain else VERSIONS[1:]


def _content(encapsulated: tuple[Node, ...]) -> bytes | None:
    if len(encapsulated) < 2:
        return None
    inner = encapsulated[1].children
    return inner[0].contents if inner else encapsulated[1].contents


def _certificates(bag: Node | None) -> list[Certificate]:
    found = list(bag.children) if bag is not None else []
    return [Certificate(one.raw) for one in found[:MOST_CERTIFICATES]]


def _signer(info: Node, candidates: tuple[Certificate, ...]) -> SignedData:
    """All that one signer's part says."""
    parts = list(info.sequence("signer", 5))
    signer = _named(parts[1], candidates)
    rest = parts[3:]
    attributes = rest.pop(0) if rest[0].is_tagged(0) else None
    if len(rest) < 2:
        raise BadDer("a signer without a signature")
    algorithm = rest[0].sequence("an algorithm", 1)
    unsigned = rest[2] if len(rest) > 2 else None
    return SignedData(
        content=None,
        certificates=(),
        signer=signer,
        algorithm=algorithm[0].oid,
        parameters=algorithm[1].raw if len(algorithm) > 1 else b"",
        digest_method=parts[2].oid,
        attributes=der.element(der.SET, attributes.contents) if attributes else None,
        values={kind: values[0] for kind, values in _attributes(attributes) if values},
        signature=rest[1].octets,
        timestamps=tuple(
            one.raw for kind, values in _attributes(unsigned) if kind == TIMESTAMP
            for one in values
        ),
        size=0,
        stray=_stray_of_signer(info, parts, rest, signer),
    )


def _named(name: Node, candidates: tuple[Certificate, ...]) -> Certificate:
    """The certificate that a signer is named by: issuer and serial, or its key's identifier."""
    if name.is_tagged(0):
        wanted = name.contents
        found = next((one for one in candidates if one.key_identifier == wanted), None)
    else:
        serial = name.sequence("the signer's name", 2)[1].number
        same = [one for one in candidates if one.serial == serial]
        exact = (one for one in same if one.issuer_and_serial == name.raw)
        found = next(exact, same[0] if same else None)
    if found is None:
        raise BadCertificate("the signer's certificate is not there")
    return found


def _stray_of_signer(
    info: Node, parts: list[Node], rest: list[Node], signer: Certificate
) -> str:
    by_identifier = parts[1].is_tagged(0)
    if parts[0].number != VERSIONS[by_identifier] or len(rest) > 3:
        return "another version of the signer, or something more of it"
    if not by_identifier and parts[1].raw != signer.issuer_and_serial:
        return "the signer is named otherwise than in the certificate"
    if parts[2].oid not in DIGESTS:
        return f"the digest {parts[2].oid}"
    plain = [parts[2]] if rest[0].oid == schemes.PSS else [parts[2], rest[0]]
    if any(child.contents for one in plain for child in one.children[1:]):
        return "an algorithm with parameters"
    if len(rest) == 3 and not (
        rest[2].is_tagged(1) and {kind for kind, _ in _attributes(rest[2])} == {TIMESTAMP}
    ):
        return "attributes that are not signed and no timestamp"
    return der.oddity(info.raw) or ""


def _attributes(bag: Node | None) -> list[tuple[str, tuple[Node, ...]]]:
    """Each attribute's kind and values. Raises BadDer."""
    found = bag.children if bag is not None else ()
    if len(found) > MOST_ATTRIBUTES:
        raise BadDer(f"{len(found)} attributes")
    pairs = (one.sequence("an attribute", 2)[:2] for one in found)
    return [(kind.oid, values.children) for kind, values in pairs]


def is_national(found: SignedData) -> bool:
    """Whether it uses one of the national algorithms."""
    return schemes.is_sm2(found.algorithm) or found.digest_method in SM3_NAMES
