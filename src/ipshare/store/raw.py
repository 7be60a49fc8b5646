"""Reading many bytes fast: binary results, JSON documents as the bytes they are."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, cast

from django.db import connection
from psycopg import Connection, Cursor, OperationalError
from psycopg.types.string import ByteaBinaryLoader, TextBinaryLoader

_SMALL = 16
"""A cursor is kept for the next statement, with its last rows: not where these are many."""
_kept = threading.local()


def fetch(
    query: str, names: Mapping[str, object], *, prepared: bool = False
) -> list[tuple[Any, ...]]:
    """All rows of a query, on Django's connection and in its transaction.

    ``prepared``: PostgreSQL keeps its plan with the connection: for what finds a few rows by an index at every
    request, where planning costs more than doing. What walks many rows is better planned for its values.
    """
    rows = _sent(query, names, prepared=prepared).fetchall()
    if len(rows) > _SMALL:
        _forget()
    return rows


def fetch_first(query: str, names: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The same of the first statement of a request: where the connection was lost meanwhile, on a new one.

    It takes the place of Django's look at the connection, which is a statement of its own.
    """
    try:
        rows = fetch(query, names, prepared=True)
    except OperationalError:
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        rows = fetch(query, names, prepared=True)
    connection.health_check_done = True  # type: ignore[attr-defined]
    return rows


def execute(query: str, names: Mapping[str, object]) -> None:
    """Run a prepared statement that gives no rows, in the same way."""
    _sent(query, names, prepared=True)


def bytes_as_they_are() -> Cursor[tuple[Any, ...]]:
    """The cursor of this thread on Django's connection, which gives JSON documents as bytes."""
    connection.ensure_connection()
    held = cast("Connection[Any]", connection.connection)
    cursor: Cursor[tuple[Any, ...]] | None = getattr(_kept, "cursor", None)
    if cursor is None or cursor.connection is not held or cursor.closed:
        cursor = Cursor(held)
        cursor.adapters.register_loader("json", ByteaBinaryLoader)
        cursor.adapters.register_loader("text", TextBinaryLoader)
        _kept.cursor = cursor
    return cursor


def _sent(query: str, names: Mapping[str, object], *, prepared: bool) -> Cursor[tuple[Any, ...]]:
    cursor = bytes_as_they_are()
    if connection.queries_logged:  # whoever counts the statements of a request counts these
        connection.queries_log.append({"sql": query, "time": ""})
    return cursor.execute(query.encode(), names, binary=True, prepare=prepared)


def _forget() -> None:
    _kept.cursor.close()
    _kept.cursor = None
