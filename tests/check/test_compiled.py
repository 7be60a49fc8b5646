"""What is compiled does what its source does, and what another source was compiled to is not run."""

from __future__ import annotations

import fcntl
import os
import random
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ipshare import compiled

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("IPSHARE_BENT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
FILES = int(os.environ.get("IPSHARE_BENT_FILES", "300"))
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "compile.py"))


def test_what_can_be_compiled_here_is():
    lack = SCRIPT["lacks"]()
    assert lack or compiled.is_whole(compiled.folder()), "sources have changed since: make setup"


def test_bent_records_are_the_same_both_ways():
    if not compiled.folder().is_dir():
        pytest.skip(f"nothing is compiled here, for want of {SCRIPT['lacks']()}")

    def told(hashes: str, *how: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "check.both_ways", str(SEED), str(FILES), *how],
            cwd=ROOT / "tests", env={**os.environ, "PYTHONHASHSEED": hashes}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"IPSHARE_BENT_SEED={SEED}\n{done.stderr[-3000:]}"
        return done.stdout.splitlines()

    one, other = told("1"), told("2", "--source")  # nor may it matter how a set of texts is walked
    assert len(one) > FILES
    different = next((pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]), None)
    assert one == other, f"IPSHARE_BENT_SEED={SEED}\n{different}"


@pytest.fixture
def tried(tmp_path, monkeypatch):
    """A home of compiled files, and a compiler that writes two words there while nobody else may compile."""
    home = tmp_path / "compiled"
    monkeypatch.setattr(compiled, "home", lambda: home)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])

    def build(work: Path) -> None:
        with (home / "lock").open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for name in ("one.so", "ipshare/other.so"):
            (work / "lib" / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "lib" / name).write_text("compiled")

    names = SCRIPT["main"].__globals__
    monkeypatch.setitem(names, "build", build)
    monkeypatch.setitem(names, "lacks", lambda: "")
    return home


@pytest.mark.parametrize("name", ["one.so", "ipshare/other.so", compiled.DIGEST])
@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_text("comp")])
def test_what_is_damaged_is_not_run_and_compiled_again(tried, capsys, name, harm):
    before = list(sys.meta_path)
    assert SCRIPT["main"]() == 0
    (tried / "of an older source").mkdir()
    (tried / "tmp left by a kill").mkdir()
    harm(compiled.folder() / name)
    capsys.readouterr()
    compiled.prefer()
    assert sys.meta_path == before
    assert "scripts/compile.py" in capsys.readouterr().err
    assert SCRIPT["main"]() == 0
    assert {one.name for one in tried.iterdir()} == {compiled.folder().name, "lock"}
    compiled.prefer()
    assert len(sys.meta_path) == len(before) + 1
    assert capsys.readouterr().err == ""


def test_what_was_compiled_while_a_source_changed_is_not_kept(tried, monkeypatch, capsys):
    folders = iter([tried / "before", tried / "after", tried / "after"])
    monkeypatch.setattr(compiled, "folder", lambda: next(folders))
    assert SCRIPT["main"]() == 1
    assert "changed meanwhile" in capsys.readouterr().out
    assert [one.name for one in tried.iterdir()] == ["lock"]


def test_where_nothing_may_be_written_setup_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(compiled, "home", lambda: tmp_path / "away" / "compiled")
    assert SCRIPT["main"]() == 0
    assert "for want of leave to write" in capsys.readouterr().out


def test_a_changed_source_is_not_the_one_that_was_compiled(tmp_path, monkeypatch):
    for room in ("check", "domain", "parse", "standards"):
        shutil.copytree(compiled.SOURCES / room, tmp_path / room)
    monkeypatch.setattr(compiled, "SOURCES", tmp_path)
    before = compiled.folder()
    monkeypatch.undo()
    assert before == compiled.folder()
    monkeypatch.setattr(compiled, "SOURCES", tmp_path)
    changed = tmp_path / "parse" / "residue.py"  # not compiled itself: its types are relied on
    changed.write_text(changed.read_text() + "\n")
    assert compiled.folder() != before


def test_without_a_compiler_nothing_is_compiled_and_setup_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(compiled, "home", lambda: tmp_path / "compiled")
    assert SCRIPT["main"]() == 0
    assert "for want of a C compiler" in capsys.readouterr().out
    assert not (tmp_path / "compiled").exists()
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    before = list(sys.meta_path)
    compiled.prefer()
    assert sys.meta_path == before
