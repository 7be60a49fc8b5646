"""The local copy, an SQLite file: what the office authorizes at present, and how far the feed was read.

``record`` is for everybody's queries: office, right, number, the record as the hub sent it (ST.97 JSON) and
when it came. ``part`` notes per office and right what Parquet files do not have yet; ``state`` is how far the
feed was read. Items and cursor commit together, page by page: a kill at any instant loses nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ipshare.client.trouble import PullError

NAME = "copy.sqlite"
VERSION = 1
"""Of the tables; kept as user_version."""
_APPLICATION = 0x69707368  # "ipsh"
_TABLES = """
CREATE TABLE record (
    office TEXT NOT NULL,
    "right" TEXT NOT NULL,
    number TEXT NOT NULL,
    record TEXT NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (office, "right", number)
);
CREATE TABLE part (
    office TEXT NOT NULL,
    "right" TEXT NOT NULL,
    changed INTEGER NOT NULL,
    erased INTEGER NOT NULL,
    PRIMARY KEY (office, "right")
) WITHOUT ROWID;
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_PUT = """
INSERT INTO record (office, "right", number, record, received_at) VALUES (?, ?, ?, CAST(? AS TEXT), ?)
ON CONFLICT (office, "right", number) DO UPDATE SET record = excluded.record, received_at = excluded.received_at
"""
_PART = """
INSERT INTO part VALUES (?1, ?2, 1, ?3) ON CONFLICT DO UPDATE SET changed = 1, erased = erased OR ?3
"""


def cursor(office: str) -> str:
    """Where ``state`` keeps how far the feed of an office was read."""
    return f"cursor {office}"


def refill_cursor(office: str) -> str:
    """Where ``state`` keeps how far it was read once more, from the beginning."""
    return f"refill cursor {office}"


class Part(NamedTuple):
    """The records of one right of one office."""

    office: str
    right: str


class Row(NamedTuple):
    """A record to put."""

    office: str
    right: str
    number: str
    record: bytes
    received_at: str


class Copy:
    """A copy in a folder; one ``ipshare pull`` at a time writes it, anybody may read it meanwhile."""

    def __init__(self, folder: Path) -> None:
        """Open it, or make it where there is none."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.path = folder / NAME
            self._base = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            self._begin()
        except (OSError, sqlite3.DatabaseError) as trouble:
            raise PullError(
                f"the copy in {folder} cannot be opened ({trouble}); choose a folder that can be written"
            ) from trouble

    def _begin(self) -> None:
        # What is erased must be gone from the file too, not only from the tables.
        self._base.execute("PRAGMA secure_delete = ON")
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            [(version,)] = self._base.execute("PRAGMA user_version")
            if version == 0:
                for statement in _TABLES.split(";\n"):
                    self._base.execute(statement)
                self._base.execute(f"PRAGMA application_id = {_APPLICATION}")
                self._base.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:
                raise PullError(
                    f"{self.path} is of version {version}, this ipshare writes version {VERSION}: "
                    "use the ipshare that made it, or choose another folder"
                )

    def close(self) -> None:
        """End with it; what the write-ahead log holds goes into the file."""
        self._base.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        try:
            self._base.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as trouble:
            raise PullError(f"{self.path} cannot be written ({trouble})") from trouble
        try:
            yield
            self._base.execute("COMMIT")
        except sqlite3.OperationalError as trouble:
            self._undo()
            raise PullError(f"{self.path} cannot be written ({trouble})") from trouble
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._base.in_transaction:
            self._base.execute("ROLLBACK")

    def kept(self, name: str) -> str | None:
        """One value of the state."""
        found = self._base.execute("SELECT value FROM state WHERE name = ?", [name]).fetchone()
        return str(found[0]) if found else None

    def keep(self, name: str, value: str | None) -> None:
        """Keep one value of the state; None: keep it no longer."""
        if value is None:
            self._base.execute("DELETE FROM state WHERE name = ?", [name])
        else:
            self._base.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", [name, value])

    def begun(self) -> bool:
        """Whether anything was read into it."""
        return bool(self._base.execute("SELECT 1 FROM state WHERE name LIKE 'cursor %'").fetchone())

    def refills(self, office: str) -> set[Part]:
        """What is read again from the beginning, since groups of its records had to be erased."""
        return {Part(office, right) for right in json.loads(self.kept(f"refill {office}") or "[]")}

    def set_refills(self, office: str, parts: Iterable[Part]) -> None:
        """Keep what of an office is read again."""
        self.keep(f"refill {office}", json.dumps(sorted(part.right for part in parts)))

    def end_refill(self, office: str) -> None:
        """What was read again has been read."""
        self.keep(f"refill {office}", None)
        self.keep(refill_cursor(office), None)

    def empty(self) -> None:
        """Hold nothing, as if nothing had been read."""
        for part in self.counts():
            self.erase(part)
        self._base.execute("DELETE FROM state")

    def put(self, rows: list[Row]) -> None:
        """Replace what is held of these records."""
        self._base.executemany(_PUT, rows)
        for part in {(row.office, row.right) for row in rows}:
            self._base.execute(_PART, [*part, 0])

    def withdraw(self, part: Part, number: str) -> int:
        """Remove a record, if it is held."""
        removed = self._base.execute(
            'DELETE FROM record WHERE office = ? AND "right" = ? AND number = ?', [*part, number]
        ).rowcount
        if removed:
            self._base.execute(_PART, [*part, 0])
        return removed

    def erase(self, part: Part) -> int:
        """Remove every record of a right of an office."""
        removed = self._base.execute(
            'DELETE FROM record WHERE office = ? AND "right" = ?', part
        ).rowcount
        self._base.execute(_PART, [*part, 1])
        return removed

    def settle(self) -> None:
        """Let the files themselves hold what was committed, and nothing of what was erased."""
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.remove_erased_files()

    def counts(self) -> dict[Part, int]:
        """How many records of each right of each office."""
        found = self._base.execute(
            'SELECT office, "right", count(*) FROM record GROUP BY office, "right"'
        )
        return {Part(office, right): count for office, right, count in found}

    def records(self, part: Part) -> Iterator[tuple[str, bytes, str]]:
        """Number, record and time of receipt of each record of a right, in the order of the numbers."""
        yield from self._base.execute(
            "SELECT number, CAST(record AS BLOB), received_at FROM record "
            'WHERE office = ? AND "right" = ? ORDER BY number',
            part,
        )

    def parts(self, which: str) -> list[Part]:
        """The parts that have ``changed``, or of which something was ``erased``, since their files were written."""
        found = self._base.execute(f'SELECT office, "right" FROM part WHERE {which} ORDER BY 1, 2')
        return [Part(*row) for row in found]

    def file(self, part: Part) -> Path:
        """The Parquet file of a part."""
        return self.path.with_name(f"{part.office}-{part.right}.parquet")

    def remove_erased_files(self) -> None:
        """Remove the Parquet files that still hold what had to be erased; they are made anew from the copy."""
        for part in self.parts("erased"):
            self.file(part).unlink(missing_ok=True)

    def written(self, part: Part) -> None:
        """The file of a part is as the copy."""
        self._base.execute(
            'UPDATE part SET changed = 0, erased = 0 WHERE office = ? AND "right" = ?', part
        )
