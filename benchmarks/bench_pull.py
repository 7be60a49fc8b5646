"""``ipshare pull`` of a whole register while more of it is published, then the proof of the copy.

    python -m benchmarks.bench_pull [--records 100000]

A trademark register on the embedded PostgreSQL, a hub that answers over HTTP, the client as a process, all on
this machine. Printed: seconds for a million records (the goal: at most 900), records that came twice, records
that the copy lacks. Items are not ready before (docs/decisions/0007): it is the first reader of its view.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import bench_feed
from benchmarks.results import Result, data_folder, keep

BASE = 20_000
"""So many different records; more of them are copies under other numbers."""
ROUNDS = 12
"""So often is something published while the client reads, one record in ``PART`` each time."""
PART = 97
SAID = re.compile(r"\(this run: ([\d,]+) received")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    args = parser.parse_args()
    run(args.records, data_folder())


def run(records: int, folder: Path) -> None:
    """Load, pull while publishing, pull what came meanwhile, prove."""
    port = bench_feed.free_port()
    os.environ |= {
        "IPSHARE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
        "IPSHARE_HTTP_PORT": str(port),
    }
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = embedded.start(folder)
    import django

    django.setup()
    from django.core.management import call_command

    from ipshare.share import proof

    call_command("migrate", verbosity=0)
    client_id, secret, _ = bench_feed.load(min(records, BASE), folder)
    total = multiply(records)
    log = (folder / "web.log").open("wb")
    web = subprocess.Popen([sys.executable, "-m", "ipshare", "web"], stderr=log)
    try:
        bench_feed.connect(port).close()
        command = [sys.executable, "-m", "ipshare", "pull", f"http://127.0.0.1:{port}"]
        command += ["--client-id", client_id, "--into", str(folder / "copy")]
        environment = {**os.environ, "IPSHARE_CLIENT_SECRET": secret}
        began = time.perf_counter()
        client = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        touched = []
        while client.poll() is None and len(touched) < ROUNDS:
            time.sleep(max(1.0, total / 50_000))
            if client.poll() is None:
                touched.append(touch(len(touched)))
        _, said = client.communicate()
        seconds = time.perf_counter() - began
        received = int(SAID.search(said)[1].replace(",", ""))
        print(
            f"{received:,} of {total:,} records in {seconds:.1f} s; {sum(touched):,} changed meanwhile"
        )
        began = time.perf_counter()
        proof.make_ready("MY")
        print(f"leaves of the proof: {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        done = subprocess.run(
            [*command, "--verify"], env=environment, stderr=subprocess.PIPE, text=True, check=False
        )
        print(done.stderr, f"in step and proved: {time.perf_counter() - began:.1f} s")
    finally:
        web.terminate()
        web.wait()
        log.close()
    with sqlite3.connect(folder / "copy" / "copy.sqlite") as base:
        [(held,)] = base.execute("SELECT count(*) FROM record")
    base.close()
    keep(
        [
            Result("pull.per-million", seconds * 1e6 / total, "s", 900, "15 minutes", 1),
            Result("pull.repeats", max(0, received - total - sum(touched)), "", None, "", None),
            Result("pull.lost", total - held + done.returncode, "", None, "", None),
            Result("pull.changed-meanwhile", sum(touched), "", None, "", None),
        ]
    )


def multiply(records: int) -> int:
    """Add copies of the records under other numbers until there are so many."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM record")
        [base] = cursor.fetchone()
        for n in range(1, records // base):
            given = {"n": n, "by": n * base}
            for table in ("record", "change"):
                cursor.execute(
                    "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
                    "WHERE table_name = %s AND column_name NOT IN ('number', 'position') AND is_generated = 'NEVER'",
                    [table],
                )
                [columns] = cursor.fetchone()
                cursor.execute(
                    f"INSERT INTO {table} (number, position, {columns}) "
                    f"SELECT number || '/' || %(n)s, position + %(by)s, {columns} FROM {table} "
                    f"WHERE position <= {base}",
                    given,
                )
        cursor.execute("SELECT count(*), max(position) FROM record")
        total, last = cursor.fetchone()
        cursor.execute("UPDATE office_position SET position = %s", [last])
        cursor.execute("VACUUM ANALYZE record")
        cursor.execute("VACUUM ANALYZE change")
    return total


def touch(n: int) -> int:
    """Publish a change of every 97th record, others each time."""
    from django.db import connection, transaction

    text = json.dumps({"markVerbalElementText": f"changed {n}"})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT position FROM office_position WHERE office = 'MY' FOR UPDATE")
        [base] = cursor.fetchone()
        cursor.execute(
            """
            WITH chosen AS (
                SELECT number, %(base)s + row_number() OVER (ORDER BY number) AS place
                FROM record WHERE office = 'MY' AND position %% %(part)s = %(n)s
            ), written AS (
                UPDATE record r SET text = %(text)s::json, d_text = sha256(%(text)s::bytea), position = c.place
                FROM chosen c WHERE r.office = 'MY' AND r.number = c.number
                RETURNING r.number, r.position, r.facets
            )
            INSERT INTO change (office, position, "right", number, groups, was_live, live, after, published_at)
            SELECT 'MY', position, 'trademark', number, 2, true, true, facets, now() FROM written
            """,
            {"base": base, "n": n % PART, "part": PART, "text": text},
        )
        changed = cursor.rowcount
        cursor.execute(
            "UPDATE office_position SET position = position + %s WHERE office = 'MY'", [changed]
        )
    return changed


if __name__ == "__main__":
    main()
