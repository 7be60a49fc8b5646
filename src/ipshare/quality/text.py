"""report.txt: the report as a page to read, the weightiest causes first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ipshare.quality.causes import Cause, Tally, clipped

EFFECTS = {
    "refuse submission": "the submission is refused",
    "withhold": "kept back until corrected",
    "flag": "shared, marked as doubtful",
    "note": "a note only",
}
_FIGURES = (
    "records",
    "inserted",
    "updated",
    "withdrawn",
    "unchanged",
    "withheld",
    "withheld_whole",
)


def page(head: dict[str, Any], records: int, tally: Tally) -> str:
    """The whole page."""
    return "\n".join([*_title(head, records), *_totals(tally), *_causes(tally)]) + "\n"


def _title(head: dict[str, Any], records: int) -> Iterator[str]:
    title = f"Report on {head['reference']}: {head['name']}"
    yield title
    yield "=" * len(title)
    yield ""
    yield f"{head['right']}, {head['kind']}, received {head['received_at']}, {head['size']:,} bytes"
    yield f"SHA-256 {head['sha256']}"
    yield f"State: {head['state']}" + (f": {head['reason']}" if head["reason"] else "")
    yield ""
    figures = {"records": records, **head["result"]}
    yield ", ".join(f"{name} {figures[name]:,}" for name in _FIGURES)


def _totals(tally: Tally) -> Iterator[str]:
    yield ""
    yield f"{tally.findings:,} finding{'' if tally.findings == 1 else 's'}"
    yield "  by severity: " + ", ".join(f"{k} {v:,}" for k, v in tally.severity.items())
    for effect, count in tally.effect.items():
        if count:
            yield f"  {effect}: {count:,} ({EFFECTS[effect]})"
    if tally.rule:
        yield "  by rule:"
        for rule, count in sorted(tally.rule.items()):
            yield f"    {rule:<10} {count:>12,}"


def _causes(tally: Tally) -> Iterator[str]:
    for number, cause in enumerate(tally.causes, start=1):
        yield ""
        yield f"{number}. {cause.rule} {cause.severity}, {cause.effect}: {one_line(cause.message)}"
        yield f"   {cause.shown}"
        yield from _samples(cause)


def _samples(cause: Cause) -> Iterator[str]:
    for finding in cause.samples:
        record = finding.record or "(no number)"
        where = f"{finding.file}:{finding.line}" if finding.file else ""
        yield f"   - {one_line(record)}  {one_line(finding.path)}  {where}".rstrip()
        if finding.message != cause.message:
            yield f"       {one_line(finding.message)}"
        if finding.value:
            yield f"       sent     {one_line(finding.value)}"
        if finding.proposed:
            yield f"       proposed {one_line(finding.proposed)}"


def one_line(text: str) -> str:
    """A value on one line, control characters shown as escapes, clipped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in clipped(text))
