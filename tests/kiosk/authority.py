"""A certification authority of a test, and what it issues."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

LOOPBACK = ipaddress.ip_address("127.0.0.1")


def name_of(common_name: str) -> x509.Name:
    """A name with nothing but a common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


class Authority:
    """Issues certificates into a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name_of(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.roots = self._write(f"{name}.crt", self._sign(self._name, self._key, ca=True))

    def server(self) -> tuple[Path, Path]:
        """Certificate and key of a server on loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return (
            self._write("server.crt", self._sign(name_of("127.0.0.1"), key, ca=False)),
            self._write("server.key", pem),
        )

    def client(self, name: str, key_pem: bytes, *, label: str = "terminal") -> tuple[Path, Path]:
        """Certificate and key of a terminal."""
        key = load_pem_private_key(key_pem, None)
        return (
            self._write(f"{label}.crt", self._sign(name_of(name), key, ca=False)),
            self._write(f"{label}.key", key_pem),
        )

    def _sign(self, subject: x509.Name, key, *, ca: bool) -> bytes:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
            .sign(self._key, hashes.SHA256())
            .public_bytes(Encoding.PEM)
        )

    def _write(self, name: str, data: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(data)
        return path
