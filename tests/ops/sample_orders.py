"""Orders of sample packages for the tests."""

from __future__ import annotations

import json
import zipfile

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.ops.sample.profiles import PROFILES

DATE = "2026-10-01"
OFFICES = tuple(PROFILES)
WITHOUT_FORMS = {
    "TL"
}  # no register yet: no form of its numbers is known, and it is not in the demonstration
IPAS = tuple(office for office, profile in PROFILES.items() if profile.ipas)


def an_order(office="KH", right=Right.TRADEMARK, records=60, **more):
    """A Full_Extraction unless stated."""
    kind = more.pop("kind", Kind.FULL_EXTRACTION)
    return Order(office=office, right=right, kind=kind, records=records, **{"date": DATE, **more})


def made(folder, **order):
    """A package, with what its sidecar says."""
    one = package.write(an_order(**order), folder)
    return one, json.loads(one.expected.read_text(encoding="utf-8"))


def members(path):
    """The content of a package by member name."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
