"""A library that keeps packages for one terminal, the terminal's vault, and a resident's card."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.keeping import private_key
from kiosk.packages.opening import PackageOpener
from kiosk.packages.port import ListedPackage
from offline.sealed import store
from offline.sealed.store import Facts
from offline.vault import Vault
from sandbox.faults import Faults
from sandbox.identity import IdentityService
from sandbox.keys import KeyStore
from sandbox.library.issue import Library
from sandbox.packages import Made, PackageDesk, Wish
from sandbox.people.registry import person
from sandbox.proofs import ProofService
from tests.offline.stores import KIOSK, Time, open_store

LI = IdentityDocument(
    DocumentType.CN_RESIDENT, "119900195803120627", "李秀兰",
    valid_from=date(2016, 8, 1), valid_to="permanent",
)
WANG = IdentityDocument(
    DocumentType.CN_RESIDENT, "119900194908211213", "王建国",
    valid_from=date(2018, 5, 10), valid_to="permanent",
)


@dataclass
class Platform:
    """The platform's side, in this process."""

    desk: PackageDesk
    library: Library
    faults: Faults
    reports: list
    time: Time
    key: ECKey
    trust: Path

    def keep(self, kind="household", copies=2, days=3, terminal=KIOSK) -> Made:
        who = person("li-xiulan")
        issued = self.library.find(who, self.library.identifier(who, kind))
        return self.desk.keep(issued, Wish(terminal, copies, days))

    async def list(self):
        return [
            ListedPackage(
                one.id.hex(), one.tag, one.begins, one.ends, one.copies, len(one.content),
                used,
            )
            for one, used in self.desk.kept_for(KIOSK)
        ]

    async def fetch(self, package):
        content = self.desk.content(KIOSK, package)
        assert content is not None
        return content


@pytest.fixture(scope="session")
def library_keys(tmp_path_factory):
    keys = KeyStore(tmp_path_factory.mktemp("keys"))
    library, who = Library(keys, datetime.now(UTC).date()), person("li-xiulan")
    for one in library.list(who):
        # Signing a PDF needs a loop of its own: before a test has one.
        if one.type.id in ("household", "pension_benefit"):
            library.file(one)
    return keys, library


@pytest.fixture
def time():
    made = Time()
    # Signatures are judged by the machine's own clock, in another process.
    made.now = datetime.now(UTC)
    return made


@pytest.fixture
def platform(library_keys, time, tmp_path):
    keys, library = library_keys
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.crt").write_bytes(keys.root.certificate.public_bytes(Encoding.PEM))

    def now():
        return time.now.timestamp()

    identity = IdentityService("http://127.0.0.1:1", keys, now)
    key = ECKey.generate_key("P-256")
    identity.register(KIOSK, key.as_dict(private=False))
    faults, reports = Faults(), []
    proofs = ProofService("http://127.0.0.1:1", keys, now)
    desk = PackageDesk(identity, keys, library, proofs, faults, now, lambda: reports)
    return Platform(desk, library, faults, reports, time, key, trust)


@pytest.fixture
def vault(tmp_path, time):
    made = open_store(tmp_path, time)
    yield made
    made.close()


@pytest.fixture
def opener(vault, platform):
    return PackageOpener(vault, KIOSK, private_key(platform.key), platform.trust)


async def bring(vault: Vault, made: Made, **other) -> str:
    """Put a package into the vault as a terminal does that has fetched it; its id."""
    known = {"begins": made.begins, "ends": made.ends, "allowed": made.copies, **other}
    facts = Facts(known["begins"], known["ends"], known["allowed"], made.begins)
    package = made.id.hex()
    await vault.write(
        lambda txn: store.keep(txn, package, made.tag, facts, known.get("content", made.content))
    )
    return package


def days(number: float) -> float:
    return timedelta(days=number).total_seconds()
