"""What glibc does with memory that was freed; another C library does as it pleases."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_LIBC = ctypes.CDLL(None)
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8  # of malloc.h
_MIB = 1 << 20


def one_arena() -> None:
    """Serve all threads from one arena.

    A job runs in whichever thread of the pool is free. With an arena for each, every thread that has run
    one keeps some of what it freed, and the process grows with the number of jobs, not with their size.
    """
    _set(_ARENA_MAX, 1)


def keep_what_is_asked_for_again() -> None:
    """Keep what blocks of a few megabytes leave behind for the next ones, at most 32 MiB an arena, of two arenas.

    Otherwise each block of the feed is given back to the system, page by page, and comes anew: a third of what it
    costs to receive it.
    """
    _set(_ARENA_MAX, 2)
    _set(_MMAP_THRESHOLD, 8 * _MIB)
    _set(_TRIM_THRESHOLD, 32 * _MIB)
    _set(_TOP_PAD, _MIB)


def give_back() -> None:
    """Give the system back what was freed."""
    with suppress(AttributeError):
        _LIBC.malloc_trim(0)


def _set(name: int, value: int) -> None:
    with suppress(AttributeError):
        _LIBC.mallopt(name, value)
