"""The findings of one record, at the elements that they are about, with the failing part marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ipshare.domain.finding import Effect
from ipshare.domain.group import ElementGroup, groups_in
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.portal import elements, words
from ipshare.portal.elements import Block
from ipshare.standards import groups
from ipshare.standards.labels import Label
from ipshare.store.models.submissions import Finding, Submission

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A value in three parts; the one in the middle is marked."""

    before: str
    middle: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding as a page shows it; ``sent`` and ``proposed`` are marked where they differ.

    ``label`` is what people call the element that it is about; its name is empty where the element stands above it, and
    of a finding about none.
    ``stands``: it is about what stands on the page, and not about what was sent and kept back.
    """

    finding: Finding
    label: Label
    tone: str
    icon: str
    effect: str
    sent: Parts
    proposed: Parts
    stands: bool


def of(office: str, right: Right, number: str, *, since: int = 0) -> list[Finding]:
    """What was found in a record: by the submission ``since`` (its key), and by the newest published one after it.

    The submission whose version of the record stands in the register has checked it; a newer one may have sent
    a version that was kept back.
    """
    found = Finding.objects.filter(
        record=number,
        submission__in=Submission.objects.filter(
            office=office, right=right.value, state=State.PUBLISHED, pk__gte=since
        ).exclude(kind=Kind.TEST),
    ).select_related("submission")
    rows = list(found.order_by("-submission_id", "pk")[:MOST])
    return [one for one in rows if one.submission_id in {rows[0].submission_id, since}]


def kept_back(found: Iterable[Finding]) -> frozenset[ElementGroup]:
    """The element groups that findings hold back."""
    return frozenset().union(*(groups_in(one.withholds) for one in found))


def _not_standing(found: Iterable[Finding]) -> frozenset[int]:
    """The findings (their keys) that are about elements that were sent and kept back, with others or alone."""
    whole = {one.submission_id for one in found if one.withholds & ElementGroup.IDENTITY.bit}
    return frozenset(one.pk for one in found if one.withholds or one.submission_id in whole)


def place(
    right: Right, found: Sequence[Finding], shown: dict[ElementGroup, list[Block]]
) -> dict[ElementGroup, list[Shown]]:
    """Put findings at the values that they are about; the others are given back, by group."""
    kept = _not_standing(found)
    values = {
        _plain(value.path): value
        for blocks in shown.values()
        for block in blocks
        for element in block.elements
        for value in element.values
    }
    rest: dict[ElementGroup, list[Shown]] = {}
    for one in found:
        path = _plain(one.path)
        at = values.get(path) or next(
            (value for known, value in values.items() if path and known.startswith(f"{path}/")),
            None,
        )
        if one.pk not in kept and at is not None and (not one.value or one.value in at.text):
            at.findings.append(_shown(right, one, stands=True, under=at.path))
            at.marked = at.marked or _marked(at.text, one)
        else:
            group = groups.group_of(right, one.path) if one.path else ElementGroup.IDENTITY
            rest.setdefault(group, []).append(_shown(right, one, stands=one.pk not in kept))
    return rest


def _marked(text: str, one: Finding) -> Parts | None:
    """A value with the part that fails."""
    if not one.value or one.value not in text:
        return None
    start, _, end = text.partition(one.value)
    sent, _ = differing(one.value, one.proposed)
    return Parts(before=start + sent.before, middle=sent.middle, after=sent.after + end)


def _plain(path: str) -> str:
    return path.replace("[1]", "")


def _shown(right: Right, one: Finding, *, stands: bool, under: str = "") -> Shown:
    tone, icon, effect = words.EFFECTS[Effect(one.effect)]
    sent, proposed = differing(one.value, one.proposed)
    return Shown(
        finding=one,
        label=elements.label(right, "" if _plain(under) == _plain(one.path) else one.path),
        tone=tone,
        icon=icon,
        effect=effect,
        sent=sent,
        proposed=proposed,
        stands=stands,
    )


def differing(sent: str, proposed: str) -> tuple[Parts, Parts]:
    """Two values, marked but for what they share at both ends; all of what was sent where it only lacks something."""
    if not proposed:
        return Parts(before="", middle=sent, after=""), Parts(before="", middle="", after="")
    start = 0
    while start < min(len(sent), len(proposed)) and sent[start] == proposed[start]:
        start += 1
    end = 0
    while end < min(len(sent), len(proposed)) - start and sent[-1 - end] == proposed[-1 - end]:
        end += 1
    if start + end == len(sent):
        return Parts(before="", middle=sent, after=""), _parts(proposed, start, end)
    return _parts(sent, start, end), _parts(proposed, start, end)


def _parts(text: str, start: int, end: int) -> Parts:
    stop = len(text) - end
    return Parts(before=text[:start], middle=text[start:stop], after=text[stop:])
