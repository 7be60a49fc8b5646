"""ipshare: the data sharing hub of the ASEAN IP Register."""

from __future__ import annotations

from ipshare import compiled

compiled.prefer()
