"""An export as ST.96 is a package as offices send them: the hub takes it back, and nothing has changed."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.db import connection

from ipshare.domain.group import ElementGroup
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.parse import readers
from ipshare.parse.cut import Shard
from ipshare.store.models.accounts import Office
from line import drain, send
from share.exporting import ask, download, look
from share.histories import AT, a_reader

pytestmark = pytest.mark.django_db(transaction=True)
RECORDS = 12


@pytest.fixture
def register(tmp_path, settings):
    """The registers of an office, loaded from sample packages; returns them by right."""
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.UPLOADS = tmp_path / "uploads"
    Office.objects.create(code="KH", name="Cambodia", created_at=AT)
    for right in Right:
        order = Order(
            office="KH", right=right, kind=Kind.FULL_EXTRACTION, records=RECORDS, date="2026-09-30",
            as_of="2026-09-30", seed=5, defects=0.0, revised=0.0,
        )  # fmt: skip
        made = package.write(order, tmp_path)
        sent = send(
            tmp_path / "sent.zip", made.path.read_bytes(), at=AT, office="KH", right=right, name=made.path.name
        )  # fmt: skip
        assert sent.state == State.PUBLISHED, sent.reason


def exported(reader):
    """The packages of an export by right."""
    address = ask(reader, "st96")["Location"]
    drain()
    manifest = look(reader, address)["manifest"]
    rights = {part["name"]: Right(part["right"]) for part in manifest["parts"]}
    return {rights[name]: content for name, content in download(reader, manifest).items()}


def changed_by(submission):
    """The mask of the groups that a submission has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(bit_or(groups), 0) FROM change WHERE submission_id = %s",
            [submission.pk],
        )
        return cursor.fetchone()[0]


@pytest.mark.usefixtures("register")
def test_the_hub_takes_an_export_back_and_nothing_has_changed(tmp_path):
    packages = exported(a_reader(office="KH"))
    assert set(packages) == set(Right)
    for right, content in packages.items():
        again = send(
            tmp_path / "again.zip", content, at=AT, office="KH", right=right, kind=Kind.UPDATES,
            name=f"KH-{right}-00001.zip",
        )  # fmt: skip
        assert (again.state, again.records) == (State.PUBLISHED, RECORDS)
        # but for remarks, which stay with the office
        assert changed_by(again) in {0, ElementGroup.UNCLASSIFIED.bit}


@pytest.mark.usefixtures("register")
def test_trademarks_and_designs_are_one_file_and_patents_one_each():
    for right, content in exported(a_reader(office="KH")).items():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
        if right is Right.PATENT:
            assert names == [f"KH-patent-00001/{n:06}.xml" for n in range(1, RECORDS + 1)]
        else:
            assert names == [f"KH-{right}-00001.xml"]


@pytest.mark.usefixtures("register")
def test_what_is_withheld_is_in_no_package():
    withheld = frozenset(G) - {G.IDENTITY, G.TEXT}
    for right, content in exported(a_reader(office="KH", excluded=withheld)).items():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                shard = Shard(file=name, number=1, line=1, data=archive.read(name))
                for record in readers.read(shard, office="KH"):
                    assert set(record.documents) <= {G.IDENTITY, G.TEXT}, right
