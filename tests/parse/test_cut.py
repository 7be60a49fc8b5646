"""XML is cut at record boundaries, and the pieces say what the whole said."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from lxml import etree

from ipshare.domain.digest import digest
from ipshare.domain.finding import Finding
from ipshare.parse import cut, detect, one_pass
from ipshare.parse.cut import OnePass, Shard
from ipshare.parse.limits import Limits

TMK = "http://www.wipo.int/standards/XMLSchema/ST96/Trademark"
COM = "http://www.wipo.int/standards/XMLSchema/ST96/Common"
SMALL = Limits(shard=2_000)


def mark(number: int, inside: str = "") -> str:
    return (
        f'<tmk:Trademark com:operationCategory="Insert">\n <com:ApplicationNumber>\n'
        f"  <com:ApplicationNumberText>{number}</com:ApplicationNumberText>\n </com:ApplicationNumber>{inside}\n"
        "</tmk:Trademark>"
    )


def bag(marks: list[str], between: str = "\n") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- <tmk:Trademark> -->\n<tmk:TrademarkBag\n xmlns:tmk="{TMK}"\n'
        f' xmlns:com="{COM}" com:st96Version="V6_0">\n{between.join(marks)}\n</tmk:TrademarkBag>\n'
    ).encode()


def transactions(numbers: range) -> bytes:
    bodies = "".join(
        "<tmk:TrademarkTransactionBody><tmk:TransactionContentBag>"
        f"<com:TransactionIdentifier>{number}</com:TransactionIdentifier>"
        "<tmk:TransactionData><tmk:TrademarkApplication>"
        f"<com:RequestSoftware>before {number}</com:RequestSoftware>"
        f"<tmk:TrademarkBag>\n{mark(number)}</tmk:TrademarkBag>"
        f"<com:SignatureBag>after {number}</com:SignatureBag></tmk:TrademarkApplication></tmk:TransactionData>"
        "</tmk:TransactionContentBag></tmk:TrademarkTransactionBody>\n"
        for number in numbers
    )
    return f'<tmk:TrademarkTransaction xmlns:tmk="{TMK}" xmlns:com="{COM}">{bodies}</tmk:TrademarkTransaction>'.encode()


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def seen(shards: list[object]) -> list[tuple[str, int, list[str], bytes]]:
    """Number, true line, siblings of the application and canonical form of each record."""
    found = []
    for shard in shards:
        assert isinstance(shard, Shard), shard
        root = etree.fromstring(shard.data)
        for record in detect.records(root):
            parent = record.element.getparent().getparent()
            beside = (
                []
                if parent is None or "Application" not in parent.tag
                else [one.text for one in parent if len(one) == 0]
            )
            element = record.element
            element.tail = None
            found.append(
                (
                    element.findtext(f".//{{{COM}}}ApplicationNumberText"),
                    shard.line - 1 + element.sourceline,
                    beside,
                    etree.tostring(element, method="c14n", exclusive=True, with_comments=False),
                )
            )
    return found


@pytest.mark.parametrize("step", [3, 13, 700, 1 << 20])
@pytest.mark.parametrize(
    "content",
    [
        bag([mark(n) for n in range(200)]),
        bag([mark(n) for n in range(200)], ""),
        transactions(range(60)),
    ],
)
def test_shards_hold_the_same_records_on_the_same_lines(content, step):
    whole = seen([Shard(file="x", number=0, line=1, data=content)])
    shards = list(cut.cut(pieces(content, step), file="x", limits=SMALL))
    assert len(shards) > 5
    assert all(len(shard.data) < 4_000 for shard in shards)
    assert [shard.number for shard in shards] == list(range(len(shards)))
    assert seen(shards) == whole


@pytest.mark.parametrize("content", [bag([mark(n) for n in range(200)]), transactions(range(60))])
def test_one_pass_gives_what_cutting_gives(content):
    whole = seen([Shard(file="x", number=0, line=1, data=content)])
    shards = list(one_pass.shards(pieces(content, 999), file="x", limits=SMALL))
    assert len(shards) > 5
    assert seen(shards) == whole


def test_siblings_before_a_cut_bag_are_repeated():
    marks = "\n".join(mark(number) for number in range(50))
    content = (
        f'<tmk:TrademarkApplication xmlns:tmk="{TMK}" xmlns:com="{COM}">\n'
        "<com:RequestSoftware>\nIPAS</com:RequestSoftware>"
        f"<tmk:TrademarkBag>{marks}</tmk:TrademarkBag></tmk:TrademarkApplication>"
    ).encode()
    found = seen(list(cut.cut([content], file="x", limits=SMALL)))
    assert len(found) == 50
    assert {beside[0] for _, _, beside, _ in found} == {"\nIPAS"}
    assert [line for _, line, _, _ in found] == [
        record[1] for record in seen([Shard(file="x", number=0, line=1, data=content)])
    ]


@pytest.mark.parametrize(
    "inside",
    [
        "<!-- </tmk:Trademark> -->",
        "<com:CommentText><![CDATA[</tmk:Trademark><tmk:Trademark>]]></com:CommentText>",
        "<com:CommentText><![CDATA[<tmk:Trademark></tmk:Trademark>]]></com:CommentText>",
    ],
)
def test_what_only_looks_like_a_tag_makes_the_file_fall_back(inside):
    content = bag([mark(n, inside if n % 7 == 3 else "") for n in range(100)])
    shards = list(cut.cut([content], file="x", limits=SMALL))
    broken = any(isinstance(shard, OnePass) for shard in shards) or any(
        not _parses(shard.data) for shard in shards if isinstance(shard, Shard)
    )
    assert broken
    assert seen(list(one_pass.shards([content], file="x", limits=SMALL))) == seen(
        [Shard(file="x", number=0, line=1, data=content)]
    )


def _parses(data: bytes) -> bool:
    try:
        etree.fromstring(data)
    except etree.XMLSyntaxError:
        return False
    return True


def test_records_of_gives_the_bytes_of_each_record():
    marks = [mark(number) for number in range(5)]
    (shard,) = cut.cut([bag(marks)], file="x")
    spans = cut.records_of(shard)
    assert [shard.data[span.start : span.end].decode() for span in spans[-5:]] == marks
    assert spans[-1].digest == digest(marks[-1].encode())


def test_records_of_is_silent_where_comments_leave_doubt():
    content = bag([mark(1, "<!-- </tmk:Trademark> -->"), mark(2)])
    assert cut.records_of(Shard(file="x", number=0, line=1, data=content)) == []


def test_a_truncated_file_is_never_closed_by_us():
    content = bag([mark(number) for number in range(100)])
    for end in (len(content) - 20, len(content) - 60, 700):
        shards = list(cut.cut([content[:end]], file="x", limits=SMALL))
        assert not all(_parses(shard.data) for shard in shards)
        *_, last = one_pass.shards([content[:end]], file="x", limits=SMALL)
        assert isinstance(last, Finding)
        assert last.rule == "PKG-005"


def test_cutting_takes_flat_memory():
    record = mark(1, "x" * 3_000).encode() + b"\n"
    head, tail = bag([]).rsplit(b"\n</", 1)

    def stream(count: int) -> Iterator[bytes]:
        yield head
        for _ in range(count):
            yield record * 300
        yield b"</" + tail

    peaks = []
    for count in (10, 60):
        tracemalloc.start()
        assert (
            sum(1 for shard in cut.cut(stream(count), file="x") if isinstance(shard, Shard))
            > count // 5
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2
