"""``make bench``: the benchmarks, one after the other; the figures go to benchmarks/results.json.

``bench_upload``, which sends 2 GiB, is run by itself.
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "bench_line", "bench_feed", "bench_reads", "bench_export", "bench_pull", "bench_revocation", "bench_sftp",
    "bench_shard", "bench_portal",
)  # fmt: skip

for name in BENCHMARKS:
    print(f"\n{name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
