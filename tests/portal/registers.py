"""Records with content for the pages of the register: marks of Cambodia as an office sends them, through the merge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from lxml import etree

from ipshare.domain.digest import digest
from ipshare.domain.facets import Facets
from ipshare.domain.office import Right
from ipshare.ops.sample import pictures
from ipshare.parse import canonical
from ipshare.share.search import index
from ipshare.store import objects
from ipshare.store.models.submissions import Submission
from ipshare.store.stage import ImageFile
from share import histories

AT = datetime.now(UTC).replace(microsecond=0)
NUMBER = "KH/118204/24"
IMAGE = "kh118204-1.png"
PAPER = "kh118204-receipt.pdf"
NAME = "ក្រុមហ៊ុន ស្ទឹងមាស ហ្វូដ ឯ.ក"
XML = (Path(__file__).parent / "data" / "mark.xml").read_text(encoding="utf-8")


def mark_xml(number, **values):
    """A trademark in ST.96; the one that the tests look at names a picture and a document."""
    image = ""
    if number == NUMBER:
        shown = f"<com:FileName>{IMAGE}</com:FileName><com:ImageFormatCategory>PNG</com:ImageFormatCategory>"
        colours = (
            "<tmk:MarkImageColourClaimedText>gold, dark green</tmk:MarkImageColourClaimedText>"
        )
        paper = f"<com:FileName>{PAPER}</com:FileName>"
        images = "".join(
            f"<tmk:MarkImage>{one}</tmk:MarkImage>" for one in (shown + colours, paper)
        )
        image = f"<tmk:MarkImageBag>{images}</tmk:MarkImageBag>"
    usual = {"filed": "2024-05-14", "status": "Registered", "goods": "", "registration": "KH/M/"}
    return "".join(XML.splitlines()).format(number=number, image=image, **{**usual, **values})


def a_mark(number, **values):
    """A record as the line reads it."""
    xml = mark_xml(number, **values)
    element = etree.fromstring(xml)
    return canonical.convert(
        element,
        right=Right.TRADEMARK,
        office="KH",
        file="a.xml",
        line=7,
        source=digest(xml.encode()),
    )


STUNG_MEAS = {"words": "ស្ទឹងមាស STUNG MEAS", "name": NAME, "latin": "Stung Meas Food Co., Ltd"}


def some_marks():
    """KH's marks with content: one with a picture, a past and findings; others to be told from it."""
    first = Submission.objects.get(office="KH", number=1)
    newest = Submission.objects.get(office="KH", number=3)
    others = [
        a_mark(f"KH/{n}/23", words=f"ANGKOR {n}", name="ហេង ដារ៉ា", latin="Heng Dara",
               filed=f"2023-0{1 + n % 9}-10", status="Expired" if n % 2 else "Registered", registration=f"KH/2023/{n}")
        for n in range(112_950, 112_960)
    ]  # fmt: skip
    publish(first, [a_mark(NUMBER, **STUNG_MEAS, goods=""), *others], at=AT - timedelta(days=104))
    publish(
        newest,
        [a_mark(NUMBER, **STUNG_MEAS, goods="; café services")],
        images=[a_picture(), a_paper()],
        at=AT - timedelta(days=6),
        errors=True,
    )
    index.bring_up("KH")


def publish(submission, records, *, images=(), at, errors=False):
    """One submission's records into the register, with facets such as the line finds."""
    facets = {
        one.number: Facets(
            filed=date.fromisoformat(one.tree["applicationDate"]),
            registered=date(2025, 8, 7),
            is_published=True,
            is_registered=True,
            has_errors=errors,
        )
        for one in records
    }
    histories.publish(submission.pk, records, office="KH", images=images, facets=facets, at=at)


def a_picture():
    """A picture that lies in the object store."""
    return _file(IMAGE, "PNG", pictures.png("mark", 7, 1), pictures.SIDE, pictures.SIDE)


def a_paper():
    """A document: no browser may show it as a page."""
    return _file(PAPER, "PDF", b"%PDF-1.4 receipt", None, None)


def _file(name, kind, content, width, height):
    key = f"tests/{sha256(content).hexdigest()}"
    objects.put(key, content)
    return ImageFile(
        name=name, object=key, place=0, stored_size=len(content), size=len(content), method=0,
        digest=digest(content), format=kind, width=width, height=height,
    )  # fmt: skip
