"""After an upgrade that groups elements otherwise, every record is dealt out again, from what the register holds.

What is held is the whole record, so no package is read for it: its documents are joined, rendered, and converted
anew. What that moves from one group to another is published as a change like any other; the office's findings stay
as they are. Until a register is through, it is closed to whoever sees anything of it (docs/decisions/0018).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction
from lxml import etree

from ipshare.check.gather import gather
from ipshare.check.package import group_digests, row_of
from ipshare.domain.digest import group_digest
from ipshare.domain.group import SHAREABLE, ElementGroup, mask
from ipshare.domain.office import Right
from ipshare.domain.record import Record
from ipshare.ingest import queue, waking, whole
from ipshare.parse import canonical
from ipshare.render import residue, st96, st97
from ipshare.standards import st96 as standard
from ipshare.store import audit, dealing, groupings, merge
from ipshare.store.dealing import DealtOut, Held

AT_ONCE = 200
"""Records that are dealt out in one transaction; publishing waits for it."""


def queue_others() -> None:
    """Queue a job for every register that another version of the hub dealt out, where none waits."""
    for office, right in groupings.others():
        queue.regroup(office, right)


def regroup(office: str, right: Right, *, at: datetime) -> None:
    """Deal out a register again, from its first record to its last. Killed at any instant, it may be repeated."""
    if (office, right) not in groupings.others():
        return
    changed, after = 0, ""
    while True:
        with transaction.atomic():
            merge.alone(office, right)
            held = dealing.read(office, right, after=after, limit=AT_ONCE)
            again = [dealt for one in held if (dealt := _dealt_out(office, right, one))]
            changed += dealing.write(office, right, again, at=at)
        if not held:
            break
        after = held[-1].number
    with transaction.atomic():
        groupings.end(office, right)
        audit.write(
            "register.regrouped", at=at, actor="hub", office=office, subject=right.value, changed=changed
        )  # fmt: skip
        queue.items(office)
        queue.search(office)
        waking.office(office)


def _dealt_out(office: str, right: Right, held: Held) -> DealtOut | None:
    """A record as it is dealt out today; None where that is how it is held.

    A group that is older than the others, since a finding keeps the newer one back, cannot be put together with
    them. It stays as it is where all of it is still of its own group; else it goes, until the office sends it
    without the defect.
    """
    documents = {group: one for group, one in held.documents.items() if not held.stale & group.bit}
    record = _converted(office, right, *documents.values())
    older = {
        group: one
        for group, one in held.documents.items()
        if held.stale & group.bit
        and group not in record.documents
        and _is_whole(group, one, _converted(office, right, one))
    }
    told = _told(record.documents) == _told(held.documents)
    if not held.stale and record.joints == held.joints and told:
        return None
    digests = group_digests(record) | {group: group_digest(one) for group, one in older.items()}
    return DealtOut(
        number=held.number,
        stale=mask(older),
        joints=record.joints,
        facts=whole.packed(row_of(gather(record), digests)),
        documents={**record.documents, **older},
        digests=digests,
    )


def _converted(office: str, right: Right, *documents: bytes) -> Record:
    """The record that documents of groups make together, as it is dealt out today."""
    element = _element(right, st97.merge(documents))
    return canonical.convert(element, right=right, office=office, file="", line=0)


def _is_whole(group: ElementGroup, document: bytes, record: Record) -> bool:
    """Whether the document of a group, converted by itself, is there again: none of it is of another group."""
    again = record.documents.get(group)
    return again is not None and group_digest(again) == group_digest(document)


def _told(documents: Mapping[ElementGroup, bytes]) -> dict[ElementGroup, bytes]:
    """What may ever go out; what nobody classified comes back with its namespaces spelled otherwise."""
    return {group: one for group, one in documents.items() if group in SHAREABLE}


def _element(right: Right, merged: bytes) -> etree._Element:
    """The record element of a record, without what rendering adds to make a document of it."""
    tree = msgspec.json.decode(merged)
    document = etree.fromstring(
        st96.to_xml(right, merged), etree.XMLParser(resolve_entities=False, huge_tree=True)
    )
    element = residue.record_of(document, right)
    if right is Right.TRADEMARK:
        tree = tree.get("trademarkApplication")
        if tree is None:
            element.getparent().remove(element)  # type: ignore[union-attr]
            return element
    version = standard.model().clark("com:st96Version")
    if "@st96Version" not in tree and version in document.attrib:
        del document.attrib[version]
    return element
