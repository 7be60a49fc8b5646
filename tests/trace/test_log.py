"""Log lines: JSON with the id of the work in hand, and no value of a record in what an exception says."""

from __future__ import annotations

import json
import logging

import psycopg
import pytest
from django.db import IntegrityError, connection

from ipshare.store.models.accounts import Office
from ipshare.trace import context
from ipshare.trace import log as lines

SECRET = "ក្រុមហ៊ុន អង្គរ"


@pytest.fixture
def said():
    """What a logger's handler writes, read back."""
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler, logger = Kept(), logging.getLogger("ipshare.tests.said")
    handler.setFormatter(lines.Lines())
    logger.addHandler(handler)
    logger.propagate, logger.level = False, logging.DEBUG
    yield logger, written
    logger.removeHandler(handler)


def test_a_line_has_the_id_and_the_facts_that_are_allowed(said):
    logger, written = said
    with context.bound("a1b2", reference="KH-000001"):
        logger.info("landed %s", "x", extra={"size": 7, "request": object(), "body": SECRET})
    [line] = written
    assert (line["id"], line["reference"], line["event"]) == ("a1b2", "KH-000001", "landed x")
    assert (line["size"], line["level"], line["logger"]) == (7, "info", "ipshare.tests.said")
    assert line["at"].endswith("Z")
    assert not {"request", "body"} & line.keys()


def test_an_exception_leaves_its_type_and_places_alone(said):
    logger, written = said
    try:
        int(SECRET)
    except ValueError:
        logger.exception("it failed")
    [line] = written
    assert line["trouble"] == "ValueError"
    assert line["places"][-1].endswith("test_an_exception_leaves_its_type_and_places_alone")
    assert SECRET not in json.dumps(line, ensure_ascii=False)


@pytest.mark.django_db
def test_postgresql_says_its_sentence_without_the_values(at):
    Office.objects.create(code="XA", name=SECRET, created_at=at)
    with pytest.raises(IntegrityError) as caught, connection.cursor() as cursor:
        cursor.execute("INSERT INTO store_office SELECT * FROM store_office")
    told = lines.said(caught.value)
    assert (
        told
        == 'IntegrityError: 23505 duplicate key value violates unique constraint "store_office_pkey"'
    )
    error = psycopg.errors.InvalidTextRepresentation(f"invalid input: {SECRET}")
    assert lines.said(error) == "InvalidTextRepresentation"


def test_the_system_s_own_words_are_kept():
    assert lines.said(FileNotFoundError(2, "No such file or directory", SECRET)) == (
        "FileNotFoundError: No such file or directory"
    )
