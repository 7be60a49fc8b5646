"""Completeness: which records have what is asked of them, counted when they are published."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from ipshare.domain.office import Kind
from ipshare.store.models.holdings import Completeness
from line import send
from xmlbuilders import a_mark, transaction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


def kept():
    one = Completeness.objects.get(office="XA", right="trademark")
    return one.records, one.complete, one.unknown, {k: v for k, v in one.lacking.items() if v}


def without(xml, element):
    """A mark without one element."""
    return re.sub(rf"<tmk:{element}>.*?</tmk:{element}>\s*", "", xml, flags=re.DOTALL)


def test_what_records_lack_is_counted_at_each_publication(tmp_path, at):
    marks = [
        a_mark("XA/1/19"),
        without(a_mark("XA/2/19"), "ApplicantBag"),
        without(without(a_mark("XA/3/19"), "ApplicantBag"), "MarkCurrentStatusCode"),
        without(a_mark("XA/4/19"), "GoodsServicesBag"),
        a_mark("XA/5/19").replace(">Word<", ">Figurative<"),
    ]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    assert kept() == (5, 1, 0, {"applicant": 2, "status": 1, "class": 1, "image": 1})
    send(
        tmp_path / "b.xml", transaction(a_mark("XA/2/19")), at=at.replace(hour=5), kind=Kind.UPDATES
    )
    assert kept() == (5, 2, 0, {"applicant": 1, "status": 1, "class": 1, "image": 1})
    gone = a_mark("XA/3/19", operation="Delete")
    send(tmp_path / "c.xml", transaction(gone), at=at.replace(hour=6), kind=Kind.UPDATES)
    assert kept() == (4, 2, 0, {"class": 1, "image": 1})


def test_records_read_before_are_not_counted_as_complete(tmp_path, at):
    marks = [a_mark(f"XA/{n}/19") for n in (1, 2, 3)]
    send(tmp_path / "a.xml", transaction(*marks[:2]), at=at)
    assert kept() == (2, 2, 0, {})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record SET lacks = NULL WHERE number = 'XA/1/19'")
    send(tmp_path / "b.xml", transaction(marks[2]), at=at.replace(hour=5), kind=Kind.UPDATES)
    assert kept() == (2, 2, 1, {})
    # Its bytes are those held, but nobody has looked at them for this: it is read again.
    send(tmp_path / "c.xml", transaction(*marks), at=at.replace(hour=6))
    assert kept() == (3, 3, 0, {})
