"""The room ops as Django knows it: templates, static files and commands, no models."""

from __future__ import annotations

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """An app without models."""

    name = "ipshare.ops"
    label = "ops"
