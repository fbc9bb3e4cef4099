"""The vault as the event loop sees it: one thread writes, and waiting work shares a commit.

What is asked for while the disk is busy is done together in the next transaction, each
piece as if alone (a savepoint of its own): a burst costs few syncs, and nothing is told
before it is on the disk.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from offline.clock import Clock, system_clock
from offline.failures import VaultFailure, VaultReason
from offline.keyfile import Keeper
from offline.store import Store, StoreOptions
from offline.transaction import Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")
MOST_TOGETHER = 256
"""Pieces of work in one commit: what one that breaks off would take with it stays small."""
Work = Callable[[Transaction], Any]
Touched = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class _Asked:
    work: Work
    done: "Future[Any]"
    reading: bool


class Vault:
    """The encrypted store, for any thread."""

    def __init__(self, path: Path, keeper: Keeper, options: StoreOptions, clock: Clock) -> None:
        """Open it. Blocks until that is done. Raises VaultFailure, and what the keeper raises."""
        self._asked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._observers: list[Touched] = []
        self._failing = False
        self._closed = False
        self._asking = threading.Lock()
        opened: Future[Store] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(opened, path, keeper, options, clock), name="vault", daemon=True
        )
        self._thread.start()
        self._store = opened.result()
        self.name, self.suite = self._store.name, self._store.suite
        self.rebuilt = self._store.rebuilt
        """What was saved, where the file was broken and is new, and nobody has told of it yet."""

    @classmethod
    def open(
        cls, path: Path, keeper: Keeper, kiosk: str, schemas: tuple[str, ...],
        suite: str = "aes-256-gcm", clock: Clock | None = None,
    ) -> "Vault":
        """The vault in a file, made where it is missing. Raises as `__init__` does."""
        return cls(path, keeper, StoreOptions(kiosk, schemas, suite), clock or system_clock())

    @property
    def doubtful(self) -> bool:
        """Whether the file was found broken since it was opened: only a start mends that."""
        return self._store.doubtful

    @property
    def failing(self) -> bool:
        """Whether what was last written without anybody waiting for it was not taken."""
        return self._failing

    def observe(self, observer: Touched) -> None:
        """Call `observer(touched)`, in the vault's thread, after commits that touched something."""
        self._observers.append(observer)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Do something in a transaction; returns when it is on the disk.

        Raises VaultFailure where it is not, and what `work` raises.
        """
        return await asyncio.wrap_future(self._ask(work, reading=False))

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Look at what is there. Raises as `write` does."""
        return await asyncio.wrap_future(self._ask(work, reading=True))

    def write_now(self, work: Callable[[Transaction], T]) -> T:
        """As `write`, for threads other than the loop's: blocks until it is on the disk."""
        return self._ask(work, reading=False).result()

    def write_soon(self, work: Callable[[Transaction], object]) -> None:
        """As `write`, in its turn, where nobody waits; a failure is logged, once per outage."""
        self._ask(work, reading=False).add_done_callback(self._report)

    def close(self) -> None:
        """Do what is waiting, and close the file in order."""
        with self._asking:
            if self._closed:
                return
            self._closed = True
            self._asked.put(None)
        self._thread.join()

    def _ask(self, work: Callable[[Transaction], T], *, reading: bool) -> "Future[T]":
        done: Future[T] = Future()
        with self._asking:
            if not self._closed:
                self._asked.put(_Asked(work, done, reading))
                return done
        done.set_exception(VaultFailure(VaultReason.CLOSED))
        return done

    # In the vault's own thread

    def _run(
        self, opened: "Future[Store]", path: Path, keeper: Keeper, options: StoreOptions,
        clock: Clock,
    ) -> None:
        try:
            store = Store(path, keeper, options, clock)
        except BaseException as error:  # noqa: BLE001 it is given to whoever opens the vault
            opened.set_exception(error)
            return
        opened.set_result(store)
        ended = False
        while not ended:
            batch, ended = self._take()
            self._carry_out(store, batch)
        store.close()

    def _take(self) -> tuple[list[_Asked], bool]:
        """What is waiting, at least one; and whether that was all that ever comes."""
        batch: list[_Asked] = []
        asked = self._asked.get()
        while asked is not None:
            # Work whose asker has gone is not begun.
            if asked.done.set_running_or_notify_cancel():
                batch.append(asked)
            if len(batch) >= MOST_TOGETHER:
                return batch, False
            try:
                asked = self._asked.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _carry_out(self, store: Store, batch: list[_Asked]) -> None:
        """Do what was asked, in order; reads see the writes before them."""
        while batch:
            reading = batch[0].reading
            until = next((i for i, one in enumerate(batch) if one.reading != reading), len(batch))
            together, batch = batch[:until], batch[until:]
            if reading:
                for one in together:
                    _settle(one, partial(store.read, one.work))
            else:
                self._commit(store, together)

    def _commit(self, store: Store, together: list[_Asked]) -> None:
        try:
            results, touched = store.transact_all([one.work for one in together])
        except Exception as error:  # noqa: BLE001 it is given to those who asked
            for one in together:
                one.done.set_exception(error)
            return
        for one, result in zip(together, results, strict=True):
            if result.error is not None:
                one.done.set_exception(result.error)
            else:
                one.done.set_result(result.value)
        if touched:
            for observer in self._observers:
                observer(frozenset(touched))

    def _report(self, done: "Future[Any]") -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None and not self._failing:
            log.error("the vault does not take what is written: %s", error)
        elif error is None and self._failing:
            log.info("the vault takes what is written again")
        self._failing = error is not None


def _settle(asked: _Asked, work: Callable[[], Any]) -> None:
    try:
        asked.done.set_result(work())
    except Exception as error:  # noqa: BLE001 it is given to whoever asked
        asked.done.set_exception(error)
