"""Zip files for tests, and what opening them gives."""

from __future__ import annotations

import io
import zipfile

from ipshare.archive import members
from ipshare.archive.limits import Limits
from ipshare.archive.source import BytesSource
from ipshare.domain.finding import Effect, Finding

XML = b"<a>" + b"x" * 5000 + b"</a>"


class Pipe:
    """A target that cannot be sought, as a program that streams its zip out has."""

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, data: bytes) -> int:
        self.content += data
        return len(data)

    def flush(self) -> None:
        pass


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return target.getvalue()


def opened(raw: bytes, name: str = "KH_TM.zip", limits: Limits | None = None):
    return members.open_package(BytesSource(raw), name, limits or Limits())


def content_of(package: members.Package, name: str) -> bytes | Finding:
    member = next(one for one in package.members if one.name == name)
    parts = list(package.read(member))
    trouble = [part for part in parts if isinstance(part, Finding)]
    return trouble[0] if trouble else b"".join(part for part in parts if isinstance(part, bytes))


def refusal(raw: bytes, name: str = "KH_TM.zip", limits: Limits | None = None) -> Finding:
    """The finding that refuses a file, at once or when it is read."""
    package = opened(raw, name, limits)
    if isinstance(package, members.Refusal):
        found = package.findings[0]
    else:
        contents = [content_of(package, member.name) for member in package.members]
        found = next(one for one in contents if isinstance(one, Finding))
    assert found.effect is Effect.REFUSE
    return found
