"""The id of a piece of work: bound, given back, kept apart between threads; what callers may call it."""

from __future__ import annotations

import threading

import pytest

from ipshare.trace import context


def test_it_holds_inside_and_goes_after():
    assert context.current() == ""
    with context.bound("a1", door="sftp"):
        assert context.facts() == {"id": "a1", "door": "sftp"}
        with context.bound("b2", reference="KH-000001"):
            assert context.facts() == {"id": "b2", "door": "sftp", "reference": "KH-000001"}
        assert context.current() == "a1"
    assert context.facts() == {}


def test_another_thread_has_none():
    seen = []
    with context.bound("a1"):
        thread = threading.Thread(target=lambda: seen.append(context.current()))
        thread.start()
        thread.join()
    assert seen == [""]


def test_ids_are_hexadecimal_and_differ():
    ids = {context.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == context.LONGEST and int(one, 16) >= 0 for one in ids)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",) * 2,
        ("req_17", "req_17"),
        ("*/ DROP TABLE", ""),
        ('a"b', ""),
        ("x" * 129, ""),
        ("line\nbreak", ""),
        ("", ""),
    ],
)
def test_what_a_caller_may_call_its_request(given, kept):
    assert context.reference(given) == kept
