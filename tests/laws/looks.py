"""Everything that a third party can see of a registry: each route, what is brought to it, what its office previews."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import urlencode
from uuid import UUID

from ipshare.accounts import sftp
from ipshare.domain import proof as digests
from ipshare.domain.authorization import Conditions
from ipshare.domain.delivery import DestinationKind
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Kind, Right
from ipshare.share import deliveries, destinations, preparing, preview, shelf_packages
from ipshare.share.bulk import making
from ipshare.share.shelf import Shelf
from ipshare.store import objects
from ipshare.store.models.accounts import SftpAccount
from ipshare.store.models.deliveries import Destination
from ipshare.store.models.exports import Export
from ipshare.store.models.sharing import Authorization
from laws.leaks import answered
from laws.registries import BEYOND, GONE, NUMBERS, RIGHTS, SINCE
from portal import builders
from share.exporting import ask, delete
from share.histories import AT, Comparing, Reader, a_reader

FEED = "/api/v1/changes"
MARKS = "/api/v1/trademarks"
MINE = (*product(RIGHTS[:1], NUMBERS), *product(RIGHTS[1:], "1"))
FORMS = ("ndjson", "parquet", "st96")
PROBES = {
    "number": ("1", "9", ""),
    "numberPrefix": ("", "1", "x"),
    **{
        f"{name}{end}": ("2020-01-05", "2021-07-01", "1999-12-31", "soon")
        for name in ("filed", "registered", "published")
        for end in ("From", "To")
    },
    "registrationNumber": ("R-7", "8"),
    "words": ("apple", "APP*", "pho", "phở", "กาแ", "pie apple", "'|!", "a " * 99),
    "applicant": ("kim", "ap*", "sok kim", "nobody"),
    "niceClass": ("9", "42", "25", "46"),
    "status": ("registered", "EXPIRED", "ended"),
    "ipc": ("A61K",),
    "locarno": ("09",),
    "colour": ("red",),
    "sort": ("status",),
}
"""Every parameter that any view has, and some that none has, with values that are there and that are not."""
BY_ONE = [{name: value} for name, values in PROBES.items() for value in values]
BY_TWO = [
    {one: PROBES[one][0], other: PROBES[other][0]}
    for one, other in product(PROBES, PROBES)
    if one < other
]
_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


@dataclass(kw_only=True)
class Party:
    """A third party: its client, its SFTP account and its destination; and an officer who looks through its eyes."""

    reader: Reader
    shelf: Shelf
    destination: Destination
    officer: Comparing = field(default_factory=Comparing)

    @classmethod
    def of(cls):
        """The third party XB of office XA."""
        reader = a_reader(rights=RIGHTS)
        reader.get("/api/v1/whoami")  # notes the client's last use
        account = sftp.open_account(None, third_party=reader.authorization.third_party, at=AT)
        added = destinations.add(
            reader.authorization, "web", DestinationKind.HTTP, {"url": "https://xb.example/in"},
            by="officer", at=AT,
        )  # fmt: skip
        party = cls(
            reader=reader,
            shelf=Shelf(SftpAccount.objects.get(pk=account.pk), None, "203.0.113.7"),
            destination=added.destination,
        )
        party.officer.force_login(builders.a_person("officer@xa.example", "XA"))
        party.officer.get("/")  # notes the session's last use
        return party


@dataclass
class Looker:
    """Looks at one registry again and again: with what it has by then, and what came out each time."""

    party: Party
    hidden: frozenset
    probes: list
    form: str
    seen: list = field(default_factory=list)
    cursors: list = field(default_factory=list)
    exports: dict = field(default_factory=dict)
    turn: int = 0
    routes: set | None = None

    def at_some(self):
        """One look at the feed, and at a third of all other ways, in turns."""
        self.turn += 1
        self.feed()
        [self.records, self.search, self.proof][self.turn % 3]()
        [self.pictures, self.pushed, self.terms][self.turn % 3]()
        if self.turn % 3 == 0:
            self.export(FORMS[self.turn % 9 // 3])

    def at_all(self):
        """One look at everything; what is brought to it, or lies on its shelf, with one form of exports each."""
        self.turn = 0
        self.feed()
        self.records()
        self.pictures()
        self.search()
        self.proof()
        self.terms()
        self.export(self.form, **({"rights": ["trademark"]} if self.form == "ndjson" else {}))
        if self.form == "ndjson":
            self.pushed()
        if self.form == "st96":
            self.on_the_shelf()
        self.previewed()

    def get(self, address, **headers):
        """One request of the client; the answer as it can be compared."""
        reader = self.party.reader
        return self._keep(address, reader.get(address, **headers), *headers.values())

    def _keep(self, address, answer, *more):
        found = answered(self.party.reader, answer)
        self.seen.append((" ".join([address, *more]), found))
        if self.routes is not None:
            self.routes.add((answer.resolver_match.url_name, answer.request["REQUEST_METHOD"]))
        return found

    def feed(self):
        """From the beginning, whole and in part; old cursors are tried again and again."""
        for address in (
            f"{FEED}?limit=1",
            *(f"{FEED}?limit=2&after={one}" for one in [*self.cursors[-2:], *self.cursors[:1]]),
            FEED,
        ):
            body = self.get(address).body
            if b'"next"' in body:
                self.cursors += [
                    one for one in [json.loads(body)["next"]] if one not in self.cursors
                ]
        self.get(FEED, Accept="application/x-ndjson")

    def records(self):
        """Records that are there, are not, are beyond the view; in both forms, and when they have not changed."""
        others = ("2", Right.DESIGN), (BEYOND, Right.TRADEMARK), *product(GONE.values(), RIGHTS)
        for right, number in (*MINE, *((right, number) for number, right in others)):
            self.get(f"/api/v1/{right.value}s/XA/{number}")
        found = self.get(f"{MARKS}/XA/1", Accept="application/xml")
        self.get(f"{MARKS}/XA/1", **{"If-Modified-Since": "Mon, 23 Nov 2026 04:02:30 GMT"})
        tag = dict(found.headers).get("ETag", '"none"')
        self.get(f"{MARKS}/XA/1", **{"If-None-Match": tag, "Accept": "application/xml"})

    def pictures(self):
        """Pictures, whole and in part."""
        picture = "/api/v1/images/XA/trademark/{}.jpg"
        self.get(picture.format(1))
        self.get(picture.format(1), Range="bytes=10-")
        self.get(picture.format(2), Range="bytes=-7")
        self.get(picture.format(BEYOND))
        self.get("/api/v1/images/XA/patent/1.jpg")

    def search(self):
        """Searches, and every page of some; all of the probes only in the end."""
        for probe in self.probes[self.turn % 8 :: 8] if self.turn else self.probes:
            self.get(f"{MARKS}?{urlencode(probe)}")
        self.get(f"{MARKS}?words=apple", Accept="application/xml")
        self.get("/api/v1/designs")
        for start in (MARKS, f"{MARKS}/XA?words=apple", "/api/v1/patents/XA"):
            following = f"{start}{'&' if '?' in start else '?'}limit=1"
            while following:
                link = dict(self.get(following).headers).get("Link", "")
                following = link.partition("<")[2].partition(">")[0]

    def proof(self):
        """Proofs for a reader of the whole feed, and for one with an old cursor."""
        twig = digests.place("1")
        [marks, patents], last, old = RIGHTS, self.cursors[-1:], self.cursors[:1]
        places = ("", "/63", f"/{twig // 256}/{twig % 256}")
        asked = [
            *product(last, [marks], places),
            *product(last, [patents], [""]),
            *product(old, [marks], [""]),
        ]
        for after, right, place in asked:
            self.get(f"/api/v1/proof{place}?office=XA&right={right.value}&after={after}")

    def terms(self):
        """What is authorized, and what is the same for everybody."""
        fixed = ("vocabularies", "vocabularies/status-words", "nothing", "submissions")
        for address in ("whoami", "policy", *(fixed if self.form == "parquet" else ())):
            self.get(f"/api/v1/{address}")

    def export(self, form, **more):
        """Old exports, then a new one in the place of one like it, from the request to the bytes of its parts."""
        reader = self.party.reader
        for address in self.exports.values():
            self._keep("an old export", reader.get(address))
        if form in self.exports:
            self._keep("an export goes", delete(reader, self.exports.pop(form)))
        self._keep("no export of designs", ask(reader, form, rights=["design"]))
        answer = ask(reader, form, **more)
        self._keep(f"export {form}", answer)
        if answer.status_code == 202:
            address = self.exports[form] = answer["Location"]
            making.make(UUID(address.rpartition("/")[2]), at=AT)
            described = reader.get(address)
            self._keep(f"manifest {form}", described)
            for part in json.loads(described.content)["manifest"]["parts"]:
                self._keep(f"part {part['name']}", reader.get(part["href"]))
        self._keep("exports", reader.get("/api/v1/exports"))

    def pushed(self):
        """What is brought to its destination: each delivery, and whether it may leave; all arrive."""
        while True:
            destination = Destination.objects.select_related("authorization").get(
                pk=self.party.destination.pk
            )
            made = preparing.make(destination, at=AT)
            if made is None:
                return
            right = Right(made.right)
            seen = preparing.view_of(destination, right, AT)
            leaves = deliveries._may_leave(made, seen, right)
            told = [(one["path"], one["size"], one["sha256"]) for one in made.files]
            self.seen.append(
                ("delivery", (made.name, leaves, told, made.puts, made.withdrawn, made.cursor))
            )
            deliveries._acknowledge(destination, made, at=AT)

    def on_the_shelf(self):
        """What lies on its shelf for SFTP."""
        shelf_packages.fill(at=AT)
        for export in Export.objects.filter(client=None).values_list("pk", flat=True):
            making.make(export, at=AT)
        self.seen.append(("shelf", sorted(self.party.shelf.rights(AT))))
        for right in Right:
            for file in self.party.shelf.files("XA", right, Kind.FULL_EXTRACTION, AT):
                told = (file.name, file.size, file.modified_at, objects.get(file.object))
                self.seen.append(("file on the shelf", told))

    def previewed(self):
        """What the office sees through its eyes, and what saving other conditions would change."""
        authorization = Authorization.objects.get(pk=self.party.reader.authorization.pk)
        excluded = self.hidden | {ElementGroup.TEXT}
        wanted = Conditions(rights=frozenset(RIGHTS), excluded=excluded, filter=SINCE)
        self.seen.append(("preview", preview.of(authorization, wanted, at=AT)))
        for address in ("as-seen/{}/1", "as-seen-files/{}/1.jpg", "as-seen-json/{}/1"):
            written = address.format(f"{authorization.pk}/trademark")
            answer = self.party.officer.get(f"/register/xa/{written}")
            body = _CSRF.sub(b"", answer.getvalue())
            self.seen.append((address, (answer.status_code, sorted(answer.items()), body)))
