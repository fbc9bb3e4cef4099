"""Signs a PDF with SM2: the place is pyHanko's, the value of our own making."""

import io
from collections.abc import Callable
from datetime import datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import cms_embedder
from pyhanko.sign.signers.pdf_byterange import SignatureObject

RESERVED = 16384
"""Bytes kept for the value."""

Value = Callable[[bytes], bytes]
"""Makes a signature's value from the bytes that are signed."""


def sign_pdf(pdf: bytes, value: Value, at: datetime) -> bytes:
    """A PDF with one more signature, over all of it but the signature's own place."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    name = f"SM2-{len(pdf)}"
    embedder = cms_embedder.PdfCMSEmbedder(new_field_spec=SigFieldSpec(name))
    steps = embedder.write_cms(name, writer)
    next(steps)
    body = SignatureObject(timestamp=at, bytes_reserved=RESERVED * 2)
    steps.send(cms_embedder.SigObjSetup(sig_placeholder=body))
    digest, out = steps.send(
        cms_embedder.SigIOSetup(md_algorithm="sha256", in_place=False)
    )
    written = out.getvalue()
    start, end = digest.reserved_region_start, digest.reserved_region_end
    steps.send(value(written[:start] + written[end:]))
    return bytes(out.getvalue())
