"""Issues certificates: identifier, metadata, and the file, as PDF or OFD.

A PDF is set by typst and signed by pyHanko with the key of the department (PAdES); an OFD
file is written and sealed by the sandbox's own writer (GB/T 38540).
"""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pikepdf
import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from stdnum.iso7064 import mod_37_36

from kiosk.ofd.seal import SealForm
from sandbox.keys import KeyStore, Signer
from sandbox.library.ofd_page import all_text, certificate_parts
from sandbox.library.regions import RegionLibrary, home
from sandbox.library.types import CertificateType
from sandbox.ofd.package import SignatureWish, pack, signed_parts
from sandbox.ofd.seals import SealOrder, make_seal, seal_signature
from sandbox.ofd.stamp import seal_picture
from sandbox.people.registry import Holding, Person, people

TEMPLATE = Path(__file__).with_name("template.typ")
IDENTIFIER_ROOT = "1.2.156.3005.2"
STATUS_LABELS = {"valid": "有效", "revoked": "撤销", "expired": "失效"}
STATUS_CODES = {"valid": "01", "revoked": "03", "expired": "05"}


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate of one holder as the library knows it."""

    identifier: str
    type: CertificateType
    holder: Person
    face_number: str
    status: str
    issued: date
    expires: date | None

    def as_json(self, asked_at: datetime) -> dict[str, object]:
        """The entry in a holder's list; element names after GB/T 36903."""
        return {
            "certificateIdentifier": self.identifier,
            "certificateTypeName": self.type.name,
            "certificateTypeNameEn": self.type.name_en,
            "certificateTypeCode": self.type.code,
            "certificateType": self.type.id,
            "certificateNumber": self.face_number,
            "certificateIssuingAuthorityName": self.type.department.name,
            "certificateIssuingAuthorityCode": self.type.department.code,
            "certificateIssuedDate": self.issued.isoformat(),
            "certificateExpiringDate": self.expires.isoformat() if self.expires else None,
            "certificateHolderName": self.holder.name,
            "certificateAreaCode": self.type.department.area,
            "status": STATUS_CODES[self.status],
            "statusLabel": STATUS_LABELS[self.status],
            "statusAskedAt": asked_at.isoformat(),
            "format": self.type.format,
            "requiredLevel": self.type.level,
        }


def identifier(type_code: str, issuer_code: str, serial: str, version: str = "001") -> str:
    """A certificate identifier of GB/T 36904 with its check character (MOD 37,36)."""
    check = mod_37_36.calc_check_digit(type_code + issuer_code + serial + version)
    return ".".join((IDENTIFIER_ROOT, type_code, issuer_code, serial, version, check))


class Library:
    """Everything that the residents hold in one region."""

    def __init__(
        self, keys: KeyStore, today: date, region: RegionLibrary | None = None
    ) -> None:
        """`region`: the home region where none is given."""
        self._keys = keys
        self._today = today
        self._region = region or home()
        self._files: dict[tuple[str, bool, bool], bytes] = {}

    def list(self, holder: Person) -> list[Issued]:
        """The certificates of a resident."""
        return [self._issue(holder, holding) for holding in self._region.held_by(holder)]

    def find(self, holder: Person, wanted: str) -> Issued | None:
        """One certificate of a resident by its identifier."""
        return next((one for one in self.list(holder) if one.identifier == wanted), None)

    def identifier(self, holder: Person, kind: str) -> str:
        """The identifier of a resident's certificate of a kind. Raises ValueError for none."""
        for one in self.list(holder):
            if one.type.id == kind:
                return one.identifier
        raise ValueError(f"{holder.id} holds no {kind!r}")

    def file(self, issued: Issued, trusted: bool = True, complete: bool = True) -> bytes:
        """The signed file; made once, then kept. One that is not complete names no holder."""
        key = (issued.identifier, trusted, complete)
        if key not in self._files:
            elements = metadata(issued)
            if not complete:
                del elements["CZZT"]
            make = self._ofd if issued.type.format == "ofd" else self._pdf
            self._files[key] = make(issued, elements, trusted)
        return self._files[key]

    def _pdf(self, issued: Issued, elements: dict[str, str], trusted: bool) -> bytes:
        signer = self._keys.department(issued.type.department.name, trusted)
        return sign(with_metadata(self._typesetter.compile_pdf(issued), elements), signer)

    def _ofd(self, issued: Issued, elements: dict[str, str], trusted: bool) -> bytes:
        department = issued.type.department.name
        signer = self._keys.sm2_department(department, trusted)
        parts, stamp = certificate_parts(
            page_data(issued), elements, self._characters
        )
        at = datetime.now(UTC).replace(microsecond=0)
        seal = make_seal(
            self._keys.seal_maker,
            SealOrder(
                identifier=issued.type.department.code,
                name=f"{department}电子证照专用章",
                users=(signer.certificate,),
                picture=seal_picture(department.removesuffix("(演示)")),
                picture_kind="png",
                created=at - timedelta(days=1),
            ),
        )

        def value(raw: bytes, part: str) -> bytes:
            return seal_signature(signer, seal, SealForm.V4, raw, part, at)

        return pack(signed_parts(parts, [SignatureWish(value, at, (stamp,), seal)]))

    def issue_all(self) -> None:
        """Make every file, as a library has them before anybody asks."""
        for someone in people().values():
            for issued in self.list(someone):
                self.file(issued)

    @cached_property
    def _characters(self) -> str:
        """What all OFD certificates need of a font: it is cut once and shared."""
        held = (one for holder in people().values() for one in self.list(holder))
        needed = (all_text(page_data(one)) for one in held if one.type.format == "ofd")
        return "".join(sorted(set("".join(needed))))

    @cached_property
    def _typesetter(self) -> "Typesetter":
        return Typesetter()

    def _issue(self, holder: Person, holding: Holding) -> Issued:
        type_ = self._region.types[holding.type]
        seed = hashlib.sha256(f"{holder.id}/{type_.id}".encode()).hexdigest()
        issued = holding.issued or self._today - timedelta(days=int(seed[:4], 16) % 20)
        expires = holding.expires or months_later(issued, type_.months_valid)
        status = holding.status
        if status == "valid" and expires and expires < self._today:
            status = "expired"
        serial = f"{issued.year}{int(seed[4:12], 16) % 10**8:08d}"
        return Issued(
            identifier=identifier(type_.code, type_.department.code, serial),
            type=type_,
            holder=holder,
            face_number=f"{type_.mark}{type_.sequence}字〔{issued.year}〕{serial[4:]}号",
            status=status,
            issued=issued,
            expires=expires,
        )


class Typesetter:
    """Sets certificates with one compiler that is used again and again."""

    def __init__(self) -> None:
        self._compiler = typst.Compiler(str(TEMPLATE))

    def compile_pdf(self, issued: Issued) -> bytes:
        """The page of a certificate, not signed yet."""
        data = json.dumps(page_data(issued), ensure_ascii=False)
        compiled = self._compiler.compile(format="pdf", sys_inputs={"certificate": data})
        assert isinstance(compiled, bytes)
        return compiled


def page_data(issued: Issued) -> dict[str, Any]:
    """What stands on the page of a certificate."""
    type_, card = issued.type, issued.holder.card
    values = {
        "name": issued.holder.name,
        "number": issued.holder.number,
        "birth": chinese_day(datetime.strptime(card["birth_date"], "%Y%m%d").date()),
        "address": card.get("address", "—"),
        "issued": chinese_day(issued.issued),
        "expires": chinese_day(issued.expires) if issued.expires else "长期",
    }
    return {
        "name": type_.name,
        "name_en": type_.name_en,
        "layout": type_.layout,
        "fields": [[label, value.format(**values)] for label, value in type_.fields],
        "columns": type_.columns,
        "rows": type_.rows,
        "body": type_.body.format(**values),
        "issuer": type_.department.name,
        "seal": type_.department.name.removesuffix("(演示)"),
        "issued": values["issued"],
        "expires": values["expires"],
        "face_number": issued.face_number,
        "identifier": issued.identifier,
    }


def with_metadata(pdf: bytes, elements: dict[str, str]) -> bytes:
    """A PDF with elements of GB/T 36903 in its information dictionary."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for name, value in elements.items():
            document.docinfo[f"/{name}"] = value
        document.save(out)
    return out.getvalue()


def metadata(issued: Issued) -> dict[str, str]:
    """The elements of GB/T 36903 as they stand in a file (docs/certificates.md)."""
    return {
        "ZZBS": issued.identifier,
        "ZZLXMC": issued.type.name,
        "ZZLXDM": issued.type.code,
        "ZZMC": issued.type.name,
        "ZZBH": issued.face_number,
        "ZZBFJG": issued.type.department.name,
        "ZZBFJGDM": issued.type.department.code,
        "ZZBFRQ": f"{issued.issued:%Y%m%d}",
        "ZZYXQQSRQ": f"{issued.issued:%Y%m%d}",
        "ZZYXQJZRQ": f"{issued.expires:%Y%m%d}" if issued.expires else "长期",
        "CZZT": issued.holder.name,
        "CZZTDM": issued.holder.number,
        "CZZTDMLX": "公民身份号码",
        "CZZTDMLXDM": "111",
    }


def sign(pdf: bytes, signer: Signer) -> bytes:
    """A PDF with a certifying PAdES signature of the department."""
    private = asn1_keys.PrivateKeyInfo.load(
        signer.key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for one in signer.chain:
        chain.register(
            asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER))
        )
    own = asn1_x509.Certificate.load(
        signer.certificate.public_bytes(serialization.Encoding.DER)
    )
    hand = signers.SimpleSigner(signing_cert=own, signing_key=private, cert_registry=chain)
    meta = signers.PdfSignatureMetadata(
        field_name="Issuer",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=hand)
    return bytes(out.getbuffer())


def months_later(day: date, months: int) -> date | None:
    """The day so many months later; None for 0, which means no end."""
    if not months:
        return None
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def chinese_day(day: date) -> str:
    """A date as it is written on a certificate."""
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"
