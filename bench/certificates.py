"""Certificates: verified, drawn, proved on paper, and what hostile files do.

Floors and peers are measured in the same run: PDFium for drawing, the bare cryptography for
verification.
"""

import asyncio
import io
import os
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
import segno
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image, ImageFilter

from bench.hostile import attack
from kiosk.certificates import pdf as pdf_format
from kiosk.certificates.proof.draw import draw_code
from kiosk.certificates.proof.scan import find_code
from kiosk.certificates.render import render_page as render_certificate
from kiosk.certificates.trust import Trust, load_trust
from kiosk.certificates.verify import verify_file
from kiosk.gm import DEFAULT_USER_ID, sm3
from kiosk.ofd import OfdError, OfdFile, read_stamps, render_page, render_pdf, verify
from sandbox.keys import KeyStore
from sandbox.library.issue import Issued, Library
from sandbox.ofd.corpus import corpus
from sandbox.ofd.sealed import signers
from sandbox.people.registry import people
from sandbox.proofs import ProofService, Wanted

DPI = 300
RUNS = 7
HOSTILE = int(os.environ.get("HOSTILE_FILES", "10000"))
SCANS = 40
COVERED = "Doc_0/Document.xml"
RANDOM_CHANGES = 1000


def measure() -> dict[str, Any]:
    """Everything that the figures are asked of."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        keys = KeyStore(Path(folder) / "keys")
        library = Library(keys, date.today())
        held = [one for someone in people().values() for one in library.list(someone)]
        trust = trust_of(keys, Path(folder) / "trust")
        ofds = {one.identifier: library.file(one) for one in held if one.type.format == "ofd"}
        pdfs = [library.file(one) for one in held if one.type.format == "pdf"]
        files = corpus() | ofds
        return {
            **drawing(files),
            **verification(list(ofds.values()), trust),
            **changes(next(iter(ofds.values())), trust),
            **pdf_figures(pdfs, trust),
            **codes(keys, next(one for one in held if one.status == "valid")),
            **hostile(list(files.values()), pdfs),
        }


def trust_of(keys: KeyStore, folder: Path) -> Trust:
    """Both authorities of the sandbox."""
    folder.mkdir()
    (folder / "root.crt").write_bytes(keys.root.certificate.public_bytes(Encoding.PEM))
    (folder / "sm2-root.crt").write_bytes(keys.sm2_root.certificate)
    return load_trust(folder)


def timed(work: Callable[[bytes], object], data: bytes) -> float:
    """The median of some runs over a file, in milliseconds."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work(data)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def draw_ofd(data: bytes) -> None:
    """From the bytes of an OFD file to the dots of its first page."""
    file = OfdFile(data)
    render_page(file, 1, DPI, read_stamps(file))


def draw_pdf(data: bytes) -> None:
    """The same of a PDF, by PDFium."""
    pdf_format.draw_page(data, 1, DPI)


def drawing(files: dict[str, bytes]) -> dict[str, Any]:
    """Page 1 at 300 dpi, from the bytes of the file to the dots; PDFium draws the same page."""
    ours, peer, without = [], [], []
    for name, data in files.items():
        try:
            ours.append(timed(draw_ofd, data))
        except OfdError as error:
            without.append(f"{name}: {error}")
            continue
        file = OfdFile(data)
        pdf, _ = render_pdf(file, read_stamps(file))
        peer.append(timed(draw_pdf, pdf))
    return {
        "files": len(files),
        "without_a_page": without,
        "render_median_ms": round(median(ours), 1),
        "render_p90_ms": round(quantiles(ours, n=10)[-1], 1),
        "render_largest_ms": round(max(ours), 1),
        "render_bound_ms": 30,
        "pdfium_median_ms": round(median(peer), 1),
        "render_ratio": round(median(ours) / median(peer), 2),
    }


def verification(files: list[bytes], trust: Trust) -> dict[str, Any]:
    """A sealed OFD file judged; the floor unpacks, digests and checks two signatures."""
    now = datetime.now(UTC)
    ours = [timed(lambda data: verify(OfdFile(data), trust.chains, now), one) for one in files]
    signer = signers()[1]
    key, message = signer.key.public, b"x" * 4000
    signature = signer.sign(message)

    def floor(data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                sm3(archive.read(name))
        for _ in range(4):  # maker, seal, and both certificates
            key.verify(message, signature, user_id=DEFAULT_USER_ID)

    floors = [timed(floor, one) for one in files]
    return {
        "verify_median_ms": round(median(ours), 2),
        "verify_bound_ms": 6,
        "verify_floor_ms": round(median(floors), 2),
        "verify_ratio": round(median(ours) / median(floors), 2),
    }


def changes(data: bytes, trust: Trust) -> dict[str, Any]:
    """How many single-byte changes of covered files are found."""
    now = datetime.now(UTC)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def found(name: str, at: int, bit: int) -> bool:
        changed = bytearray(parts[name])
        changed[at] ^= 1 << bit
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for other, part in parts.items():
                archive.writestr(other, bytes(changed) if other == name else part)
        try:
            return not verify(OfdFile(out.getvalue()), trust.chains, now).trusted
        except OfdError:
            return True

    dice = np.random.default_rng(1)
    others = [name for name in parts if name != COVERED]
    picks = [others[dice.integers(len(others))] for _ in range(RANDOM_CHANGES)]
    return {
        "changes_of_every_byte": len(parts[COVERED]),
        "changes_of_every_byte_found": sum(
            found(COVERED, at, at % 8) for at in range(len(parts[COVERED]))
        ),
        "random_changes": RANDOM_CHANGES,
        "random_changes_found": sum(
            found(name, int(dice.integers(len(parts[name]))), int(dice.integers(8)))
            for name in picks
        ),
    }


def pdf_figures(files: list[bytes], trust: Trust) -> dict[str, Any]:
    """A signed PDF verified and rasterised; the floor is PDFium alone."""
    now = datetime.now(UTC)

    def both(data: bytes) -> None:
        verify_file(data, trust, now)
        render_certificate(data, 1, DPI)

    both(files[0])
    ours = [timed(both, one) for one in files]
    floors = [timed(draw_pdf, one) for one in files]
    return {
        "pdf_median_ms": round(median(ours), 1),
        "pdf_bound_ms": 40,
        "pdf_floor_ms": round(median(floors), 1),
        "pdf_ratio": round(median(ours) / median(floors), 2),
    }


def codes(keys: KeyStore, issued: Issued) -> dict[str, Any]:
    """How often a code is read from bad scans and from a camera's picture."""
    proofs = ProofService("http://library.example", keys, time.time)
    wanted = Wanted("DEMO-0001", "社保医保", 1, 1, 90, bytes(40))
    text = proofs.prove(issued, wanted)[0]
    code = draw_code(text)
    drawn = code_picture(text)
    scans = [bad_scan(drawn, code.side_mm, seed) for seed in range(SCANS)]
    frames = [camera_frame(drawn, seed) for seed in range(SCANS)]
    return {
        "code_mm": round(code.side_mm, 1),
        "codes_tried": SCANS,
        "codes_read_from_scans": sum(find_code(one) is not None for one in scans),
        "codes_read_from_frames": sum(find_code(one) is not None for one in frames),
    }


def code_picture(text: str) -> Image.Image:
    """A code of ten dots to a module."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        out, kind="png", scale=10, border=4
    )
    return Image.open(io.BytesIO(out.getvalue())).convert("L")


def bad_scan(code: Image.Image, side_mm: float, seed: int) -> Image.Image:
    """An A4 page at 150 dpi with the code on it, turned by 7 degrees, with noise and blur."""
    dots = round(side_mm / 25.4 * 150)
    page = Image.new("L", (1240, 1754), 250)
    page.paste(code.resize((dots, dots), Image.Resampling.LANCZOS), (120 + seed * 9, 1300))
    turned = page.rotate(7 if seed % 2 else -7, Image.Resampling.BICUBIC, fillcolor=250)
    return worn(turned, 0.8, 14, seed)


def camera_frame(code: Image.Image, seed: int) -> Image.Image:
    """The code held before a camera of 1280 by 720."""
    frame = Image.new("L", (1280, 720), 140)
    side = 420 + seed * 5
    frame.paste(code.resize((side, side), Image.Resampling.LANCZOS), (330, 60))
    turned = frame.rotate(seed % 15 - 7, Image.Resampling.BICUBIC, fillcolor=140)
    return worn(turned, 0.9, 9, seed)


def worn(picture: Image.Image, blur: float, noise: float, seed: int) -> Image.Image:
    """Blurred, with grain, and of less contrast."""
    dots = np.asarray(picture.filter(ImageFilter.GaussianBlur(blur)), float) * 0.75 + 30
    grain = np.random.default_rng(seed).normal(0, noise, dots.shape)
    return Image.fromarray((dots + grain).clip(0, 255).astype(np.uint8))


def hostile(ofds: list[bytes], pdfs: list[bytes]) -> dict[str, Any]:
    """Mutated files through the limited worker."""
    began = time.monotonic()
    tally = asyncio.run(attack(HOSTILE, ofds, pdfs))
    return {
        "hostile_files": HOSTILE,
        "hostile_outcomes": dict(tally.outcomes.most_common()),
        "hostile_broken": tally.broken[:20],
        "hostile_slowest_s": round(tally.slowest, 2),
        "hostile_largest_mb": round(tally.largest_mb, 1),
        "hostile_seconds": round(time.monotonic() - began, 1),
    }

