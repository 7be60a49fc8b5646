"""The contract of the HTTP doors: openapi/hub.yaml, as written by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

MEDIA_TYPE = "application/yaml"
PATH = Path(__file__).with_name("hub.yaml")
"""A link to openapi/hub.yaml in a checkout, a copy of it in an installed hub."""


@cache
def content() -> bytes:
    """The contract's bytes."""
    return PATH.read_bytes()
