"""Single records and searches over HTTP: how many per second, and how long one takes.

    python -m benchmarks.bench_reads [--records 20000] [--seconds 10]

A trademark register on the embedded PostgreSQL; a third party without stakeholders asks ``ipshare web`` over
connections that stay open: single records as JSON, then pages of searches that the index answers. The reference
is /health/live of the same server in the same run, asked in the same way: what HTTP itself costs here.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

from benchmarks import bench_feed
from benchmarks.results import Result, data_folder, keep

HERE = Path(__file__).parent
CONNECTIONS = 8
OF_ONE = 2  # searches of one client at a time
SEARCHES = (
    "words=ar*&niceClass=9",
    "niceClass=25&filedFrom=2015-01-01",
    "status=registered&words=co*",
    "filedTo=2010-12-31",
)
LIVE = "/health/live"
FIGURES = (
    ("", "/s", " (at least 300/s)"),
    (".p99", "ms", " (under 100 ms)"),
    (".processors", "ms", ""),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    run(args.records, args.seconds, data_folder())


def run(records: int, seconds: float, folder: Path) -> None:
    """Load a register and its index, then ask for a while, in turns."""
    port = bench_feed.free_port()
    os.environ |= {
        "IPSHARE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
        "IPSHARE_HTTP_PORT": str(port),
        "IPSHARE_REQUESTS_PER_MINUTE": "10000000",
    }
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = embedded.start(folder)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from ipshare.share.search import index

    call_command("migrate", verbosity=0)
    client_id, secret, _ = bench_feed.load(records, folder)
    began = time.perf_counter()
    index.bring_up("MY")
    indexed = records / (time.perf_counter() - began)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE search")
        cursor.execute("SELECT pg_total_relation_size('search') / 1024.0 / count(*) FROM search")
        [size] = cursor.fetchone()
        cursor.execute("SELECT number FROM record ORDER BY number")
        numbers = [f"/api/v1/trademarks/MY/{quote(number)}" for (number,) in cursor.fetchall()]
    searches = [f"/api/v1/trademarks/MY?{query}&limit=10" for query in SEARCHES]
    with Path(os.devnull).open("wb") as nowhere:
        web = subprocess.Popen([sys.executable, "-m", "ipshare", "web"], stderr=nowhere)
    try:
        token = bench_feed.sign_in(bench_feed.connect(port), client_id, secret)
        rounds = {"record": numbers, "search": searches, "live": [LIVE]}
        for addresses in rounds.values():
            ask(port, token, addresses, 1.0, OF_ONE)  # warms the server
        found = {}
        for name, addresses in rounds.items():
            before = processor_time(web.pid, folder)
            many = OF_ONE if name == "search" else CONNECTIONS
            rate, slow = ask(port, token, addresses, seconds, many)
            each = (processor_time(web.pid, folder) - before) / (rate * seconds) * 1000
            found[name] = rate, slow, each
    finally:
        web.terminate()
        web.wait()
    against = f"{LIVE} in the same run"
    live = found["live"]
    keep(
        [
            *(
                Result(
                    f"reads.{name}{suffix}",
                    found[name][place],
                    unit,
                    live[place],
                    against + (goal if name == "record" else ""),
                    None,
                )
                for name in ("record", "search")
                for place, (suffix, unit, goal) in enumerate(FIGURES)
            ),
            Result("reads.indexed", indexed, "/s", None, "", None),
            Result("reads.index-size", float(size), "KiB", None, "", None),
        ]
    )


def processor_time(web: int, folder: Path) -> float:
    """The seconds of processors that the web server and PostgreSQL have used; what else runs here is not in it."""
    import psutil

    server = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    roots = [psutil.Process(web), psutil.Process(server)]
    every = [one for root in roots for one in (root, *root.children(recursive=True))]
    times = [one.cpu_times() for one in every]
    return sum(one.user + one.system for one in times)


def ask(
    port: int, token: str, addresses: list[str], seconds: float, connections: int
) -> tuple[float, float]:
    """Requests per second over so many connections, and the 99th percentile of one in milliseconds."""
    times: list[list[float]] = [[] for _ in range(connections)]
    end = time.perf_counter() + seconds
    dice = [random.Random(place) for place in range(connections)]  # noqa: S311 (which records are asked for)
    workers = [
        threading.Thread(target=_one, args=(port, token, one, addresses, end, kept))
        for one, kept in zip(dice, times, strict=True)
    ]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    every = sorted(one for kept in times for one in kept)
    return len(every) / took, 1000 * every[int(len(every) * 0.99)]


def _one(  # noqa: PLR0917 (one thread of those above)
    port: int, token: str, dice: random.Random, addresses: list[str], end: float, kept: list[float]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}"}
    while (began := time.perf_counter()) < end:
        connection.request("GET", dice.choice(addresses), headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        kept.append(time.perf_counter() - began)


if __name__ == "__main__":
    main()
