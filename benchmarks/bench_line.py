"""The line from zip to published, against xmllint --stream of the same XML on the same machine.

    python -m benchmarks.bench_line [--records 100000] [--input DIR]

Two workers on the embedded PostgreSQL; every rule on, validation against the official schema set of
../shared/data where it is there. Prints wall times, the ratio, and the peak memory of every process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psutil

from benchmarks import make_input
from benchmarks.results import Result, data_folder, keep
from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package

if TYPE_CHECKING:
    from ipshare.store.models.submissions import Submission

HERE = Path(__file__).parent
XSD = HERE.parent.parent / "shared/data/st96/xsd_v6_0"
WORKERS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--input", type=Path, default=HERE / "input")
    args = parser.parse_args()
    names = [args.input / f"MY_TM_Full_Extraction_{day}.zip" for day in ("20260930", "20261007")]
    if not all(name.exists() for name in names):
        args.input.mkdir(parents=True, exist_ok=True)
        make_input.make(args.records, args.input)
    run(names, args.records, data_folder())


def run(packages: list[Path], records: int, folder: Path) -> None:
    """Time xmllint, the first Full_Extraction, and the one in which 1 % changed."""
    reference = xmllint(packages[0], folder) if XSD.exists() else None
    os.environ["IPSHARE_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "ipshare.config.settings"
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = embedded.start(folder)
    ipshare = [sys.executable, "-m", "ipshare"]
    subprocess.run([*ipshare, "migrate"], check=True, stdout=subprocess.DEVNULL)
    if XSD.exists():
        subprocess.run(
            [*ipshare, "schemas", "install", str(XSD)], check=True, stdout=subprocess.DEVNULL
        )
    subprocess.run(
        [*ipshare, "office", "add", "MY", "--name", "MyIPO"], check=False, stdout=subprocess.DEVNULL
    )
    workers = [subprocess.Popen([*ipshare, "worker"]) for _ in range(WORKERS)]
    try:
        warm(folder)
        with Memory([worker.pid for worker in workers]) as memory:
            first = line(packages[0])
            second = line(packages[1])
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
    found = [
        Result("line.first", first, "s", reference, "xmllint --stream --schema", 3.0),
        Result("line.one-percent-changed", second, "s", first, "the first Full_Extraction", 0.5),
        Result("line.records-per-second", records / first, "1/s", None, "", None),
        Result("line.peak-memory", memory.peak / 2**20, "MiB", 400.0, "400 MiB", 1.0),
    ]
    keep(found)
    print(
        "peak by process:",
        ", ".join(f"{name} {size >> 20} MiB" for name, size in sorted(memory.peaks.items())),
    )


def warm(folder: Path) -> None:
    """A hub that runs has its schemas compiled: Test packages come side by side, so that every worker checks some."""
    orders = [
        replace(make_input.order(4_000, changed=False), kind=Kind.TEST, seed=100 + seed)
        for seed in range(2 * WORKERS)
    ]
    for submission in [land(package.write(one, folder).path, Kind.TEST) for one in orders]:
        wait(submission)


def xmllint(package: Path, folder: Path) -> float:
    """Wall time of the reference over the XML of a package."""
    with zipfile.ZipFile(package) as archive:
        name = archive.extract(archive.namelist()[0], folder)
    schema = str(XSD / "TrademarkTransaction_V6_0.xsd")
    start = time.perf_counter()
    subprocess.run(
        ["xmllint", "--stream", "--schema", schema, "--noout", name],
        check=False,
        stderr=subprocess.DEVNULL,
    )
    took = time.perf_counter() - start
    Path(name).unlink()
    return took


def line(package: Path) -> float:
    """Seconds from landing to published."""
    start = time.perf_counter()
    submission = land(package, Kind.FULL_EXTRACTION)
    wait(submission)
    took = time.perf_counter() - start
    print(
        f"{submission.state}: {submission.records} records, {submission.inserted} inserted, "
        f"{submission.updated} updated, {submission.unchanged} unchanged, {submission.withheld} withheld, "
        f"{submission.errors} errors; opened {_gap(submission.received_at, submission.opened_at)}, "
        f"checked {_gap(submission.received_at, submission.checked_at)}, "
        f"ended {_gap(submission.received_at, submission.ended_at)} after receipt"
    )
    return took


def land(package: Path, kind: Kind) -> Submission:
    """Land a package as the SFTP door does."""
    import django

    django.setup()
    from ipshare.intake import landing

    return landing.land(
        package, office="MY", right=Right.TRADEMARK, kind=kind, name=package.name,
        door="sftp", sender="benchmark", at=datetime.now(UTC),
    )  # fmt: skip


def wait(submission: Submission) -> None:
    """Until a submission has ended, or is held."""
    from ipshare.domain.submission import State

    while not State(submission.state).ended and submission.state != State.HELD:
        time.sleep(0.1)
        submission.refresh_from_db()


def _gap(start: datetime, end: datetime | None) -> str:
    return f"{(end - start).total_seconds():.1f} s" if end else "-"


class Memory:
    """Samples the resident memory of processes and their children; PostgreSQL's shared buffers do not count."""

    def __init__(self, pids: list[int]) -> None:
        self.peaks: dict[str, int] = {}
        self._pids = pids
        self._stop = threading.Event()

    @property
    def peak(self) -> int:
        """The largest of any process."""
        return max(self.peaks.values(), default=0)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        """Look five times a second; for new processes only now and then, which costs what is measured."""
        while True:
            watched = [
                (process, process.info["name"])
                for process in psutil.process_iter(["name"])
                if process.pid in self._pids or process.info["name"] == "postgres"
            ]
            for _ in range(20):
                if self._stop.wait(0.2):
                    return
                for process, name in watched:
                    with suppress(psutil.Error):
                        size = process.memory_info()
                        self.peaks[name] = max(self.peaks.get(name, 0), size.rss - size.shared)


if __name__ == "__main__":
    main()
