"""One member as a stream of chunks, counted and hashed while it is read; trouble is the last item."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from ipshare.archive import findings
from ipshare.archive.limits import CHUNK, Limits
from ipshare.archive.source import Source
from ipshare.domain.finding import Finding

Chunks = Iterator[bytes | Finding]
_STEP = 256 << 10
_ARCHIVES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
}


@dataclass(slots=True, kw_only=True)
class Reading:
    """The chunks of a member. After the last one, ``whole`` says whether it was read to its proven end.

    ``hashed``: whether somebody will ask for the SHA-256.
    """

    chunks: Chunks
    hashed: bool = True
    size: int = 0
    whole: bool = False
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was read, in hexadecimal; of what is not ``hashed`` there is none."""
        if not self.hashed:
            raise ValueError("nothing was hashed")
        return self._hash.hexdigest()

    def __iter__(self) -> Chunks:
        for chunk in self.chunks:
            if isinstance(chunk, Finding):
                yield chunk
                return
            self.size += len(chunk)
            if self.hashed:
                self._hash.update(chunk)
            yield chunk
        self.whole = True


def archive_inside(head: bytes) -> str:
    """The name of the archive format that bytes begin like, or nothing."""
    return next((name for magic, name in _ARCHIVES.items() if head.startswith(magic)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the directory says of a member, and where its data lies in the source."""

    file: str
    entry: str
    offset: int
    compressed: int
    size: int
    crc: int | None = None


def stored(source: Source, claim: Claim) -> Chunks:
    """Bytes that lie in the source as they are."""
    seen, done = 0, 0
    while done < claim.size:
        chunk = source.read(claim.offset + done, min(CHUNK, claim.size - done))
        if not chunk:
            yield findings.unreadable(claim.file, f"{claim.entry} is cut off", value=claim.entry)
            return
        done += len(chunk)
        seen = zlib.crc32(chunk, seen) if claim.crc is not None else 0
        yield chunk
    if claim.crc is not None and seen != claim.crc:
        yield findings.unreadable(
            claim.file, f"the checksum of {claim.entry} is wrong", value=claim.entry
        )


def deflated(source: Source, claim: Claim) -> Chunks:
    """A deflated zip entry, which must give exactly the size and checksum that its headers claim."""
    inflate = zlib.decompressobj(-15)
    file, entry = claim.file, claim.entry
    seen, count, done = 0, 0, 0
    while not inflate.eof:
        packed = inflate.unconsumed_tail
        if not packed:
            packed = source.read(claim.offset + done, min(_STEP, claim.compressed - done))
            done += len(packed)
        try:
            chunk = inflate.decompress(packed, CHUNK)
        except zlib.error:
            yield findings.unreadable(
                file, f"the compressed data of {entry} is damaged", value=entry
            )
            return
        if not (
            packed or chunk or inflate.eof
        ):  # zlib may have the end of the data, and not yet have told it
            yield findings.unreadable(file, f"{entry} is cut off", value=entry)
            return
        count += len(chunk)
        seen = zlib.crc32(chunk, seen)
        if count > claim.size:
            yield findings.unsafe(
                file,
                entry,
                f"it expands to more than the {claim.size} bytes that its header claims",
            )
            return
        if chunk:
            yield chunk
    if count != claim.size or seen != claim.crc:
        yield findings.unreadable(file, f"the size or checksum of {entry} is wrong", value=entry)
    elif inflate.unused_data or done < claim.compressed:
        yield findings.unsafe(file, entry, "bytes follow the end of its compressed data")


def gzipped(source: Source, *, file: str, limits: Limits) -> Chunks:
    """A gzip file of one member; its header claims no size, so the ratio is counted while reading."""
    inflate = zlib.decompressobj(31)
    count, done = 0, 0
    while not inflate.eof:
        packed = inflate.unconsumed_tail
        if not packed:
            packed = source.read(done, _STEP)
            done += len(packed)
            if not packed:
                yield findings.unreadable(file, "it is cut off")
                return
        try:
            chunk = inflate.decompress(packed, CHUNK)
        except zlib.error as error:
            yield findings.unreadable(
                file, f"its gzip data is damaged: {str(error).rpartition(': ')[2]}"
            )
            return
        count += len(chunk)
        if count > limits.ratio_floor and count > limits.ratio * (
            done - len(inflate.unconsumed_tail)
        ):
            yield findings.unsafe(file, file, f"it expands more than {limits.ratio} times")
            return
        if count > limits.expanded:
            yield findings.unsafe(file, file, f"it expands to more than {limits.expanded} bytes")
            return
        if chunk:
            yield chunk
    if inflate.unused_data or done < source.size:
        yield findings.unsafe(file, file, "bytes follow the end of its gzip data")
