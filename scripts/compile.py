"""Compile the busiest files of the line by mypyc (ipshare.compiled), where there is a C compiler.

Without one, or without Python's headers, nothing is compiled: the hub does the same from its sources, a little slower.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import sysconfig
import tempfile
import textwrap
import time
from pathlib import Path

from ipshare import compiled

CONFIG = "[mypy]\nmypy_path = src\nfollow_imports = silent\nignore_missing_imports = true\n"
SLOWER = "The line runs from its sources, which takes a sixth longer."
ROOT = Path(__file__).parents[1]


def main() -> int:
    """Compile, unless the present sources are compiled already; one process at a time."""
    target = compiled.folder()
    if compiled.is_whole(target):
        return 0
    if lack := lacks():
        print(f"Not compiled, for want of {lack}. {SLOWER}")
        return 0
    try:
        compiled.home().mkdir(exist_ok=True)
        with (compiled.home() / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not compiled.is_whole(target):
                fill(target)
    except (Exception, SystemExit) as trouble:  # noqa: BLE001 (of whatever kind: the sources are there)
        said = textwrap.shorten(f"{type(trouble).__name__}: {trouble}", 120)
        print(f"Could not compile ({said}). {SLOWER}")
        return 0
    return 0 if compiled.folder() == target else 1  # make setup takes the changed sources then


def fill(target: Path) -> None:
    """Put what is compiled of the present sources in the place of all that lies there."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir=compiled.home()) as name:
        work = Path(name)
        build(work)
        if compiled.folder() != target:
            print("The sources changed meanwhile: compile again.")
            return
        lib = work / "lib"
        (lib / compiled.DIGEST).write_text(compiled.content(lib), encoding="utf-8")
        for old in compiled.home().iterdir():
            if old.is_dir() and old != work:
                shutil.rmtree(old)
        lib.rename(target)
    print(f"Compiled {len(compiled.BUSY)} files in {time.monotonic() - begun:.0f} s")


def lacks() -> str:
    """What is missing to compile, in words."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if not shutil.which(compiler):
        return f"a C compiler (gcc; looked for {compiler})"
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "Python's headers (python3-dev)"
    home = compiled.home()
    if not os.access(home if home.exists() else home.parent, os.W_OK):
        return f"leave to write into {home}"
    return ""


def build(work: Path) -> None:
    """Put the compiled files into the folder ``lib`` in ``work``."""
    # Where all is compiled already, setup need not wait for them.
    from mypyc.build import mypycify  # noqa: PLC0415
    from setuptools import Distribution  # noqa: PLC0415
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415

    os.chdir(ROOT)
    config = work / "mypy.ini"
    config.write_text(CONFIG, encoding="utf-8")
    # Compiled twice as fast without optimizing more, and not measurably slower.
    extensions = mypycify(
        [f"--config-file={config}", *(f"src/ipshare/{name}.py" for name in compiled.BUSY)],
        opt_level="1",
        debug_level="0",
        target_dir=str(work / "c"),
    )
    command = build_ext(Distribution({"ext_modules": extensions}))
    command.build_lib, command.build_temp = str(work / "lib"), str(work / "temp")
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    sys.exit(main())
