"""The room portal as Django knows it: templates, static files and commands, no models."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """An app without models."""

    name = "ipshare.portal"
    label = "portal"
