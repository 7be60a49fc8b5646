"""What every benchmark needs: a hub's data folder for the run, and its table, printed and kept in results.json."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
FILE = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Result:
    """One figure; ``ratio`` is value / reference, ``limit`` what the issue demands of it (at most)."""

    name: str
    value: float
    unit: str
    reference: float | None
    against: str
    limit: float | None

    @property
    def ratio(self) -> float | None:
        """Value over reference, of the same run."""
        return self.value / self.reference if self.reference else None


def data_folder() -> Path:
    """An empty folder for the data of a hub; it goes at the end, after the PostgreSQL that is started in it."""
    folder = Path(tempfile.mkdtemp(prefix="ipshare-bench-", dir=HERE))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def keep(results: list[Result]) -> None:
    """Print results and write them into results.json beside those of other benchmarks."""
    kept = {row["name"]: row for row in json.loads(FILE.read_text())} if FILE.exists() else {}
    for result in results:
        ratio = f"{result.ratio:.2f} of {result.against}" if result.ratio is not None else ""
        limit = f" (at most {result.limit:g})" if result.limit is not None else ""
        print(f"{result.name:32} {result.value:12.2f} {result.unit:6} {ratio}{limit}")
        kept[result.name] = {**asdict(result), "ratio": result.ratio}
    FILE.write_text(json.dumps(sorted(kept.values(), key=lambda row: row["name"]), indent=1) + "\n")
