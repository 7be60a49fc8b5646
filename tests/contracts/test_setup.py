"""Setup on machines that differ: it works, or says in one line what to do."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def made(folder, python):
    """What scripts/venv.sh says in a folder of its own, and how it ends, where this Python is named."""
    (folder / "scripts").mkdir()
    script = shutil.copy(ROOT / "scripts" / "venv.sh", folder / "scripts")
    done = subprocess.run(
        [script],
        env={**os.environ, "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not (folder / ".venv").exists()
    assert done.returncode == 2
    return done.stdout + done.stderr


def test_a_python_that_is_not_there_is_named(tmp_path):
    said = made(tmp_path, tmp_path / "python3.11")
    assert said.count("\n") == 1
    assert said.startswith(f"{tmp_path}/python3.11 is no Python 3.11 or newer; ")


def test_a_python_that_is_too_old_is_named_and_what_else_it_says_is_not(tmp_path):
    old = tmp_path / "python3.6"
    old.write_text("#!/bin/sh\necho 'a shim that says much' >&2\nexit 1\n")
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    said = made(tmp_path, old)
    assert said.count("\n") == 1
    assert said.startswith(f"{old} is no Python 3.11 or newer; ")


def test_setup_looks_each_time_whether_it_can_compile():
    """A compiler that was installed after the first setup is taken by the next one."""
    told = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.installed", "setup"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "scripts/compile.py" in told.stdout


def test_setup_goes_on_where_what_is_compiled_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    code = (
        "import pathlib, runpy, sys\n"
        "from ipshare import compiled\n"
        "compiled.home = lambda: pathlib.Path(sys.argv[1])\n"
        "script = runpy.run_path('scripts/compile.py')\n"
        "script['main'].__globals__['lacks'] = lambda: ''\n"
        "sys.exit(script['main']())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file" / "compiled")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Could not compile (NotADirectoryError: "), done.stdout
    assert done.stdout.count("\n") == 1
