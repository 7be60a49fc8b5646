"""The busiest files of the line as machine code, where setup could make it; everywhere else they run as they stand.

``scripts/compile.py`` has mypyc compile them, into a folder beside the installed packages that is named by the
digest of all sources whose types they rely on. So what an older source was compiled to is not found.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Sequence
from hashlib import blake2b
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

SOURCES = Path(__file__).parent
BUSY = (
    "check/days",
    "check/dossiers",
    "check/facets",
    "check/gather",
    "check/lacks",
    "check/marks",
    "check/numbers",
    "check/parties",
    "check/patents",
    "check/present",
    "check/procedure",
    "check/run",
    "check/take",
    "check/text",
    "check/walk",
    "domain/digest",
    "parse/canonical",
    "parse/identify",
    "parse/joints",
    "parse/shapes",
)
"""What is compiled: how a record becomes documents and facts. Not rules, whose words are their docstrings, nor what
msgspec reads the types of, nor what believes the stubs of lxml (they call a comment's tag a text)."""
DIGEST = "digest"
"""The file of a folder that says what the folder holds."""
_ROOMS = ("check", "domain", "parse", "standards")


def home() -> Path:
    """Where compiled files lie, by the digest of their sources."""
    return Path(sysconfig.get_path("platlib")) / "ipshare_compiled"


def folder() -> Path:
    """Where those of the present sources lie, or would."""
    hashed = blake2b(repr(BUSY).encode(), digest_size=12)
    for room in _ROOMS:
        for source in sorted((SOURCES / room).rglob("*.py")):
            hashed.update(f"{source.relative_to(SOURCES)}\0".encode() + source.read_bytes())
    return home() / hashed.hexdigest()


def content(compiled: Path) -> str:
    """The digest of the compiled files in a folder."""
    hashed = blake2b(digest_size=12)
    for file in sorted(compiled.rglob("*.so")):
        hashed.update(f"{file.relative_to(compiled)}\0".encode() + file.read_bytes())
    return hashed.hexdigest()


def is_whole(compiled: Path) -> bool:
    """Whether a folder holds what was put there: a process that loads half a library ends without a word."""
    try:
        return (compiled / DIGEST).read_text(encoding="utf-8") == content(compiled)
    except OSError:
        return False


class _Finder:
    """Finds the compiled files in place of their sources."""

    def __init__(self, compiled: Path) -> None:
        self._folders = {
            ".".join([*file.parent.relative_to(compiled).parts, file.name.partition(".")[0]]): str(
                file.parent
            )
            for file in compiled.rglob("*.so")
        }

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The compiled module of this name, if it is one."""
        where = self._folders.get(name)
        return PathFinder.find_spec(name, [where]) if where else None


def prefer() -> None:
    """Import what is compiled instead of its source from now on."""
    if not home().is_dir() or not (compiled := folder()).is_dir():
        return
    if is_whole(compiled):
        sys.meta_path.insert(0, _Finder(compiled))
    else:
        sys.stderr.write(
            f"ipshare runs from its sources, for {compiled} is damaged. "
            "To compile again: .venv/bin/python scripts/compile.py\n"
        )
