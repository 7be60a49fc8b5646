"""Rows that are read while the caller does something else."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from psycopg import OperationalError

from ipshare.store import ahead, raw

ROWS = """SELECT n::bigint AS position, 'no ' || n AS number, repeat('x', 3000)::bytea AS item,
    json_build_object('n', n) AS document FROM generate_series(1, %(many)s) n"""


@pytest.mark.django_db(transaction=True)
def test_rows_are_those_of_a_plain_read() -> None:
    rows = ahead.fetch(ROWS, {"many": 3000}, tuple)
    meanwhile = raw.fetch("SELECT 1 + %(one)s", {"one": 1})
    assert rows() == raw.fetch(ROWS, {"many": 3000})
    assert meanwhile == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_no_value_becomes_part_of_the_statement() -> None:
    hostile = "'; DROP TABLE record; -- %s \\' \N{LATIN SMALL LETTER E WITH ACUTE}"
    assert ahead.fetch("SELECT %(text)s::text", {"text": hostile}, tuple)() == [(hostile,)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_meanwhile_is_made_anew() -> None:
    used = {ahead.fetch("SELECT pg_backend_pid()", {}, tuple)()[0][0] for _ in range(8)}
    raw.fetch(
        "SELECT pg_terminate_backend(pid) FROM unnest(%(used)s::int[]) pid", {"used": [*used]}
    )
    found = {ahead.fetch("SELECT pg_backend_pid()", {}, tuple)()[0][0] for _ in range(8)}
    assert not found & used


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_fails_says_why() -> None:
    rows = ahead.fetch("SELECT 1 / %(zero)s", {"zero": 0}, tuple)
    with pytest.raises(OperationalError, match="division by zero"):
        rows()
    assert ahead.fetch("SELECT 1", {}, tuple)() == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_reads_what_it_wrote_itself() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE mine ON COMMIT DROP AS SELECT 7 AS n")
        assert ahead.fetch("SELECT n FROM mine", {}, tuple)() == [(7,)]
