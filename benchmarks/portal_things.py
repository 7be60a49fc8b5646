"""What the addresses of the portal name, one of each kind, for ``bench_portal``."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

PARAMETERS = frozenset({
    "base", "channel", "code", "day", "delivery", "file", "kind", "name", "number", "proposal", "record", "reference",
    "right", "statement", "token", "upload", "version",
})  # fmt: skip
"""Every parameter that an address of a page has: tests/contracts/test_pages_measured.py compares them."""


def of_everything(submissions: int) -> dict[str, object]:
    """A value for each of PARAMETERS; some routes want others (``of_route``)."""
    from django.db import connection

    from ipshare.store.models.credentials import RevocationStatement
    from ipshare.store.models.deliveries import Delivery
    from ipshare.store.models.disclosures import DisclosureDay
    from ipshare.store.models.proposals import Proposal

    busy = DisclosureDay.objects.latest("day", "pk")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM record WHERE office = 'MY' ORDER BY number OFFSET 777 LIMIT 1"
        )
        [number] = cursor.fetchone()
        cursor.execute(
            "SELECT i.name FROM image i WHERE i.office = 'MY' AND EXISTS (SELECT FROM record r "
            "WHERE r.office = 'MY' AND r.images @> ARRAY[i.name]) LIMIT 1"
        )
        [file] = cursor.fetchone() or ["none.jpg"]
    return {
        "code": "my",
        "reference": f"MY-{submissions - 10:06d}",
        "number": busy.authorization_id,
        "name": "report.json",
        "right": "trademark",
        "kind": "withdrawn",
        "record": number,
        "file": file,
        "day": busy.day,
        "channel": busy.channel,
        "version": busy.version,
        "base": busy.base,
        "delivery": Delivery.objects.get().pk,
        "proposal": Proposal.objects.get().pk,
        "statement": RevocationStatement.objects.get().pk,
        "upload": UUID(int=1),
        "token": "",
    }


def of_route() -> dict[str, dict[str, object]]:
    """By the name of a route: what it wants in place of the same."""
    from django.contrib.auth.tokens import default_token_generator
    from django.core import signing

    from ipshare.accounts import invitations, senders
    from ipshare.store.models.accounts import User
    from ipshare.store.models.credentials import RevocationStatement
    from ipshare.store.models.invitations import Invitation
    from ipshare.store.models.submissions import Submission

    person = User.objects.get(email="officer@bench.example")
    invited = Invitation.objects.get()
    held = {"reference": Submission.objects.get(state="held").reference}
    return {
        **dict.fromkeys(("held-list", "held-csv", "held-xlsx", "held-record", "held-effect"), held),
        "person": {"number": person.pk},
        "sender": {"number": senders.of("MY").get().pk},
        "statement": {"number": RevocationStatement.objects.get().authorization_id},
        "reset": {"number": person.pk, "token": default_token_generator.make_token(person)},
        "invitation": {
            "token": signing.dumps([invited.pk, invited.sending], salt=invitations._SALT)  # noqa: SLF001
        },
    }


def make(at) -> None:
    """One proposal, one statement of revocation, one push, one upload, one invitation of office MY."""
    from ipshare.accounts import invitations, senders
    from ipshare.domain.authorization import Conditions
    from ipshare.domain.office import Right
    from ipshare.domain.role import EVERYTHING
    from ipshare.share import authorizations, proposals
    from ipshare.store.models.accounts import Office, User
    from ipshare.store.models.deliveries import Delivery, Destination
    from ipshare.store.models.submissions import Submission
    from ipshare.store.models.uploads import HttpUpload

    office = Office.objects.get(code="MY")
    shared = office.authorizations.order_by("pk").first()
    proposals.propose(
        "MY", proposals.CONDITIONS, {}, [Right.TRADEMARK], authorization=shared, version=shared.version,
        preview={"headline": "nothing changes"}, reason="to be measured", by="other@bench.example", at=at,
    )  # fmt: skip
    ended, _, _ = authorizations.add_third_party("MY", "Ended", "", by="bench", at=at)
    marks = Conditions(rights=frozenset({Right.TRADEMARK}))
    authorizations.save(ended, marks, by="bench", reason="an agreement", at=at)
    ended.refresh_from_db()
    authorizations.end(ended, by="bench", reason="it is over", at=at)
    place = Destination.objects.create(
        authorization=shared, name="hub", kind="http", address={"url": "https://xb.example/in"}, secret="",
        created_at=at, created_by="bench", due_at=at, paused_at=at,
    )  # fmt: skip
    Delivery.objects.create(
        destination=place, number=1, right="trademark", name="MY_TM_000001", edition=f"{shared.pk}.1.0.on",
        files=[{"path": "MY_TM_000001.zip", "object": "none", "size": 1, "sha256": "0" * 64}],
        puts=[f"MY/{n}" for n in range(10_000)], size=1, cursor="", complete=True, state="delivered", made_at=at,
        sent_at=at, ended_at=at,
    )  # fmt: skip
    HttpUpload.objects.create(
        pk=UUID(int=1), office=office, right="trademark", kind="Updates", name="MY_TM.zip", size=9, begun_at=at,
        person=User.objects.get(email="officer@bench.example"), expires_at=at + timedelta(days=7),
    )  # fmt: skip
    _hold(Submission.objects.get(state="held").pk)
    senders.add(office, "machine", list(Right), by="bench", at=at)
    invitations.invite(office, "new@bench.example", "New", EVERYTHING, by="bench", at=at)


def _hold(submission: int) -> None:
    """A Full_Extraction that would withdraw and change 50,000 records each; the stage has one of them."""
    from django.db import connection

    from ipshare.store import columns, stage

    stage.create(submission)
    staged = ", ".join(f"d_{group}" for group in columns.GROUPS)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO held_change (submission_id, number, kind, groups, joints, was_live, live, before, after)
            SELECT %s, number, CASE WHEN n %% 2 = 0 THEN 'withdrawn' ELSE 'updated' END, 1, 0, true, n %% 2 = 1, facets,
                   facets
            FROM (SELECT number, facets, row_number() OVER (ORDER BY number) AS n FROM record WHERE office = 'MY'
                  ORDER BY number LIMIT 100000) r
            """,
            [submission],
        )
        cursor.execute(
            f"""
            INSERT INTO stage_record_{submission} (shard, place, number, operation, source, images, facts, joints,
                lacks, {columns.DOCUMENTS}, {staged})
            SELECT 0, 0, number, 'put', '', '{{}}', '', '', 0, {columns.DOCUMENTS}, {columns.DIGESTS}
            FROM record WHERE office = 'MY' ORDER BY number OFFSET 777 LIMIT 1
            """
        )
