"""What is read with a record although it stands around it: its application, and namespaces declared on the way.

Two records whose bytes are the same are the same only where this is the same, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ipshare.parse import tags

_APPLICATIONS = frozenset({b"TrademarkApplication", b"TradeMarkApplication"})
_DATA = b"TransactionData"  # of ST.66: what stands in it beside its only record belongs to that
_DECLARED = re.compile(
    rb"""\s((?:xmlns(?::[^\s=]+)?|[^\s=]*st96Version)\s*=\s*(?:"[^"]*"|'[^']*'))"""
)

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


class _Holder:
    """An element around records: what it holds beside them, and how many they are."""

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.own: list[bytes] = []
        self.records = 0

    @property
    def counts(self) -> bool:
        return self.name in _APPLICATIONS or self.records == 1


def of_records(data: bytes, found: Sequence[tuple[int, int]]) -> list[bytes] | None:
    """For each record what is read with it from around it; None where the bytes leave that in doubt."""
    gaps = _gaps(data, found)
    if not any(gaps[1:-1]) and not any(name in gaps[0] for name in (*_APPLICATIONS, _DATA)):
        return [_declared(gaps)] * len(found)
    opened: list[tuple[bytes, _Holder | None]] = []
    around: list[list[_Holder]] = []
    for place, gap in enumerate(gaps):
        if gap and not _follow(gap, opened):
            return None
        if place < len(found):
            holders = [holder for _, holder in opened if holder is not None]
            for holder in holders:
                holder.records += 1
            around.append(holders)
    declared = _declared(gaps)
    return [
        b"".join([declared, *(b"".join(one.own) for one in holders if one.counts)])
        for holders in around
    ]


def _gaps(data: bytes, found: Sequence[tuple[int, int]]) -> list[bytes]:
    """What stands before, between and behind the records; nothing where that is white space."""
    ends = [0, *(end for _, end in found)]
    starts = [*(start for start, _ in found), len(data)]
    return [data[end:start].strip() for end, start in zip(ends, starts, strict=True)]


def _follow(gap: bytes, opened: list[tuple[bytes, _Holder | None]]) -> bool:
    """Follow the tags of a gap; what stands in a holder is its own."""
    at = 0
    for token in tags.TOKEN.finditer(gap):
        ended, started, closed = token.groups()
        if ended is not None:
            _keep(opened, gap[at : token.end()])
            at = token.end()
            if not opened or opened.pop()[0] != ended:
                return False
        elif started is not None and not closed:
            local = started.rpartition(b":")[2]
            _keep(opened, gap[at : token.start()])
            at = token.start()
            holds = local in _APPLICATIONS or local == _DATA
            opened.append((started, _Holder(local) if holds else None))
        elif token.group() == b"<":
            return False
    _keep(opened, gap[at:])
    return True


def _keep(opened: list[tuple[bytes, _Holder | None]], piece: bytes) -> None:
    for _, holder in opened:
        if holder is not None:
            holder.own.append(piece)


def _declared(gaps: Sequence[bytes]) -> bytes:
    """Namespaces and versions declared below the root, whose own start tag counts elsewhere."""
    head = _COMMENT.sub(b"", gaps[0])
    root = tags.START_TAG.search(head)
    below = [head[root.end() if root else 0 :], *gaps[1:]]
    return b" ".join(sorted({one for gap in below if gap for one in _DECLARED.findall(gap)}))
