"""The rules, one file per family; importing this package binds all of them."""

from __future__ import annotations

from ipshare.check.rules import (
    dates,
    designs,
    events,
    goods,
    marks,
    names,
    numbers,
    order,
    package,
    parties,
    patents,
    priorities,
    status,
    terms,
    texts,
)

LOADED = (
    dates,
    designs,
    events,
    goods,
    marks,
    names,
    numbers,
    order,
    package,
    parties,
    patents,
    priorities,
    status,
    terms,
    texts,
)
