"""Reading rows in a thread, on a connection of its own, while the caller does something else.

A cursor of psycopg takes the interpreter's lock for each piece of a result that arrives, and may wait for it each
time; libpq's own call waits for the whole result and receives it without. So a block of the feed comes in while the
one before leaves, and costs the request only what turning it into objects costs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from django.db import connection
from psycopg import ClientCursor, Connection, OperationalError
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from ipshare.store import raw

T = TypeVar("T")
_THREADS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="ahead")  # each with a connection
_HANDOVER = 0.002
"""Seconds that the caller leaves the interpreter to a thread, so that PostgreSQL is asked before anything else."""


def fetch(
    query: str, names: Mapping[str, object], make: Callable[[Sequence[Any]], T]
) -> Callable[[], list[T]]:
    """Begin to read the rows of a query that changes nothing; the answer waits for them.

    What a transaction has written is seen by its own connection alone: within one they are read when asked for.
    """
    if connection.in_atomic_block:
        return lambda: [make(row) for row in raw.fetch(query, names)]
    connection.ensure_connection()
    merged = ClientCursor(cast("Connection[Any]", connection.connection)).mogrify(query, names)
    begun = threading.Event()
    coming = _THREADS.submit(_received, merged.encode(), begun)
    begun.wait(_HANDOVER)

    def rows() -> list[T]:
        result = coming.result()
        transformer = Transformer(raw.bytes_as_they_are())
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, make)

    return rows


def _received(query: bytes, begun: threading.Event) -> PGresult:
    connection.ensure_connection()
    begun.set()
    try:
        return _asked(query)
    except OperationalError:  # the connection was lost while nobody used it, perhaps
        connection.close()
        return _asked(query)


def _asked(query: bytes) -> PGresult:
    connection.ensure_connection()
    held = cast("Connection[Any]", connection.connection)
    result = held.pgconn.exec_params(query, None, result_format=1)
    if result.status != ExecStatus.TUPLES_OK:
        raise OperationalError(result.error_message.decode("utf-8", "replace"))
    return result
