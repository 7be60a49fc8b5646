"""The house rules that no linter knows: no foreign address in any file, a sentence at the head of each module."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ME = Path(__file__).relative_to(ROOT).as_posix()
# Written apart, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    rb"|".join([rb"pypi\.or" + rb"g", rb"pythonhoste" + rb"d\.org", rb"--index-ur" + rb"l", rb"--extra-inde" + rb"x",
                rb"registry\.npm" + rb"js", rb"docker\.i" + rb"o", rb"proxy\.golan" + rb"g"])
)  # fmt: skip
PATHS = re.compile(rb"(?<![\w.])/(?:wor" + rb"k|roo" + rb"t|home/\w+|Users/\w+)/")


def tracked():
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine():
    for file in tracked():
        content = file.read_bytes()
        for what in (REGISTRIES, PATHS):
            found = what.search(content)
            assert found is None or b"\0" in content[:8192], f"{file}: {found[0].decode()}"


def test_the_lock_has_a_hash_for_every_version():
    lock = (ROOT / "requirements.lock").read_text()
    pinned = re.findall(
        r"^[a-z0-9][\w.\-\[\]]*==[^\s\\]+(.*?)(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL
    )
    assert len(pinned) > 50
    assert all("--hash=sha256:" in rest for rest in pinned)


def modules():
    return sorted(
        file
        for folder in ("src", "scripts", "tests", "benchmarks")
        for file in (ROOT / folder).rglob("*.py")
        if not {"__pycache__", "migrations"} & set(file.parts)
    )


def test_every_module_says_what_is_in_it():
    for module in modules():
        said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
        assert said, f"{module} has no docstring"
        assert said.splitlines()[0].rstrip().endswith((".", ":")) or len(said.splitlines()) > 1, (
            module
        )


def test_no_room_is_for_everything():
    homeless = {"utils", "helpers", "common", "misc", "lib", "managers", "base"}
    for module in (ROOT / "src").rglob("*.py"):
        assert module.stem not in homeless, module
        assert not homeless & set(module.relative_to(ROOT).parts), module


def test_the_pure_rooms_bring_no_framework_with_them():
    code = (
        "import sys, pkgutil, importlib, ipshare\n"
        "for room in ('domain', 'standards', 'archive', 'parse', 'check', 'render'):\n"
        "    package = importlib.import_module(f'ipshare.{room}')\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(found.name)\n"
        "heavy = {'django', 'psycopg', 'procrastinate', 'asyncssh', 'oauth2_provider'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_models_and_migrations_agree():
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
