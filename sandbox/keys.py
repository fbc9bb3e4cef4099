"""The keys of the sandbox: made at its first start, kept in its state folder only.

A certification authority signs the certificates of the departments, whose keys sign
documents; another key signs tokens. Each authority and each department has an SM2 key
besides, and a seal maker makes the departments' seals. A second, unknown authority serves
the fault in which a document is signed by somebody whom nobody trusts.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from kiosk.gm.signing import PrivateKey
from sandbox.sm2 import SmSigner, issue, make_authority

YEARS = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its certificate and those above it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


class KeyStore:
    """Keys and certificates in a folder, made where they are missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @cached_property
    def root(self) -> Signer:
        """The sandbox's certification authority, which terminals trust."""
        return self._authority("root", "Sandbox Root CA")

    @cached_property
    def stranger(self) -> Signer:
        """An authority that nobody trusts."""
        return self._authority("stranger", "Unknown Root CA")

    @cached_property
    def token_key(self) -> ECKey:
        """The key that signs tokens."""
        pem = serialize(self._key("tokens"))
        return ECKey.import_key(pem, {"use": "sig", "alg": "ES256", "kid": "tokens-1"})

    @cached_property
    def forger_key(self) -> ECKey:
        """A key that is not published: for tokens that are signed wrongly."""
        pem = serialize(self._key("forger"))
        return ECKey.import_key(pem, {"use": "sig", "alg": "ES256", "kid": "tokens-1"})

    @cached_property
    def paper_key(self) -> ec.EllipticCurvePrivateKey:
        """The key that signs the codes of printed copies."""
        return self._key("paper")

    @cached_property
    def sm2_paper(self) -> SmSigner:
        """The same, with SM2."""
        return self._sm2("paper", lambda key: issue(self.sm2_root, "Sandbox paper", key=key))

    def department(self, name: str, trusted: bool = True) -> Signer:
        """The signer of a department."""
        authority = self.root if trusted else self.stranger
        label = digest_label(name)
        key = self._key(f"department-{label}")
        path = self._folder / f"department-{label}-{'root' if trusted else 'stranger'}.crt"
        if not path.exists():
            made = make_certificate(name, key, authority.certificate.subject, authority.key)
            path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        return Signer(key, certificate, (authority.certificate,))

    @cached_property
    def sm2_root(self) -> SmSigner:
        """The authority with SM2, which terminals trust."""
        return self._sm2("root", lambda key: make_authority("Sandbox SM2 Root CA", key))

    @cached_property
    def sm2_stranger(self) -> SmSigner:
        """An authority with SM2 that nobody trusts."""
        return self._sm2("stranger", lambda key: make_authority("Unknown SM2 Root CA", key))

    @cached_property
    def seal_maker(self) -> SmSigner:
        """Who makes the departments' seals."""
        return self._sm2("maker", lambda key: issue(self.sm2_root, "Sandbox Seal Maker", key=key))

    def sm2_department(self, name: str, trusted: bool = True) -> SmSigner:
        """The signer of a department, with SM2."""
        authority = self.sm2_root if trusted else self.sm2_stranger
        label = f"department-{digest_label(name)}-{'root' if trusted else 'stranger'}"
        return self._sm2(label, lambda key: issue(authority, name, key=key))

    def _sm2(self, label: str, certify: Callable[[PrivateKey], SmSigner]) -> SmSigner:
        key_path, path = (self._folder / f"sm2-{label}.{end}" for end in ("key", "crt"))
        if not path.exists():
            made = certify(PrivateKey.generate())
            key_path.touch(mode=0o600)
            key_path.write_bytes(made.key.der)
            path.write_bytes(made.certificate)
        return SmSigner(PrivateKey(key_path.read_bytes()), path.read_bytes())

    def _authority(self, label: str, name: str) -> Signer:
        key = self._key(label)
        path = self._folder / f"{label}.crt"
        if not path.exists():
            made = make_certificate(name, key, subject(name), key, authority=True)
            path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return Signer(key, x509.load_pem_x509_certificate(path.read_bytes()), ())

    def _key(self, label: str) -> ec.EllipticCurvePrivateKey:
        path = self._folder / f"{label}.key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(serialize(ec.generate_private_key(ec.SECP256R1())))
        loaded = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        return loaded


def key_id(der: bytes) -> bytes:
    """How a certificate or public key is named in a COSE header (docs/paper-proof.md)."""
    return hashlib.sha256(der).digest()[:8]


def digest_label(name: str) -> str:
    """A name as part of a file's name."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def serialize(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def subject(name: str) -> x509.Name:
    """A name in a certificate."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tongban Sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def make_certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    authority: bool = False,
) -> x509.Certificate:
    """A certificate for a key, signed by its issuer's key."""
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
