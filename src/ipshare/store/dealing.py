"""The records of a register dealt out to their element groups again: read as they are held, and written anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.store import columns, merge, raw

_GROUPS = tuple(ElementGroup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A record as it is held; ``stale`` is the mask of the groups that are older than the others."""

    number: str
    stale: int
    joints: bytes
    documents: Mapping[ElementGroup, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealtOut:
    """The same record as it is dealt out today; ``facts`` is what a package is compared by.

    ``joints`` are those of the groups that are not ``stale``; how the others stand to them is not known.
    """

    number: str
    stale: int
    joints: bytes
    facts: bytes
    documents: Mapping[ElementGroup, bytes]
    digests: Mapping[ElementGroup, bytes]


def read(office: str, right: Right, *, after: str, limit: int) -> list[Held]:
    """The live records of a register after a number, in the order of their numbers."""
    query = f"""
        SELECT number, stale, joints, {columns.DOCUMENTS} FROM record
        WHERE office = %(office)s AND "right" = %(right)s AND live AND number > %(after)s
        ORDER BY number LIMIT %(limit)s
    """
    given = {"office": office, "right": right.value, "after": after, "limit": limit}
    return [
        Held(
            number=number,
            stale=stale,
            joints=bytes(joints),
            documents={
                group: document
                for group, document in zip(_GROUPS, documents, strict=True)
                if document is not None
            },
        )
        for number, stale, joints, *documents in raw.fetch(query, given)
    ]


def write(office: str, right: Right, dealt_out: Sequence[DealtOut], *, at: datetime) -> int:
    """Put these in the place of what is held, each a change of the groups that differ; how many changes.

    The caller holds a transaction, in which it writes the register alone (merge.alone) and has read what is held.
    """
    if not dealt_out:
        return 0
    names: dict[str, Any] = {"office": office, "right": right.value, "submission": None, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(columns.CREATE_DEALT_OUT)
        with cursor.copy("COPY dealt_out FROM STDIN") as copy:
            for one in dealt_out:
                documents = [one.documents.get(group) for group in _GROUPS]
                texts = [None if text is None else text.decode() for text in documents]
                digests = [one.digests.get(group, b"") for group in _GROUPS]
                copy.write_row([one.number, one.stale, one.joints, one.facts, *texts, *digests])
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE delta AS
            SELECT number, true AS was_live, false AS withdraw,
                   groups + CASE WHEN joints <> 0 THEN {columns.JOINTS_BIT} ELSE 0 END AS groups, joints,
                   NULL::facets AS before, after, 0::bigint AS position
            FROM (
                SELECT s.number, {columns.DIFFERS} AS groups,
                       joints_changed(r.joints, joints_mark(s.joints, s.stale)) AS joints, r.facets AS after
                FROM dealt_out s JOIN record r
                  ON r.office = %(office)s AND r."right" = %(right)s AND r.number = s.number
            ) differing
            """,
            names,
        )
        changes = merge.give_positions(names)
        cursor.execute(
            f"""
            UPDATE record r SET
              position = CASE WHEN d.groups <> 0 THEN d.position ELSE r.position END,
              joints = joints_mark(s.joints, s.stale), facts = s.facts, stale = s.stale, {columns.DEAL_OUT}
            FROM dealt_out s JOIN delta d ON d.number = s.number
            WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = s.number
            """,
            names,
        )
        cursor.execute("DROP TABLE dealt_out, delta")
    return changes
