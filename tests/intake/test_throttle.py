"""The throttle of failed sign-ins."""

from __future__ import annotations

from ipshare.intake import throttle


def test_a_name_is_blocked_after_its_tries_and_free_after_the_pause():
    guard = throttle.Throttle(3, 60)
    for second in range(3):
        assert guard.blocked("a", second) == 0
        guard.failed("a", second)
    assert guard.blocked("a", 3) == 57
    assert guard.blocked("b", 3) == 0
    assert guard.blocked("a", 59) == 1
    assert guard.blocked("a", 60) == 0


def test_success_forgets():
    guard = throttle.Throttle(1, 60)
    guard.failed("a", 0)
    guard.succeeded("a")
    assert guard.blocked("a", 1) == 0


def test_a_flood_of_names_does_not_fill_the_memory():
    guard = throttle.Throttle(1, 60)
    for number in range(throttle.REMEMBERED + 100):
        guard.failed(str(number), 0)
    assert len(guard._failures) == throttle.REMEMBERED
    assert guard.blocked(str(throttle.REMEMBERED + 99), 1) > 0
