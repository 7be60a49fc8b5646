"""How soon the last byte of 32 running downloads arrives after an office has ended the authorization.

    python -m benchmarks.bench_revocation [--records 20000]

A register on the embedded PostgreSQL, ``ipshare web`` in front of it, and 32 connections that read the feed
from its beginning, again and again. The office ends the authorization in the middle of it. The reference is one second.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bench_feed
from benchmarks.results import Result, data_folder, keep

DOWNLOADS = 32
RUNNING_FOR = 6.0
WATCHED_FOR = 5.0


class Download(threading.Thread):
    """One connection that reads pages of the feed until the hub says no."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(daemon=True)
        self.port, self.token = port, token
        self.last_byte = 0.0
        self.bytes = 0
        self.refused = ""

    def run(self) -> None:
        """Read from the beginning, again and again."""
        while not self.refused:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self._page(connection)
            except (OSError, http.client.HTTPException):
                continue
            finally:
                connection.close()

    def _page(self, connection: http.client.HTTPConnection) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": bench_feed.LINES}
        connection.request("GET", "/api/v1/changes?limit=5000", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            self.refused = answer.read().decode()
            return
        while chunk := answer.read1(65536):
            if chunk.strip():
                self.last_byte = time.monotonic()
            self.bytes += len(chunk)


def main() -> None:
    """Load, download, end, and look when the last byte came."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    args = parser.parse_args()
    run(args.records, data_folder())


def run(records: int, folder: Path) -> None:
    """One revocation under running downloads."""
    os.environ |= {
        "IPSHARE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
        "IPSHARE_HTTP_PORT": str(bench_feed.free_port()),
        "IPSHARE_REQUESTS_PER_MINUTE": "1000000",
    }
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = embedded.start(folder)
    import django

    django.setup()
    from django.core.management import call_command

    from ipshare.share import authorizations, items
    from ipshare.store.models.sharing import Authorization

    call_command("migrate", verbosity=0)
    client_id, secret, _ = bench_feed.load(records, folder)
    items.make_ready("MY")
    web = subprocess.Popen([sys.executable, "-m", "ipshare", "web"], stderr=subprocess.DEVNULL)
    try:
        port = int(os.environ["IPSHARE_HTTP_PORT"])
        token = bench_feed.sign_in(bench_feed.connect(port), client_id, secret)
        downloads = [Download(port, token) for _ in range(DOWNLOADS)]
        for one in downloads:
            one.start()
        time.sleep(RUNNING_FOR)
        held = Authorization.objects.get(office_id="MY")
        authorizations.end(held, by="bench", reason="a benchmark", at=datetime.now(UTC))
        ended = time.monotonic()
        running = sum(ended - one.last_byte < 1 for one in downloads)
        time.sleep(WATCHED_FOR)
    finally:
        web.terminate()
        web.wait()
    last = max(one.last_byte for one in downloads) - ended
    sent = sum(one.bytes for one in downloads) / 2**20
    refused = sum(bool(one.refused) for one in downloads)
    print(
        f"{running} of {DOWNLOADS} downloads were running; {sent:,.0f} MiB sent; {refused} refused after it"
    )
    keep([Result("revocation.last-byte", max(last, 0.0), "s", 1.0, "one second", 1.0)])


if __name__ == "__main__":
    main()
