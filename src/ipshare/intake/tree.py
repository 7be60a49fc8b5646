"""The SFTP tree: which place of the hub a path names, and which names a file may have. Pure; reads nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ipshare.archive import names
from ipshare.domain import marks
from ipshare.domain.office import Kind, Right, root_folder

FEEDBACK = "Feedback"
NAME_BYTES = 255
PATH_BYTES = 4096
# Names that clients give to a file while they send it; such a file is never processed under that name.
TEMPORARY = (".part", ".filepart", ".partial", ".tmp", ".temp")
OFFICE_FOLDER = re.compile(r"ipob_[a-z]{2}")


class NameRefusedError(ValueError):
    """A path or file name that the hub does not take; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Root:
    """The folder above the offices."""


@dataclass(frozen=True, slots=True)
class OfficeFolder:
    """``/ipob_kh``."""

    office: str


@dataclass(frozen=True, slots=True)
class RightFolder:
    """``/ipob_kh/Trademarks``."""

    office: str
    right: Right


@dataclass(frozen=True, slots=True)
class KindFolder:
    """``/ipob_kh/Trademarks/Updates``: where an office puts its files."""

    office: str
    right: Right
    kind: Kind


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file in a folder of a kind."""

    office: str
    right: Right
    kind: Kind
    name: str

    @property
    def folder(self) -> KindFolder:
        """The folder that the file is in."""
        return KindFolder(self.office, self.right, self.kind)

    @property
    def temporary(self) -> bool:
        """Whether the name says that the file is still being sent."""
        return self.name.lower().endswith(TEMPORARY)


@dataclass(frozen=True, slots=True)
class FeedbackFolder:
    """``/ipob_kh/Feedback``."""

    office: str


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """``/ipob_kh/Feedback/KH-000017``."""

    office: str
    reference: str


@dataclass(frozen=True, slots=True)
class ReportFile:
    """``/ipob_kh/Feedback/KH-000017/report.json``."""

    office: str
    reference: str
    name: str


Place = (
    Root
    | OfficeFolder
    | RightFolder
    | KindFolder
    | FilePlace
    | FeedbackFolder
    | ReportFolder
    | ReportFile
)


def steps(path: bytes) -> tuple[str, ...]:
    """The names along a path from the root; ``..`` never leads above it."""
    if len(path) > PATH_BYTES:
        raise NameRefusedError(f"the path has {len(path)} bytes; at most {PATH_BYTES} are taken")
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError as trouble:
        raise NameRefusedError(
            "the path is not UTF-8; name files in UTF-8 (or plain ASCII)"
        ) from trouble
    taken: list[str] = []
    for step in text.split("/"):
        if step in {"", "."}:
            continue
        if step == "..":
            del taken[-1:]
        else:
            taken.append(step)
    return tuple(taken)


def normal(path: bytes) -> bytes:
    """A path in its shortest absolute form, as SFTP's realpath answers it."""
    return ("/" + "/".join(steps(path))).encode("utf-8")


def locate(path: bytes) -> Place | None:
    """The place that a path names, or None where there can be nothing."""
    match steps(path):
        case ():
            return Root()
        case (first, *_) if not OFFICE_FOLDER.fullmatch(first):
            return None
        case (first, *rest):
            return _in_office(first.removeprefix("ipob_").upper(), rest)
    return None


def _in_office(office: str, rest: list[str]) -> Place | None:
    match rest:
        case []:
            return OfficeFolder(office)
        case [name] if name == FEEDBACK:
            return FeedbackFolder(office)
        case [name, reference] if name == FEEDBACK:
            return ReportFolder(office, reference)
        case [name, reference, file] if name == FEEDBACK:
            return ReportFile(office, reference, file)
        case [folder, *deeper] if (right := Right.of_folder(folder)) is not None:
            return _in_right(office, right, deeper)
    return None


def _in_right(office: str, right: Right, rest: list[str]) -> Place | None:
    if not rest:
        return RightFolder(office, right)
    kind = next((kind for kind in Kind if kind.value == rest[0]), None)
    match kind, rest[1:]:
        case (None, _):
            return None
        case (Kind() as kind, []):
            return KindFolder(office, right, kind)
        case (Kind() as kind, [name]):
            return FilePlace(office, right, kind, name)
    return None


def sees(office: str | None, place: Place) -> bool:
    """Whether an account of ``office`` (None: operators of the hub) sees that a place exists."""
    return office is None or isinstance(place, Root) or place.office == office


def check_name(name: str) -> None:
    """Refuse a file name that some system on the way could not keep or would read differently."""
    size = len(name.encode("utf-8", "replace"))
    shown = "".join(c if c.isprintable() else "?" for c in name[:80])
    if size > NAME_BYTES:
        raise NameRefusedError(f"the name has {size} bytes; at most {NAME_BYTES} are taken")
    if name.startswith("."):
        raise NameRefusedError(f"{shown} starts with a dot; give the file a name that does not")
    if name != name.strip() or name.endswith("."):
        raise NameRefusedError(f"{shown!r} starts or ends with a space or a dot; rename the file")
    if "\\" in name:
        raise NameRefusedError(f"{shown} has a backslash; separate folders with / only")
    if control := marks.control(name):
        raise NameRefusedError(
            f"{shown} has the control character {control}; rename the file without it"
        )


def check_format(place: FilePlace) -> None:
    """Refuse a name that no package can have, before a byte of the file comes; a temporary name is not its last."""
    if not place.temporary and (reason := names.no_package(place.name)):
        raise NameRefusedError(f"{reason} (PKG-002)")


def path_of(place: Place) -> str:  # noqa: PLR0911 (one per kind of place)
    """The path of a place, as shown to people."""
    match place:
        case Root():
            return "/"
        case OfficeFolder(office):
            return f"/{root_folder(office)}"
        case RightFolder(office, right):
            return f"/{root_folder(office)}/{right.folder}"
        case KindFolder(office, right, kind):
            return f"/{root_folder(office)}/{right.folder}/{kind.value}"
        case FilePlace(office, right, kind, name):
            return f"/{root_folder(office)}/{right.folder}/{kind.value}/{name}"
        case FeedbackFolder(office):
            return f"/{root_folder(office)}/{FEEDBACK}"
        case ReportFolder(office, reference):
            return f"/{root_folder(office)}/{FEEDBACK}/{reference}"
        case ReportFile(office, reference, name):
            return f"/{root_folder(office)}/{FEEDBACK}/{reference}/{name}"
