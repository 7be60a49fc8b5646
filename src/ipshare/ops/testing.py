"""A pytest plugin: one throw-away PostgreSQL for the tests of a checkout, started before Django loads."""

from __future__ import annotations

import atexit
import os
import shutil
from pathlib import Path

from ipshare.ops import embedded

if not os.environ.get("DATABASE_URL"):
    folder = Path("var/test").resolve()
    os.environ["DATABASE_URL"] = embedded.start(
        folder, extra="fsync = off\nsynchronous_commit = off\n"
    )
    own = folder / f"hub-{os.getpid()}"  # two runs side by side share the server, not their files
    os.environ["IPSHARE_DATA"] = str(own)
    (own / "static").mkdir(parents=True)  # whitenoise warns where it is missing
    atexit.register(shutil.rmtree, own, ignore_errors=True)
