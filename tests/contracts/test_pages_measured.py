"""No page of the portal stays out of ``benchmarks/bench_portal``: it knows a value for every part of an address."""

from __future__ import annotations

from benchmarks import portal_things

from ipshare.portal import urls


def test_every_address_of_a_page_can_be_filled_in():
    asked = {
        name: set(pattern.pattern.converters)
        for pattern in urls.urlpatterns
        if "GET" in getattr(pattern.callback, "methods", ())
        for name in [pattern.name]
    }
    unknown = {name: parts - portal_things.PARAMETERS for name, parts in asked.items()}
    assert {name: parts for name, parts in unknown.items() if parts} == {}
    used = set().union(*asked.values())
    assert portal_things.PARAMETERS - used == set()
