"""Signers with RSA and ECDSA beside those with SM2: what seals and timestamps also come with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from kiosk.gm.hashes import SHA256
from sandbox.keys import subject

SHA1 = "1.3.14.3.2.26"
RSA_SHA256, RSA_SHA1 = "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.5"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class AnySigner(Protocol):
    """A key with its certificate (DER), whatever its algorithm."""

    @property
    def certificate(self) -> bytes:
        """Its certificate, DER."""

    @property
    def algorithm(self) -> str:
        """The identifier of how it signs."""

    @property
    def digest_method(self) -> str:
        """The identifier of the digest that goes with it."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A key of RSA or of a curve with its certificate."""

    key: PrivateKey
    certificate: bytes
    algorithm: str
    digest_method: str = SHA256

    def sign(self, message: bytes) -> bytes:
        """The signature of a message by what the algorithm names."""
        weak = self.algorithm == RSA_SHA1
        digest = hashes.SHA1() if weak else hashes.SHA256()  # noqa: S303 (to be refused)
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), digest)
        return self.key.sign(message, ec.ECDSA(digest))


def rsa_authority(name: str, bits: int = 2048) -> KeySigner:
    """A root with RSA that has signed itself."""
    key = rsa.generate_private_key(65537, bits)
    return KeySigner(key, certify(name, key, name, key, is_authority=True), RSA_SHA256)


def issue_rsa(authority: KeySigner, name: str, bits: int = 2048) -> KeySigner:
    """A signer with RSA below an authority."""
    return _issue(authority, name, rsa.generate_private_key(65537, bits), RSA_SHA256)


def issue_ecdsa(authority: KeySigner, name: str) -> KeySigner:
    """A signer with ECDSA on P-256 below an authority."""
    return _issue(authority, name, ec.generate_private_key(ec.SECP256R1()), ECDSA_SHA256)


def issue_tsa(authority: KeySigner, name: str) -> KeySigner:
    """An authority for timestamps, with RSA."""
    key = rsa.generate_private_key(65537, 2048)
    made = certify(name, key, common_name(authority), authority.key, makes_timestamps=True)
    return KeySigner(key, made, RSA_SHA256)


def _issue(authority: KeySigner, name: str, key: PrivateKey, algorithm: str) -> KeySigner:
    made = certify(name, key, common_name(authority), authority.key)
    return KeySigner(key, made, algorithm)


def common_name(signer: AnySigner) -> str:
    """The name in a signer's certificate."""
    names = x509.load_der_x509_certificate(signer.certificate).subject
    return str(names.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


def certify(
    name: str, key: PrivateKey, issuer: str, issuer_key: PrivateKey, *,
    is_authority: bool = False, makes_timestamps: bool = False,
    span: tuple[datetime, datetime] | None = None,
) -> bytes:
    """A certificate for a key; `span`: from when until when it is valid."""
    now = datetime.now(UTC)
    begin, end = span or (now - timedelta(days=365), now + timedelta(days=3650))
    usage = x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(name)).issuer_name(subject(issuer)).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin).not_valid_after(end)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(usage, critical=True)
    )
    if makes_timestamps:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    made = builder.sign(issuer_key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)
