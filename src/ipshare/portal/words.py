"""The words of the pages: a state as a shape and a sentence, rights, kinds, restrictions."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain.finding import Effect, Severity
from ipshare.domain.group import ElementGroup, Restriction
from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.store.held import Kind
from ipshare.store.models.submissions import Submission

RIGHTS = {right: right.folder for right in Right}
"""What people call the rights: Trademarks, Patents, Designs."""

LATE = ("is-late", "late")
"""Tone and icon of what is overdue."""

RUNNING = frozenset({State.RECEIVED, State.OPENED, State.CHECKED})

RESTRICTIONS = {
    Restriction.WITHOUT_STAKEHOLDERS: (
        "without stakeholder information",
        "applicants, owners, inventors, agents, addresses",
    ),
    Restriction.WITHOUT_STATUS_CHANGES: (
        "without status change information",
        "current status, events, dates of status, termination",
    ),
    Restriction.WITHOUT_EXAMINATION: (
        "without examination process details",
        "examiners, citations, oppositions, documents of the examination",
    ),
}

GROUPS = {
    ElementGroup.IDENTITY: (
        "Identity",
        "numbers of application and registration, days of filing, registration and expiry, kind of mark",
    ),
    ElementGroup.TEXT: (
        "Text",
        "words and description of a mark, titles, abstracts, descriptions and claims",
    ),
    ElementGroup.GOODS: ("Goods", "goods and services, in every language sent"),
    ElementGroup.CLASSIFICATION: (
        "Classification",
        "symbols of the Nice, Vienna, Locarno and patent classifications",
    ),
    ElementGroup.MEDIA: (
        "Media",
        "images, sound and drawings, and the references to their files",
    ),
    ElementGroup.PUBLICATION: ("Publication", "numbers, days and places of publication"),
    ElementGroup.RELATIONS: (
        "Relations",
        "priorities, seniority, divisional and related records, international registrations",
    ),
    ElementGroup.STAKEHOLDERS: (
        "Stakeholders",
        "applicants, owners, inventors, agents; their names, addresses and contacts",
    ),
    ElementGroup.STATUS: ("Status", "the current status alone, without its day"),
    ElementGroup.EVENTS: (
        "Events",
        "what happened and when: days of status, renewals, changes, termination",
    ),
    ElementGroup.EXAMINATION: (
        "Examination",
        "examiners, citations, oppositions, disclaimers, documents of the examination",
    ),
    ElementGroup.UNCLASSIFIED: ("Unclassified", "elements that nobody has assigned to a group yet"),
    ElementGroup.REMARKS: (
        "Remarks",
        "names within oppositions and citations, free text; go out only while nothing is withheld",
    ),
}
"""What people call the element groups, and what each holds (standards/data/element_groups.tsv)."""

FINER = (
    ElementGroup.TEXT,
    ElementGroup.GOODS,
    ElementGroup.CLASSIFICATION,
    ElementGroup.MEDIA,
    ElementGroup.PUBLICATION,
    ElementGroup.RELATIONS,
    ElementGroup.STATUS,
    ElementGroup.EVENTS,
    ElementGroup.REMARKS,
)
"""The groups that an office can withhold one by one; stakeholders and examination are presets by themselves."""

EFFECTS = {
    Effect.REFUSE: ("is-error", "error", "Refuses the submission: nothing of it is loaded"),
    Effect.WITHHOLD: ("is-error", "error", "Keeps back until corrected"),
    Effect.FLAG: ("is-warn", "warn", "Keeps nothing back, but must be looked at"),
    Effect.NOTE: ("is-info", "info", "For improvement, no action needed"),
}
"""What a finding does, in the order in which it hurts: tone, icon, sentence."""


SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
"""How much a finding weighs, as pages say it."""


WOULD_BE = {
    Kind.WITHDRAWN: "Would be withdrawn",
    Kind.IDENTITIES: "Would change their number, dates or office",
    Kind.UPDATED: "Would be changed otherwise",
    Kind.INSERTED: "Would be new",
}
"""What a held submission would do to records; each kind has a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The one state of a submission: its tone, its shape, its word."""

    tone: str
    icon: str
    word: str


def percent_done(submission: Submission) -> int:
    """How much of the XML is checked, in whole percent; 100 only when all of it is."""
    if not submission.bytes_total:
        return 0
    return min(100, submission.bytes_done * 100 // submission.bytes_total)


def verdict(submission: Submission) -> Verdict:
    """Where a submission stands."""
    tone, icon, word = _VERDICTS[State(submission.state)]
    if submission.state == State.OPENED and submission.bytes_total:
        word = f"{word}, {percent_done(submission)}\u00a0%"
    if submission.state in {State.PUBLISHED, State.TESTED} and submission.withheld:
        tone, icon = "is-warn", "warn"
        if submission.state == State.PUBLISHED and submission.nothing_loaded:
            word = "Nothing loaded"
        word = f"{word}, {submission.withheld:,} kept back"
    return Verdict(tone=tone, icon=icon, word=word)


_VERDICTS = {
    State.RECEIVED: ("is-running", "running", "Waiting"),
    State.OPENED: ("is-running", "running", "Checking"),
    State.CHECKED: ("is-running", "running", "Comparing"),
    State.HELD: ("is-held", "held", "Held"),
    State.PUBLISHED: ("is-ok", "ok", "Published"),
    State.TESTED: ("is-ok", "ok", "Tested"),
    State.REFUSED: ("is-error", "error", "Refused"),
    State.REJECTED: ("is-off", "off", "Rejected"),
    State.REPEATED: ("is-off", "off", "Sent before"),
}


def withheld_in_words(excluded: frozenset[ElementGroup]) -> list[str]:
    """Which restrictions some withheld groups amount to; groups beyond them are named one by one."""
    groups = excluded - {ElementGroup.UNCLASSIFIED}
    if groups > {ElementGroup.REMARKS}:
        groups -= {ElementGroup.REMARKS}  # they go with any other: it need not be said each time
    found = [r for r in Restriction if r.groups <= groups]
    rest = groups.difference(*(r.groups for r in found))
    return [RESTRICTIONS[r][0] for r in found] + [
        f"without {group.value}" for group in ElementGroup if group in rest
    ]


def sentence(refused: Exception) -> str:
    """Why something was refused, as a sentence of a page."""
    text = str(refused)
    return f"{text[0].upper()}{text[1:]}."
