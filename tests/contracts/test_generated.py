"""Generated pages are as their sources say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("maker", ["make_pages.py", "rules_page.py"])
def test_the_generated_pages_are_up_to_date(maker):
    done = subprocess.run(
        [sys.executable, f"scripts/{maker}", "--check"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
