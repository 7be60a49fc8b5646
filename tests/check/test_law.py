"""The law of non-interference: what a finding withholds depends on that group and on identity alone."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules import dates, designs, marks, numbers, parties, patents, status, texts
from cases.rules.builder import Case, context_of, record_of
from ipshare.check.rule import registered
from ipshare.check.run import check
from ipshare.domain.finding import Effect, Finding
from ipshare.domain.group import ElementGroup
from ipshare.domain.record import Record
from ipshare.render import st97

FAMILIES = (numbers, dates, status, parties, texts, marks, patents, designs)
CASES = [case for family in FAMILIES for case in family.CASES]
RECORDS = [
    (case, record_of(case.right, case.office, patch))
    for case in CASES
    for patch in (case.bad, case.good)
]
OTHERS = [group for group in ElementGroup if group is not ElementGroup.IDENTITY]


def with_group(record: Record, group: ElementGroup, document: bytes | None) -> Record:
    """The record with the content of one group replaced, or taken away."""
    documents = dict(record.documents)
    documents.pop(group, None)
    if document is not None:
        documents[group] = document
    ordered = [documents[one] for one in ElementGroup if one in documents]
    tree: dict[str, Any] = msgspec.json.decode(st97.merge(ordered))
    tree.pop("#residue", None)
    return Record(
        right=record.right,
        number=record.number,
        operation=record.operation,
        office=record.office,
        tree=tree,
        documents=documents,
        file=record.file,
        line=record.line,
    )


def withheld(findings: list[Finding], *, without: ElementGroup) -> dict[ElementGroup, bool]:
    """Which groups are held back, the replaced one aside."""
    groups = {group for one in findings for group in one.withholds}
    return {group: group in groups for group in ElementGroup if group is not without}


def scribbled(document: bytes, word: str) -> bytes:
    """The document with other words in its texts and dates."""

    def change(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: node[key] if key[:1] in "#@" else change(node[key]) for key in node}
        if isinstance(node, list):
            return [change(one) for one in node]
        return word

    return msgspec.json.encode(change(copy.deepcopy(msgspec.json.decode(document))))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_replacing_a_group_changes_nothing_that_other_groups_lose(data: st.DataObject) -> None:
    case, record = data.draw(st.sampled_from(RECORDS), label="record")
    group = data.draw(st.sampled_from(OTHERS), label="group")
    same_right = [
        other for _, other in RECORDS if other.right is record.right and group in other.documents
    ]
    how = data.draw(st.sampled_from(["other record", "removed", "scribbled"]), label="how")
    document: bytes | None = None
    if how == "other record" and same_right:
        document = data.draw(st.sampled_from(same_right), label="other").documents[group]
    elif how == "scribbled" and group in record.documents:
        words = [
            "",
            "-",
            "2567-03-04",
            "Registered",
            "Expired",
            "a@b.example +65 6333 4444",
            "\ufffd",
            "06-01",
        ]
        document = scribbled(
            record.documents[group], data.draw(st.sampled_from(words), label="word")
        )
    context = context_of(case)
    base = with_group(record, group, record.documents.get(group))
    before = withheld(check(base, context), without=group)
    after = withheld(check(with_group(record, group, document), context), without=group)
    assert before == after


def test_rules_that_read_two_groups_never_withhold() -> None:
    for rule in registered().values():
        if len(rule.groups) > 1:
            assert rule.effect is not Effect.WITHHOLD
            assert not rule.withholds
        assert ElementGroup.UNCLASSIFIED not in rule.withholds


def test_a_rule_that_reads_identity_alone_withholds_the_record() -> None:
    case = Case(rule="", bad={}, office="KH")
    findings = check(record_of(case.right, "KH", {"ApplicationDate": None}), context_of(case))
    assert [one.withholds for one in findings if one.rule == "DAT-001"] == [{ElementGroup.IDENTITY}]
