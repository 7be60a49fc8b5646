"""The rules, one file per family; importing this package binds all of them."""

from __future__ import annotations

from ipshare.check.rules import (
    dates,
    designs,
    goods,
    marks,
    numbers,
    order,
    package,
    parties,
    patents,
    status,
    texts,
)

LOADED = (dates, designs, goods, marks, numbers, order, package, parties, patents, status, texts)
