"""Law: exports of two registries that differ only in what a view withholds are the same, byte for byte."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as law_settings
from hypothesis import strategies as st

from ipshare.share import place
from ipshare.share.bulk import making
from laws import test_feed_noninterference as feed_law
from laws.conftest import HISTORIES
from laws.test_feed_noninterference import HIDDEN, LONG, RIGHTS, SINCE, steps
from share.exporting import ask, delete
from share.histories import AT, a_reader, allow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

KEPT = 2
"""Finished exports that are looked at again after later steps."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_CURSOR = re.compile(r'"cursor":"([^"]+)"')


def test_nothing_of_an_export_tells_of_what_is_withheld(monkeypatch, tmp_path, settings):
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.DATA = tmp_path
    settings.EXPORT_PART_BYTES = 150
    monkeypatch.setattr("ipshare.accounts.call.now", lambda: AT)
    # The registries live in the test's own transaction, which is their snapshot.
    monkeypatch.setattr(making, "snapshot", nullcontext)
    monkeypatch.setattr(making, "watched", lambda *_: nullcontext())
    monkeypatch.setattr(feed_law, "_look", _look)
    reader = a_reader(rights=RIGHTS, excluded=HIDDEN)
    allow(reader.authorization, rights=RIGHTS, excluded=HIDDEN, filter=SINCE)
    reader.get("/api/v1/whoami")  # notes the client's last use

    @law_settings(
        max_examples=max(HISTORIES // 20, 3),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(history=st.lists(steps, min_size=2, max_size=8))
    @example(history=LONG)
    def law(history):
        first, second = (feed_law._answers(reader, history, registry) for registry in (0, 1))
        for one, other in zip(first, second, strict=True):
            assert one == other

    law()


def _look(reader, kept):
    """Old exports, then new ones in each form, from the request to the bytes of the parts."""
    seen = [_answer(reader, reader.get(address)) for address in kept]
    seen.append(_answer(reader, ask(reader, rights=["design"])))
    for form, rights in (("ndjson", ["trademark"]), ("parquet", None), ("st96", None)):
        answer = ask(reader, form, **({"rights": rights} if rights else {}))
        seen.append(_answer(reader, answer))
        if answer.status_code != 202:
            continue
        address = answer["Location"]
        making.make(UUID(address.rpartition("/")[2]), at=AT)
        described = reader.get(address)
        seen.append(_answer(reader, described))
        manifest = json.loads(described.content)["manifest"]
        seen += [_answer(reader, reader.get(part["href"])) for part in manifest["parts"]]
        kept.append(address)
    for address in kept[:-KEPT]:
        seen.append(_answer(reader, delete(reader, address)))
    del kept[:-KEPT]
    seen.append(_answer(reader, reader.get("/api/v1/exports")))
    return seen


def _answer(reader, answer):
    """What the client sees; ids are random and cursors sealed, so they are compared opened and without."""
    owner = f"{reader.authorization.client.pk} XA {reader.authorization.pk}"
    body = answer.getvalue()
    if answer["Content-Type"] != "application/json":
        return answer.status_code, _headers(answer), body, []
    text = _ID.sub("id", body.decode())
    opened = [place.unseal(found, owner=owner) for found in _CURSOR.findall(text)]
    return answer.status_code, _headers(answer), _CURSOR.sub("", text), opened


def _headers(answer):
    return sorted((name, _ID.sub("id", value)) for name, value in answer.items())
