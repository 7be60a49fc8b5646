"""``ipshare migrate``: brings the tables up to date, one process at a time."""

from __future__ import annotations

import argparse

from django.core.management import call_command
from django.db import connection

LOCK = 4711_00


def migrate(args: argparse.Namespace) -> int:
    """Apply the migrations that are missing; several machines may ask for it at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    call_command("migrate", interactive=False, verbosity=1)
    return 0
