"""The CPU time of one shard by stage, in microseconds per record: the least of several runs.

    python -m benchmarks.bench_shard [--input PACKAGE] [--runs 7] [--profile]

CPU time and not wall time, and the least and not the mean, because the machine may be busy with something
else. `job` is a shard job (ipshare.ingest.checking) without the database, the others are its stages alone.
`xml` is what libxml2 alone needs to parse and validate: the part of `read` that no change of ours can save.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pstats
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from ipshare.check import run
from ipshare.check.context import Context
from ipshare.check.gather import gather
from ipshare.check.package import group_digests, row_of
from ipshare.domain.office import Kind, Right
from ipshare.domain.record import Record
from ipshare.parse import cut, readers

HERE = Path(__file__).parent
XSD = HERE.parent.parent / "shared/data/st96/xsd_v6_0"
BYTES = 16 << 20  # of the member: about four shards
CONTEXT = Context(
    office="MY",
    right=Right.TRADEMARK,
    kind=Kind.FULL_EXTRACTION,
    today=date(2026, 10, 1),
    package="MY_TM_Full_Extraction_20260930.zip",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", type=Path, default=HERE / f"input/{CONTEXT.package}")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipshare.config.settings")
    import django

    django.setup()
    shard = next(shards(args.input))
    gc.collect()
    gc.disable()  # as a shard job does
    if args.profile:
        stages = job(shard)
        profile = cProfile.Profile()
        for stage in stages.values():
            profile.runcall(stage)
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return
    stages = job(shard)
    records = len(cut.records_of(shard))
    best = {name: min(timed(stage) for _ in range(args.runs)) for name, stage in stages.items()}
    for name, seconds in best.items():
        print(f"{name:10} {seconds / records * 1e6:8.1f} µs per record")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{records} records; peak memory {peak} MiB, with all records at once")


def shards(path: Path) -> Iterator[cut.Shard]:
    """The shards at the beginning of a package, or of its XML file."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(archive.infolist()[0]) as member:
            data = member.read(BYTES)
    else:
        with path.open("rb") as file:
            data = file.read(BYTES)
    chunks = (data[at : at + (1 << 20)] for at in range(0, len(data), 1 << 20))
    return (one for one in cut.cut(chunks, file="a.xml") if isinstance(one, cut.Shard))


def schema_for() -> readers.SchemaFor | None:
    """The official schema of a trademark transaction, where it is there."""
    path = XSD / "TrademarkTransaction_V6_0.xsd"
    if not path.exists():
        return None
    schema = etree.XMLSchema(etree.parse(path))
    return lambda _version, root: schema if root == "TrademarkTransaction" else None


SCHEMA_FOR = schema_for()


def job(shard: cut.Shard) -> dict[str, Callable[[], Any]]:
    """The stages of a shard job by name; each can be run again and again."""
    from ipshare.ingest import whole
    from ipshare.store import stage

    known = SCHEMA_FOR
    schema = known("", "TrademarkTransaction") if known else None
    items = list(readers.read(shard, office="MY", schema_for=known))
    records = [item for item in items if isinstance(item, Record)]
    facts = [gather(record) for record in records]

    def xml() -> None:
        root = etree.fromstring(shard.data)
        if schema:
            schema.validate(root)

    def staged(record: Record) -> stage.Row:
        return stage.Row(
            record=record,
            digests=group_digests(record),
            withheld=0,
            recheck_on=CONTEXT.today,
            source=record.source,
        )

    rows = [staged(record) for record in records]
    return {
        "xml": xml,
        "job": lambda: whole_job(shard),
        "spans": lambda: cut.records_of(replace(shard)),
        "read": lambda: list(readers.read(shard, office="MY", schema_for=known)),
        "gather": lambda: [gather(record) for record in records],
        "rules": lambda: [
            run.check_batch(facts[at : at + 8], CONTEXT) for at in range(0, len(facts), 8)
        ],
        "recheck": lambda: [run.recheck_on(one, CONTEXT) for one in facts],
        "digests": lambda: [group_digests(record) for record in records],
        "package": lambda: [
            whole.packed(row_of(one, row.digests)) for one, row in zip(facts, rows, strict=True)
        ],
        "rows": lambda: [stage.record_row(row, shard=0, place=0) for row in rows],
    }


def whole_job(shard: cut.Shard) -> None:
    """All stages, a few records at a time, as the job runs them: what they share of the processor's caches counts."""
    from ipshare.ingest import whole
    from ipshare.store import stage

    found = readers.read(replace(shard), office="MY", schema_for=SCHEMA_FOR)
    records = (item for item in found if isinstance(item, Record))
    while batch := [gather(record) for record in islice(records, 8)]:
        run.check_batch(batch, CONTEXT)
        for facts in batch:
            digests = group_digests(facts.record)
            row = stage.Row(
                record=facts.record,
                digests=digests,
                withheld=0,
                recheck_on=run.recheck_on(facts, CONTEXT),
                source=facts.record.source,
                facts=whole.packed(row_of(facts, digests)),
            )
            stage.record_row(row, shard=0, place=0)


def timed(stage: Callable[[], Any]) -> float:
    """The CPU seconds of a stage."""
    began = time.process_time()
    stage()
    return time.process_time() - began


if __name__ == "__main__":
    main()
