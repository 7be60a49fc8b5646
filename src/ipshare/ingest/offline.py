"""A package or folder checked on this machine, without the hub's database (``ipshare check``: ingest.offline_command).

The findings are those of the hub: the same rooms read, validate and check, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from lxml import etree

from ipshare.archive import findings, images, manifest, members, names
from ipshare.archive.names import MemberKind
from ipshare.archive.source import FileSource
from ipshare.check import run
from ipshare.check.context import Context
from ipshare.check.gather import gather
from ipshare.check.package import PackageCheck, group_digests, row_of
from ipshare.domain.finding import Effect, Finding, KeptBack
from ipshare.domain.group import ElementGroup, mask
from ipshare.domain.office import Kind, Right
from ipshare.domain.record import Operation, Record
from ipshare.ingest.offline_pictures import Pictures
from ipshare.ingest.offline_report import Kept, RecordRead, Withheld
from ipshare.parse import cut, one_pass, readers, withdrawn
from ipshare.standards import schemas


class _Unreadable(Exception):  # noqa: N818 - a turn of the reading, never shown
    """A file broke off: what it gave so far does not count."""

    def __init__(self, finding: Finding | None) -> None:
        super().__init__()
        self.finding = finding


class _File:
    """One file of a folder, or the file that was named: opened, read and checked to its end."""

    def __init__(self, path: Path, name: str, context: Context, folder: Path) -> None:
        self._path, self._name, self._context = path, name, context
        self._schema_for = partial(_schema, folder)
        self._came: dict[str, manifest.Came] = {}
        self._pictures: set[str] = set()
        self._read_any = False  # a file with records or with none, or a picture

    def check(self) -> Iterator[Finding | RecordRead]:
        """Findings and records, or only the findings that refuse the file."""
        with FileSource(self._path) as source:
            package = members.open_package(source, self._name)
            if isinstance(package, members.Refusal):
                yield from package.findings
                return
            yield from self._package(package)

    def _package(self, package: members.Package) -> Iterator[Finding | RecordRead]:
        announced = manifest.find(package)
        if isinstance(announced, Finding):
            yield announced
            return
        with Kept() as kept:
            for finding in package.findings:
                kept.add(finding)
            for member in package.of_kind(MemberKind.DATA, MemberKind.WITHDRAWN, MemberKind.IMAGE):
                trouble = self._read(package, member, kept)
                if trouble is not None:
                    yield from package.findings
                    yield trouble
                    return
            if not self._read_any:
                told = [one for one in kept if isinstance(one, Finding)]
                left_out = [(one.file, one.rule) for one in told if one.effect is Effect.WITHHOLD]
                yield from told
                yield findings.no_record(self._name, members.found_instead(package, left_out))
                return
            if announced and (differing := list(manifest.compare(announced, package, self._came))):
                yield from package.findings
                yield from differing
                return
            yield from self._whole(kept, pictures=package.form == "zip")

    def _whole(self, kept: Kept, *, pictures: bool) -> Iterator[Finding | RecordRead]:
        """What was put aside, then what only the whole package shows; a bare file brings no pictures."""
        whole, shown = PackageCheck(self._context), Pictures(self._context)
        withheld = Withheld()
        for one in kept:
            if not isinstance(one, RecordRead):
                continue
            withheld.add(one.number, one.withheld)
            if one.row:
                whole.add(one.row)
                if pictures:
                    held_back = KeptBack.of(one.withheld) is KeptBack.WHOLE
                    shown.named(one.number, one.images, missed=not held_back)
        for finding in whole.findings():
            withheld.add(finding.record, mask(finding.withholds))
            kept.add(finding)
        if pictures:
            shown.came(self._pictures)
            for finding in shown.findings():
                kept.add(finding)
        yield from map(withheld.marked, kept)

    def _read(self, package: members.Package, member: members.Member, kept: Kept) -> Finding | None:
        """Put aside what a member holds; the finding that refuses the whole package, if any.

        Where shards do not parse on their own, the member is read again in one pass.
        """
        mark = kept.mark()
        for again in (False, True):
            try:
                for item in self._member(package, member, again=again):
                    kept.add(item)
            except _Unreadable as broken:
                kept.back_to(mark)
                trouble = broken.finding
                if trouble is None:
                    continue
                if trouble.effect is Effect.REFUSE or self._context.kind is Kind.FULL_EXTRACTION:
                    return trouble
                kept.add(trouble)
            else:
                self._read_any = True
            return None
        return None

    def _member(
        self, package: members.Package, member: members.Member, *, again: bool
    ) -> Iterator[Finding | RecordRead]:
        context = self._context
        if member.kind is MemberKind.IMAGE:
            image = images.read(package, member)
            if isinstance(image, Finding):
                if image.effect is Effect.REFUSE:
                    raise _Unreadable(image)
                yield image
            else:
                self._pictures.add(image.name)
                self._came[member.name] = manifest.Came(size=image.size, sha256=image.digest.hex())
        elif member.kind is MemberKind.WITHDRAWN:
            content = package.read_all(member)
            if isinstance(content, Finding):
                raise _Unreadable(content)
            numbers = withdrawn.read(
                content, file=member.name, right=context.right, office=context.office
            )
            yield from self._items(numbers)
        else:
            reading, records = package.read(member), 0
            of_member = one_pass.shards if again else cut.cut
            for item in self._shards(of_member(reading, file=member.name)):
                records += isinstance(item, RecordRead)
                yield item
            self._came[member.name] = manifest.Came(
                size=reading.size, sha256=reading.sha256, records=records
            )

    def _shards(self, pieces: Iterator[cut.Cut]) -> Iterator[Finding | RecordRead]:
        for piece in pieces:
            if isinstance(piece, cut.OnePass):
                raise _Unreadable(None)
            if isinstance(piece, Finding):
                raise _Unreadable(piece)
            yield from self._items(
                readers.read(piece, office=self._context.office, schema_for=self._schema_for)
            )

    def _items(self, items: Iterator[readers.Item]) -> Iterator[Finding | RecordRead]:
        for item in items:
            if isinstance(item, Record):
                yield from self._record(item)
            elif isinstance(item, cut.OnePass):
                raise _Unreadable(None)
            elif isinstance(item, Finding):
                if not item.record and item.effect is Effect.WITHHOLD:
                    raise _Unreadable(item)
                yield item

    def _record(self, record: Record) -> Iterator[Finding | RecordRead]:
        row, withheld = None, 0
        if record.operation is Operation.PUT:
            facts = gather(record)
            found = run.check_facts(facts, self._context)
            yield from found
            for finding in found:
                withheld |= mask(finding.withholds)
            if record.number and record.right is self._context.right:
                row = row_of(facts, group_digests(record))
            else:  # the hub has nowhere to keep it
                withheld |= ElementGroup.IDENTITY.bit
        yield RecordRead(
            number=record.number,
            file=record.file,
            row=row,
            images=record.images,
            withheld=withheld,
        )


def _schema(folder: Path, version: str, root: str) -> etree.XMLSchema | None:
    return schemas.schema_for(folder, version, root)


def check_path(  # noqa: PLR0913 - each is a fact that the hub takes from folder and clock
    path: Path,
    *,
    office: str,
    right: Right,
    kind: Kind,
    today: date,
    schemas_dir: Path,
) -> Iterator[Finding | RecordRead]:
    """The findings about a file, or about each file of a folder, with a RecordRead for every record."""
    if path.is_dir():
        files = [
            (one, one.relative_to(path).as_posix())
            for one in sorted(path.rglob("*"))
            if one.is_file()
        ]
    else:
        files = [(path, path.name)]
    for file, name in files:
        if path.is_dir() and not _readable(name):
            continue
        context = Context(
            office=office, right=right, kind=kind, today=today, package=name.rpartition("/")[2]
        )
        yield from _File(file, name, context, schemas_dir).check()


def _readable(name: str) -> bool:
    """Whether a file of a folder is one that an office would send as such; its images are not."""
    return names.suffix_of(name) in {"zip", "gz"} or names.kind_of(name) in {
        MemberKind.DATA,
        MemberKind.WITHDRAWN,
    }
