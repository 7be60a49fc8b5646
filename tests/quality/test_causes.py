"""Distinct causes: what belongs to a record is generalised away, counts are exact, samples are capped."""

from __future__ import annotations

import pytest

from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.quality import causes


def a_finding(**changes):
    values = {
        "rule": "DAT-001",
        "severity": Severity.ERROR,
        "effect": Effect.WITHHOLD,
        "record": "KH/2024/00017",
        "path": "ApplicationDate",
        "value": "2024-13-01",
        "proposed": "",
        "message": "The date 2024-13-01 of KH/2024/00017 is no day of the calendar.",
        "file": "a.xml",
        "line": 12,
    }
    return Finding(**{**values, **changes})


@pytest.mark.parametrize(
    ("message", "value", "expected"),
    [
        ("The date 2024-13-01 is no day.", "2024-13-01", "The date … is no day."),
        ("Record 88 ends before 1999-01-02.", "x", "Record … ends before …."),
        ("ST.96 V6_0 in UTF-8 is expected.", "", "ST.96 V6_0 in UTF-8 is expected."),
        ('The class "0" is not in 1 to 45.', "0", 'The class "…" is not in … to ….'),
        ("The name สมชาย is empty twice.", "สมชาย", "The name … is empty twice."),
    ],
)
def test_what_belongs_to_a_record_is_generalised(message, value, expected):
    assert causes.generalise(a_finding(message=message, value=value)) == expected


def test_a_short_value_does_not_tear_words_apart():
    finding = a_finding(value="a", message='The mark "a" has a category.')
    assert causes.generalise(finding) == 'The mark "…" has … category.'


def test_counts_are_exact_and_samples_capped():
    tally = causes.Tally()
    for number in range(1234):
        date = f"2024-13-{number}"
        tally.add(a_finding(record=f"R{number}", value=date, message=f"The date {date} is no day."))
    tally.add(a_finding(rule="NUM-001", severity=Severity.WARNING, effect=Effect.FLAG))
    first, second = tally.causes
    assert (first.rule, first.count, first.shown) == ("DAT-001", 1234, "20 of 1,234 shown")
    assert [sample.record for sample in first.samples] == [f"R{n}" for n in range(20)]
    assert second.shown == "1 of 1 shown"
    assert tally.totals() == {
        "findings": 1235,
        "severity": {"error": 1234, "warning": 1, "info": 0},
        "rule": {"DAT-001": 1234, "NUM-001": 1},
        "effect": {"refuse submission": 0, "withhold": 1234, "flag": 1, "note": 0},
    }


def test_a_rule_with_endless_messages_keeps_a_bounded_number_of_causes():
    tally = causes.Tally()
    words = [f"{a}{b}{c}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefgh"]
    for word in words:
        tally.add(a_finding(value="", message=f"Something {word}x happened."))
    assert len(tally.causes) == causes.PER_RULE + 1
    assert sum(cause.count for cause in tally.causes) == len(words)
    assert tally.causes[0].message == causes.OTHERS


def test_a_value_that_all_findings_of_a_cause_share_is_told():
    """*Record … carries office code …; packages of … must carry …* hid the two codes that every finding had."""
    tally = causes.Tally()
    words = "carries office code TH; packages of LA must carry LA. Filter records of other offices or correct the code."
    for number in ("1", "2", "3"):
        tally.add(
            a_finding(rule="PKG-009", record=number, value="TH", message=f"Record {number} {words}")
        )
    assert tally.causes[0].told == f"Record … {words}"
    other = words.replace("code TH", "code VN")
    tally.add(a_finding(rule="PKG-009", record="4", value="VN", message=f"Record 4 {other}"))
    assert tally.causes[0].told == f"Record … {words.replace('code TH', 'code …')}"
    assert tally.causes[0].message.count("…") == 4
