"""The element group of a path in a finding."""

from __future__ import annotations

import re
from functools import lru_cache

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.standards import groups

_INDEX = re.compile(r"\[\d+\]")


def group_of(right: Right, path: str, root: str = "") -> ElementGroup:
    """The group of the element at this path; ``root`` names a patent root other than PatentPublication."""
    return _plain(right, _INDEX.sub("", path), f"pat:{root}" if root else "")


@lru_cache(maxsize=8192)
def _plain(right: Right, path: str, root: str) -> ElementGroup:
    return groups.group_of(right, path, root=root)
