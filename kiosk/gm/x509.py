"""X.509 certificates and revocation lists, signed with SM2 or with what `cryptography` knows.

Fields are read when they are asked for: certificates in the field hold parts that no
parser likes, and a part that is not needed shall not cost the rest.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from asn1crypto import crl, pem
from asn1crypto import x509 as asn1

from kiosk.gm import der, schemes
from kiosk.gm.sm2 import CURVE, SM2_SM3, PublicKey


class BadCertificate(ValueError):
    """Not a certificate or revocation list that can be read; the message says what."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a certificate may be used for; None where it does not say."""

    is_authority: bool
    longest_path: int | None
    key_usage: frozenset[str] | None
    purposes: frozenset[str] | None
    """The extended key usages, by asn1crypto's names."""
    unknown_critical: tuple[str, ...]


UNREADABLE_NAME = "a name that cannot be read"
KNOWN_EXTENSIONS = {
    "basic_constraints", "key_usage", "extended_key_usage", "certificate_policies",
    "subject_alt_name", "issuer_alt_name",
}


class Name:
    """Whom a certificate names. Equal names may be written in other letters (RFC 5280, 7.1)."""

    def __init__(self, parsed: asn1.Name) -> None:
        self._parsed = parsed
        self._raw: bytes = parsed.dump()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Name):
            return NotImplemented
        return self._raw == other._raw or self._prepared == other._prepared

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def _prepared(self) -> str:
        try:
            return str(self._parsed.hashable)
        except (ValueError, TypeError) as error:
            raise BadCertificate(f"a name that cannot be read: {error}") from error


class Certificate:
    """One certificate. Properties raise BadCertificate where the part cannot be read."""

    def __init__(self, raw: bytes) -> None:
        """From DER or PEM. Raises BadCertificate."""
        try:
            der = pem.unarmor(raw)[2] if pem.detect(raw) else raw
            self._parsed = asn1.Certificate.load(der, strict=True)
            self._tbs = self._parsed["tbs_certificate"]
            self.der = der
            self.subject = Name(self._tbs["subject"])
            self.issuer = Name(self._tbs["issuer"])
            self.serial: int = self._tbs["serial_number"].native
            self.public_key_der = bytes(self._tbs["subject_public_key_info"].dump())
        except (ValueError, TypeError, KeyError) as error:
            raise BadCertificate(f"not a certificate: {error}") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    @cached_property
    def name(self) -> str:
        """The subject's common name, or the whole subject."""
        try:
            native = self._tbs["subject"].native
            name = native.get("common_name") or self._tbs["subject"].human_friendly
        except (ValueError, TypeError):
            return UNREADABLE_NAME
        return ", ".join(name) if isinstance(name, list) else str(name)

    @cached_property
    def issuer_name(self) -> str:
        """The issuer in words."""
        try:
            return str(self._tbs["issuer"].human_friendly)
        except (ValueError, TypeError):
            return UNREADABLE_NAME

    @property
    def issuer_and_serial(self) -> bytes:
        """How signed data names the certificate (IssuerAndSerialNumber, DER)."""
        issuer, serial = self._tbs["issuer"].dump(), self._tbs["serial_number"].dump()
        return der.element(der.SEQUENCE, issuer, serial)

    @property
    def key_identifier(self) -> bytes | None:
        """Its subject key identifier, by which signed data may name it."""
        try:
            found = self._parsed.key_identifier
        except (ValueError, TypeError):
            return None
        return bytes(found) if found is not None else None

    @cached_property
    def validity(self) -> tuple[datetime, datetime]:
        """From when until when, both included."""
        try:
            span = self._tbs["validity"]
            return span["not_before"].native, span["not_after"].native
        except (ValueError, TypeError) as error:
            raise BadCertificate(f"{self.name}: its dates: {error}") from error

    @cached_property
    def is_sm2(self) -> bool:
        """Whether its key is on the SM2 curve."""
        try:
            algorithm = der.read(self.public_key_der).sequence("a key", 2)[0]
            parts = algorithm.sequence("an algorithm", 1)
            return len(parts) > 1 and parts[1].is_a(der.OID) and parts[1].oid == CURVE
        except der.BadDer:
            return False

    @cached_property
    def sm2_key(self) -> PublicKey:
        """Its key. Raises BadKey where that is not of SM2."""
        return PublicKey(self.public_key_der)

    @cached_property
    def usage(self) -> Usage:
        """What it may be used for."""
        try:
            return self._read_usage()
        except (ValueError, TypeError, KeyError) as error:
            raise BadCertificate(f"{self.name}: its extensions: {error}") from error

    def _read_usage(self) -> Usage:
        authority, longest, allowed, purposes, unknown = False, None, None, None, []
        for extension in self._tbs["extensions"] or ():
            kind = extension["extn_id"].native
            if kind == "basic_constraints":
                authority = bool(extension["extn_value"].parsed["ca"].native)
                longest = extension["extn_value"].parsed["path_len_constraint"].native
            elif kind == "key_usage":
                allowed = frozenset(extension["extn_value"].parsed.native)
            elif kind == "extended_key_usage":
                purposes = frozenset(extension["extn_value"].parsed.native)
            elif extension["critical"].native and kind not in KNOWN_EXTENSIONS:
                unknown.append(str(kind))
        return Usage(authority, longest, allowed, purposes, tuple(unknown))

    def signed_by(self, issuer: "Certificate") -> bool:
        """Whether another certificate's key signed this one."""
        try:
            algorithm = self._parsed["signature_algorithm"].dump()
            written = self._parsed["signature_value"].contents
        except (ValueError, TypeError) as error:
            raise BadCertificate(f"{self.name}: its signature: {error}") from error
        whole_bytes = written[:1] == b"\x00"
        return whole_bytes and _is_signed(issuer, algorithm, self._tbs.dump(), written[1:])


class RevocationList:
    """One CRL (RFC 5280, section 5)."""

    def __init__(self, raw: bytes) -> None:
        """From DER or PEM. Raises BadCertificate."""
        try:
            der = pem.unarmor(raw)[2] if pem.detect(raw) else raw
            self._parsed = crl.CertificateList.load(der, strict=True)
            tbs = self._parsed["tbs_cert_list"]
            self.der = der
            self.issuer = Name(tbs["issuer"])
            self.made: datetime = tbs["this_update"].native
            self.next: datetime | None = tbs["next_update"].native
            self.revoked: dict[int, datetime] = {
                one["user_certificate"].native: _end_of_trust(one)
                for one in tbs["revoked_certificates"] or ()
            }
            self.partial = any(
                one["critical"].native for one in tbs["crl_extensions"] or ()
            )
            """Whether it lists some kinds of certificates or changes only: who is not on it
            may still be revoked. Such lists say so by a critical extension."""
        except (ValueError, TypeError, KeyError) as error:
            raise BadCertificate(f"not a revocation list: {error}") from error

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether the issuer's key signed it, and may."""
        usage = issuer.usage.key_usage
        return (usage is None or "crl_sign" in usage) and _is_signed(
            issuer,
            self._parsed["signature_algorithm"].dump(),
            self._parsed["tbs_cert_list"].dump(),
            self._parsed["signature"].native,
        )


def _end_of_trust(entry: crl.RevokedCertificate) -> datetime:
    """When a certificate was revoked, or earlier: since when its key may be another's."""
    revoked: datetime = entry["revocation_date"].native
    for one in entry["crl_entry_extensions"] or ():
        if one["extn_id"].native == "invalidity_date":
            suspected: datetime = one["extn_value"].parsed.native
            return min(revoked, suspected)
    return revoked


def _is_signed(issuer: Certificate, algorithm: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether the issuer's key made a signature; False for algorithms that are not accepted."""
    try:
        named, *parameters = der.read(algorithm).sequence("an algorithm", 1)
        if issuer.is_sm2 and named.oid != SM2_SM3:
            return False
        return schemes.is_signed(
            issuer.public_key_der, named.oid, signed, signature,
            parameters=parameters[0].raw if parameters else b"",
        )
    except (schemes.NotAccepted, der.BadDer):
        return False
