"""Law: the page *as seen by* a third party is the same for two registers that differ only in what it withholds.

Here for marks as an office sends them, word by word; test_noninterference looks at the page after every history.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipshare.domain import group as groups
from ipshare.domain.authorization import Conditions
from ipshare.domain.group import SHAREABLE
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission
from portal import builders, registers
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("IPSHARE_LAW_EXAMPLES", "30")) // 10
NUMBER = registers.NUMBER
MAY_BE_HIDDEN = sorted(SHAREABLE - {G.IDENTITY, G.RELATIONS})
VARIANTS = (
    registers.STUNG_MEAS,
    {"words": "SECRET WORDS", "name": "ហេង សម្ងាត់", "latin": "Heng Secret", "goods": "; secret goods",
     "status": "Expired"},
)  # fmt: skip
CONTENT = {
    G.PUBLICATION: b'{"publicationBag":{"publication":[{"publicationDate":"1999-12-31"}]}}',
    G.EVENTS: b'{"markCurrentStatusDate":"1999-12-30"}',
    G.EXAMINATION: b'{"staffBag":{"staff":[{"staffName":"Secret Staff"}]}}',
    G.MEDIA: b'{"markRepresentation":{"markReproduction":[{"markImageBag":{"markImage":'
    b'[{"fileName":"secret.png"}]}}]}}',
    G.REMARKS: b'{"commentText":["Secret remark"]}',
    G.CLASSIFICATION: b'{"goodsServicesBag":{"goodsServices":[{"goodsServicesClassificationBag":'
    b'{"goodsServicesClassification":[{"classNumber":"45"}]}}]}}',
}
SECRETS = ("SECRET", "ecret", "សម្ងាត់", "1999-12", ">45<")
choices = st.fixed_dictionaries(
    {group: st.sampled_from(["same", "other", "none"]) for group in MAY_BE_HIDDEN}
)


@cache
def a_mark(variant):
    return registers.a_mark(NUMBER, **VARIANTS[variant])


def one_with(hidden, chosen):
    """The record with other content, or none, in the groups that are withheld."""
    first, second = a_mark(0), a_mark(1)
    documents = dict(first.documents)
    for group in {*hidden, G.REMARKS}:  # remarks go out only while nothing is withheld
        documents.pop(group, None)
        found = CONTENT.get(group) or second.documents.get(group)
        if chosen[group] == "same" and group in first.documents:
            found = first.documents[group]
        if chosen[group] != "none" and found:
            documents[group] = found
    return replace(first, documents={group: documents[group] for group in G if group in documents})


@pytest.fixture
def office(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    builders.small_office()


def pages(person, party, record):
    """What the office is shown of the third party's side, with nothing left behind."""
    with transaction.atomic():
        submission = Submission.objects.get(office="KH", number=3)
        registers.publish(submission, [record], images=[registers.a_picture()], at=builders.AT)
        page = person.get(f"/register/kh/as-seen/{party}/trademark/{NUMBER}")
        api = person.get(f"/register/kh/as-seen-json/{party}/trademark/{NUMBER}")
        picture = person.get(f"/register/kh/as-seen-files/{party}/trademark/{registers.IMAGE}")
        transaction.set_rollback(True)
    plain = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page.content)
    return page.status_code, plain, api.status_code, api.content, picture.status_code


def test_what_is_withheld_leaves_no_trace_on_the_page_as_seen(office):
    person = signed_in("sokha.chan@moc.example")
    party = Authorization.objects.get(office="KH", third_party__name="WIPO")

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(hidden=st.sets(st.sampled_from(MAY_BE_HIDDEN), min_size=1), one=choices, other=choices)
    def law(hidden, one, other):
        with transaction.atomic():
            conditions = Conditions(rights=frozenset({Right.TRADEMARK}), excluded=frozenset(hidden))
            authorizations.save(party, conditions, by="x", reason="law", at=builders.AT)
            first = pages(person, party.pk, one_with(hidden, one))
            second = pages(person, party.pk, one_with(hidden, other))
            transaction.set_rollback(True)
        party.refresh_from_db()
        assert first[0] == first[2] == 200
        assert first == second
        shown = first[1].decode().split("<main", 1)[1]
        assert not [secret for secret in SECRETS if secret in shown]
        assert shown.count("Withheld from WIPO") == len(SHAREABLE - groups.shown(hidden))

    law()
