"""Runs an SFTP door for the tests in a process of its own: ``sftp_server.py FOLDER '{"idle_seconds": 2}'``."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

import django

django.setup()

from ipshare.intake import sftp  # noqa: E402 (after the setup)
from ipshare.intake.limits import Limits  # noqa: E402
from ipshare.share.shelf import Shelf  # noqa: E402


async def _serve(folder: Path, limits: Limits) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await sftp.serve(
        "127.0.0.1",
        0,
        folder,
        limits=limits,
        shelves=Shelf,
        stop=stop,
        ready=lambda port: print(port, flush=True),  # noqa: T201 (the test reads it)
    )


logging.getLogger("asyncssh").setLevel(logging.ERROR)
asyncio.run(_serve(Path(sys.argv[1]), Limits(**json.loads(sys.argv[2]))))
