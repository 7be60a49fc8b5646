"""What the hub keeps, and how much room it takes: by table, by office, on the disk."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from ipshare.store.models.uploads import HttpUpload

PERIOD = timedelta(days=30)
FAR = timedelta(days=3650)
"""A month says nothing of what lies further ahead."""
MOST_FILES = 10_000
"""Uploads in progress that are counted; more than that are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table with its indexes; rows as the planner estimates them, None where it has not looked yet."""

    name: str
    rows: int | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSize:
    """What one office has sent: files and bytes, each content once, and in the last PERIOD."""

    office: str
    files: int
    size: int
    recent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The file system of the data folder, in bytes."""

    total: int
    free: int

    @property
    def share_free(self) -> float:
        """How much of it is free, 0 to 1."""
        return self.free / self.total if self.total else 0.0


def database() -> int:
    """The bytes of the whole database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def tables() -> list[Table]:
    """The tables, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, c.reltuples::bigint, pg_total_relation_size(c.oid)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relkind = 'r'
            ORDER BY 3 DESC, 1
            """
        )
        return [
            Table(name=name, rows=None if rows < 0 else rows, size=size)
            for name, rows, size in cursor.fetchall()
        ]


def offices(at: datetime) -> list[OfficeSize]:
    """What each office has sent; the same bytes sent twice are kept, and counted, once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT office_id, count(*), sum(size), coalesce(sum(size) FILTER (WHERE first > %s), 0)
            FROM (SELECT office_id, sha256, max(size) AS size, min(received_at) AS first
                  FROM store_submission GROUP BY 1, 2) AS kept
            GROUP BY 1 ORDER BY 1
            """,
            [at - PERIOD],
        )
        return [
            OfficeSize(office=code, files=files, size=int(size), recent=int(recent))
            for code, files, size, recent in cursor.fetchall()
        ]


def uploads() -> tuple[Counter[str], Counter[str]]:
    """Files on their way in: how many, and their bytes so far, by office code; "" where it is not told."""
    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    root = Path(settings.UPLOADS)
    names = {str(pk): code for pk, code in _announced()}
    for number, one in enumerate(root.rglob("*") if root.is_dir() else ()):
        if number >= MOST_FILES:
            break
        if one.is_file():
            code = names.get(one.name, "") or _office_of(one.relative_to(root).parts[0])
            files[code] += 1
            size[code] += one.stat().st_size
    return files, size


def _announced() -> list[tuple[object, str]]:
    return list(
        HttpUpload.objects.filter(ended_at=None).values_list("id", "office_id")[:MOST_FILES]
    )


def _office_of(folder: str) -> str:
    code = folder.removeprefix("ipob_").upper()
    return code if len(code) == len("XX") else ""


def disk() -> Disk:
    """The disk that the data folder is on."""
    used = shutil.disk_usage(settings.DATA)
    return Disk(total=used.total, free=used.free)


def days_left(free: int, recent: int) -> int | None:
    """In how many days received files alone fill what is free, at the rate of the last PERIOD; None: not in FAR."""
    if not recent or free * PERIOD.days > recent * FAR.days:
        return None
    return free * PERIOD.days // recent


def objects_here() -> bool:
    """Whether the object store is a folder on this disk."""
    return "://" not in str(settings.OBJECTS_URL)
