"""What only a whole package shows, with little of it in memory at once: the hub and the office's own machine agree."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter

import pytest
from django.db import connection, transaction

from cases.rules.builder import DECLARED, NUMBERS, PARTY, TRADEMARK
from ipshare.domain.finding import Finding
from ipshare.domain.office import Kind, Right
from ipshare.ingest import offline, publishing
from ipshare.store import stage
from ipshare.store.models.accounts import Office
from line import send

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = ("rule", "record", "path", "value", "message")
NAME = "KH_TM_Full_Extraction_20261120.zip"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">2I5B", 3, 2, 8, 2, 0, 0, 0)
PICTURE += struct.pack(">I", zlib.crc32(PICTURE[12:]))


def mark(place: int, *, picture: str, registration: int = 0) -> str:
    number, registered, *_ = NUMBERS["KH"]
    return TRADEMARK.format(
        ns="",
        office="KH",
        number=number.replace("49703", str(49703 + place)),
        registration=registered.replace("51234", str(51234 + (registration or place))),
        party=PARTY.format(country="KH"),
    ).replace("49703.png", picture)


def package() -> bytes:
    """Numbers that come twice or share a registration, pictures that are missing, here, and spare."""
    marks = [
        mark(0, picture="gone.png"),
        mark(0, picture="gone.png"),
        mark(1, picture="deep/here.png"),
        mark(2, picture="here.png", registration=1),
        mark(3, picture="gone.png"),
        mark(4, picture="other/here.png"),
    ]
    root = f'<tmk:TrademarkApplication {DECLARED} com:st96Version="V6_0"><tmk:TrademarkBag>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as into:
        into.writestr(
            "marks.xml", root + "".join(marks) + "</tmk:TrademarkBag></tmk:TrademarkApplication>"
        )
        for name in ("deep/here.png", "spare.png", "deep/spare.png"):
            into.writestr(name, PICTURE)
    return content.getvalue()


@pytest.mark.usefixtures("cast")
def test_the_whole_package_is_seen_alike_a_little_at_a_time(tmp_path, at, monkeypatch):
    monkeypatch.setattr(stage, "AT_ONCE", 1)
    monkeypatch.setattr(publishing, "AT_ONCE", 1)
    Office.objects.create(code="KH", name="Cambodia", created_at=at)
    submission = send(tmp_path / "sent", package(), at=at, office="KH", name=NAME)
    hub = Counter(
        tuple(getattr(one, name) for name in FIELDS)
        for one in submission.findings.filter(shard=None)
    )
    path = tmp_path / NAME
    path.write_bytes(package())
    alone = Counter(
        tuple(getattr(one, name) for name in FIELDS)
        for one in offline.check_path(
            path, office="KH", right=Right.TRADEMARK, kind=Kind.FULL_EXTRACTION, today=at.date(),
            schemas_dir=tmp_path / "schemas",
        )
        if isinstance(one, Finding) and one.file == NAME
    )  # fmt: skip
    assert hub == alone
    assert Counter(rule for rule, *_ in hub.elements()) == {
        "NUM-010": 1, "NUM-011": 1, "IMG-001": 3, "IMG-002": 1,
    }  # fmt: skip


@pytest.mark.usefixtures("db")
def test_what_is_compared_waits_on_the_server(monkeypatch):
    monkeypatch.setattr(stage, "AT_ONCE", 10)
    with transaction.atomic(), connection.cursor() as cursor:
        stage.create(1)
        cursor.execute(
            "INSERT INTO stage_record_1 (shard, place, number, operation, source, facts, images)"
            " SELECT 0, n, n, 'put', '', 'x', ARRAY[n || '.png'] FROM generate_series(1, 25) n"
        )
        for rows in (stage.facts, stage.missing_images):
            found = rows(1, office="KH", right="trademark")
            next(found)
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (1,)
            assert len(list(found)) == 24
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (0,)
        stage.drop(1)
