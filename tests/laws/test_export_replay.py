"""Law: an export, and the feed from its cursor, equal the projection, after any history and of any rights."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given
from hypothesis import settings as law_settings

from ipshare.share.bulk import making
from laws import test_feed_replay as feed_law
from laws.conftest import HISTORIES
from laws.test_feed_replay import CUT_SHORT, FILLED, NARROWED, conditions, histories
from share.exporting import ask, load, look
from share.histories import AT, Reader, a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

RIGHTS = (None, ["trademark"], ["patent"], ["patent", "trademark"])


class Exporter(Reader):
    """A third party that begins again from an export whenever it is told to pull, and then follows the feed."""

    def pull(self, *, limit=500):
        """An export of rights that the limit chooses; nothing where these are not authorized."""
        rights = RIGHTS[limit % len(RIGHTS)]
        answer = ask(self, **({"rights": rights} if rights else {}))
        if answer.status_code == 202:
            making.make(UUID(answer["Location"].rpartition("/")[2]), at=AT)
            load(self, look(self, answer["Location"])["manifest"])
        return False

    def pull_all(self, *, limit=500):
        """Pages of the feed until there are no more."""
        while super().pull(limit=limit):
            pass
        return self.records


BEGUN_WITH_ONE_RIGHT = [
    ("save", set(feed_law.RIGHTS), set()),
    ("pull", 1),
    ("sync", 2),
    ("pull", 2),
    ("submit", feed_law.Right.TRADEMARK, {"1": feed_law.WITHDRAWN, "5": {}}, False, {}),
    ("save", {feed_law.Right.TRADEMARK}, set()),
    ("sync", 1),
]


def test_an_export_and_the_feed_from_its_cursor_equal_the_projection(
    monkeypatch, tmp_path, settings
):
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.DATA = tmp_path
    settings.EXPORT_PART_BYTES = 150
    monkeypatch.setattr("ipshare.accounts.call.now", lambda: AT)
    # The registry lives in the test's own transaction, which is its snapshot.
    monkeypatch.setattr(making, "snapshot", nullcontext)
    monkeypatch.setattr(making, "watched", lambda *_: nullcontext())
    monkeypatch.setattr("ipshare.share.bulk.exports.KEPT", 1000)
    made = a_reader(rights=())
    reader = Exporter(made.authorization, made.client_id, made.secret, made.token)

    @law_settings(
        max_examples=max(HISTORIES // 20, 3),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(begin=conditions, history=histories)
    @example(begin=(set(), set()), history=CUT_SHORT)
    @example(begin=(set(), set()), history=NARROWED)
    @example(begin=(set(), set()), history=BEGUN_WITH_ONE_RIGHT)
    def law(begin, history):
        reader.cursor, reader.records = None, {}
        with transaction.atomic():
            feed_law._replay(reader, [*FILLED, ("save", *begin), *history, ("sync", 2)])
            transaction.set_rollback(True)

    law()
