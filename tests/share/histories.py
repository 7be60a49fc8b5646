"""Histories for tests: submissions through the stage and the merge, and a third party that reads."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, transaction
from django.test import Client as Browser

from ipshare.domain.authorization import Conditions
from ipshare.domain.digest import digest, group_digest
from ipshare.domain.facets import NO_FACETS
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.group import mask
from ipshare.domain.office import Right
from ipshare.domain.record import Operation, Record
from ipshare.share import authorizations
from ipshare.store import delta, merge, stage

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ALL = frozenset(Right)
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing


def a_record(
    number, *, right=Right.TRADEMARK, office="XA", operation=Operation.PUT, images=(), **groups
):
    """A record whose groups hold one member each, named after the group."""
    documents = {G(name): json.dumps({name: value}).encode() for name, value in groups.items()}
    documents.setdefault(G.IDENTITY, json.dumps({"identity": number}).encode())
    return Record(
        right=right,
        number=number,
        operation=operation,
        office=office,
        tree={},
        documents=documents,
        file="a.xml",
        line=1,
        images=images,
        source=digest(repr((number, sorted(groups.items()))).encode()),
    )


def withdrawn(number, **more):
    """The office withdraws a record."""
    return a_record(number, operation=Operation.WITHDRAW, **more)


def publish(
    submission,
    records,
    *,
    right=Right.TRADEMARK,
    office="XA",
    full=False,
    images=(),
    withheld=None,
    facets=None,
    at=AT,
):
    """One submission from its records to the registry; by number: groups ``withheld`` and ``facets``."""
    rows = [
        stage.record_row(
            stage.Row(
                record=record,
                digests={
                    group: group_digest(document) for group, document in record.documents.items()
                },
                withheld=mask((withheld or {}).get(record.number, ())),
                recheck_on=None,
                source=record.source,
                facets=(facets or {}).get(record.number, NO_FACETS),
            ),
            shard=0,
            place=place,
        )
        for place, record in enumerate(records)
    ]
    with transaction.atomic():
        stage.create(submission)
        stage.copy_records(submission, rows)
        stage.copy_images(submission, images)
        delta.compare(submission, office=office, right=right.value, full=full)
        merge.publish(submission, office=office, right=right.value, rules="1", at=at)
    # ON COMMIT DROP, where the test wraps its own transaction; and not as a command, by which psycopg would forget
    # every statement that it has prepared.
    tables = (
        f"stage_record_{submission}, stage_image_{submission}, delta, repeated, settled, touched"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN DROP TABLE IF EXISTS {tables}; END $$")


class Comparing(Browser):
    """A client whose answers can be compared: the id of a request, which chance makes, is taken off."""

    def request(self, **request):
        """One request."""
        answer = super().request(**request)
        answer.headers.pop("X-Request-Id", None)
        return answer


@dataclass
class Reader:
    """A third party's machine: credentials, a token, and the store it builds from the feed."""

    authorization: object
    client_id: str
    secret: str
    token: str = ""
    cursor: str | None = None
    records: dict = field(default_factory=dict)
    browser: Comparing = field(default_factory=Comparing)

    def sign_in(self):
        """The client-credentials exchange."""
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        answer = self.browser.post(
            "/oauth/token",
            {"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}"},
        )
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["access_token"]
        return self

    def get(self, address, **headers):
        """One request with the token."""
        return self.browser.get(
            address, headers={"Authorization": f"Bearer {self.token}", **headers}
        )

    def page(self, *, limit=500):
        """One page of changes after the present cursor, parsed."""
        after = "" if self.cursor is None else f"&after={self.cursor}"
        address = f"/api/v1/changes?limit={limit}{after}"
        answer = self.get(address)
        if answer.status_code == 401:  # ended with its authorization: the secret gets another
            answer = self.sign_in().get(address)
        if answer.status_code == 403:
            return None
        assert answer.status_code == 200, answer.content
        return json.loads(answer.getvalue())

    def pull(self, *, limit=500):
        """Apply one page to the store; tells whether there is more."""
        page = self.page(limit=limit)
        if page is None:
            return False
        for item in page["items"]:
            self.apply(item)
        self.cursor = page["next"]
        return page["more"]

    def pull_all(self, *, limit=500):
        """Apply pages until there are no more."""
        while self.pull(limit=limit):
            pass
        return self.records

    def apply(self, item):
        """What a third party does with one item of the feed."""
        key = (item["right"], item.get("number"))
        match item["type"]:
            case "put":
                self.records[key] = item["record"]
            case "withdraw":
                self.records.pop(key, None)
            case "erase":
                for held in [one for one in self.records if one[0] == item["right"]]:
                    if item["groups"] is None:
                        del self.records[held]
                    else:
                        for group in item["groups"]:
                            self.records[held].pop(group, None)


def a_reader(*, office="XA", name="XB", rights=ALL, excluded=(), at=AT):
    """A third party with saved conditions and a token."""
    authorization, client, secret = authorizations.add_third_party(
        office, name, f"Office {name}", by="officer", at=at
    )
    if rights:
        allow(authorization, rights=rights, excluded=excluded, at=at)
    return Reader(authorization, client.client_id, secret).sign_in()


def allow(authorization, *, rights=ALL, excluded=(), at=AT, **more):
    """Save conditions."""
    conditions = Conditions(rights=frozenset(rights), excluded=frozenset(excluded), **more)
    return authorizations.save(authorization, conditions, by="officer", reason="test", at=at)
