"""Before saving: what comes, goes and stays, by the functions that serve the API, and the API's own bytes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipshare.domain.authorization import Channel, Conditions, Filter
from ipshare.domain.facets import Facets
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, authorized, blocks, chosen, preview
from ipshare.store import records
from share.histories import a_reader, a_record, allow, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
REGISTERED = Facets(filed=date(2020, 2, 1), registered=date(2021, 2, 1), is_registered=True)


@pytest.fixture
def jpo(at):
    """A reader with an authorization of XA, over three marks and a patent; XA/3 alone is registered."""
    publish(
        1,
        [
            a_record("XA/1", text="one", stakeholders="Sok"),
            a_record("XA/2", text="two"),
            a_record("XA/3", text="three", stakeholders="Chan", status="registered"),
        ],
        facets={"XA/3": REGISTERED},
    )
    publish(2, [a_record("XA/P1", right=Right.PATENT, text="pump")], right=Right.PATENT)
    reader = a_reader()
    allow(reader.authorization, rights={Right.TRADEMARK})
    return reader


def effects(jpo, wanted, at):
    return {one.right: one for one in preview.of(jpo.authorization, wanted, at=at).effects}


def test_what_comes_goes_and_stays(jpo, at):
    wanted = Conditions(
        rights=frozenset({Right.TRADEMARK, Right.PATENT}),
        excluded=frozenset({G.STAKEHOLDERS}),
        filter=Filter(registered_only=True),
    )
    found = effects(jpo, wanted, at)
    marks = found[Right.TRADEMARK].compared
    assert (marks.gained, marks.lost, marks.kept, marks.changed) == (0, 2, 1, 1)
    assert marks.groups == {G.STAKEHOLDERS: 1, G.REMARKS: 0}
    assert (marks.samples_lost, marks.samples_kept) == (("XA/1", "XA/2"), ("XA/3",))
    assert found[Right.PATENT].compared.gained == 0  # it is not registered
    assert Right.DESIGN not in found


def test_a_right_that_comes_brings_its_records(jpo, at):
    found = effects(jpo, Conditions(rights=frozenset(Right)), at)
    patents = found[Right.PATENT].compared
    assert (patents.gained, patents.samples_gained) == (1, ("XA/P1",))
    [sample] = found[Right.PATENT].samples
    assert sample.was is None
    assert b"pump" in sample.now
    assert found[Right.TRADEMARK].compared.kept == 3


def test_the_groups_that_come_and_go(jpo, at):
    allow(jpo.authorization, rights={Right.TRADEMARK}, excluded={G.STATUS})
    wanted = Conditions(rights=frozenset({Right.TRADEMARK}), excluded=frozenset({G.STAKEHOLDERS}))
    found = preview.of(jpo.authorization, wanted, at=at)
    assert (found.groups_gained, found.groups_lost) == ([G.STATUS], [G.STAKEHOLDERS])
    [marks] = found.effects
    assert marks.compared.groups == {G.STAKEHOLDERS: 2, G.STATUS: 1}


def test_every_sample_is_what_the_api_answers_after_saving(jpo, at):
    jpo.sign_in()
    wanted = Conditions(
        rights=frozenset({Right.TRADEMARK, Right.PATENT}),
        excluded=frozenset({G.STAKEHOLDERS}),
        filter=Filter(filed_to=date(2020, 2, 1)),
    )
    shown = [s for e in preview.of(jpo.authorization, wanted, at=at).effects for s in e.samples]
    assert len(shown) == 3
    for attribute in ("was", "now"):
        if attribute == "now":
            authorizations.save(jpo.authorization, wanted, by="a", reason="as seen", at=at)
        for sample in shown:
            answer = jpo.get(f"/api/v1/{sample.right}s/XA/{sample.number}")
            body = answer.content if answer.status_code == 200 else None
            assert body == getattr(sample, attribute)


def test_the_preview_is_what_saving_does(jpo, at):
    wanted = Conditions(rights=frozenset({Right.TRADEMARK}), excluded=frozenset({G.MEDIA, G.TEXT}))
    seen = preview.of(jpo.authorization, wanted, at=at).now
    authorizations.save(jpo.authorization, wanted, by="a", reason="as seen", at=at)
    assert authorized.view_at(jpo.authorization, at) == seen


def test_a_block_counts_before_the_register_follows_it(jpo, at):
    blocks.block(
        "XA", Right.TRADEMARK, "XA/3", authorization=None, reason="court", until=None, by="a", at=at
    )
    marks = effects(jpo, Conditions(rights=frozenset({Right.TRADEMARK})), at)[Right.TRADEMARK]
    assert marks.compared.kept == 2
    assert [sample.number for sample in marks.samples] == ["XA/1", "XA/2"]


def test_a_later_start_is_seen_at_its_start(jpo, at):
    begins = at + timedelta(days=9)
    wanted = Conditions(rights=frozenset({Right.TRADEMARK}), starts_at=begins)
    found = preview.of(jpo.authorization, wanted, at=at)
    assert found.begins_at == begins
    assert found.effects[0].compared.kept == 3


def test_comparing_is_one_scan_per_right(jpo, at, django_assert_max_num_queries):
    wanted = Conditions(rights=frozenset(Right), excluded=frozenset({G.TEXT}))
    was = authorized.view_at(jpo.authorization, at)
    now = authorized.view_if_saved(jpo.authorization, wanted, at)
    for right in Right:
        with django_assert_max_num_queries(1):
            records.compare(was, now, right)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("203.0.113.0/24", "203.0.113.0/24"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7/32", "203.0.113.7"),
        ("2001:DB8:41::/48", "2001:db8:41::/48"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_networks_are_kept_in_one_form(written, kept):
    assert chosen.network(written) == kept


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("jpo.example", "write for example 203.0.113.0/24"),
        ("203.0.113.5/24", "write 203.0.113.0/24 for the network or 203.0.113.5 for the address"),
        ("0.0.0.0/0", "leave the networks empty"),
        ("::/0", "leave the networks empty"),
        ("::ffff:203.0.113.0/120", "write it as IPv4"),
        ("203.0.113.0/33", "is no network"),
    ],
)
def test_what_is_no_network_is_told_with_the_remedy(written, remedy):
    with pytest.raises(ValueError, match=remedy):
        chosen.network(written)


def test_conditions_that_could_let_nothing_out_are_told(at):
    wanted = Conditions(
        channels=frozenset(),
        starts_at=at + timedelta(days=2),
        ends_at=at + timedelta(days=1),
        filter=Filter(
            filed_from=date(2021, 1, 1),
            filed_to=date(2020, 1, 1),
            registered_from=date(2021, 1, 1),
            registered_to=date(2020, 1, 1),
        ),
    )
    assert [name for name, _ in chosen.troubles(wanted, at=at)] == [
        "filed_to",
        "registered_to",
        "ends_at",
        "channels",
    ]
    past = Conditions(channels=frozenset({Channel.API}), ends_at=at)
    assert [name for name, _ in chosen.troubles(past, at=at)] == ["ends_at"]
    assert chosen.troubles(Conditions(), at=at) == []
