"""The merge: what is staged becomes the registry, changes only where a digest changed."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction

from ipshare.domain.digest import digest
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.group import mask
from ipshare.domain.office import Right
from ipshare.domain.record import Operation, Record
from ipshare.store import delta, merge, repeated, stage

pytestmark = pytest.mark.django_db


def a_record(number, *, operation=Operation.PUT, images=(), **groups):
    documents = {G(name): json.dumps({"x": value}).encode() for name, value in groups.items()}
    documents.setdefault(G.IDENTITY, json.dumps({"n": number}).encode())
    return Record(
        right=Right.TRADEMARK, number=number, operation=operation, office="XA", tree={}, documents=documents,
        file="a.xml", line=1, images=images, source=digest(repr((number, groups)).encode()),
    )  # fmt: skip


def run(submission, rows, *, full=True, images=(), at):
    with transaction.atomic():
        stage.create(submission)
        stage.copy_records(submission, rows)
        stage.copy_images(submission, images)
        comparison = delta.compare(submission, office="XA", right="trademark", full=full)
        merge.publish(submission, office="XA", right="trademark", rules="1", at=at)
        twice = repeated.numbers()
        stage.drop(submission)
    with (
        connection.cursor() as cursor
    ):  # what ON COMMIT DROP does where a test wraps its own transaction
        cursor.execute("DROP TABLE IF EXISTS delta, repeated, settled, touched")
    return comparison, twice


def rows(*records, withheld=None):
    return [
        stage.record_row(
            stage.Row(
                record=r,
                digests={group: digest(document) for group, document in r.documents.items()},
                withheld=(withheld or {}).get(r.number, 0),
                recheck_on=None,
                source=r.source,
            ),
            shard=0,
            place=n,
        )
        for n, r in enumerate(records)
    ]


def changes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, number, groups FROM change WHERE office = 'XA' ORDER BY position"
        )
        return cursor.fetchall()


def held(*names):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, live, {', '.join(names)} FROM record WHERE office = 'XA' ORDER BY number"
        )
        return cursor.fetchall()


def test_a_full_extraction_inserts_then_updates_only_what_changed_and_withdraws_what_lacks(at):
    first, _ = run(
        1, rows(a_record("1", goods="a"), a_record("2", goods="b\\\t\n"), a_record("3")), at=at
    )
    assert (first.held, first.inserted, first.withdrawn) == (0, 3, 0)
    both = mask({G.IDENTITY, G.GOODS})
    assert changes() == [(1, "1", both), (2, "2", both), (3, "3", mask({G.IDENTITY}))]
    again, _ = run(2, rows(a_record("1", goods="a"), a_record("2", goods="c")), at=at)
    assert (again.held, again.updated, again.withdrawn, again.unchanged) == (3, 1, 1, 1)
    assert changes()[3:] == [(4, "2", mask({G.GOODS})), (5, "3", mask(G))]
    assert held("goods") == [("1", True, {"x": "a"}), ("2", True, {"x": "c"}), ("3", False, None)]


def test_a_withdrawn_record_comes_back(at):
    run(1, rows(a_record("1", goods="a")), at=at)
    run(2, rows(a_record("1", operation=Operation.WITHDRAW)), full=False, at=at)
    back, _ = run(3, rows(a_record("1", text="t")), full=False, at=at)
    assert back.inserted == 1
    assert changes()[-1] == (3, "1", mask({G.IDENTITY, G.TEXT}))


def test_a_withheld_group_keeps_what_the_registry_holds(at):
    run(1, rows(a_record("1", goods="a", text="t")), at=at)
    run(2, rows(a_record("1", goods="bad", text="u"), withheld={"1": mask({G.GOODS})}), at=at)
    assert held("goods", "text") == [("1", True, {"x": "a"}, {"x": "u"})]
    assert changes()[-1] == (2, "1", mask({G.TEXT}))


def test_a_record_withheld_as_a_whole_is_neither_changed_nor_withdrawn(at):
    run(1, rows(a_record("1", goods="a")), at=at)
    compared, _ = run(2, rows(a_record("1", goods="b"), withheld={"1": mask({G.IDENTITY})}), at=at)
    assert (compared.withheld, compared.withdrawn, compared.updated) == (1, 0, 0)
    assert held("goods") == [("1", True, {"x": "a"})]


def test_a_number_that_comes_twice_withholds_only_the_groups_that_differ(at):
    _, twice = run(
        1, rows(a_record("1", goods="a", text="t"), a_record("1", goods="b", text="t")), at=at
    )
    assert twice == [("1", 2, mask({G.GOODS}))]
    assert held("goods", "text") == [("1", True, None, {"x": "t"})]


def test_the_same_bytes_are_not_written_again_and_keep_their_positions(at):
    record = a_record("1", goods="a")
    run(1, rows(record), at=at)
    compared, _ = run(2, [stage.same_row("1", record.source, shard=0, place=0)], at=at)
    assert (compared.unchanged, compared.withdrawn) == (1, 0)
    assert len(changes()) == 1


def an_image(name, content):
    return stage.ImageFile(
        name=name, object="o", place=0, stored_size=1, size=1, method=0, digest=digest(content), format="PNG",
        width=1, height=1,
    )  # fmt: skip


def test_a_new_picture_is_a_change_of_the_media_of_the_records_that_show_it(at):
    record = a_record("1", images=("1.png",), media="m")
    run(1, rows(record), images=[an_image("1.png", b"old")], at=at)
    same = [stage.same_row("1", record.source, shard=0, place=0)]
    run(2, same, images=[an_image("1.png", b"old")], at=at)
    assert len(changes()) == 1
    run(3, same, images=[an_image("1.png", b"new")], at=at)
    assert changes()[-1] == (2, "1", G.MEDIA.bit)
