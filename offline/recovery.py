"""Examines a store that was not closed in order, and rebuilds one that is broken.

The broken file goes into quarantine as it is. What can be read of it is copied row by row,
from both ends of each table, so that one bad page costs the rows on it and no others.
"""

import json
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from offline.durable import sync_folder

log = logging.getLogger(__name__)

QUARANTINE = "quarantine"
MOST_SHELVES = 2
"""Broken files that are kept: a disk that fails must not be filled by them."""
REBUILT = "rebuilt"
"""The fact by which a rebuilt store says so, until somebody has told of it."""
BESIDE = ("", "-wal", "-shm", "-journal")
"""A database's files, by what is added to its name."""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of a broken store."""

    quarantine: Path
    """Where the broken file lies."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows that were saved, by table."""
    broken: tuple[str, ...] = ()
    """Tables of which rows may be lost."""

    def as_text(self) -> str:
        """As the rebuilt store itself keeps it."""
        return json.dumps({
            "quarantine": str(self.quarantine), "rows": self.rows, "broken": self.broken,
        })

    @classmethod
    def of_text(cls, text: str) -> "Rebuilt":
        """What `as_text` wrote."""
        said = json.loads(text)
        return cls(Path(said["quarantine"]), said["rows"], tuple(said["broken"]))

    def __str__(self) -> str:
        lost = f"; rows may be lost of {', '.join(self.broken)}" if self.broken else ""
        return f"{sum(self.rows.values())} rows saved{lost}; the broken file is in quarantine"


def is_sound(path: Path, vfs: str | None = None) -> bool:
    """Whether a store was closed in order, or is found whole by SQLite's own check."""
    try:
        connection = apsw.Connection(str(path), vfs=vfs)
    except apsw.CantOpenError:
        return True  # not a question of its content: opening it will say why
    try:
        if _closed_in_order(connection):
            return True
        found = connection.execute("PRAGMA integrity_check(10)").fetchall()
        if found == [("ok",)]:
            return True
        log.error("the store's check found: %s", "; ".join(str(row[0]) for row in found)[:500])
        return False
    except (apsw.CorruptError, apsw.NotADBError, apsw.IOError) as error:
        log.error("the store cannot be read: %s", error)
        return False
    finally:
        connection.close()


def _closed_in_order(connection: apsw.Connection) -> bool:
    try:
        rows = connection.execute("SELECT value FROM meta WHERE name = 'clean'").fetchall()
    except apsw.SQLError:
        return False  # no such table yet
    return rows == [(1,)]


def rebuild(path: Path, schemas: Sequence[str], now: datetime) -> Rebuilt:
    """Put a new store, with what can be read of a broken one, in its place. Raises OSError.

    The new one is complete before the broken one goes; a power cut in between leaves either the
    broken one where it was, or the new one for `adopt`.
    """
    fresh = _fresh(path)
    for end in BESIDE:
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)
    rebuilt = _copy(path, fresh, schemas, _shelf(path, now))
    sync_folder(path.parent)
    _put_away(path, now)
    adopt(path, now)
    return rebuilt


def adopt(path: Path, now: datetime) -> None:
    """Put a rebuilt store in its place where a power cut came before that. Raises OSError."""
    fresh = _fresh(path)
    if path.exists() or not fresh.exists():
        return
    # The broken one's log must not be played over the new one.
    _put_away(path, now)
    fresh.rename(path)
    sync_folder(path.parent)


def _shelf(path: Path, now: datetime) -> Path:
    return path.parent / QUARANTINE / f"{now:%Y%m%dT%H%M%S%f}"


def _put_away(path: Path, now: datetime) -> None:
    """Move a broken store and what belongs to it into quarantine, where the last few stay."""
    there = [one for end in BESIDE if (one := path.with_name(path.name + end)).exists()]
    if not there:
        return
    shelf = _shelf(path, now)
    shelf.mkdir(parents=True, mode=0o700, exist_ok=True)
    for one in there:
        one.rename(shelf / one.name)
    for old in sorted(shelf.parent.iterdir())[:-MOST_SHELVES]:
        shutil.rmtree(old)
    sync_folder(path.parent)


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.name}.rebuilt")


def _copy(source: Path, target: Path, schemas: Sequence[str], shelf: Path) -> Rebuilt:
    """Copy what can be read. `shelf`: where the broken file will be."""
    new = apsw.Connection(str(target))
    try:
        new.execute("PRAGMA synchronous = FULL").fetchall()
        counts, holes = {}, []
        with new:
            for schema in schemas:
                new.execute(schema).fetchall()
            for table in _tables(new):
                counts[table], whole = _copy_table(source, new, table)
                if not whole:
                    holes.append(table)
            # What numbers itself begins anew in another store, under another name.
            new.execute("DELETE FROM meta WHERE name IN ('store', 'clean')").fetchall()
            rebuilt = Rebuilt(shelf, counts, tuple(holes))
            new.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (REBUILT, rebuilt.as_text()))
    finally:
        new.close()
    return rebuilt


def _tables(connection: apsw.Connection) -> list[str]:
    rows: list[Row] = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return [row[0] for row in rows]


def _copy_table(source: Path, new: apsw.Connection, table: str) -> tuple[int, bool]:
    """Copy one table's readable rows; how many, and whether it was read from end to end."""
    facts: list[Row] = new.execute(f"PRAGMA table_info({table})").fetchall()
    columns = ", ".join(row[1] for row in facts)
    # Words that are none any more must not end the reading: they are looked at one by one.
    texts = [place for place, row in enumerate(facts) if row[2] == "TEXT"]
    read = ", ".join(f"CAST({row[1]} AS BLOB)" if row[2] == "TEXT" else row[1] for row in facts)
    key = [row[1] for row in sorted(facts, key=lambda row: row[5]) if row[5]] or ["rowid"]
    marks = ", ".join("?" for _ in facts)
    insert = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
    skipped = 0

    def take(row: Row) -> None:
        nonlocal skipped
        try:
            words = {place: row[place].decode() for place in texts if row[place] is not None}
            new.execute(insert, [words.get(place, one) for place, one in enumerate(row)])
        except (UnicodeDecodeError, apsw.ConstraintError) as error:
            log.warning("a row of %s is broken: %s", table, error)
            skipped += 1

    whole = False
    for direction in ("ASC", "DESC"):
        order = ", ".join(f"{one} {direction}" for one in key)
        select = f"SELECT {read} FROM {table} ORDER BY {order}"  # noqa: S608
        whole = _read(source, select, take)
        if whole:
            break
    whole = whole and not skipped
    counted: list[Row] = new.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608
    return counted[0][0], whole


def _read(source: Path, select: str, take: Callable[[Row], object]) -> bool:
    """Read rows until the end, or until one cannot be read; whether the end was reached."""
    try:
        for row in _rows(source, select):
            take(row)
    except (apsw.CorruptError, apsw.NotADBError, apsw.IOError, apsw.SQLError) as error:
        log.warning("a broken table: %s", error)
        return False
    return True


def _rows(source: Path, select: str) -> Iterator[Row]:
    connection = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        yield from connection.execute(select)
    finally:
        connection.close()
