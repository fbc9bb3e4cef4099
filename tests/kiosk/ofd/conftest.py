"""Sealed documents, and who is trusted for them."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from kiosk.gm import Certificate, TrustList
from kiosk.ofd import OfdFile, verify
from kiosk.ofd.seal import SealForm
from sandbox.ofd.corpus import corpus
from sandbox.ofd.sealed import seal_document, signers
from sandbox.ofd.seals import Habits


@pytest.fixture(scope="session")
def files():
    """The whole corpus by name."""
    return corpus()


@pytest.fixture(scope="session")
def trust():
    return TrustList((Certificate(signers()[0].certificate),))


@pytest.fixture(scope="session")
def sealed():
    """A document that is sealed by GB/T 38540, whole."""
    return seal_document(SealForm.V4, Habits())


@pytest.fixture
def judge(trust):
    """Judge a file's bytes."""
    return lambda data: verify(OfdFile(data), trust, datetime.now(UTC))


def parts_of(package: bytes) -> dict[str, bytes]:
    """The entries of a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """A package with these entries, twice where they are there twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()
