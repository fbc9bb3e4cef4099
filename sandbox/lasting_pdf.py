"""Signs a PDF so that it lasts: timestamps, and what was known of revocations at the time.

PAdES B-LTA (ETSI EN 319 142-1): a timestamp over the signature, a document security store
with certificates and a list of revocations, and a timestamp over all of it.
"""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import crl as asn1_crl
from asn1crypto import keys, x509
from cryptography import x509 as made_x509
from cryptography.hazmat.primitives import hashes, serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sandbox.keys import subject
from sandbox.other_signers import KeySigner, PrivateKey, common_name

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hands:
    """Who signs, who makes timestamps, and the authority of both."""

    root: KeySigner
    signer: KeySigner
    tsa: KeySigner
    between: tuple[KeySigner, ...] = ()
    """Authorities below that one; their certificates come with each signature only."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """What shall be in the file besides the signature."""

    at: datetime
    """When all of it is made."""
    timestamp: bool = True
    store: bool = True
    revoked: datetime | None = None
    """Since when the list of revocations in the file has the signer."""
    seal_store: bool = True
    """A timestamp over the whole document, the store included."""


def sign_lasting(pdf: bytes, hands: Hands, wish: Lasting) -> bytes:
    """A PDF that is signed and, as wished, made to last."""
    stamper = DummyTimeStamper(
        certificate(hands.tsa), private(hands.tsa.key), store_of(hands), fixed_dt=wish.at
    )
    hand = signers.SimpleSigner(
        signing_cert=certificate(hands.signer), signing_key=private(hands.signer.key),
        cert_registry=store_of(hands),
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Issuer", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256",
    )
    out = signers.PdfSigner(meta, hand, timestamper=stamper if wish.timestamp else None).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
    )
    if not wish.store:
        return bytes(out.getvalue())
    found = PdfFileReader(out).embedded_regular_signatures[0]
    contents = found.pkcs7_content.hex().encode("ascii").upper()
    DocumentSecurityStore.add_dss(
        out, contents, crls=[asn1_crl.CertificateList.load(revocations(hands, wish))],
        certs=[certificate(one) for one in (hands.root, hands.signer, hands.tsa)],
    )
    if not wish.seal_store:
        return bytes(out.getvalue())
    sealed = signers.PdfTimeStamper(stamper).timestamp_pdf(
        IncrementalPdfFileWriter(out), "sha256"
    )
    return bytes(sealed.getvalue())


def revocations(hands: Hands, wish: Lasting) -> bytes:
    """A list of revocations by the authority, of the time of signing (DER)."""
    builder = (
        made_x509.CertificateRevocationListBuilder()
        .issuer_name(subject(common_name(hands.root)))
        .last_update(wish.at - timedelta(hours=1)).next_update(wish.at + WEEK)
    )
    if wish.revoked is not None:
        serial = made_x509.load_der_x509_certificate(hands.signer.certificate).serial_number
        builder = builder.add_revoked_certificate(
            made_x509.RevokedCertificateBuilder()
            .serial_number(serial).revocation_date(wish.revoked).build()
        )
    made = builder.sign(hands.root.key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


def certificate(signer: KeySigner) -> x509.Certificate:
    """A signer's certificate as pyHanko takes it."""
    return x509.Certificate.load(signer.certificate)


def private(key: PrivateKey) -> keys.PrivateKeyInfo:
    """A private key as pyHanko takes it."""
    return keys.PrivateKeyInfo.load(key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ))


def store_of(hands: Hands) -> SimpleCertificateStore:
    """The authorities' certificates, for what is handed along."""
    made = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for one in (hands.root, *hands.between):
        made.register(certificate(one))
    return made
