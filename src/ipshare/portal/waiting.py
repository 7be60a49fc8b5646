"""What waits for the people of an office, the most urgent first, each with its reason and where to act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.urls import reverse

from ipshare.domain import plural
from ipshare.domain.office import Kind, Right
from ipshare.intake import announcing, whole
from ipshare.portal import kept_back, telling, unfinished, waiting_shared, words
from ipshare.portal.overview import RightRow
from ipshare.portal.parties import Party
from ipshare.portal.thing import MOST, Thing
from ipshare.store.kept_back import Sum
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload

_AFTER = timedelta(minutes=15)
"""An upload that began less than that ago may still be going on."""
_STILL = timedelta(minutes=1)
"""An SFTP client that has not written for so long is not sending the file any more."""


def of(  # noqa: PLR0913 (what may wait, and who looks)
    office: Office,
    rows: Iterable[RightRow],
    parties: Iterable[Party],
    *,
    sends: Collection[Right],
    keeps: Collection[Right],
    at: datetime,
) -> list[Thing]:
    """Everything that waits, for the rights of these rows.

    ``sends`` are those that this person may send files of, ``keeps`` those whose clients that send this person keeps.
    """
    by_right = {row.right: row for row in rows}
    troubled = waiting_shared.troubled(office, by_right, keeps, at)
    return [
        *_held(by_right.values()),
        *_uploads(office, by_right, sends, at),
        *_over_sftp(office, by_right, at),
        *_late(office, by_right.values(), sends),
        *_refused(office, by_right.values(), sends),
        *waiting_shared.proposed(office, troubled),
        *waiting_shared.failing(office, troubled),
        *_kept_back(office, by_right.values()),
        *_errors(office, by_right.values()),
        *waiting_shared.ending(office, parties, at),
        *waiting_shared.expiring(office, troubled, at),
        *_never_sent(by_right.values()),
    ]


def _held(rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        for one in row.waiting:
            yield Thing(
                tone="is-held",
                icon="held",
                title=f"Decide on the held {one.kind} of {row.name.lower()}",
                why=f"{one.reason} Until you decide, third parties see the state before it.",
                since=f"{one.reference} · received {telling.instant(one.received_at)}",
                address=_page(one),
                act="Compare and decide",
            )


def _uploads(
    office: Office, known: Collection[Right], sends: Collection[Right], at: datetime
) -> Iterator[Thing]:
    """Files over HTTP that became no submission: until somebody puts them away, or they are sent to their end."""
    not_taken_in = Q(ended_at__isnull=False, put_away_at=None) & ~Q(trouble="")
    not_whole = Q(ended_at=None, closed_at=None, begun_at__lt=at - _AFTER)
    found = HttpUpload.objects.filter(
        not_taken_in | not_whole, office=office, right__in=[right.value for right in known]
    )
    found = found.select_related("person", "client").order_by(
        F("ended_at").desc(nulls_first=True), "-begun_at"
    )
    rows = list(found[: announcing.MOST + MOST + 1])
    ended = [one for one in rows if one.ended_at]
    yield from (_not_taken_in(office, one, sends) for one in ended[:MOST])
    if len(ended) > MOST:
        yield Thing(
            tone="is-error",
            icon="error",
            title="More files were not taken in",
            why=f"The {MOST} last stand above. All of them, with the reason of each, are on the page for sending.",
            since="",
            address=_sending(office, sends),
            act="Show all",
        )
    yield from (_not_whole(office, one, sends) for one in rows[:MOST] if not one.ended_at)


def _over_sftp(office: Office, known: Collection[Right], at: datetime) -> Iterator[Thing]:
    """Files that came over SFTP and are not whole: those whose client has long closed them."""
    rows, _ = unfinished.of(office.code, known)
    still = [one for one in rows if at - one.written_at >= (_AFTER if one.final else _STILL)]
    for one in still[:MOST]:
        lacks = f"As it is on the hub, {one.lacks}. " if one.lacks else ""
        how = "Send the rest (reput) and rename it." if one.final else whole.REPUT
        yield Thing(
            tone="is-error",
            icon="error",
            title="Not whole, over SFTP:",
            name=one.name,
            why=f"{lacks}Nothing of it has been read. {how} To give it up: rm.",
            since=f"{one.folder} · {plural.counted(one.size, 'byte')} · last written {telling.instant(one.written_at)}",
            address=f"{reverse('portal:history')}?direction=in&first=&office={office.code}#unfinished",
            act="Show it",
        )


def _not_taken_in(office: Office, one: HttpUpload, sends: Collection[Right]) -> Thing:
    return Thing(
        tone="is-error",
        icon="error",
        title="Not taken in:",
        name=one.name,
        why=f"{one.trouble} Nothing of it is in the hub.",
        since=f"{_place(one)} · {telling.instant(one.ended_at)} · told until {telling.instant(one.expires_at)}",
        address=_sending(office, sends, one),
        act="Send it again",
        put_away=reverse("portal:upload-put-away", args=[office.code.lower()])
        if one.right in sends
        else "",
        upload=str(one.pk),
    )


def _not_whole(office: Office, one: HttpUpload, sends: Collection[Right]) -> Thing:
    again = "Choose the same file again and it goes on from there."
    if one.client:
        again = "It goes on from there when its machine announces the same file again."
    return Thing(
        tone="is-error",
        icon="error",
        title="Not sent to its end:",
        name=one.name,
        why=f"What has come is safe on the hub. {again}",
        since=f"{_place(one)} · begun {telling.instant(one.begun_at)} · kept until {telling.instant(one.expires_at)}",
        address=_sending(office, sends, one),
        act="Send files",
    )


def _place(one: HttpUpload) -> str:
    """Where a file was to go, who sent it and through which door."""
    sent = f"by {one.sender} in the browser" if one.person else f"over the API by {one.sender}"
    return f"{Right(one.right).folder}/{one.kind} · sent {sent}"


def _sending(office: Office, sends: Collection[Right], one: HttpUpload | None = None) -> str:
    """The page for sending, with the folder of a file chosen; empty where this person may not send there."""
    if not sends or (one is not None and one.right not in sends):
        return ""
    address = reverse("portal:uploads", args=[office.code.lower()])
    return f"{address}?right={one.right}&kind={one.kind}" if one else address


def _late(office: Office, rows: Iterable[RightRow], sends: Collection[Right]) -> Iterator[Thing]:
    for row in rows:
        if row.late and row.verdict.tone == words.LATE[0]:
            yield Thing(
                tone=words.LATE[0],
                icon=words.LATE[1],
                title=f"{row.name}: {row.verdict.word.lower()}",
                why=row.reason,
                since=f"last sent {telling.instant(row.counts.received_at if row.counts else None)}",
                address=_sending(office, sends) if row.right in sends else "",
                act="Send files",
            )


def _refused(office: Office, rows: Iterable[RightRow], sends: Collection[Right]) -> Iterator[Thing]:
    """Refused files, whatever came after them: what they hold is missing until it comes again."""
    for row in rows:
        for one in row.refused[:MOST]:
            reason = one.reason or "It could not be opened; nothing was loaded."
            yield Thing(
                tone="is-error",
                icon="error",
                title=f"Refused in {row.name.lower()}:",
                name=one.name,
                why=f"{reason} {_until(one)}",
                since=f"{one.reference} · {row.folder}/{one.kind} · {telling.instant(one.ended_at)}",
                address=_page(one),
                act="Open report",
                put_away=reverse("portal:put-away", args=[one.reference])
                if row.right in sends
                else "",
            )
        if len(row.refused) > MOST:
            yield Thing(
                tone="is-error",
                icon="error",
                title=f"More files of {row.name.lower()} were refused",
                why=f"The {MOST} last stand above; the exchange history has all of them.",
                since="",
                address=f"{reverse('portal:history')}?direction=in&first=&state=refused&right={row.right.value}"
                f"&office={office.code}",
                act="Show all",
            )


def _until(one: Submission) -> str:
    """What ends the waiting of a refused file."""
    if one.kind == Kind.FULL_EXTRACTION:
        return "It waits here until another Full_Extraction is taken in, or it is put away."
    return "It waits here until the same file or one of its name is taken in, or it is put away."


def _kept_back(office: Office, rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        kept = row.kept_back
        title = kept_back.counted(kept, of=f" in {row.name.lower()}")
        if not title:
            continue
        why = []
        if kept.records:
            counts = [(kept.whole, "whole"), (kept.partly, "in part")]
            why.append(
                f"{', '.join(f'{count:,} {how}' for count, how in counts if count)}. Third parties go on receiving the"
                " last good state of each, if it has one, until it is sent again without what keeps it back."
            )
        if kept.unplaced:
            why.append(
                "What came without a number that this register can hold is in no list; its submissions are named."
            )
        yield Thing(
            tone="is-warn",
            icon="warn",
            title=title,
            why=" ".join(why),
            since=f"of all that came {since(office, kept)}",
            address=_listed("portal:kept-back", office, row),
            act="Show them",
        )


def since(office: Office, kept: Sum) -> str:
    """From when on it is counted what is kept back."""
    if kept.since is None:
        return "since the beginning"
    reference = f"{office.code}-{kept.since:06d}"
    return f"with and since the Full_Extraction {reference} of {telling.instant(kept.since_at)}"


def _errors(office: Office, rows: Iterable[RightRow]) -> Iterator[Thing]:
    """Records in the register that have open errors; else errors of the last publication that are of no record."""
    for row in rows:
        one = row.published
        if row.with_errors:
            yield Thing(
                tone="is-warn",
                icon="warn",
                title=f"{plural.counted(row.with_errors, 'record has|records have')} open errors in {row.name.lower()}",
                why="What is wrong stands on the page of the record. What is kept back of it goes out as it was before,"
                " the rest as it was sent.",
                since=f"whenever {'it' if row.with_errors == 1 else 'they'} came",
                address=f"{_listed('portal:register', office, row)}&only=errors",
                act="Show them",
            )
        elif one is not None and one.errors and not row.kept_back.records and not one.unplaced:
            yield Thing(
                tone="is-warn",
                icon="warn",
                title=f"{plural.counted(one.errors, 'error')} in the last publication of {row.name.lower()}",
                why="No record in the register has an open error from it. The report says what they are about.",
                since=f"{one.reference} · {one.kind}, published {telling.instant(one.ended_at)}",
                address=f"{_page(one)}#causes",
                act="Open report",
            )


def _listed(page: str, office: Office, row: RightRow) -> str:
    return f"{reverse(page, args=[office.code.lower()])}?right={row.right.value}"


def _never_sent(rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        if row.latest is None:
            yield Thing(
                tone="is-info",
                icon="info",
                title=f"{row.name} have not been sent yet",
                why="",
                since="",
                address="",
                act="",
                folder=row.folder,
            )


def _page(one: Submission) -> str:
    return reverse("portal:submission", args=[one.reference])
