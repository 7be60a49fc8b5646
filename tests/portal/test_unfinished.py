"""Files over SFTP that are not whole yet: their office sees them with how to go on, nobody else does."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.conf import settings

from ipshare.domain.office import Kind, Right
from ipshare.intake import uploads
from ipshare.intake.tree import FilePlace
from portal.builders import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_files(settings, tmp_path):
    """One that was cut under its own name, one under a temporary name."""
    settings.UPLOADS = tmp_path / "uploads"
    for right, kind, name, size in (
        (Right.TRADEMARK, Kind.UPDATES, "KH_TM_Updates_20261127.zip.part", 1_204),
        (Right.PATENT, Kind.FULL_EXTRACTION, "KH_PT_Full_Extraction_20261127.zip", 1),
    ):
        path = uploads.path_of(Path(settings.UPLOADS), FilePlace("KH", right, kind, name))
        path.parent.mkdir(parents=True)
        path.write_bytes(b"P" * size)
        os.utime(path, (AT.timestamp(), AT.timestamp()))


def words(answer):
    body = answer.content.decode().split("<main", 1)[-1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", body).replace("\u00a0", " "))


def test_an_incomplete_file_is_shown_with_how_to_go_on(sokha):
    page = words(sokha.get("/history"))
    assert "Not whole yet, over SFTP 2" in page
    assert "Trademarks/Updates" in page
    assert "1,204 bytes" in page
    assert "1 byte " in page
    assert "reput KH_TM_Updates_20261127.zip.part" in page
    assert "rename KH_TM_Updates_20261127.zip.part KH_TM_Updates_20261127.zip" in page
    assert "rename KH_PT" not in page


def test_a_cut_file_is_on_home_with_what_it_lacks_and_what_to_do(sokha, anong):
    folder = FilePlace("KH", Right.TRADEMARK, Kind.UPDATES, "cut.xml")
    cut = uploads.path_of(Path(settings.UPLOADS), folder)
    for name, content in (("cut.xml", b"<a><b/>"), ("empty.zip", b""), ("now.zip", b"PK")):
        cut.with_name(name).write_bytes(content)
        if name != "now.zip":  # which is still coming
            os.utime(cut.with_name(name), (AT.timestamp() - 120, AT.timestamp() - 120))
    page = words(sokha.get("/"))
    assert (
        "Not whole, over SFTP: cut.xml As it is on the hub, its end tag &lt;/a&gt; is missing."
        in page
    )
    assert "If your own file is whole: reput. If not, make it again and put it." in page
    assert "Not whole, over SFTP: empty.zip As it is on the hub, it is empty." in page
    assert "now.zip" not in page
    assert "cut.xml" not in words(anong.get("/"))
    assert "As it is on the hub, its end tag &lt;/a&gt; is missing." in words(sokha.get("/history"))


def test_only_where_submissions_are_looked_at(sokha):
    assert "Not whole yet" not in words(sokha.get("/history?direction=out"))


def test_operators_see_it_of_one_office_and_others_never(operator, anong):
    assert "Not whole yet, over SFTP 2" in words(operator.get("/history?office=KH"))
    for answer in (
        operator.get("/history"),
        anong.get("/history"),
        anong.get("/history?office=KH"),
    ):
        assert "Not whole yet" not in words(answer)


def test_who_serves_one_right_sees_the_files_of_that_right(office):
    from portal import builders
    from portal.conftest import signed_in

    roles = builders.roles("data-officer", right=Right.PATENT)
    builders.a_person("dara@moc.example", "KH", "Dara", roles=roles)
    page = words(signed_in("dara@moc.example").get("/history"))
    assert "KH_PT_Full_Extraction_20261127.zip" in page
    assert "KH_TM_Updates_20261127" not in page
