"""A test authority with SM2 keys: certificates, and a list of those that were revoked."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from asn1crypto import algos, core, crl, keys, x509

from kiosk.gm import DEFAULT_USER_ID, Certificate
from kiosk.gm.hashes import SM3
from kiosk.gm.signing import PrivateKey
from kiosk.gm.sm2 import SM2_SM3

YEARS = timedelta(days=3650)
ALGORITHM = algos.SignedDigestAlgorithm({"algorithm": SM2_SM3})


@dataclass(frozen=True, slots=True)
class SmSigner:
    """An SM2 key with its certificate (DER)."""

    key: PrivateKey
    certificate: bytes
    algorithm: ClassVar[str] = SM2_SM3
    digest_method: ClassVar[str] = SM3

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, as DER."""
        return self.key.sign(message, user_id=DEFAULT_USER_ID)


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall stand in a certificate, where it is not the usual."""

    begins: datetime | None = None
    ends: datetime | None = None
    is_authority: bool = False
    path_length: int | None = None
    key_usage: frozenset[str] | None = None
    purposes: tuple[str, ...] = ()
    """Extended key usages, as asn1crypto names them; marked critical."""
    critical: str = ""
    """An extension that nobody knows, marked critical."""


USUAL = Wish()
AUTHORITY = Wish(is_authority=True)
TIMESTAMPS = Wish(purposes=("time_stamping",))


def make_authority(
    name: str, key: PrivateKey | None = None, wish: Wish = AUTHORITY
) -> SmSigner:
    """A root that has signed itself."""
    own = key or PrivateKey.generate()
    return SmSigner(own, _certificate(name, own, name, own, wish))


def issue(
    authority: SmSigner, name: str, wish: Wish = USUAL, key: PrivateKey | None = None
) -> SmSigner:
    """A signer whose certificate the authority has signed."""
    own = key or PrivateKey.generate()
    issuer = Certificate(authority.certificate).name
    return SmSigner(own, _certificate(name, own, issuer, authority.key, wish))


def revocation_list(
    authority: SmSigner, revoked: Iterable[bytes], made: datetime | None = None,
    day: datetime | None = None, suspected: datetime | None = None, *, partial: bool = False,
) -> bytes:
    """A CRL with the certificates (DER) that are revoked.

    `day`: when they were, else when the list is made. `suspected`: since when their keys may
    be another's. `partial`: the list is of one kind of certificates only.
    """
    now = (made or datetime.now(UTC)).replace(microsecond=0)
    tbs = crl.TbsCertList({
        "version": "v2",
        "signature": ALGORITHM,
        "issuer": _name(Certificate(authority.certificate).name),
        "this_update": x509.Time({"utc_time": now}),
        "next_update": x509.Time({"utc_time": now + timedelta(days=30)}),
        "revoked_certificates": [
            {
                "user_certificate": Certificate(one).serial,
                "revocation_date": x509.Time({"utc_time": day or now}),
                "crl_entry_extensions": [] if suspected is None else [
                    {"extn_id": "invalidity_date", "extn_value": core.GeneralizedTime(suspected)},
                ],
            }
            for one in revoked
        ],
        "crl_extensions": [{
            "extn_id": "issuing_distribution_point", "critical": True,
            "extn_value": crl.IssuingDistributionPoint({"only_contains_user_certs": True}),
        }] if partial else [],
    })
    signature = authority.key.sign(tbs.dump(), user_id=DEFAULT_USER_ID)
    made_list: bytes = crl.CertificateList({
        "tbs_cert_list": tbs, "signature_algorithm": ALGORITHM,
        "signature": core.OctetBitString(signature),
    }).dump()
    return made_list


def _name(common: str) -> x509.Name:
    return x509.Name.build({
        "country_name": "CN", "organization_name": "Tongban Sandbox", "common_name": common,
    })


def _certificate(
    name: str, key: PrivateKey, issuer: str, issuer_key: PrivateKey, wish: Wish
) -> bytes:
    now = datetime.now(UTC).replace(microsecond=0)
    serial = int.from_bytes(hashlib.sha256(key.public.der + name.encode()).digest()[:8], "big")
    tbs = x509.TbsCertificate({
        "version": "v3",
        "serial_number": serial,
        "signature": ALGORITHM,
        "issuer": _name(issuer),
        "validity": {
            "not_before": x509.Time({"utc_time": wish.begins or now - timedelta(days=30)}),
            "not_after": x509.Time({"utc_time": wish.ends or now + YEARS}),
        },
        "subject": _name(name),
        "subject_public_key_info": keys.PublicKeyInfo.load(key.public.der),
        "extensions": _extensions(wish),
    })
    signature = issuer_key.sign(tbs.dump(), user_id=DEFAULT_USER_ID)
    made: bytes = x509.Certificate({
        "tbs_certificate": tbs, "signature_algorithm": ALGORITHM,
        "signature_value": core.OctetBitString(signature),
    }).dump()
    return made


def _extensions(wish: Wish) -> list[x509.Extension]:
    usual = {"key_cert_sign", "crl_sign"} if wish.is_authority else {
        "digital_signature", "non_repudiation",
    }
    usage = wish.key_usage if wish.key_usage is not None else usual
    constraints: dict[str, object] = {"ca": wish.is_authority}
    if wish.path_length is not None:
        constraints["path_len_constraint"] = wish.path_length
    found = [
        x509.Extension({
            "extn_id": "basic_constraints", "critical": True,
            "extn_value": core.ParsableOctetString(x509.BasicConstraints(constraints).dump()),
        }),
        x509.Extension({
            "extn_id": "key_usage", "critical": True,
            "extn_value": core.ParsableOctetString(x509.KeyUsage(set(usage)).dump()),
        }),
    ]
    if wish.purposes:
        found.append(x509.Extension({
            "extn_id": "extended_key_usage", "critical": True,
            "extn_value": x509.ExtKeyUsageSyntax(list(wish.purposes)),
        }))
    if wish.critical:
        found.append(x509.Extension({
            "extn_id": wish.critical, "critical": True,
            "extn_value": core.ParsableOctetString(core.Null().dump()),
        }))
    return found
