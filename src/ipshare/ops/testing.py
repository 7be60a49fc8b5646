"""A pytest plugin: one throw-away PostgreSQL for the tests of a checkout, started before Django loads.

With pytest-xdist the first process starts it; each worker has a database of its own in it, and files of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
from pathlib import Path

from ipshare.ops import embedded

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker or not os.environ.get("DATABASE_URL"):
    folder = Path("var/test").resolve()
    if not _worker:
        os.environ["DATABASE_URL"] = embedded.start(
            folder, extra="fsync = off\nsynchronous_commit = off\n"
        )
    own = folder / f"hub-{os.getpid()}"  # two runs side by side share the server, not their files
    os.environ["IPSHARE_DATA"] = str(own)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(
        own / "metrics"
    )  # a worker inherits the first process's
    atexit.register(shutil.rmtree, own, ignore_errors=True)
