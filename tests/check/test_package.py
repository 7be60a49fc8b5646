"""What only a whole package shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from cases.rules.builder import TODAY, record_of
from ipshare.check.context import Context
from ipshare.check.gather import gather
from ipshare.check.package import PackageCheck, empty_update, group_digests, row_of
from ipshare.domain.digest import group_digest
from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Kind, Right

NUMBER = "ApplicationNumber/ApplicationNumberText"
IR = (
    "<tmk:InternationalMarkIdentifierBag>"
    "<tmk:InternationalMarkIdentifier>1071853</tmk:InternationalMarkIdentifier>"
    "</tmk:InternationalMarkIdentifierBag>"
)


def checked(
    *patches: Mapping[str, str | None], package: str = "", today: date = TODAY
) -> list[Finding]:
    context = Context(
        office="KH", right=Right.TRADEMARK, kind=Kind.FULL_EXTRACTION, today=today, package=package
    )
    whole = PackageCheck(context)
    for patch in patches:
        record = record_of(Right.TRADEMARK, "KH", patch)
        whole.add(row_of(gather(record), group_digests(record)))
    return list(whole.findings())


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.rule, one.value) for one in findings]


def other(place: int) -> dict[str, str | None]:
    return {NUMBER: f"KH/{50000 + place}/18", "RegistrationNumber": f"KH/2019/{50000 + place}"}


def test_one_record_is_no_finding() -> None:
    assert checked({}) == []


def test_the_same_number_with_the_same_content() -> None:
    findings = checked({}, {}, {})
    assert told(findings) == [("NUM-010", "KH/49703/18")]
    assert findings[0].message.startswith("2 exact duplicates skipped.")


def test_the_same_number_with_other_content() -> None:
    findings = checked({}, {"ExpiryDate": "2028-03-06"})
    assert told(findings) == [("NUM-009", "KH/49703/18")]
    assert findings[0].message.startswith(
        "KH/49703/18 appears 2 times with different data. What differs: identity. Keep one record"
    )
    assert (findings[0].effect, findings[0].severity) == (Effect.WITHHOLD, Severity.ERROR)
    assert findings[0].withholds == {ElementGroup.IDENTITY}


def test_two_spellings_of_one_number() -> None:
    assert told(checked({}, {NUMBER: "kh/049703/18", "RegistrationNumber": None})) == [
        ("NUM-017", "kh/049703/18")
    ]


def test_one_registration_of_two_applications() -> None:
    assert told(checked({}, {NUMBER: "KH/49704/18"})) == [("NUM-011", "KH/2019/51234")]


def test_a_registration_number_on_many_records_is_a_placeholder() -> None:
    same: list[dict[str, str | None]] = [
        {**other(place), "RegistrationNumber": "KH/2019/1"} for place in range(22)
    ]
    assert told(checked(*same)) == [("NUM-012", "KH/2019/1")]


def test_one_international_number_twice() -> None:
    assert ("TMK-026", "1071853") in told(checked({"+": IR}, {**other(1), "+": IR}))


def test_numbers_of_unknown_form_beyond_one_in_a_hundred() -> None:
    few = [other(place) for place in range(99)]
    odd: dict[str, str | None] = {NUMBER: "KH-1", "RegistrationNumber": None}
    assert "NUM-002" not in {one.rule for one in checked(*few, odd)}
    findings = checked(*few, odd, {**odd, NUMBER: "KH-2"})
    assert [one.severity for one in findings if one.rule == "NUM-002"] == [Severity.ERROR]


def test_a_date_shared_by_many() -> None:
    assert {one.path for one in checked(*map(other, range(100))) if one.rule == "DAT-023"} == {
        "filing date",
        "registration date",
        "status date",
    }


def test_the_name_of_the_package() -> None:
    assert told(checked({}, package="marks.zip")) == [("PKG-001", "marks.zip")]
    assert checked({}, package="KH_TM_Full_Extraction_20240601.zip") == []
    assert told(checked({}, package="KH_TM_Full_Extraction_25670601.zip")) == [
        ("PKG-017", "2567-06-01")
    ]
    assert told(checked({}, package="KH_TM_Full_Extraction_20240231.zip")) == [
        ("PKG-001", "KH_TM_Full_Extraction_20240231.zip")
    ]


def test_an_extraction_older_than_what_it_holds() -> None:
    assert told(checked({}, package="KH_TM_Full_Extraction_20190101.zip")) == [
        ("PKG-017", "2019-01-01")
    ]


def test_a_date_ahead_of_us_says_nothing_about_the_day_of_extraction() -> None:
    ahead: dict[str, str | None] = {
        "RegistrationDate": "2562-03-05",
        "MarkCurrentStatusDate": "2562-03-05",
    }
    rules = {one.rule for one in checked(ahead, package="KH_TM_Full_Extraction_20240601.zip")}
    assert "PKG-017" not in rules


def test_an_empty_update_is_remarkable_where_there_were_more() -> None:
    assert empty_update(0, 25)
    assert not empty_update(0, 20)
    assert not empty_update(1, 25)


def test_a_digest_of_a_group_does_not_tell_of_other_groups() -> None:
    def document(**items: str) -> bytes:
        places = {key.replace("at", "#"): text for key, text in items.items()}
        return json.dumps({"a": "b", "~": {"bag": {"c": places}}}, separators=(",", ":")).encode()

    here = group_digest(document(at0="x", at1="y"))
    assert group_digest(document(at0="x", at2="y")) == here
    assert group_digest(document(at0="y", at1="x")) != here
    assert group_digest(document(at0='"#1":')) != group_digest(document(at0='"#2":'))
