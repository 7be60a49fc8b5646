"""By which version of the hub a record was read and checked: what another version made of it is not reused."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib import resources
from importlib.resources.abc import Traversable

from django.conf import settings

from ipshare.check import run
from ipshare.standards import schemas

_READING = ("parse", "standards")
_KINDS = (".py", ".tsv", ".json", ".gz")


def version() -> str:
    """A digest of rules, readers, content model, element groups and installed schemas.

    An element that moves to another group must leave the old one, although its record comes unchanged.
    """
    sets = " ".join(sorted(schemas.installed(settings.SCHEMAS)))
    return blake2b(f"{_code()} {sets}".encode(), digest_size=16).hexdigest()


@cache
def _code() -> str:
    hashed = blake2b(run.rules_version().encode(), digest_size=16)
    for room in _READING:
        _add(resources.files("ipshare").joinpath(room), hashed)
    return hashed.hexdigest()


def _add(folder: Traversable, hashed: blake2b) -> None:
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        if one.is_dir():
            _add(one, hashed)
        elif one.name.endswith(_KINDS):
            hashed.update(one.name.encode() + b"\0" + one.read_bytes())
