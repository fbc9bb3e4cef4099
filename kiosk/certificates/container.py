"""The hole of a PDF in which a signature stands: no signature can cover its own place.

A CMS container has parts that are not signed: the certificates that are handed along,
the list of digests, the pointer to the signer's certificate. A change there proves
nothing false, but it is a change: so each part must agree with what the signature does
vouch for, and nothing else may stand in the hole.
"""

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from kiosk.gm.der import oddity

INDEFINITE = b"\x80"
DATA, TIMESTAMP = "data", "tst_info"


def container_problem(
    document: bytes, byte_range: list[int], trust: list[asn1_x509.Certificate],
    content: str = DATA,
) -> str | None:
    """What in the hole of a signature, or of a document's TIMESTAMP, agrees with nothing."""
    gap = document[byte_range[0] + byte_range[1] : byte_range[2]]
    digits = gap[1:-1]
    if gap[:1] != b"<" or gap[-1:] != b">" or digits not in (digits.lower(), digits.upper()):
        return "not one hexadecimal string"
    try:
        raw = bytes.fromhex(digits.decode("ascii"))
        signed, size = _open(raw)
        if any(raw[size:]):
            return "something stands behind the signature"
        return _disagreement(signed, trust, content)
    except (ValueError, TypeError, KeyError, IndexError, UnicodeDecodeError) as error:
        return f"not a signature: {error}"


def _open(raw: bytes) -> tuple[cms.SignedData, int]:
    """The signed data and the length of its encoding, which must be the shortest there is.

    Encodings of indefinite length (BER) cannot be compared and are taken as they are.
    """
    size = len(core.load(raw).dump())
    info = cms.ContentInfo.load(raw[:size], strict=True)
    odd = None if raw[1:2] == INDEFINITE else oddity(raw[:size])
    if odd:
        raise ValueError(f"not in its shortest encoding: {odd}")
    if info["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    return info["content"], size


def _disagreement(
    signed: cms.SignedData, trust: list[asn1_x509.Certificate], content: str = DATA
) -> str | None:
    certificates = [one.chosen for one in signed["certificates"]]
    digests = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
    newest = max(one["version"].native for one in signed["signer_infos"])
    if signed["version"].native != (newest if content == DATA else "v3"):
        return "another version than the signer's"
    if signed["encap_content_info"]["content_type"].native != content:
        return "another kind of content"
    for signer in signed["signer_infos"]:
        if signer["digest_algorithm"].dump() not in digests or len(set(digests)) != len(
            {one["digest_algorithm"].dump() for one in signed["signer_infos"]}
        ):
            return "the digests differ"
        if not _digest_is_plain(signer):
            return "a digest with parameters"
        if signer["version"].native not in ("v1", "v3"):
            return "an unknown version of the signer"
        if not any(_is_meant(signer, one) for one in certificates):
            return "the signer's certificate is not there"
        odd = _odd_stamp(signer, trust)
        if odd:
            return odd
    known = [*certificates, *trust]
    for one in certificates:
        if not _is_vouched_for(one, known, trust):
            return f"a certificate nobody vouches for: {one.subject.human_friendly}"
    return None


def _odd_stamp(
    signer: cms.SignerInfo, trust: list[asn1_x509.Certificate]
) -> str | None:
    """What in the attributes that are not signed agrees with nothing: only timestamps may be."""
    for one in signer["unsigned_attrs"] or ():
        if one["type"].native != "signature_time_stamp_token":
            return f"an attribute that is not signed: {one['type'].native}"
        for token in one["values"]:
            odd = _disagreement(token["content"], trust, TIMESTAMP)
            if odd:
                return f"the timestamp: {odd}"
    return None


def _digest_is_plain(signer: cms.SignerInfo) -> bool:
    parameters = signer["digest_algorithm"]["parameters"]
    return parameters.native is None


def _is_meant(signer: cms.SignerInfo, certificate: asn1_x509.Certificate) -> bool:
    sid = signer["sid"].chosen
    if isinstance(sid, core.OctetString):
        return bool(sid.native == certificate.key_identifier)
    same_issuer = sid["issuer"].dump() == certificate.issuer.dump()
    return bool(same_issuer and sid["serial_number"].native == certificate.serial_number)


def _is_vouched_for(
    certificate: asn1_x509.Certificate,
    known: list[asn1_x509.Certificate],
    trust: list[asn1_x509.Certificate],
) -> bool:
    """Whether an issuer that is here has signed a certificate.

    One whose issuer is not here cannot be judged, and neither can one whose algorithm
    the library lacks (SM2): these are left to the path that is built from them.
    """
    if any(certificate.dump() == one.dump() for one in trust):
        return True
    issuers = [one for one in known if one.subject.dump() == certificate.issuer.dump()]
    verdicts = [_has_signed(issuer, certificate) for issuer in issuers]
    if True in verdicts:
        return True
    # One that passes itself off as a trusted root must be it, to the last byte.
    resembles = any(
        one.subject.dump() == certificate.subject.dump()
        or one.public_key.dump() == certificate.public_key.dump()
        for one in trust
    )
    return not resembles and False not in verdicts


def _has_signed(
    issuer: asn1_x509.Certificate, certificate: asn1_x509.Certificate
) -> bool | None:
    try:
        above = x509.load_der_x509_certificate(issuer.dump())
        below = x509.load_der_x509_certificate(certificate.dump())
        below.verify_directly_issued_by(above)
    except (InvalidSignature, ValueError, x509.InvalidVersion):
        return False
    except (TypeError, UnsupportedAlgorithm):
        return None
    return True
