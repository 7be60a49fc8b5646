"""One engine, two doors: ``ipshare check`` on the office's machine finds what the hub finds, id for id."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest

from ipshare.domain.finding import Finding
from ipshare.domain.office import Kind, Right
from ipshare.ingest import offline
from ipshare.ingest.offline_report import RecordRead
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.quality import report
from ipshare.store.models.accounts import Office
from line import send
from xmlbuilders import a_mark, transaction

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = ("rule", "severity", "record", "path", "value", "proposed", "message", "file", "line")


def of(finding):
    return tuple(str(getattr(finding, name)) for name in FIELDS)


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("office", "right", "form", "images"),
    [
        ("KH", Right.TRADEMARK, "st66", False),
        ("MY", Right.TRADEMARK, "st96", True),
        ("SG", Right.DESIGN, "st96", True),
        ("VN", Right.PATENT, "st96", False),
    ],
)
def test_the_offline_command_and_the_hub_find_the_same(tmp_path, at, office, right, form, images):
    Office.objects.create(code=office, name=office, created_at=at)
    order = Order(
        office=office, right=right, kind=Kind.FULL_EXTRACTION, records=120, date="2026-11-20", seed=5,
        format=form, defects=0.5, images=images,
    )  # fmt: skip
    made = package.write(order, tmp_path)
    items = [
        *offline.check_path(
            made.path,
            office=office,
            right=right,
            kind=Kind.FULL_EXTRACTION,
            today=at.date(),
            schemas_dir=tmp_path / "schemas",
        )
    ]
    alone = Counter(of(item) for item in items if isinstance(item, Finding))
    submission = send(
        tmp_path / "copy",
        made.path.read_bytes(),
        at=at,
        office=office,
        right=right,
        name=made.path.name,
    )
    hub = Counter(of(row) for row in submission.findings.all())
    assert (hub - alone, alone - hub) == (Counter(), Counter())
    assert len(hub) > 20
    kept_back = Counter(one.kept_back for one in items if isinstance(one, RecordRead))
    assert report.kept_back(submission) == {word: kept_back[word] for word in ("whole", "in part")}
    assert {marked(one) for one in items if isinstance(one, Finding)} == {
        marked(one) for one in report.findings(submission)
    }


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    "name", ["marks.xml", "marks.xml.gz", "XA_TM_Full_Extraction_20190101.xml"]
)
def test_a_file_that_is_no_zip_is_judged_alike(tmp_path, at, name):
    """Its name, too (PKG-001, PKG-017)."""
    content = transaction(a_mark("XA/1/19"), a_mark("XA/1/19", words="OTHER"))
    content = gzip.compress(content) if name.endswith(".gz") else content
    submission = send(tmp_path / "copy", content, at=at, name=name)
    path = tmp_path / name
    path.write_bytes(content)
    items = offline.check_path(
        path, office="XA", right=Right.TRADEMARK, kind=Kind.FULL_EXTRACTION, today=at.date(),
        schemas_dir=tmp_path / "schemas",
    )  # fmt: skip
    alone = Counter(of(item) for item in items if isinstance(item, Finding))
    assert alone == Counter(of(row) for row in submission.findings.all())
    assert {rule for rule, *_ in alone} >= {"PKG-001" if "marks" in name else "PKG-017", "NUM-009"}


def marked(finding):
    return finding.rule, finding.record, finding.file, finding.kept_back
