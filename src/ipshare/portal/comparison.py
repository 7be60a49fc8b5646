"""A preview as a page shows it: a sentence, counts by right, element groups, records side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from ipshare.domain import plural
from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.portal import words
from ipshare.share.preview import Preview, Sample
from ipshare.standards import labels

Documents = Mapping[ElementGroup, bytes]
ROWS = 60
"""How many differing elements of a sample are shown; its bytes are there whole."""
_PLACE = re.compile(r"/#(\d+)")
AS_BYTES = 64 * 1024
"""How many bytes of a sample a page shows as they are; a longer one only element by element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a record before and after, under the name that people call it by; None: not received."""

    label: str
    inid: str
    path: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One sample: the elements that differ, how many more there are, and how many stay the same."""

    sample: Sample
    title: str
    elements: list[Element]
    more: int
    same: int

    @property
    def was(self) -> str | None:
        """The bytes of the API at present, where they are not too long for a page."""
        return _text(self.sample.was)

    @property
    def now(self) -> str | None:
        """The bytes of the API after saving."""
        return _text(self.sample.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """An element group that comes or goes, and in how many of the records that stay."""

    name: str
    holds: str
    gained: bool
    records: int


def headline(seen: Preview) -> str:
    """What would happen, in one line without its subject: ``gain 12,400 records; lose 3 element groups``."""
    gained = sum(effect.compared.gained for effect in seen.effects)
    lost = sum(effect.compared.lost for effect in seen.effects)
    stays = seen.was.rights and seen.now.rights  # else groups come or go with the records
    files = [
        ("images", pictures(seen.was), pictures(seen.now)),
        ("documents", documents(seen.was), documents(seen.now)),
    ]
    gains = [
        *_counted(gained, "record"),
        *_counted(len(seen.groups_gained) if stays else 0, "element group"),
        *(what for what, was, now in files if now and not was),
    ]
    losses = [
        *_counted(lost, "record"),
        *_counted(len(seen.groups_lost) if stays else 0, "element group"),
        *(what for what, was, now in files if was and not now),
    ]
    parts = [*_phrase("gain", gains), *_phrase("lose", losses)]
    return "; ".join(parts) or "receive the same records and elements as now"


def groups(seen: Preview) -> list[GroupLine]:
    """The element groups that come and go, those that go first."""
    return [
        _group(seen, group, gained=gained)
        for gained, found in ((False, seen.groups_lost), (True, seen.groups_gained))
        for group in found
    ]


def pictures(view: View) -> bool:
    """Whether images, sound and video go out."""
    return bool(view.rights) and view.images and ElementGroup.MEDIA in view.groups


def documents(view: View) -> bool:
    """Whether documents go out."""
    return bool(view.rights) and view.documents and ElementGroup.MEDIA in view.groups


def samples(seen: Preview) -> list[Shown]:
    """The samples, those that lose something first."""
    found = [_shown(sample) for effect in seen.effects for sample in effect.samples]
    return sorted(found, key=lambda one: (one.sample.now is not None, one.sample.was is None))


def _counted(number: int, noun: str) -> list[str]:
    return [plural.counted(number, noun)] if number else []


def _phrase(verb: str, things: list[str]) -> list[str]:
    """``gain 12,400 records, 2 element groups and images``."""
    if not things:
        return []
    first, last = things[:-1], things[-1]
    return [f"{verb} {', '.join(first)} and {last}" if first else f"{verb} {last}"]


def _group(seen: Preview, group: ElementGroup, *, gained: bool) -> GroupLine:
    name, holds = words.GROUPS[group]
    counts = [effect.compared.groups.get(group, 0) for effect in seen.effects]
    return GroupLine(name=name, holds=holds, gained=gained, records=sum(counts))


def _shown(sample: Sample) -> Shown:
    sides = _sides(sample.right, dict(_elements(sample.was)), dict(_elements(sample.now)))
    return Shown(
        sample=sample,
        title=_title(sample),
        elements=sides.elements,
        more=sides.more,
        same=sides.same,
    )


def _title(sample: Sample) -> str:
    if sample.was is None:
        return "comes" if sample.now is not None else "stays away"
    if sample.now is None:
        return "goes"
    return "stays as it is" if sample.was == sample.now else "stays, with other elements"


def _elements(body: bytes | None) -> Iterator[tuple[str, str]]:
    """The elements of a record that hold a text, by their path."""
    if body is not None:
        yield from _walk("", msgspec.json.decode(body))


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(f"{path}/{name}" if path else name, inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value, start=1):
            yield from _walk(f"{path}[{place}]", inner)
    else:
        yield path, value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _text(body: bytes | None) -> str | None:
    return body.decode() if body is not None and len(body) <= AS_BYTES else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Two states of one record: the elements that differ, how many more there are, and how many stay the same."""

    elements: list[Element]
    more: int
    same: int


def side_by_side(right: Right, was: Documents, now: Documents) -> Sides:
    """Two states of a record, as documents by element group."""
    before = {path: text for document in was.values() for path, text in _elements(document)}
    after = {path: text for document in now.values() for path, text in _elements(document)}
    return _sides(right, before, after)


def _sides(right: Right, was: Mapping[str, str], now: Mapping[str, str]) -> Sides:
    paths = dict.fromkeys([*was, *now])
    differing = [path for path in paths if was.get(path) != now.get(path)]
    return Sides(
        elements=[
            _element(right, path, was.get(path), now.get(path)) for path in islice(differing, ROWS)
        ],
        more=max(0, len(differing) - ROWS),
        same=len(paths) - len(differing),
    )


def _element(right: Right, path: str, was: str | None, now: str | None) -> Element:
    """An element, its path without what only documents have: marks of shared lists (``~``, ``#0``) and of texts."""
    plain = _PLACE.sub(lambda found: f"[{int(found[1]) + 1}]", path.removeprefix("~/"))
    plain = plain.removesuffix("/$")
    label = labels.of(right, plain)
    return Element(label=label.name, inid=label.inid, path=plain, was=was, now=now)
