"""What the laws about leak paths share."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from ipshare.share.bulk import making
from share.histories import AT


@pytest.fixture
def still(monkeypatch, tmp_path, settings):
    """Nothing but the registry differs: the time stands still, and exports are made of the test's own transaction."""
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.DATA = tmp_path
    settings.EXPORT_PART_BYTES = 2000
    monkeypatch.setattr("ipshare.share.call.now", lambda: AT)  # RateLimit tells the seconds of it
    monkeypatch.setattr(making, "snapshot", nullcontext)
    monkeypatch.setattr(making, "watched", lambda *_: nullcontext())
    return settings
