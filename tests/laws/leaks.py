"""Two registries made from ST.96 that differ only in what a third party may not see, and all that it can see of them.

`check` is the law: every answer is the same, and no secret is in any. A failure says "leak".
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from unittest.mock import patch
from uuid import UUID

from django.db import connection, transaction
from lxml import etree

from cases.rules.builder import DECLARED, PARTY, PATENT
from ipshare.accounts import bearer
from ipshare.domain.authorization import EVERY_RECORD, Filter
from ipshare.domain.digest import digest
from ipshare.domain.facets import Facets
from ipshare.domain.group import Restriction
from ipshare.domain.office import Right
from ipshare.parse import canonical
from ipshare.share import feed, items, place, sending
from ipshare.share.bulk import making
from ipshare.store import objects, raw
from ipshare.store.stage import ImageFile
from share.exporting import ask, items_of
from share.histories import AT, a_reader, allow, publish
from xmlbuilders import a_mark

NO_STAKEHOLDERS = Restriction.WITHOUT_STAKEHOLDERS.groups
NO_STATUS = Restriction.WITHOUT_STATUS_CHANGES.groups
NO_EXAMINATION = Restriction.WITHOUT_EXAMINATION.groups
SINCE = Filter(filed_from=date(2015, 1, 1))
INSIDE, OUTSIDE = Facets(filed=date(2016, 1, 1)), Facets(filed=date(2001, 1, 1))
SEARCHES = (
    "words=SOKHA", "applicant=kosal", "status=expired", "status=registered", "publishedFrom=2019-01-01",
    "sort=status", "examiner=kosal", "filedFrom=2019-01-01",
)  # fmt: skip
_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}")
_CURSOR = re.compile(rb'"(?:next|cursor)":"([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One submission: records as ST.96, and by number what the checks said of them."""

    records: tuple[str, ...]
    withheld: dict = field(default_factory=dict)
    facets: dict = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A story of two registries: of each step what either is sent (None: nothing, time goes by).

    ``secrets`` are in the story and in no answer; ``seen`` are words that the answers must have.
    """

    excluded: frozenset
    story: tuple[tuple[Sent | None, Sent | None], ...]
    secrets: tuple[str, ...] = ()
    seen: tuple[str, ...] = ("SOKHA",)
    right: Right = Right.TRADEMARK
    filter: Filter = EVERY_RECORD
    ready: bool = False
    every_way: bool = False  # look at searches, proofs and exports too


@dataclass(frozen=True)
class Answer:
    """What one request was answered with, its cursors opened, its random ids left out."""

    status: int
    headers: tuple
    body: bytes
    opened: tuple


def mark(number="1", *, early="", more="", late="", status="", around="", **given):
    """A trademark with elements before its representation, before its applicants and after them."""
    text = a_mark(number, more=more, **given)
    text = text.replace("<tmk:MarkRepresentation>", f"{early}<tmk:MarkRepresentation>")
    text = text.replace("</tmk:Trademark>", f"{late}</tmk:Trademark>")
    if status:
        text = text.replace("Application Filed", status)
    if around:
        bag = f"<tmk:TrademarkBag>{text}</tmk:TrademarkBag>"
        text = f"<tmk:TrademarkApplication>{around}{bag}</tmk:TrademarkApplication>"
    return text


def patent(number="1", *, more="", party="Angkor Silk"):
    """A patent publication with more bibliographic data, after its claims' number."""
    text = PATENT.format(
        ns="", office="XA", number=number, registration="", party=PARTY.format(country="KH")
    ).replace("Angkor Silk", party)
    return text.replace("<pat:PartyBag>", f"{more}<pat:PartyBag>")


def sent(*records, **more):
    """One submission."""
    return Sent(records=records, **more)


def both(*records, **more):
    """The same submission to both registries."""
    return sent(*records, **more), sent(*records, **more)


def read(text, right=Right.TRADEMARK):
    """The record of a text, which must hold nothing that the standard does not know."""
    root = etree.fromstring(f"<all {DECLARED}>{text}</all>")
    name = {Right.TRADEMARK: "Trademark", Right.PATENT: "PatentPublication"}[right]
    [element] = root.iter(f"{{*}}{name}")
    record = canonical.convert(
        element, right=right, office="XA", file="a.xml", line=1, source=digest(text.encode())
    )
    assert not record.residue, f"trouble: the standard does not know {record.residue}"
    return record


def check(case):
    """The law for one case; returns what the third party saw of the first registry, by address."""
    written = "".join(text for step in case.story for one in step if one for text in one.records)
    assert all(word in written for word in case.secrets), "trouble: a secret is not in the story"
    with transaction.atomic():
        found = _looked_at(case)
        transaction.set_rollback(True)
    return found


def _looked_at(case):
    reader = a_reader(rights={case.right}, excluded=case.excluded)
    allow(reader.authorization, rights={case.right}, excluded=case.excluded, filter=case.filter)
    answered(reader, reader.get("/api/v1/changes"))  # notes the client's last use
    first, statements = _registry(reader, case, 0)
    second, others = _registry(reader, case, 1)
    for (address, one), (_, other) in zip(first, second, strict=False):
        assert one == other, f"leak: the answers to {address} differ: {_difference(one, other)}"
    assert len(first) == len(second), "leak: one registry has more pages"
    if (
        not case.ready
    ):  # where items are kept ready, how far they reach shows in the work, not in answers
        assert statements == others, f"leak: other work: {set(statements) ^ set(others)}"
    for address, answer in first + second:
        told = repr((answer.headers, answer.opened)).encode() + answer.body
        for secret in case.secrets:
            assert secret.encode() not in told, f"leak: {secret!r} is in the answer to {address}"
    everything = b"".join(answer.body for _, answer in first)
    for word in case.seen:
        assert word.encode() in everything, f"trouble: {word!r} is in no answer"
    return dict(first)


def _difference(one, other):
    """The first place where two answers differ, with what stands around it."""
    texts = repr(one), repr(other)
    at = next(n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b)
    return [text[max(at - 60, 0) : at + 60] for text in texts]


def _registry(reader, case, registry):
    """Every answer at each step and at the end, and how many statements of SQL each request took."""
    seen, cursors = [], []
    with transaction.atomic(), _counting() as statements:
        counted = Counted(statements)
        for minutes, step in enumerate(case.story):
            chosen = step[registry]
            if chosen is not None:
                _publish(chosen, case, minutes, submission=100 * registry + minutes + 1)
            if case.ready:
                items.make_ready("XA")
            seen.append(counted(reader, "/api/v1/changes"))
            cursors.append(json.loads(seen[-1][1].body)["next"])
        seen += _feed(reader, cursors, counted)
        seen += _records(reader, case.right, counted)
        if case.every_way:
            seen += _searches(reader, case.right, counted)
            seen += _exports(reader, case.right, counted)
        transaction.set_rollback(True)
    return seen, counted.numbers


@contextmanager
def _counting():
    """Each statement of SQL: those through Django's cursors, and those of the registry's own door."""
    statements, sent = [], raw._sent

    def noted(query, names, **how):
        statements.append(query)
        return sent(query, names, **how)

    def through_django(execute, *given):
        statements.append(given[0])
        return execute(*given)

    with (
        patch.object(raw, "_sent", noted),
        # What is done by the wall clock, not for what a record holds.
        patch.object(bearer, "USED_EVERY", timedelta(days=1)),
        patch.object(feed, "LOOK_EVERY", math.inf),
        patch.object(sending, "LOOK_EVERY", math.inf),
        connection.execute_wrapper(through_django),
    ):
        yield statements


class Counted:
    """Counts the statements of SQL of each request."""

    def __init__(self, statements):
        self._statements = statements
        self.numbers = []

    def __call__(self, reader, address, **headers):
        before = len(self._statements)
        opened = answered(reader, reader.get(address, **headers))
        self.numbers.append((address, len(self._statements) - before))
        return " ".join([address, *headers.values()]), opened


def _publish(chosen, case, minutes, *, submission):
    records = [read(text, case.right) for text in chosen.records]
    publish(
        submission,
        records,
        right=case.right,
        withheld=chosen.withheld,
        facets=dict.fromkeys([one.number for one in records], INSIDE) | chosen.facets,
        at=AT + timedelta(minutes=minutes),
    )


def _feed(reader, cursors, get):
    """The feed from every earlier cursor, and from the beginning in pages of one record."""
    seen = [get(reader, f"/api/v1/changes?after={one}") for one in dict.fromkeys(cursors)]
    address = "/api/v1/changes?limit=1"
    while address:
        seen.append(get(reader, address))
        page = json.loads(seen[-1][1].body)
        address = f"/api/v1/changes?limit=1&after={page['next']}" if page["more"] else ""
    return seen


def _records(reader, right, get):
    """Each record, in each form, and all of them in pages of one."""
    one = f"/api/v1/{right.value}s/XA"
    seen = [
        *(get(reader, f"{one}/{number}") for number in "123"),
        get(reader, f"{one}/1", Accept="application/xml"),
        get(reader, f"{one}/1", **{"If-Modified-Since": "Mon, 23 Nov 2026 04:00:30 GMT"}),
    ]
    address = f"{one}?limit=1"
    while address:
        seen.append(get(reader, address))
        address = dict(seen[-1][1].headers).get("Link", "").partition("<")[2].partition(">")[0]
    return seen


def _searches(reader, right, get):
    """Searches, pictures, proofs, and what is the same for all."""
    one = f"/api/v1/{right.value}s/XA"
    cursor = json.loads(reader.get("/api/v1/changes").getvalue())["next"]
    return [
        get(reader, "/api/v1/changes", Accept="application/x-ndjson"),
        *(get(reader, f"{one}?{search}") for search in SEARCHES),
        get(reader, one, Accept="application/xml"),
        *(get(reader, f"/api/v1/images/XA/{right.value}/{name}") for name in ("1.png", "none.png")),
        get(reader, "/api/v1/whoami"),
        get(reader, "/api/v1/vocabularies/status-words"),
        get(reader, f"/api/v1/proof?office=XA&right={right.value}&after={cursor}"),
    ]


def _exports(reader, right, get):
    seen = []
    for form in ("ndjson", "st96"):
        asked = ask(reader, form, rights=[right.value])
        address = asked["Location"]
        making.make(UUID(address.rpartition("/")[2]), at=AT)
        described = reader.get(address)
        seen.append((f"export {form}", answered(reader, described)))
        for part in json.loads(described.content)["manifest"]["parts"]:
            _, answer = get(reader, part["href"])
            seen.append((f"export {form} {part['name']}", answer))
            seen.append((f"inside {form}", Answer(200, (), _inside(form, answer.body), ())))
    get.numbers = [(_without_id(address), count) for address, count in get.numbers]
    return seen


def _inside(form, content):
    if form == "ndjson":
        return json.dumps(items_of(content), ensure_ascii=False).encode()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = package.infolist()
        return b"".join(repr((one, one.date_time)).encode() + package.read(one) for one in members)


def a_file(name, content, kind):
    """A file in a package, as the archive keeps it."""
    objects.put(f"package-{name}", content)
    return ImageFile(
        name=name, format=kind, object=f"package-{name}", place=0, stored_size=len(content),
        size=len(content), method=0, digest=digest(content), width=1, height=1,
    )  # fmt: skip


def answered(reader, answer):
    """What a client sees of an answer."""
    body = answer.getvalue()
    come_again = answer.status_code == 503
    assert answer.status_code < 500 or come_again, f"trouble: {answer.status_code} {body[:500]!r}"
    headers = tuple(sorted((name, _without_id(value)) for name, value in answer.items()))
    if not answer.get("Content-Type", "").partition(";")[0].endswith(("json", "xml")):
        return Answer(answer.status_code, headers, body, ())
    client = reader.authorization.client
    owner = f"{client.pk} XA {reader.authorization.pk}"
    sealed = [] if b'"items":[' in body and b'"next":null' in body else _CURSOR.findall(body)
    opened = tuple(_opened(one.decode(), owner) for one in sealed)
    if b'"manifest"' in body:  # its cursor is sealed for the same place
        body = _CURSOR.sub(b'"cursor":""', body)
    return Answer(answer.status_code, headers, _ID.sub(b"id", body), opened)


def _opened(sealed, owner):
    try:
        return repr(place.unseal(sealed, owner=owner))
    except place.Problem:
        return "of a collection"  # sealed for its search; it is compared as it stands


def _without_id(text):
    return _ID.sub(b"id", text.encode()).decode()
