"""A count with its noun, and its verb where it has one: the one way to say how many, and how many bytes."""

from __future__ import annotations

_STEP = 1000


def counted(count: int, noun: str) -> str:
    """``1 record``, ``1,204 records``; both forms where an s is not enough: ``entry|entries``, ``is|are``."""
    one, _, many = noun.partition("|")
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sized(size: int) -> str:
    """Bytes as people say them: ``1 byte``, ``53.2 kB``, ``1.3 GB``; a thousand of one unit are one of the next."""
    if size < _STEP:
        return counted(size, "byte")
    amount, unit = float(size), ""
    for unit in ("kB", "MB", "GB"):  # noqa: B007 (the last one stays)
        amount /= _STEP
        if round(amount) < _STEP:
            break
    return f"{amount:,.0f} {unit}" if amount >= _STEP / 10 else f"{amount:.1f} {unit}"
