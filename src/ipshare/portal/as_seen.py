"""A record as a third party sees it: made of the bytes that the API gives, and of the third party's view alone.

What a view withholds is named by its group and hatched, whether the record holds anything there or not: for two
registers that differ only in what a view withholds, the page is the same (tests/laws).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ipshare.domain.authorization import Conditions, Filter, Route, View
from ipshare.domain.facets import Facets
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.portal import addresses, elements, record_files
from ipshare.portal.record_page import HEADINGS, Section
from ipshare.share import authorized, images
from ipshare.store import own_record
from ipshare.store.models.sharing import Authorization, RecordBlock
from ipshare.store.own_record import Held


def sections(view: View, right: Right, tree: dict[str, Any]) -> list[Section]:
    """The element groups that a view shows of a record, and those that it withholds, in their order."""
    shown = elements.blocks(right, tree)
    found = {
        name: file
        for name, file in own_record.files(view.office, right, record_files.names(shown)).items()
        if images.let_out(view, file.picture.format, name)
    }
    record_files.place(
        shown,
        found,
        lambda name: addresses.as_seen_file(view.office, view.authorization, right, name),
        sized=False,
    )
    return [
        Section(
            group=group,
            name=HEADINGS[group],
            blocks=shown.get(group, []),
            findings=[],
            receivers=[],
            others=[],
            withheld=group not in view.groups,
        )
        for group in ElementGroup
        if group in SHAREABLE and (group in shown or group not in view.groups)
    ]


def reasons(
    authorization: Authorization,
    right: Right,
    held: Held,
    blocks: list[RecordBlock],
    *,
    at: datetime,
) -> list[str]:
    """Why a third party does not get a record: every condition that withholds it, in words."""
    if not held.live:
        return ["The record was withdrawn: nobody receives it."]
    conditions = authorized.conditions_of(authorization)
    found = list(_ended(authorization, conditions, at))
    if not found and right not in conditions.rights:
        found.append(f"The authorization does not include {right.folder.lower()}.")
    for one in blocks:
        whom = "every third party" if one.authorization_id is None else "this third party"
        found.append(f"A block keeps the record from {whom}: {one.reason}")
    found += [
        f"The filter lets out only {text}." for text in _filter(conditions.filter, held.facets)
    ]
    return found


def _ended(authorization: Authorization, conditions: Conditions, at: datetime) -> Iterator[str]:
    if not authorization.version:
        yield "Nothing was ever saved for this third party, so nothing is shared."
    elif authorization.ended_at is not None:
        yield "The authorization was ended."
    elif conditions.starts_at is not None and at < conditions.starts_at:
        yield "The authorization has not begun yet."
    elif conditions.ends_at is not None and at >= conditions.ends_at:
        yield "The period of the authorization is over."


def _filter(wanted: Filter, facets: Facets) -> Iterator[str]:
    """The members of a filter that a record does not meet."""
    filed, registered = facets.filed, facets.registered
    national = wanted.route is Route.NATIONAL
    for wrong, text in (
        (wanted.filed_from and not (filed and filed >= wanted.filed_from),
         f"records filed on or after {wanted.filed_from}"),
        (wanted.filed_to and not (filed and filed <= wanted.filed_to),
         f"records filed on or before {wanted.filed_to}"),
        (wanted.registered_from and not (registered and registered >= wanted.registered_from),
         f"records registered on or after {wanted.registered_from}"),
        (wanted.registered_to and not (registered and registered <= wanted.registered_to),
         f"records registered on or before {wanted.registered_to}"),
        (wanted.published_only and not facets.is_published, "records that are published"),
        (wanted.registered_only and not facets.is_registered, "records that are registered"),
        (national and facets.is_international, "records filed with the office itself"),
        (wanted.route is Route.INTERNATIONAL and not facets.is_international,
         "records designated through WIPO"),
        (wanted.without_errors and facets.has_errors, "records without open errors"),
    ):  # fmt: skip
        if wrong:
            yield text
