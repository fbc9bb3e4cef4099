"""Whom a terminal trusts: a folder of certificates and revocation lists, read once."""

from dataclasses import dataclass
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509

from kiosk.gm import BadCertificate, TrustList


@dataclass(frozen=True, slots=True)
class Trust:
    """The trust list, and the same roots and revocations as pyHanko takes them."""

    chains: TrustList
    roots: tuple[asn1_x509.Certificate, ...]
    lists: tuple[asn1_crl.CertificateList, ...] = ()


NOBODY = Trust(TrustList(), ())


def load_trust(folder: Path) -> Trust:
    """The certificates (.crt) and revocation lists (.crl), PEM or DER, of a folder.

    Raises ValueError for one that is none, and where there is no certificate; OSError.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder")
    try:
        chains = TrustList.from_folder(folder)
        roots = tuple(asn1_x509.Certificate.load(one.der) for one in chains.anchors)
        for one in roots:
            one.native  # noqa: B018 (parses the whole; raises here, not later)
    except (BadCertificate, ValueError, TypeError) as error:
        raise ValueError(f"the trust list: {error}") from error
    if not roots:
        raise ValueError(f"{folder} holds no certificate (.crt)")
    lists = tuple(asn1_crl.CertificateList.load(one.der) for one in chains.revocations)
    return Trust(chains, roots, lists)
