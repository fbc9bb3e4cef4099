"""The encrypted SQLite file: one connection of one thread, WAL, every commit on the disk.

SQLite comes with apsw, which brings its own: the one of Debian 12 (3.40.1) has the
WAL-reset bug, by which two connections can break a file. Only one process writes; a lock
file sees to that. `vault.py` gives this to the event loop.
"""

import contextlib
import errno
import fcntl
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw

from offline.clock import Clock
from offline.failures import VaultFailure, VaultReason
from offline.keyfile import Keeper, data_key
from offline.look import snapshot
from offline.recovery import REBUILT, Rebuilt, adopt, is_sound, rebuild
from offline.suites import Sealer, make_sealer
from offline.transaction import Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")
FIRST_GOOD_SQLITE = (3, 51, 3)
"""The first release without the WAL-reset bug (sqlite.org, release 3.51.3, March 2026)."""
FORMAT = 1
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA journal_size_limit = 8388608",
)
META = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID"
BUSY_MS = 5000
DISK_FAILURES = (apsw.IOError, apsw.FullError, apsw.CorruptError, apsw.NoMemError)
"""What ends a whole transaction, whichever piece of work met it."""
DOUBTFUL = frozenset({VaultReason.CORRUPT, VaultReason.UNREADABLE})
"""After these the file is examined by the next start, however this one ends."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one piece of work."""

    value: object
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """How a store is to be opened."""

    kiosk: str
    """The terminal's name; a store of another one is refused."""
    schemas: tuple[str, ...]
    """Statements that make the tables where they are missing."""
    suite: str = "aes-256-gcm"
    """The cipher of a new store; one that is there keeps its own."""
    vfs: str | None = None
    """SQLite's way to the disk, where it is not the system's."""


class Store:
    """The file, for the thread that opened it."""

    def __init__(self, path: Path, keeper: Keeper, options: StoreOptions, clock: Clock) -> None:
        """Open it; one that was not closed in order is examined, and rebuilt where it is broken.

        Raises VaultFailure, and what the keeper raises.
        """
        check_sqlite()
        self.path = path
        self._options = options
        self._clock = clock
        self._remembered: dict[str, Any] = {}
        self._doubtful = False
        self._lock = lock_store(path)
        try:
            key = data_key(path, keeper)
            self._rebuild_if_broken()
            self._connection = self._open()
            self._sealer = self._prepare(key)
        except BaseException:
            self._let_go()
            raise

    @property
    def name(self) -> str:
        """The store's own name: another one after a rebuild."""
        return str(self._meta("store"))

    @property
    def suite(self) -> str:
        """The cipher in use."""
        return str(self._meta("suite"))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do something in one transaction; returns when it is on the disk. Raises VaultFailure."""
        with self._commit():
            return work(self._transaction())

    def transact_all(
        self, works: Sequence[Callable[[Transaction], object]]
    ) -> tuple[list[Done], set[str]]:
        """Do several things in one transaction: what each gave or raised, and what was touched.

        One that raises leaves nothing and does not hinder the others. Raises VaultFailure where
        the whole transaction did not reach the disk.
        """
        transaction = self._transaction()
        results: list[Done] = []
        with self._commit():
            results.extend(self._piece(work, transaction) for work in works)
        return results, transaction.touched

    def _piece(self, work: Callable[[Transaction], object], transaction: Transaction) -> Done:
        """One of several pieces, in a savepoint of its own. Raises what ends the transaction."""
        try:
            with self._connection:
                value = work(transaction)
        except Exception as error:
            self._remembered.clear()
            # SQLite gives up the whole transaction where the disk is full or fails, whatever
            # the piece made of that: what came before is gone, and nothing may come after.
            if not self._connection.in_transaction or isinstance(error, DISK_FAILURES):
                raise
            return Done(None, as_failure(error) if isinstance(error, apsw.Error) else error)
        return Done(value)

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Look at what is there. Raises VaultFailure."""
        with self.failing():
            return work(self._transaction())

    def close(self) -> None:
        """Note that the end was in order, and close the file."""
        if self._doubtful:
            log.warning("the store is broken; the next start examines it")
        else:
            try:
                self._note_clean(1)
            except VaultFailure as failure:
                log.warning("the store could not be closed in order: %s", failure)
        self._connection.close()
        self._let_go()

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Give SQLite's failures their names."""
        try:
            yield
        except apsw.Error as error:
            failure = as_failure(error)
            self._doubtful |= failure.reason in DOUBTFUL
            raise failure from error

    @contextlib.contextmanager
    def _commit(self) -> Iterator[None]:
        """A transaction that is on the disk when this ends."""
        with self.failing():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._remembered.clear()
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _transaction(self) -> Transaction:
        return Transaction(self._connection, self._sealer, self._clock, self._remembered)

    @property
    def doubtful(self) -> bool:
        """Whether the file was found broken since it was opened: only a start mends that."""
        return self._doubtful

    @property
    def rebuilt(self) -> Rebuilt | None:
        """What was saved, where the store is a rebuilt one and nobody has told of it yet."""
        said = self._meta(REBUILT)
        return Rebuilt.of_text(said) if said is not None else None

    def _rebuild_if_broken(self) -> None:
        """Examine a store that was not closed in order; put a rebuilt one in a broken one's place.

        A stick that was pulled, or a bit that fell over, may leave a file that SQLite refuses.
        """
        try:
            with self.failing():
                adopt(self.path, self._clock.now())
                if not self.path.exists() or is_sound(self.path, self._options.vfs):
                    return
                schemas = (META, *self._options.schemas)
                rebuilt = rebuild(self.path, schemas, self._clock.now())
        except OSError as error:
            raise VaultFailure(reason_of(error), f"{self.path}: {error}") from error
        log.error("the store was broken and is rebuilt: %s", rebuilt)

    def _open(self) -> apsw.Connection:
        with self.failing():
            connection = apsw.Connection(str(self.path), vfs=self._options.vfs)
            connection.set_busy_timeout(BUSY_MS)
            for setting in SETTINGS:
                connection.execute(setting).fetchall()
            with connection:
                for schema in (META, *self._options.schemas):
                    connection.execute(schema).fetchall()
        return connection

    def _prepare(self, key: bytes) -> Sealer:
        """Write a new store's own facts, or check those that are there. Raises VaultFailure."""
        if None in (self._meta("format"), self._meta("store")):
            facts = {
                "format": FORMAT, "store": str(uuid.uuid4()), "kiosk": self._options.kiosk,
                "suite": self._options.suite,
            }
            with self._commit():
                for name, value in facts.items():
                    self._connection.execute(
                        "INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value)
                    )
        if self._meta("format") != FORMAT:
            raise VaultFailure(VaultReason.UNKNOWN_FORMAT, f"{self.path}: {self._meta('format')}")
        if self._meta("kiosk") != self._options.kiosk:
            why = f"{self.path} is of {self._meta('kiosk')}, not {self._options.kiosk}"
            raise VaultFailure(VaultReason.OTHER_TERMINAL, why)
        sealer = make_sealer(self.suite, key, self._options.kiosk)
        self._check_key(sealer)
        self._note_clean(0)
        return sealer

    def _check_key(self, sealer: Sealer) -> None:
        """Whether this key is the one that sealed the store. Raises VaultFailure."""
        proof = self._meta("proof")
        if proof is None:
            with self._commit():
                self._connection.execute(
                    "INSERT INTO meta VALUES ('proof', ?)", (sealer.seal("meta", "proof", b"1"),)
                )
            return
        try:
            sealer.unseal("meta", "proof", proof)
        except VaultFailure as failure:
            why = f"{self.path}: it was sealed by another key"
            raise VaultFailure(VaultReason.KEY_REFUSED, why) from failure

    def _meta(self, name: str) -> Any:
        rows = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchall()
        return rows[0][0] if rows else None

    def _note_clean(self, clean: int) -> None:
        """Whether the file was closed in order, for whoever opens it next."""
        with self._commit():
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('clean', ?)", (clean,))

    def _let_go(self) -> None:
        os.close(self._lock)


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Keep a store for oneself without opening it. Raises VaultFailure (IN_USE)."""
    lock = lock_store(path)
    try:
        yield
    finally:
        os.close(lock)


def opens(path: Path, key: bytes) -> bool:
    """Whether this data key is that of a store. Raises VaultFailure for what is no store."""
    try:
        with snapshot(path) as taken:
            facts = dict(taken.execute("SELECT name, value FROM meta"))
    except (apsw.Error, ValueError) as error:
        raise VaultFailure(VaultReason.UNREADABLE, f"{path}: {error}") from error
    try:
        sealer = make_sealer(facts["suite"], key, facts["kiosk"])
        sealer.unseal("meta", "proof", facts["proof"])
    except (KeyError, VaultFailure):
        return False
    return True


def check_sqlite(version: str | None = None) -> None:
    """Refuse an SQLite that can break the file. Raises VaultFailure."""
    loaded = version or apsw.sqlite_lib_version()
    if tuple(int(one) for one in loaded.split(".")) < FIRST_GOOD_SQLITE:
        needed = ".".join(str(one) for one in FIRST_GOOD_SQLITE)
        raise VaultFailure(VaultReason.SQLITE_TOO_OLD, f"{loaded}; {needed} is needed")


def as_failure(error: apsw.Error) -> VaultFailure:
    """SQLite's failure in the closed list; what it met first counts, not what followed."""
    first: BaseException | None = error
    while first is not None and not isinstance(first, DISK_FAILURES):
        first = first.__context__
    match first or error:
        case apsw.FullError():
            reason = VaultReason.DISK_FULL
        case apsw.ReadOnlyError():
            reason = VaultReason.READ_ONLY
        case apsw.CorruptError() | apsw.NotADBError():
            reason = VaultReason.CORRUPT
        case apsw.BusyError() | apsw.LockedError():
            reason = VaultReason.IN_USE
        case apsw.CantOpenError() | apsw.IOError() | apsw.PermissionsError():
            reason = VaultReason.UNREADABLE
        case _:
            reason = VaultReason.STATEMENT
    return VaultFailure(reason, str(error))


def lock_store(path: Path) -> int:
    """Take the one writer's place; the lock's handle. Raises VaultFailure."""
    lock = path.with_suffix(".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise VaultFailure(reason_of(error), str(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise VaultFailure(VaultReason.IN_USE, f"{path}: another process has it") from None
    return handle


def reason_of(error: OSError) -> VaultReason:
    """What a failure of the file system is called."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return VaultReason.DISK_FULL
    return VaultReason.READ_ONLY if error.errno == errno.EROFS else VaultReason.UNREADABLE
