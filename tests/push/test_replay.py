"""The law of push: who applies each delivery once, in order, holds what the API shows, whatever went wrong between."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone

from ipshare.domain.delivery import DestinationKind
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, blocks, destinations
from ipshare.store.models.deliveries import Delivery
from push.conftest import again, allow, lines
from share.histories import ALL, AT, Reader, a_reader, a_record, publish, withdrawn

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = [str(n) for n in range(6)]


@pytest.mark.parametrize("seed", range(8))
def test_deliveries_applied_once_in_order_are_what_the_api_shows(cast, web, seed):
    dice = random.Random(seed)  # noqa: S311 (a history, no secret)
    reader = a_reader()
    destination = destinations.add(
        reader.authorization, "web", DestinationKind.HTTP, {"url": web.url}, by="x", at=AT
    ).destination
    for step in range(1, 15):
        something_happens(dice, step, reader.authorization)
        web.behave = dice.choice(["ok", "ok", "close", "lose", 500])
        again(destination)
    web.behave = "ok"
    blocks.apply("XA", at=timezone.now())
    allow(reader.authorization, rights=ALL, excluded=frozenset({G.EXAMINATION}))
    for _ in range(4):
        again(destination)
    assert not Delivery.objects.filter(state__in=["ready", "sending"]).exists()
    copy = Reader(reader.authorization, "", "")
    for _, items in sorted(
        (key.rpartition("_")[2], lines(body)) for key, body in web.accepted.items()
    ):
        for item in items:
            copy.apply(item)
    assert copy.records == reader.pull_all()


def something_happens(dice, step, authorization):
    what = dice.choice(["publish", "publish", "publish", "narrow", "rights", "end", "block"])
    if what == "publish":
        right = dice.choice(list(Right))
        chosen = dice.sample(NUMBERS, dice.randint(1, 4))
        groups = ("text", "goods", "examination")
        publish(
            step,
            [
                withdrawn(number, right=right)
                if dice.random() < 0.3
                else a_record(number, right=right, **{dice.choice(groups): f"{step}"})
                for number in chosen
            ],
            right=right,
        )
    elif what == "narrow":
        groups = dice.sample([G.TEXT, G.GOODS, G.EXAMINATION], dice.randint(0, 2))
        allow(authorization, excluded=frozenset(groups))
    elif what == "rights":
        rights = frozenset(dice.sample(list(Right), dice.randint(1, 3)))
        allow(authorization, rights=rights)
    elif what == "end":
        authorizations.end(authorization, by="officer", reason="test", at=timezone.now())
    else:
        blocks.block(
            "XA", Right.TRADEMARK, dice.choice(NUMBERS), authorization=None, reason="court", until=None,
            by="officer", at=timezone.now(),
        )  # fmt: skip
        if dice.random() < 0.7:
            blocks.apply("XA", at=timezone.now())
