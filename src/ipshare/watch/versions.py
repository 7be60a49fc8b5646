"""What this hub is made of: its own version and those of what it stands on."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ipshare.check import run
from ipshare.ingest import version as reading
from ipshare.standards import grouping, schemas, st96
from ipshare.store import groupings

OF_PACKAGES = ("asyncssh", "django-oauth-toolkit", "granian", "lxml", "procrastinate", "psycopg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the tables, and when it was taken."""

    name: str
    at: datetime


def of_the_hub() -> list[tuple[str, str]]:
    """Name and version of each part."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = str(cursor.fetchone()[0])
    sets = (
        ", ".join(schemas.installed(settings.SCHEMAS)) or "none: records are not validated by XSD"
    )
    return [
        ("ipshare", version("ipshare")),
        ("Python", platform.python_version()),
        ("PostgreSQL", server),
        ("Django", django.get_version()),
        *((name, version(name)) for name in OF_PACKAGES),
        ("ST.96 schema sets installed", sets),
        ("Content model", st96.model().version),
        ("Rules", run.rules_version()),
        ("Reading and checking, as a whole", reading.version()),
        ("Grouping of elements", grouping.version()),
        ("Registers that are closed until they are dealt out by it", _closed()),
    ]


def _closed() -> str:
    return ", ".join(f"{office} {right}" for office, right in groupings.others()) or "none"


def migrations() -> list[Migration]:
    """The steps of the hub's own tables that were taken, by their numbers, the highest first."""
    taken = MigrationRecorder(connection).migration_qs.filter(app="store").order_by("-name")
    return [Migration(name=one.name, at=one.applied) for one in taken]
