"""The store as Django knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from ipshare.trace import context


class StoreConfig(AppConfig):
    """The one app with models: its tables are one chain and have one order of DDL."""

    name = "ipshare.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let PostgreSQL see whose work each statement is."""
        connection_created.connect(_name_statements, dispatch_uid="ipshare.trace")


def _name_statements(connection: BaseDatabaseWrapper, **_: object) -> None:
    if _named not in connection.execute_wrappers:
        connection.execute_wrappers.append(_named)


def _named(  # Django gives these five by place
    execute: Callable[..., Any],
    sql: Any,
    params: Any,
    many: bool,  # noqa: FBT001
    about: dict[str, Any],
) -> Any:
    """Put the id of the work in hand before a statement: pg_stat_activity and the server's log show it.

    A comment costs nothing, where setting application_name would cost a statement for each request.
    """
    if isinstance(sql, str) and (id_ := context.current()):
        sql = f"/* {id_} */ {sql}"
    return execute(sql, params, many, about)
