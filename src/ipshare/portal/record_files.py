"""The files that a record names: pictures that a browser can show, and everything else as a download."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ipshare.domain.group import ElementGroup
from ipshare.portal.elements import Block, Value
from ipshare.share import images
from ipshare.store.own_record import File

SHOWN = frozenset({"jpeg", "jpg", "png", "gif", "webp", "bmp"})
"""Formats that every browser shows; they cannot hold scripts. The rest is a download: SVG, TIFF, PDF, sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A file on the page: ``is_picture`` where a browser can show it; without an address it never came."""

    name: str
    address: str
    is_picture: bool
    width: int | None
    height: int | None
    size: int
    format: str


def names(shown: dict[ElementGroup, list[Block]]) -> list[str]:
    """The file names that the elements of a record hold."""
    return [value.text.strip() for value in _named(shown)]


def place(
    shown: dict[ElementGroup, list[Block]],
    found: dict[str, File],
    address: Callable[[str], str],
    *,
    sized: bool = True,
) -> None:
    """Put files at the elements that name them; ``found`` are those that came, as far as they may be shown.

    ``sized`` tells how large they came: a third party may get them without what stands beside the pixels.
    """
    for value in _named(shown):
        name = value.text.strip()
        value.file = _shown(name, found.get(name), address, sized=sized)


def _named(shown: dict[ElementGroup, list[Block]]) -> Iterable[Value]:
    return (
        value
        for blocks in shown.values()
        for block in blocks
        for element in block.elements
        for value in element.values
        if value.path.rpartition("/")[2].partition("[")[0].endswith("FileName")
    )


def _shown(name: str, held: File | None, address: Callable[[str], str], *, sized: bool) -> Shown:
    if held is None:
        return Shown(
            name=name, address="", is_picture=False, width=None, height=None, size=0, format=""
        )
    return Shown(
        name=name,
        address=address(name),
        is_picture=held.picture.format.lower() in SHOWN,
        width=held.width,
        height=held.height,
        size=held.picture.size if sized else 0,
        format=held.picture.format.upper(),
    )


def answer(request: HttpRequest, picture: images.Shown, name: str) -> HttpResponseBase:
    """The bytes of a file out of the stored package, by range too; what no browser shows safely is a download."""
    response = images.answer(request, picture, f'"{picture.digest.hex()}"')
    if picture.format.lower() not in SHOWN:
        plain = "".join(
            char if (char.isascii() and char.isalnum()) or char in "._-" else "_" for char in name
        )
        response["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response
