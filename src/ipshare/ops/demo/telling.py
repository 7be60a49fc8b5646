"""What the demo prints: what each office got, and what the third party received and did not."""

from __future__ import annotations

import sys

from django.db.models import Sum

from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.ops.demo.cast import SignIn
from ipshare.ops.demo.receiving import Received
from ipshare.store.models.submissions import Submission

_FIGURES = ("records", "errors", "warnings", "infos")
# Elements that only the group of stakeholders has, as JSON names them.
_STAKEHOLDERS = ("applicantBag", "representativeBag", "inventorBag", "designerBag")


def say(words: str = "") -> None:
    """One line."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def offices() -> None:
    """A line per office and right: packages, records, findings by severity."""
    say(f"  {'office':<7}{'right':<11}{'packages':>9}{'records':>9}{'published':>11}"
        f"{'errors':>8}{'warnings':>10}{'notes':>7}  state")  # fmt: skip
    keys = Submission.objects.exclude(state=State.REPEATED).values_list("office_id", "right")
    for office, right in sorted(set(keys)):
        these = Submission.objects.filter(office_id=office, right=right).exclude(
            state=State.REPEATED
        )
        sums = these.aggregate(**{name: Sum(name) for name in (*_FIGURES, "inserted")})
        states = ", ".join(sorted(set(these.values_list("state", flat=True))))
        say(f"  {office:<7}{right:<11}{these.count():>9}{sums['records']:>9,}{sums['inserted']:>11,}"
            f"{sums['errors']:>8,}{sums['warnings']:>10,}{sums['infos']:>7,}  {states}")  # fmt: skip


def received(office: str, third_party: str, got: Received, folder: str) -> None:
    """What came over the feed, and what did not."""
    rights, done = got.rights(), got.done
    counts = ", ".join(f"{rights[right]:,} {right}s" for right in Right if rights[right])
    say(f"  {third_party} received {counts} of {office}; this time {done.put:,} records, {done.bytes:,} bytes, "
        f"{done.pages} page{'' if done.pages == 1 else 's'}")  # fmt: skip
    if done.withdrawn:
        say(f"  and was told to withdraw {done.withdrawn:,}")
    say(
        f"  its copy is {folder}/copy.sqlite; all {got.proved:,} records are what the hub has signed today"
    )
    say(f"  its element groups: {', '.join(got.whoami['groups'])}")
    absent = [right.value for right in Right if not rights[right]]
    seen = sum(got.elements[name] for name in _STAKEHOLDERS)
    others = {part.office for part in got.counts} - {office}
    say(f"  {third_party} did not receive: {', '.join(f'{right}s' for right in absent) or 'no right'}; "
        f"{', '.join(got.whoami['withheld'])} (records with an applicant, representative, inventor or "
        f"designer: {seen}); other offices ({len(others)} seen)")  # fmt: skip


def stay(
    url: str, sign_ins: list[SignIn], sftp: list[str], fingerprint: str, credentials: str
) -> None:
    """How to go on by hand."""
    say()
    say(f"The portal is {url}")
    for one in sign_ins:
        say(f"  {one.place:<12} {one.email:<24} {one.password}")
    say("Try SFTP (the host key is " + fingerprint + "):")
    say("  " + " ".join(sftp))
    say(
        f"  then: cd {sftp[-1].partition('@')[0]}, put a file into Trademarks/Test, and look into Feedback"
    )
    say(
        f"JPO's client id and secret are in {credentials}; how to read with them: docs/how-to/keep-a-copy.md"
    )
    say("Ctrl-C stops everything; running the demo again goes on with the same data.")
