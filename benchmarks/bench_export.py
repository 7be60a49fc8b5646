r"""Bulk exports by the job that makes them, against ``psql \copy`` of the same documents in the same run.

    python -m benchmarks.bench_export [--records 20000]

A trademark register on the embedded PostgreSQL, a third party without stakeholders, items of the feed ready. A
figure is the bytes of the unpacked NDJSON lines over the time from the job's start to the finished manifest: reading,
compressing, digests and the object store are in it. ST.96 is rendered record by record. The peak of memory is
that of a process that makes all three exports.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bench_feed
from benchmarks.results import Result, data_folder, keep

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    args = parser.parse_args()
    run(args.records, data_folder())


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
    read = size_of(client_id)
    best = dict.fromkeys(("psql", *Form), 0.0)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with Path(os.devnull).open("wb") as nowhere:
            subprocess.run(copy, check=True, stdout=nowhere)
        best["psql"] = max(best["psql"], size / (time.perf_counter() - began) / 2**20)
        for form in Form:
            best[form] = max(best[form], read / export(client_id, form) / 2**20)
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


def export(client_id: str, form: str) -> float:
    """Make one export and delete it; the seconds that it took."""
    asked = ask(client_id, form)
    began = time.perf_counter()
    make(asked)
    seconds = time.perf_counter() - began
    remove(asked)
    return seconds


def size_of(client_id: str) -> int:
    """The bytes of the lines of an export as NDJSON, as a third party unpacks them."""
    import zstandard

    from ipshare.domain.export import Form
    from ipshare.share.bulk import exports
    from ipshare.store import objects

    asked = ask(client_id, Form.NDJSON)
    make(asked)
    size = 0
    for part in asked.parts:
        key = exports.part_key(asked.pk, asked.attempt, part["name"])
        packed = b"".join(objects.stream(key, 0, part["size"]))
        with zstandard.ZstdDecompressor().stream_reader(packed) as lines:
            while piece := lines.read(1 << 20):
                size += len(piece)
    remove(asked)
    return size


def ask(client_id: str, form: str):
    from ipshare.domain.export import Form
    from ipshare.domain.office import Right
    from ipshare.share import view
    from ipshare.share.bulk import exports
    from ipshare.store.models.sharing import Client

    client = Client.objects.get(client_id=client_id)
    rights = frozenset({Right.TRADEMARK})
    at = datetime.now(UTC)
    return exports.ask(client, view.chosen(client, "MY"), rights, Form(form), at=at)


def make(asked) -> None:
    from ipshare.share.bulk import making

    making.make(asked.pk, at=datetime.now(UTC))
    asked.refresh_from_db()
    assert asked.state == "finished", asked.state


def remove(asked) -> None:
    from ipshare.share.bulk import exports

    exports.remove(asked)


if __name__ == "__main__":
    main()
