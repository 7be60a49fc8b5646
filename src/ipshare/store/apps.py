"""The store as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The one app with models: its tables are one chain and have one order of DDL."""

    name = "ipshare.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
