"""Last-Modified of a record is of what a view shows (DOMAIN §4, leak path 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.http import http_date

from ipshare.domain.group import ElementGroup as G
from share.histories import AT, a_reader, a_record, allow, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
ADDRESS = "/api/v1/trademarks/XA/1"


def hours(count):
    return AT + timedelta(hours=count)


def written(at):
    return http_date(at.timestamp())


def test_leak_01_a_withheld_change_moves_no_time():
    publish(1, [a_record("1", text="t", examination="x")], at=hours(1))
    reader = a_reader(excluded={G.EXAMINATION})
    publish(2, [a_record("1", text="t", examination="y")], at=hours(2))
    assert reader.get(ADDRESS)["Last-Modified"] == written(hours(1))
    publish(3, [a_record("1", text="u", examination="y")], at=hours(3))
    assert reader.get(ADDRESS)["Last-Modified"] == written(hours(3))


def test_what_has_not_changed_is_not_sent_again():
    publish(1, [a_record("1", text="t")], at=hours(1))
    reader = a_reader()
    same = reader.get(ADDRESS, **{"If-Modified-Since": written(hours(1))})
    assert (same.status_code, same.content, same["Last-Modified"]) == (304, b"", written(hours(1)))
    assert reader.get(ADDRESS, **{"If-Modified-Since": written(AT)}).status_code == 200
    assert reader.get(ADDRESS, **{"If-Modified-Since": "yesterday"}).status_code == 200
    both = {"If-Modified-Since": written(hours(1)), "If-None-Match": '"another"'}
    assert reader.get(ADDRESS, **both).status_code == 200


def test_other_conditions_make_another_record():
    publish(1, [a_record("1", text="t", media="m")], at=hours(1))
    reader = a_reader(excluded={G.MEDIA})
    allow(reader.authorization, at=hours(5))
    answer = reader.get(ADDRESS, **{"If-Modified-Since": written(hours(1))})
    assert (answer.status_code, answer["Last-Modified"]) == (200, written(hours(5)))
