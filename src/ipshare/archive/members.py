"""A received file opened as a package of members, or refused with findings.

``open_package`` reads the directory only. Every member is then streamed by ``Package.read``, which proves what
the directory claims; a member that breaks its claims ends in a Finding that refuses the submission.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ipshare.archive import findings, names, reading, zipdir
from ipshare.archive.limits import DEFAULT, Limits
from ipshare.archive.names import MemberKind
from ipshare.archive.reading import Chunks, Claim, Reading
from ipshare.archive.source import Source
from ipshare.domain.finding import Finding

_LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7 local file header
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_DESCRIPTOR = 1 << 3
_DESCRIPTOR_SIZES = (12, 16, 20, 24)  # with or without signature, narrow or zip64 (4.3.9)
_MIMETYPE = {b"\xef\xbb\xbf<": "XML", b"<": "XML", b"%PDF": "PDF", b"SQLite": "an SQLite database"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of a package. Sizes and checksum are claims of the directory, proved by reading it."""

    name: str
    kind: MemberKind
    size: int
    compressed: int
    method: int
    crc: int
    flags: int
    header: int
    end: int
    """Where the next entry, or the directory, begins: nothing of this member may lie behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that is not read at all, and why."""

    findings: tuple[Finding, ...]


@dataclass(slots=True, kw_only=True)
class Package:
    """An opened package: its members in the order of their names, and what is remarkable about them."""

    name: str
    source: Source
    form: str
    members: tuple[Member, ...]
    findings: tuple[Finding, ...] = ()
    limits: Limits = field(default=DEFAULT)

    def of_kind(self, *kinds: MemberKind) -> Iterator[Member]:
        """The members of some kinds."""
        return (member for member in self.members if member.kind in kinds)

    def read(self, member: Member, *, hashed: bool = True) -> Reading:
        """The content of a member, streamed, counted, hashed and proved."""
        return Reading(chunks=self._checked(member), hashed=hashed)

    def read_all(self, member: Member) -> bytes | Finding:
        """The content of a small member at once: a manifest, a list of numbers."""
        if self.form == "zip" and member.size > self.limits.text:
            return findings.unsafe(
                self.name, member.name, f"it is larger than {self.limits.text} bytes"
            )
        content = bytearray()
        for chunk in self.read(member, hashed=False):
            if isinstance(chunk, Finding):
                return chunk
            content += chunk
            if len(content) > self.limits.text:
                return findings.unsafe(
                    self.name, member.name, f"it is larger than {self.limits.text} bytes"
                )
        return bytes(content)

    def data_offset(self, member: Member) -> int | Finding:
        """Where the data of a member begins in the package, once its local header agrees with the directory."""
        return 0 if self.form != "zip" else _begin(self.source, self.name, member)

    def _checked(self, member: Member) -> Chunks:
        first = True
        for chunk in self._chunks(member):
            if first and isinstance(chunk, bytes) and (inside := reading.archive_inside(chunk)):
                yield findings.unsafe(self.name, member.name, f"it is itself an archive ({inside})")
                return
            first = False
            yield chunk

    def _chunks(self, member: Member) -> Chunks:
        if self.form == "gz":
            return reading.gzipped(self.source, file=self.name, limits=self.limits)
        offset = 0 if self.form == "bare" else _begin(self.source, self.name, member)
        if isinstance(offset, Finding):
            return iter((offset,))
        claim = Claim(
            file=self.name,
            entry=member.name,
            offset=offset,
            compressed=member.compressed,
            size=member.size,
            crc=member.crc if self.form == "zip" else None,
        )
        return (
            reading.stored(self.source, claim)
            if member.method == zipdir.STORED
            else reading.deflated(self.source, claim)
        )


def open_package(source: Source, name: str, limits: Limits = DEFAULT) -> Package | Refusal:
    """The package in a received file: a zip, or one bare or gzipped member. ``name`` is the file's own name."""
    head = source.read(0, 8)
    suffix = names.suffix_of(name)
    if not head:
        return _refused(findings.unreadable(name, "the file is empty"))
    if reason := names.no_package(name):
        return _refused(findings.unreadable(name, reason, remedy=findings.EXPORT))
    found = "zip" if head[:2] == b"PK" else "gz" if head[:2] == b"\x1f\x8b" else ""
    expected = suffix if suffix in {"zip", "gz"} else ""
    if found != expected:
        return _refused(findings.unreadable(name, _contradiction(suffix, found, head)))
    if found == "zip":
        return _open_zip(source, name, limits)
    bare = name[: -len(".gz")] if found else name
    member = Member(
        name=bare.rpartition("/")[2], kind=names.kind_of(bare), size=source.size, compressed=source.size,
        method=zipdir.STORED, crc=0, flags=0, header=0, end=source.size,
    )  # fmt: skip
    return Package(name=name, source=source, form=found or "bare", members=(member,), limits=limits)


def _contradiction(suffix: str, found: str, head: bytes) -> str:
    content = found or next(
        (kind for magic, kind in _MIMETYPE.items() if head.startswith(magic)), "something else"
    )
    return f"it is named .{suffix}, but its content is {content}; name it after its content"


def _open_zip(source: Source, name: str, limits: Limits) -> Package | Refusal:
    directory = zipdir.find(source, name, limits)
    if isinstance(directory, Finding):
        return _refused(directory)
    found: list[Member] = []
    trouble: list[Finding] = []
    for entry in zipdir.entries(source, directory, name):
        member = entry if isinstance(entry, Finding) else _member(entry, name, limits)
        if isinstance(member, Finding):
            trouble.append(member)
            if len(trouble) >= limits.findings:
                break
        else:
            found.append(member)
    trouble = trouble or list(_set_trouble(found, directory, name, limits))
    if trouble:
        return Refusal(findings=tuple(trouble[: limits.findings]))
    members = _bounded(found, directory.offset)
    if not members:
        return _refused(findings.unreadable(name, "it holds no file"))
    members.sort(key=lambda member: member.name)
    unread = [
        findings.unread(name, member.name) for member in members if member.kind is MemberKind.UNREAD
    ]
    return Package(
        name=name,
        source=source,
        form="zip",
        members=tuple(members),
        findings=tuple(unread[: limits.findings]),
        limits=limits,
    )


def found_instead(package: Package, told: Iterable[tuple[str, str]]) -> list[str]:
    """What a package without a record holds: its files, each with the rules ``told`` of it (file, rule)."""
    rules: dict[str, list[str]] = {}
    for file, rule in told:
        rules.setdefault(file, []).append(rule)
    return [
        f"{member.name} ({', '.join(dict.fromkeys(rules[member.name]))})"
        if member.name in rules
        else member.name
        for member in package.members
    ]


def _member(entry: zipdir.Entry, file: str, limits: Limits) -> Member | Finding:
    name = names.decode(entry.raw_name, entry.flags)
    if name is None:
        return findings.unsafe(
            file, entry.raw_name.decode("utf-8", "backslashreplace"), "its name is not UTF-8"
        )
    if reason := names.defect(name, limits):
        return findings.unsafe(file, name, reason, remedy=findings.RELATIVE)
    if reason := next(_defects(entry, name, limits), ""):
        return findings.unsafe(file, name, reason)
    if entry.flags & _ENCRYPTED:
        return findings.unreadable(
            file, f"{name} is protected by a password; send it without", value=name
        )
    if entry.method not in (zipdir.STORED, zipdir.DEFLATED):
        method = zipdir.METHODS.get(entry.method, "unknown")
        reason = f"{name} is compressed by method {entry.method} ({method}); use Deflate"
        return findings.unreadable(file, reason, value=name)
    return Member(
        name=name,
        kind=MemberKind.IGNORED if name.endswith("/") else names.kind_of(name),
        size=entry.size,
        compressed=entry.compressed,
        method=entry.method,
        crc=entry.crc,
        flags=entry.flags,
        header=entry.header,
        end=0,
    )


def _defects(entry: zipdir.Entry, name: str, limits: Limits) -> Iterator[str]:
    """Why an entry of a harmless name is unsafe all the same."""
    kind, folder = stat.S_IFMT(entry.unix_mode), name.endswith("/")
    if kind == stat.S_IFLNK:
        yield "it is a link"
    elif kind not in (0, stat.S_IFDIR if folder else stat.S_IFREG):
        yield "it is neither a file nor a folder"
    encrypted = entry.flags & _ENCRYPTED
    if (entry.method == zipdir.STORED and not encrypted and entry.size != entry.compressed) or (
        folder and entry.size
    ):
        yield "its sizes contradict each other"
    if entry.size > max(limits.ratio_floor, limits.ratio * entry.compressed):
        yield f"it expands {entry.size // max(entry.compressed, 1)} times, more than {limits.ratio}"
    if not folder and names.suffix_of(name) in names.ARCHIVE_SUFFIXES:
        yield "it is itself an archive; send its files in one archive"


def _set_trouble(
    members: list[Member], directory: zipdir.Directory, file: str, limits: Limits
) -> Iterator[Finding]:
    """What is wrong with the members together: doubled names, overlaps, the sum of sizes."""
    total = sum(member.size for member in members)
    if total > limits.expanded:
        yield findings.unsafe(
            file, file, f"it expands to {total} bytes, more than {limits.expanded}"
        )
    if total > max(limits.ratio_floor, limits.ratio * directory.offset):
        yield findings.unsafe(file, file, f"it expands {total // max(directory.offset, 1)} times")
    seen: dict[str, str] = {}
    for member in members:
        key = names.folded(member.name)
        if key in seen:
            reason = f"its name is the same as that of {seen[key]}"
            yield findings.unsafe(file, member.name, reason, remedy=findings.OWN_NAME)
        seen[key] = member.name
    for member in members:
        parent = names.folded(member.name).rpartition("/")[0]
        if parent in seen and not seen[parent].endswith("/"):
            reason = f"{seen[parent]} is a file and a folder"
            yield findings.unsafe(file, member.name, reason, remedy=findings.OWN_NAME)
    yield from _overlaps(members, directory, file)


def _overlaps(members: list[Member], directory: zipdir.Directory, file: str) -> Iterator[Finding]:
    free = 0
    for member in sorted(members, key=lambda one: one.header):
        if member.header < free:
            yield findings.unsafe(file, member.name, "its data overlaps that of another entry")
        if member.header > free and free == 0:
            yield findings.unsafe(file, file, "bytes stand before its first entry")
        free = member.header + _LOCAL.size + len(member.name.encode()) + member.compressed
        if free > directory.offset:
            yield findings.unsafe(file, member.name, "its data reaches into the directory")


def _bounded(members: Iterable[Member], directory: int) -> list[Member]:
    """The files among the entries, each with the place where the next entry begins."""
    ordered = sorted(members, key=lambda member: member.header)
    starts = [*(member.header for member in ordered), directory][1:]
    return [
        replace(member, end=end)
        for member, end in zip(ordered, starts, strict=True)
        if not member.name.endswith("/")
    ]


def _begin(source: Source, file: str, member: Member) -> int | Finding:
    """The offset of a member's data, when its local header says what the directory says."""
    room = _LOCAL.size + len(member.name.encode()) + 4096
    head = source.read(member.header, min(room, member.end - member.header))
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        return findings.unreadable(
            file, f"the header of {member.name} is damaged", value=member.name
        )
    _, _, flags, method, _, _, crc, compressed, size, name_size, extra_size = _LOCAL.unpack_from(
        head
    )
    name = head[_LOCAL.size : _LOCAL.size + name_size]
    wide = zipdir.widen(head[_LOCAL.size + name_size :][:extra_size], size, compressed)
    offset: int = member.header + _LOCAL.size + name_size + extra_size
    after = member.end - offset - member.compressed
    agrees = (flags, method, name) == (member.flags, member.method, member.name.encode())
    claims = (size, compressed, crc) if wide is None else (*wide, crc)
    proven = (member.size, member.compressed, member.crc)
    if flags & _DESCRIPTOR:
        agrees = agrees and all(
            claim in (0, truth) for claim, truth in zip(claims, proven, strict=True)
        )
        fits = after in _DESCRIPTOR_SIZES
    else:
        agrees = agrees and claims == proven
        fits = after == 0
    if not agrees:
        return findings.unsafe(file, member.name, "its own header and the directory disagree")
    if not fits:
        return findings.unsafe(
            file,
            member.name,
            "bytes that belong to no entry lie behind it, or it overlaps the next",
        )
    return offset


def _refused(finding: Finding) -> Refusal:
    return Refusal(findings=(finding,))
