"""Opens the packages of the card that lies on the reader, and says why where none opens.

The terminal's key takes off the outer lock and the card the inner one (`offline/sealed`); then
the library's signature is verified, and what it signed is compared with what is known here.
Nothing is ever opened into a file.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from drivers.idcard.port import PERMANENT, IdentityDocument
from kiosk.certificates.http import read_entry
from kiosk.errors import Failure
from kiosk.packages.port import Package
from kiosk.reasons import Reason
from kiosk.worker import Fields, Refusal, Worker, WorkerFault
from offline.failures import VaultFailure
from offline.sealed import store
from offline.sealed.card import CardFacts, CardSecret, card_secret, document_digest
from offline.sealed.envelope import open_package
from offline.sealed.reasons import SealedFailure, SealedReason
from offline.sealed.store import Facts, Kept
from offline.transaction import Transaction
from offline.vault import Vault

log = logging.getLogger(__name__)

WORKER = "kiosk.packages.worker"
MEMORY_MB, SECONDS = 256, 10.0
REASONS = {
    SealedReason.NONE_KEPT: Reason.PACKAGE_NONE,
    SealedReason.ENDED: Reason.PACKAGE_ENDED,
    SealedReason.USED_UP: Reason.PACKAGE_USED_UP,
    SealedReason.CLOCK: Reason.CLOCK_UNKNOWN,
    # A package begins when it is made: one that is of tomorrow means that today is not known.
    SealedReason.NOT_BEGUN: Reason.CLOCK_UNKNOWN,
}
"""What the citizen is told; of any other reason that the package is damaged."""
MOST_TELLING = (Reason.CLOCK_UNKNOWN, Reason.PACKAGE_DAMAGED, Reason.PACKAGE_USED_UP)
"""Of several reasons the one that is told; else the first that was met."""


class PackageOpener:
    """Opens what is kept for a card."""

    def __init__(
        self, vault: Vault, terminal: str, key: EllipticCurvePrivateKey, trust: Path
    ) -> None:
        """`trust`: the folder of authorities; `key`: the terminal's own."""
        self._vault = vault
        self._terminal = terminal
        self._key = key
        self._trust = trust

    async def open(self, document: IdentityDocument) -> list[Package]:
        """The packages of a document's holder that can be printed now. Raises Failure.

        Where some cannot, the others are given; where none can, the failure says why. Of two of
        one certificate the newer counts.
        """
        card = facts_of(document)
        secret = await asyncio.to_thread(card_secret, card, self._terminal)
        try:
            judged = await self._vault.read(lambda txn: _judged(txn, secret.tag))
        except VaultFailure as failure:
            raise Failure(Reason.STORE_FAULT, str(failure)) from failure
        opened: dict[str, Package] = {}
        reasons: list[Reason] = []
        for kept, obstacle in judged:
            try:
                if obstacle is not None:
                    raise as_failure(obstacle)
                package = await self._open(kept, secret, card)
                opened[package.certificate.identifier] = package
            except Failure as failure:
                log.info("package %s: %s", kept.id, failure)
                reasons.append(failure.reason)
        if not opened:
            told = next((one for one in MOST_TELLING if one in reasons), None)
            raise Failure(told or next(iter(reasons), Reason.PACKAGE_NONE))
        return list(opened.values())

    async def recount(self, packages: list[Package]) -> list[Package]:
        """Those of opened packages of which copies are left. Raises Failure where none are."""
        try:
            facts = await self._vault.read(lambda txn: _still_here(txn, packages))
        except VaultFailure as failure:
            raise Failure(Reason.STORE_FAULT, str(failure)) from failure
        if not facts:
            raise Failure(Reason.PACKAGE_NONE, "all were taken back")
        counted = [
            replace(one, used=facts[one.id].used, left=facts[one.id].left)
            for one in packages if one.id in facts
        ]
        usable = [one for one in counted if one.left]
        if not usable:
            raise Failure(Reason.PACKAGE_USED_UP)
        return usable

    async def _open(self, kept: Kept, secret: CardSecret, card: CardFacts) -> Package:
        """One package, verified. Raises Failure."""
        package = bytes.fromhex(kept.id)
        try:
            signed = open_package(kept.content, package, self._terminal, self._key, secret)
            said, blobs = await self._read(signed)
            _compare(kept, said, self._terminal, document_digest(card, package).hex())
        except SealedFailure as failure:
            raise as_failure(failure) from failure
        try:
            certificate = read_entry(said["entry"])
        except (KeyError, TypeError, ValueError) as error:
            # What stands in an entry is personal: the error's kind must do.
            raise Failure(Reason.PACKAGE_DAMAGED, f"entry: {type(error).__name__}") from None
        return Package(
            kept.id, certificate, blobs[0], blobs[1], said["purpose"],
            date.fromisoformat(said["copies_until"]), tuple(said["codes"]),
            kept.facts.used, kept.facts.left,
        )

    async def _read(self, signed: bytes) -> tuple[Fields, list[bytes]]:
        worker = Worker(WORKER, MEMORY_MB, SECONDS)
        try:
            return await worker.call("read", {"trust": str(self._trust)}, [signed])
        except (Refusal, WorkerFault) as trouble:
            raise Failure(Reason.PACKAGE_DAMAGED, str(trouble)) from trouble
        finally:
            await worker.stop()


def facts_of(document: IdentityDocument) -> CardFacts:
    """What of a document locks its packages."""
    return CardFacts(
        str(document.document_type), document.number,
        _written(document.valid_from), _written(document.valid_to),
    )


def _written(day: object) -> str:
    if isinstance(day, date):
        return f"{day:%Y%m%d}"
    return PERMANENT if day == PERMANENT else ""


def _still_here(txn: Transaction, packages: list[Package]) -> dict[str, Facts]:
    """What is known of those packages that have not been taken back meanwhile."""
    here: dict[str, Facts] = {}
    for one in packages:
        try:
            here[one.id] = store.facts_of(txn, one.id)
        except SealedFailure as failure:
            log.info("package %s: %s", one.id, failure)
    return here


def _judged(txn: Transaction, tag: str) -> list[tuple[Kept, SealedFailure | None]]:
    """The packages of a card, each with why it cannot be printed now."""
    now, trusted = txn.now.timestamp(), txn.clock.trusted()
    judged: list[tuple[Kept, SealedFailure | None]] = []
    for kept in store.find(txn, tag):
        obstacle = None
        try:
            store.check_time(kept.facts, now, trusted)
            if not kept.facts.left:
                raise SealedFailure(SealedReason.USED_UP)
        except SealedFailure as failure:
            obstacle = failure
        judged.append((kept, obstacle))
    return judged


def _compare(kept: Kept, said: dict[str, Any], terminal: str, document: str) -> None:
    """Whether the library signed what the list said. Raises SealedFailure (CONTRADICTS)."""
    facts = kept.facts
    known = {
        "id": kept.id, "terminal": terminal, "document_digest": document,
        "begins": int(facts.begins), "ends": int(facts.ends), "copies": facts.allowed,
    }
    wrong = [name for name, value in known.items() if said[name] != value]
    if wrong:
        raise SealedFailure(SealedReason.CONTRADICTS, ", ".join(wrong))


def as_failure(failure: SealedFailure) -> Failure:
    """A package's failure in the terminal's closed list."""
    reason = REASONS.get(failure.reason, Reason.PACKAGE_DAMAGED)
    return Failure(reason, str(failure))
