"""Reading many bytes fast: binary results, JSON documents as the bytes they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.db import connection
from psycopg import Connection, Cursor
from psycopg.types.string import ByteaBinaryLoader, TextBinaryLoader


def fetch(query: str, names: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """All rows of a query, on Django's connection and in its transaction."""
    connection.ensure_connection()
    held = cast("Connection[Any]", connection.connection)
    with Cursor(held) as cursor:
        cursor.adapters.register_loader("json", ByteaBinaryLoader)
        cursor.adapters.register_loader("text", TextBinaryLoader)
        cursor.execute(query.encode(), names, binary=True, prepare=True)
        return cursor.fetchall()
