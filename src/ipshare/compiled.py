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
    if home().is_dir() and (compiled := folder()).is_dir():
        sys.meta_path.insert(0, _Finder(compiled))
