"""Names of members: what is safe, and what kind of file a name announces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from ipshare.archive.limits import Limits


class MemberKind(StrEnum):
    """What a member is for, by its name."""

    DATA = "data"
    WITHDRAWN = "withdrawn"
    MANIFEST = "manifest"
    IMAGE = "image"
    IGNORED = "ignored"
    UNREAD = "unread"


IMAGE_SUFFIXES = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "gif", "tif", "tiff", "svg"})
ARCHIVE_SUFFIXES = frozenset(
    {"zip", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "tar", "jar", "cab", "iso"}
)
MANIFESTS = ("manifest.csv", "manifest.json", "sha256sums.txt", "sha256sums")

ACCEPTED = ".zip, .xml or .xml.gz, or a list of withdrawn numbers (withdrawn.csv or withdrawn.txt)"
"""What a received file may be, in words."""

_WITHDRAWN = re.compile(
    r"(?:.*[^a-z])?(?:withdrawn|deleted?)(?:[^a-z].*)?\.(?:txt|csv)", re.IGNORECASE
)
_IGNORED = re.compile(
    r"(?:.*/)?(?:__MACOSX/.*|\.[^/]*|Thumbs\.db|desktop\.ini|[^/]*_index\.txt|README[^/]*)",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?", re.IGNORECASE)
_UTF8_FLAG = 1 << 11


def suffix_of(name: str) -> str:
    """The last part of a name after its dot, in lower case."""
    return (
        name.rpartition("/")[2].rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""
    )


def kind_of(name: str) -> MemberKind:
    """What a member of this name is for."""
    base = name.rpartition("/")[2]
    suffix = suffix_of(name)
    if _IGNORED.fullmatch(name):
        return MemberKind.IGNORED
    if suffix == "xml":
        return MemberKind.DATA
    if base.lower() in MANIFESTS:
        return MemberKind.MANIFEST
    if suffix in IMAGE_SUFFIXES:
        return MemberKind.IMAGE
    if _WITHDRAWN.fullmatch(base):
        return MemberKind.WITHDRAWN
    return MemberKind.UNREAD


def _bare(name: str) -> str:
    return name[: -len(".gz")] if suffix_of(name) == "gz" else name


def is_list(name: str) -> bool:
    """Whether a received file is a list of withdrawn numbers by its name, gzipped or not."""
    return kind_of(_bare(name)) is MemberKind.WITHDRAWN


def no_package(name: str) -> str:
    """Why a received file of this name can be no package, whatever is in it; or nothing. Every door asks here."""
    if suffix_of(name) == "zip" or kind_of(_bare(name)) is MemberKind.DATA or is_list(name):
        return ""
    return f"{name} is of no format that the hub reads; send {ACCEPTED}"


def decode(raw: bytes, flags: int) -> str | None:
    """The name of an entry, or None where programs would show different names.

    Without the UTF-8 flag the bytes are of the sender's code page (APPNOTE appendix D). Such a name is
    taken when it is valid UTF-8 (macOS does not set the flag), never guessed from a code page.
    """
    try:
        return raw.decode("utf-8" if flags & _UTF8_FLAG or not raw.isascii() else "ascii")
    except UnicodeDecodeError:
        return None


def defect(name: str, limits: Limits) -> str:
    """Why a name is unsafe to read, or nothing."""
    return next(_defects(name, limits), "")


def _defects(name: str, limits: Limits) -> Iterator[str]:
    parts = name.removesuffix("/").split("/")
    size = len(name.encode("utf-8", "surrogatepass"))
    if not name or size > limits.name_bytes:
        yield f"its name has {size} bytes, 1 to {limits.name_bytes} are read"
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        yield "its name holds control characters"
    if "\\" in name:
        yield "its name holds a backslash; separate folders by /"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        yield "its path is absolute"
    if ".." in parts:
        yield "its path leads out of the package by .."
    if "." in parts or "" in parts:
        yield "its path has an empty part"
    if len(parts) > limits.name_depth:
        yield f"its path is {len(parts)} folders deep, {limits.name_depth} are read"
    if any(len(part.encode("utf-8", "surrogatepass")) > limits.name_part_bytes for part in parts):
        yield f"a part of its path is longer than {limits.name_part_bytes} bytes"
    if device := next((part for part in parts if _DEVICE.fullmatch(part)), ""):
        yield f"{device} is the name of a device"


def folded(name: str) -> str:
    """The form in which two names are one on Windows or macOS."""
    return unicodedata.normalize("NFC", name.removesuffix("/")).casefold()
