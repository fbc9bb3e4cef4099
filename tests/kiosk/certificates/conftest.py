"""One issued certificate and the sandbox's trust list."""

from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.keys import KeyStore
from sandbox.library.issue import Library
from sandbox.people.registry import person


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> KeyStore:
    return KeyStore(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def library(keys) -> Library:
    return Library(keys, date(2026, 11, 23))


@pytest.fixture(scope="session")
def trust(keys, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trust")
    (folder / "root.crt").write_bytes(keys.root.certificate.public_bytes(Encoding.PEM))
    (folder / "sm2-root.crt").write_bytes(keys.sm2_root.certificate)
    return folder


@pytest.fixture(scope="session")
def genuine(library: Library) -> bytes:
    return library.file(library.list(person("li-xiulan"))[0])


@pytest.fixture(scope="session")
def untrusted(library: Library) -> bytes:
    return library.file(library.list(person("li-xiulan"))[0], trusted=False)
