r"""Bulk exports by the job that makes them, against ``psql \copy`` of the same documents in the same run.

    python -m benchmarks.bench_export [--records 20000]

A trademark register on the embedded PostgreSQL, a third party without stakeholders, items of the feed ready. A
figure is the bytes of the records as JSON over the time from the job's start to the finished manifest: reading,
compressing, digests and the object store are in it. ST.96 is rendered record by record. The peak of memory is
that of a process that makes all three exports.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bench_feed
from benchmarks.results import Result, keep

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ipshare-bench-", dir=bench_feed.HERE) as folder:
        run(args.records, Path(folder))


def run(records: int, folder: Path) -> None:
    """Load a register, then export it in each form and copy it, in turns."""
    os.environ |= {
        "IPSHARE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
    }
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = url = embedded.start(folder)
    import django

    django.setup()
    from django.core.management import call_command

    from ipshare.domain.export import Form
    from ipshare.share import items

    call_command("migrate", verbosity=0)
    client_id, _, columns = bench_feed.load(records, folder)
    items.make_ready("MY")
    copy = [
        bench_feed.psql(),
        url,
        "-qc",
        f"\\copy (SELECT {columns} FROM record WHERE office = 'MY') TO STDOUT",
    ]
    size = len(subprocess.run(copy, check=True, capture_output=True).stdout)
    best = dict.fromkeys(("psql", *Form), 0.0)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with Path(os.devnull).open("wb") as nowhere:
            subprocess.run(copy, check=True, stdout=nowhere)
        best["psql"] = max(best["psql"], size / (time.perf_counter() - began) / 2**20)
        for form in Form:
            read, seconds = export(client_id, form)
            best[form] = max(best[form], read / seconds / 2**20)
    against = "psql \\copy"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    keep(
        [
            Result("export.ndjson", best[Form.NDJSON], "MiB/s", best["psql"], f"{against} (at least 0.6)", None),
            Result("export.parquet", best[Form.PARQUET], "MiB/s", best["psql"], against, None),
            Result("export.st96", best[Form.ST96], "MiB/s", best["psql"], against, None),
            Result("export.memory", peak, "MiB", None, "", 400),
        ]
    )  # fmt: skip


def export(client_id: str, form: str) -> tuple[int, float]:
    """Make one export and delete it; the bytes of its items as JSON, and the seconds that it took."""
    from ipshare.domain.export import Form
    from ipshare.domain.office import Right
    from ipshare.share import view
    from ipshare.share.bulk import exports, making, parts
    from ipshare.store.models.sharing import Client

    read = 0
    add = parts.Parts.add

    def counted(self: parts.Parts, item: bytes) -> None:
        nonlocal read
        read += len(item)
        add(self, item)

    at = datetime.now(UTC)
    client = Client.objects.get(client_id=client_id)
    asked = exports.ask(
        client, view.chosen(client, "MY"), frozenset({Right.TRADEMARK}), Form(form), at=at
    )
    parts.Parts.add = counted
    began = time.perf_counter()
    making.make(asked.pk, at=at)
    seconds = time.perf_counter() - began
    parts.Parts.add = add
    asked.refresh_from_db()
    assert asked.state == "finished", asked.state
    exports.remove(asked)
    return read, seconds


if __name__ == "__main__":
    main()
