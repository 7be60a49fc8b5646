"""A pytest plugin: one throw-away PostgreSQL for the tests of a checkout, started before Django loads."""

from __future__ import annotations

import os
from pathlib import Path

from ipshare.ops import embedded

if not os.environ.get("DATABASE_URL"):
    folder = Path("var/test").resolve()
    os.environ["DATABASE_URL"] = embedded.start(
        folder, extra="fsync = off\nsynchronous_commit = off\n"
    )
    os.environ["IPSHARE_DATA"] = str(folder / "hub")
