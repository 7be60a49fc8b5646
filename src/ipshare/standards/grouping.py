"""By which version of the grouping a record was dealt out to its element groups.

What another version dealt out may hold, in a group that goes out, what belongs to one that is withheld today: so
nothing of it leaves the hub until it is dealt out again (docs/decisions/0018).
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib import resources

_DECIDES = (
    "standards/data/element_groups.tsv",
    "standards/groups.py",
    "parse/canonical.py",
    "parse/joints.py",
    "parse/residue.py",
    "parse/shapes.py",
)
"""The files that decide which group an element's value ends in; any change of them counts."""


@cache
def version() -> str:
    """A digest of what decides in which group each value ends, and of the content model that it goes by."""
    hashed = blake2b(digest_size=8)
    files = [resources.files("ipshare").joinpath(name) for name in _DECIDES]
    data = resources.files("ipshare.standards").joinpath("data")
    model = (one for one in data.iterdir() if one.name.endswith(".gz"))
    for file in [*files, *sorted(model, key=lambda one: one.name)]:
        hashed.update(file.name.encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()
