"""One issued certificate and the sandbox's trust list."""

from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.keys import KeyStore
from sandbox.library.issue import Library
from sandbox.people.registry import person


@pytest.fixture(scope="session")
def library(tmp_path_factory) -> Library:
    return Library(KeyStore(tmp_path_factory.mktemp("keys")), date(2026, 11, 23))


@pytest.fixture(scope="session")
def trust(library: Library, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trust")
    root = library._keys.root.certificate
    (folder / "root.crt").write_bytes(root.public_bytes(Encoding.PEM))
    return folder


@pytest.fixture(scope="session")
def genuine(library: Library) -> bytes:
    return library.file(library.list(person("li-xiulan"))[0])


@pytest.fixture(scope="session")
def untrusted(library: Library) -> bytes:
    return library.file(library.list(person("li-xiulan"))[0], trusted=False)
