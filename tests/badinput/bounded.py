"""Run a function in a process of its own with little memory and little time, and see what it finds."""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

MEMORY = 700 << 20
SECONDS = 60
_HERE = Path(__file__).parent


def run(case: str) -> dict[str, object]:
    """What the function of ``bad_cases`` of this name finds: rules, messages, its peak of memory and its seconds."""
    done = subprocess.run(
        [sys.executable, __file__, case],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def main() -> None:
    """Do what ``run`` asks for."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.path.insert(0, str(_HERE.parent))
    cases = importlib.import_module("badinput.bad_cases")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    found = list(getattr(cases, sys.argv[1])())
    result = {
        "rules": [finding.rule for finding in found],
        "messages": [finding.message for finding in found],
        "seconds": time.process_time() - start,
        "mebibytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
