"""An authority for timestamps: tokens of GB/T 20520 and RFC 3161, by SM2 or RSA."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1

from kiosk.gm import Certificate, der
from kiosk.gm.hashes import DIGESTS
from kiosk.gm.timestamps import CONTENT_TYPE, SIGNING_CERTIFICATE_V2, TST_INFO
from sandbox.asn1 import general_time, number, octets, oid, sequence, utc_time
from sandbox.other_signers import SHA1, AnySigner

POLICY = "1.2.156.3005.9.1"
"""One of ours, that means nothing."""
PKCS7_SIGNED_DATA = "1.2.840.113549.1.7.2"
DIGEST_TYPE, TIME_TYPE = "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
Stamp = Callable[[bytes], bytes]
"""Makes a token over some bytes."""


@dataclass(frozen=True, slots=True)
class TokenHabits:
    """In what an authority differs from others, or is wrong."""

    imprint_method: str | None = None
    """The digest of what is stamped; else the one that goes with the authority's key."""
    with_certificate: bool = True
    names_certificate: bytes | None = None
    """The certificate that the token names as its signer's, where it is another."""
    whole_answer: bool = False
    """The token within the answer that the authority gives."""


USUAL = TokenHabits()


def stamper(tsa: AnySigner, at: datetime, habits: TokenHabits = USUAL) -> Stamp:
    """Makes tokens of an authority at a time."""
    return lambda data: timestamp(tsa, data, at, habits)


def timestamp(
    tsa: AnySigner, data: bytes, at: datetime, habits: TokenHabits = USUAL
) -> bytes:
    """A token that says that some bytes were there at a time."""
    method = habits.imprint_method or tsa.digest_method
    make_imprint = _sha1 if method == SHA1 else DIGESTS[method]
    digest = make_imprint(data)
    content = sequence(
        number(1), oid(POLICY), sequence(sequence(oid(method)), octets(digest)),
        number(int.from_bytes(digest[:8], "big")), general_time(at),
    )
    make = DIGESTS[tsa.digest_method]
    named = make(habits.names_certificate or tsa.certificate)
    certificate = sequence(sequence(sequence(
        sequence(oid(tsa.digest_method)), octets(named),
    )))
    inner = sorted((
        _attribute(CONTENT_TYPE, oid(TST_INFO)), _attribute(DIGEST_TYPE, octets(make(content))),
        _attribute(TIME_TYPE, utc_time(at)), _attribute(SIGNING_CERTIFICATE_V2, certificate),
    ))
    signature = tsa.sign(der.element(der.SET, *inner))
    info = sequence(
        number(1), Certificate(tsa.certificate).issuer_and_serial,
        sequence(oid(tsa.digest_method)), der.explicit(0, b"".join(inner)),
        sequence(oid(tsa.algorithm)), octets(signature),
    )
    body = sequence(
        number(3), der.element(der.SET, sequence(oid(tsa.digest_method))),
        sequence(oid(TST_INFO), der.explicit(0, octets(content))),
        der.explicit(0, tsa.certificate) if habits.with_certificate else b"",
        der.element(der.SET, info),
    )
    token = sequence(oid(PKCS7_SIGNED_DATA), der.explicit(0, body))
    return sequence(sequence(number(0)), token) if habits.whole_answer else token


def _sha1(data: bytes) -> bytes:
    """For tokens that shall be refused."""
    return sha1(data, usedforsecurity=False).digest()


def _attribute(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), der.element(der.SET, value))
