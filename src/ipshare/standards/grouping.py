"""By which version of the grouping a record was dealt out to its element groups.

What another version dealt out may hold, in a group that goes out, what belongs to one that is withheld today: so
nothing of it leaves the hub until it is dealt out again (docs/decisions/0018).
"""

from __future__ import annotations

import ast
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import Any

_DECIDES = (
    "standards/data/element_groups.tsv",
    "standards/groups.py",
    "parse/canonical.py",
    "parse/joints.py",
    "parse/residue.py",
    "parse/shapes.py",
)
"""The files that decide which group an element's value ends in."""


@cache
def version() -> str:
    """A digest of what decides in which group each value ends, and of the content model that it goes by."""
    hashed = blake2b(digest_size=8)
    files = [resources.files("ipshare").joinpath(name) for name in _DECIDES]
    data = resources.files("ipshare.standards").joinpath("data")
    model = (one for one in data.iterdir() if one.name.endswith(".gz"))
    for file in [*files, *sorted(model, key=lambda one: one.name)]:
        content = file.read_bytes()
        decides = _code(content) if file.name.endswith(".py") else content
        hashed.update(file.name.encode() + b"\0" + decides)
    return hashed.hexdigest()


def _code(content: bytes) -> bytes:
    """What a module does: without its comments, docstrings and lines, which decide nothing."""
    tree = ast.parse(content)
    node: Any
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [one for one in node.body if not _is_text(one)]
    return ast.dump(tree).encode()


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
