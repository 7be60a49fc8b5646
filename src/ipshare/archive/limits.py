"""The numbers that bound a package, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a package may cost; counted while reading, never believed from a header."""

    entries: int = 200_000
    """A member costs about 350 bytes of memory while a package is open: 70 MB at most. A larger register
    comes in several packages (``_NofM``)."""

    expanded: int = 256 * GIB
    """The largest register of the region with images is below 100 GiB; more is a mistake or an attack."""

    ratio: int = 100
    """Real ST.96 and ST.66 exports deflate 8 to 40 times; deflate itself can reach 1032 times."""

    ratio_floor: int = MIB
    """Small members may deflate well by chance; below this size they cannot hurt."""

    name_bytes: int = 1024
    """PATH_MAX is 4096 on Linux, 1024 on others; with a longer name a file cannot be unpacked everywhere."""

    name_part_bytes: int = 255
    """NAME_MAX of every common file system."""

    name_depth: int = 32
    """Folders in folders; real packages have at most four."""

    directory: int = 128 * MIB
    """The zip directory of ``entries`` members with names of usual length takes 20 to 30 MB."""

    findings: int = 20
    """A refused package names this many of its unsafe entries; more would help nobody."""

    text: int = 16 * MIB
    """A manifest or a list of withdrawn numbers: 200,000 lines of 80 characters."""


DEFAULT = Limits()
CHUNK = MIB
"""Bytes handed on at a time."""
