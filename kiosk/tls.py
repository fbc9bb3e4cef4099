"""The terminal's end of TLS: whom it believes on the other end, and what it shows of itself.

Mutual TLS is that of RFC 8705. Who is believed follows from the configuration or, without
one, from the system's store, and never from the environment: a variable that a process
inherits (SSL_CERT_FILE, REQUESTS_CA_BUNDLE) must not choose whom a terminal trusts.
"""

import base64
import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import BadConfiguration

ENDINGS = (".crt", ".pem")


@dataclass(frozen=True, slots=True)
class Tls:
    """How the terminal speaks TLS."""

    context: ssl.SSLContext
    thumbprint: str
    """Names the certificate that it shows (RFC 8705, section 3.1); empty where it has none."""


def open_tls(roots: Path | None, own: tuple[Path, Path] | None) -> Tls:
    """TLS with these authorities, and what the terminal shows of itself.

    `roots`: a PEM file, or a folder of them; None: the system's. `own`: files with the
    terminal's certificate and its key. Raises BadConfiguration.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_roots(context, roots)
    if own is None:
        return Tls(context, "")
    certificate, key = own
    try:
        thumbprint = _thumbprint(certificate.read_bytes())
        # A key with a password is an error and no question on the console.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        raise BadConfiguration(f"terminal.certificate {certificate}: {error}") from error
    return Tls(context, thumbprint)


def _load_roots(context: ssl.SSLContext, roots: Path | None) -> None:
    if roots is None:
        paths = ssl.get_default_verify_paths()
        # The places that were compiled in; those without `openssl_` heed the environment.
        file = Path(paths.openssl_cafile)
        context.load_verify_locations(file if file.exists() else None, paths.openssl_capath)
        return
    files = [roots]
    if roots.is_dir():
        files = sorted(one for one in roots.iterdir() if one.suffix in ENDINGS)
    for file in files:
        try:
            context.load_verify_locations(file)
        except OSError as error:
            raise BadConfiguration(f"platform.tls_roots {file}: {error}") from error
    if not files:
        raise BadConfiguration(f"platform.tls_roots {roots}: no {' or '.join(ENDINGS)} in it")


def _thumbprint(pem: bytes) -> str:
    """The SHA-256 of a certificate, in base64url (`x5t#S256`). Raises ValueError."""
    encoded = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    return base64.urlsafe_b64encode(hashlib.sha256(encoded).digest()).rstrip(b"=").decode("ascii")
