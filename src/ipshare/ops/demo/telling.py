"""What the demo prints: what each office got, and what the third party received and did not."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from django.db.models import Sum

from ipshare.domain import plural
from ipshare.domain.authorization import View
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.ops.demo.cast import SignIn
from ipshare.ops.demo.receiving import Received
from ipshare.store import holdings
from ipshare.store.models.submissions import Submission

_FIGURES = ("records", "errors", "warnings", "infos")
# Elements that only the group of stakeholders has, as JSON names them.
_STAKEHOLDERS = ("applicantBag", "representativeBag", "inventorBag", "designerBag")


def say(words: str = "") -> None:
    """One line."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def offices() -> None:
    """A line per office and right: what was published of how many packages, what the register holds, findings.

    Tests and what was refused, rejected or is held stand with their state, and count nowhere else.
    """
    say(f"  {'office':<7}{'right':<11}{'records':>9}{'register':>10}{'errors':>8}{'warnings':>10}{'notes':>7}"
        "  packages")  # fmt: skip
    held = holdings.counts_of_all()
    packages: dict[tuple[str, str], Counter[str]] = {}
    for office, right, state in Submission.objects.values_list("office_id", "right", "state"):
        packages.setdefault((office, right), Counter())[state] += 1
    for (office, right), states in sorted(packages.items()):
        these = Submission.objects.filter(office_id=office, right=right, state=State.PUBLISHED)
        sums = these.aggregate(**{name: Sum(name, default=0) for name in _FIGURES})
        register = held.get(office, {}).get(Right(right), 0)
        told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        say(f"  {office:<7}{right:<11}{sums['records']:>9,}{register:>10,}"
            f"{sums['errors']:>8,}{sums['warnings']:>10,}{sums['infos']:>7,}  {told}")  # fmt: skip


def agreed(office: str, third_party: str, view: View) -> None:
    """What the office lets the third party receive at present."""
    rights = [right for right in Right if right in view.rights]
    if not rights:
        say(f"{office} shares nothing with {third_party} at present")
        return
    withheld = [group.value for group in ElementGroup if group in SHAREABLE - view.groups]
    without = f", without {', '.join(withheld)}" if withheld else ""
    say(
        f"{office} lets {third_party} receive {' and '.join(f'{right}s' for right in rights)}{without}"
    )


def received(office: str, third_party: str, got: Received, folder: str) -> None:
    """What came over the feed, and what did not, under the conditions of this moment."""
    shared, done = got.whoami["rights"], got.done
    if not shared:
        say(
            f"  {third_party} holds nothing of {office} in {folder}/copy.sqlite: nothing is shared with it"
        )
        return
    rights = got.rights()
    counts = ", ".join(plural.counted(rights[right], right) for right in Right if right in shared)
    say(f"  {third_party} received {counts} of {office}; this time {plural.counted(done.put, 'record')}, "
        f"{plural.sized(done.bytes)}, {plural.counted(done.pages, 'page')}")  # fmt: skip
    if done.withdrawn:
        say(f"  and was told to withdraw {done.withdrawn:,}")
    say(f"  its copy is {folder}/copy.sqlite; {plural.counted(got.proved, 'record is|records are')} what the "
        "hub has signed today, no more and no fewer")  # fmt: skip
    say(f"  its element groups: {', '.join(got.whoami['groups'])}")
    say(f"  {third_party} did not receive: {'; '.join(_not_received(office, got))}")


def _not_received(office: str, got: Received) -> Iterator[str]:
    absent = [f"{right}s" for right in Right if right not in got.whoami["rights"]]
    if absent:
        yield ", ".join(absent)
    withheld = got.whoami["withheld"]
    if withheld:
        seen = sum(got.elements[name] for name in _STAKEHOLDERS)
        proof = f" (records with an applicant, representative, inventor or designer: {seen})"
        yield ", ".join(withheld) + (proof if ElementGroup.STAKEHOLDERS in withheld else "")
    yield f"other offices ({len({part.office for part in got.counts} - {office})} seen)"


def stay(url: str, sign_ins: list[SignIn], sftp: list[str], fingerprint: str, data: str) -> None:
    """How to go on by hand."""
    say()
    say(f"The portal is {url}")
    for one in sign_ins:
        say(f"  {one.place:<12} {one.email:<24} {one.password}")
    say("Try SFTP: run it in this folder (the host key is " + fingerprint + "):")
    say("  " + " ".join(sftp))
    say(
        f"  then: cd {sftp[-1].partition('@')[0]}, put a file into Trademarks/Test, and look into Feedback"
    )
    say(
        f"JPO's client id and secret are in {data}/jpo.json; lines of curl with them: docs/how-to/read-the-feed.md"
    )
    say(f"The hub has no mail server here; its letters are in {data}/log/pusher.log")
    say("Ctrl-C stops everything; running the demo again goes on with the same data.")
