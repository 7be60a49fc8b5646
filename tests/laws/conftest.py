"""What the laws about leak paths share."""

from __future__ import annotations

import logging
import os
from contextlib import nullcontext

import pytest
from psycopg._preparing import PrepareManager

from ipshare.share.bulk import making
from share.histories import AT

HISTORIES = int(os.environ.get("IPSHARE_LAW_EXAMPLES", "30"))
"""How many histories a law goes through; laws whose histories take long go through a share of it."""
PARTS = 8
"""Parts of a law, which workers share among them."""


@pytest.fixture(autouse=True)
def _without_a_log():
    """A law asks thousands of times; pytest would keep a line of each."""
    loggers = [
        logging.getLogger(name) for name in ("ipshare.access", "ipshare.requests", "django.request")
    ]
    for logger in loggers:
        logger.disabled = True
    yield
    for logger in loggers:
        logger.disabled = False


@pytest.fixture(autouse=True)
def _keeps_its_plans(monkeypatch):
    """Each pair of registries is rolled back, upon which psycopg would forget every statement that it has prepared.

    What the hub prepares asks of tables that stay.
    """
    monkeypatch.setattr(PrepareManager, "_should_discard", lambda *_: False)


@pytest.fixture
def still(monkeypatch, tmp_path, settings):
    """Nothing but the registry differs: the time stands still, and exports are made of the test's own transaction."""
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.DATA = tmp_path
    settings.EXPORT_PART_BYTES = 2000
    monkeypatch.setattr(
        "ipshare.accounts.call.now", lambda: AT
    )  # RateLimit tells the seconds of it
    monkeypatch.setattr(making, "snapshot", nullcontext)
    monkeypatch.setattr(making, "watched", lambda *_: nullcontext())
    return settings
