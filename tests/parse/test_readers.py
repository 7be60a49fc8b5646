"""Shards become records and findings that name the true record, element and line."""

from __future__ import annotations

import time

import pytest

from ipshare.domain.digest import digest
from ipshare.domain.office import Right
from ipshare.domain.record import Operation
from ipshare.parse import cut, readers, withdrawn
from ipshare.parse.cut import Shard
from ipshare.parse.limits import DEFAULT, Limits
from ipshare.parse.readers import Same
from parse.reading import findings, read, records, schema_for, shared
from parse.test_cut import COM, SMALL, TMK, bag, mark

PAT = "http://www.wipo.int/standards/XMLSchema/ST96/Patent"
DGN = "http://www.wipo.int/standards/XMLSchema/ST96/Design"


@pytest.mark.parametrize(
    ("folder", "count"),
    [
        ("st96/trademarks", 300),
        ("st96/designs", 200),
        ("st96/patents", 1),
        ("st96/trademarks_invalid", 60),
    ],
)
def test_every_shared_record_of_st96_is_read(folder, count):
    found, broken = 0, 0
    for path in sorted(shared(*folder.split("/")).glob("*.xml")):
        items = read(path.read_bytes(), file=path.name)
        found += len(records(items))
        broken += bool(findings(items))
        assert all(record.number for record in records(items))
    assert found == count
    assert broken == (60 if folder.endswith("invalid") else 0)


def test_official_examples_are_read():
    rights = {
        path.name.partition("_")[0]: [record.right for record in records(read(path.read_bytes()))]
        for path in shared("st96", "official_examples").glob("*.xml")
    }
    assert rights == {
        "TrademarkApplication": [Right.TRADEMARK],
        "DesignApplication": [Right.DESIGN],
        "PatentPublication": [Right.PATENT],
        "GIApplication": [],
    }


def test_records_of_older_versions_and_drafts_are_read():
    for path in shared("uspto_tsdr").glob("*.xml"):
        assert [record.right for record in records(read(path.read_bytes()))] == [Right.TRADEMARK], (
            path.name
        )


def test_a_schema_finding_names_record_element_and_line():
    shared("st96", "xsd_v6_0")
    marks = [
        mark(number, "\n<com:ExpiryDate>soon</com:ExpiryDate>" if number == 150 else "")
        for number in range(300)
    ]
    content = bag(marks).replace(b"com:st96Version", b"com:x")
    content = (
        f'<tmk:TrademarkApplication xmlns:tmk="{TMK}" xmlns:com="{COM}" com:st96Version="V6_0">'.encode()
        + content.partition(b"?>\n")[2].replace(b' com:x="V6_0"', b"")
        + b"</tmk:TrademarkApplication>"
    )
    for limits in (SMALL, None):
        found = findings(read(content, **({"limits": limits} if limits else {})))
        line = content[: content.index(b"<com:ExpiryDate>")].count(b"\n") + 1
        assert [(one.rule, one.record, one.path, one.value, one.line) for one in found] == [
            ("PKG-006", "150", "ExpiryDate", "soon", line)
        ]
        assert "DateType" in found[0].message


@pytest.mark.parametrize("between", ["\n", "\n<tmk:Nonsense/>\n"])
def test_every_shard_of_a_transaction_is_validated(between):
    shared("st96", "xsd_v6_0")
    marks = [mark(number, "\n<com:ExpiryDate>soon</com:ExpiryDate>") for number in range(60)]
    content = (
        f'<tmk:TrademarkTransaction xmlns:tmk="{TMK}" xmlns:com="{COM}" com:st96Version="V6_0">\n'
        '<tmk:TrademarkTransactionBody com:st96Version="V6_0"><tmk:TransactionContentBag com:st96Version="V6_0">'
        "<com:TransactionIdentifier>KH-1</com:TransactionIdentifier>"
        '<tmk:TransactionData com:st96Version="V6_0"><tmk:TrademarkBag>'
        f"{between.join(marks)}</tmk:TrademarkBag></tmk:TransactionData></tmk:TransactionContentBag>"
        "</tmk:TrademarkTransactionBody></tmk:TrademarkTransaction>"
    ).encode()
    for limits in (SMALL, None):
        found = findings(read(content, **({"limits": limits} if limits else {})))
        assert [one.record for one in found if one.path == "ExpiryDate"] == [
            str(number) for number in range(60)
        ]


def test_a_wrong_header_is_told_once_however_the_file_is_cut():
    shared("st96", "xsd_v6_0")
    marks = "".join(mark(number) for number in range(60))
    content = (
        f'<tmk:TrademarkTransaction xmlns:tmk="{TMK}" xmlns:com="{COM}" com:st96Version="V6_0">\n'
        "<com:TransactionHeader><com:Nonsense/></com:TransactionHeader>\n"
        '<tmk:TrademarkTransactionBody com:st96Version="V6_0"><tmk:TransactionContentBag com:st96Version="V6_0">'
        "<com:TransactionIdentifier>KH-1</com:TransactionIdentifier>"
        '<tmk:TransactionData com:st96Version="V6_0"><tmk:TrademarkBag>'
        f"{marks}</tmk:TrademarkBag></tmk:TransactionData></tmk:TransactionContentBag>"
        "</tmk:TrademarkTransactionBody></tmk:TrademarkTransaction>"
    ).encode()
    for limits in (SMALL, None):
        found = findings(read(content, **({"limits": limits} if limits else {})))
        told = [(one.path, one.line) for one in found if not one.record]
        assert told.count(("TrademarkTransaction/TransactionHeader/Nonsense", 2)) == 1, limits


def _transaction(marks: list[str]) -> bytes:
    """A body of its own for each mark."""
    bodies = "".join(
        '<tmk:TrademarkTransactionBody com:st96Version="V6_0"><tmk:TransactionContentBag com:st96Version="V6_0">'
        "<com:TransactionIdentifier>KH-1</com:TransactionIdentifier>"
        "<com:TransactionCategory>Trademark information</com:TransactionCategory>"
        "<com:TransactionSubCode>x</com:TransactionSubCode>"
        f'<tmk:TransactionData com:st96Version="V6_0"><tmk:TrademarkBag>{one}</tmk:TrademarkBag></tmk:TransactionData>'
        "</tmk:TransactionContentBag></tmk:TrademarkTransactionBody>"
        for one in marks
    )
    names = f'xmlns:tmk="{TMK}" xmlns:com="{COM}"'
    return f'<tmk:TrademarkTransaction {names} com:st96Version="V6_0">\n{bodies}</tmk:TrademarkTransaction>'.encode()


def test_what_is_left_out_as_unchanged_makes_no_error_of_what_held_it():
    shared("st96", "xsd_v6_0")
    content = _transaction([mark(number) for number in range(3)])
    (shard,) = cut.cut([content], file="x")
    first = findings(list(readers.read(shard, office="KH", schema_for=schema_for)))
    known = [span.digest for span in cut.records_of(shard)]
    for skip in (frozenset({known[1]}), frozenset(known)):
        again = list(readers.read(shard, office="KH", schema_for=schema_for, skip=skip))
        told = {(one.record, one.path, one.message) for one in findings(again)}
        assert told <= {(one.record, one.path, one.message) for one in first}


def test_a_wrong_header_is_told_although_every_record_is_unchanged():
    shared("st96", "xsd_v6_0")
    content = _transaction([mark(1)]).replace(
        b"<tmk:TrademarkTransactionBody",
        b"<com:TransactionHeader><com:Nonsense/></com:TransactionHeader><tmk:TrademarkTransactionBody",
        1,
    )
    (shard,) = cut.cut([content], file="x")
    known = {span.digest for span in cut.records_of(shard)}
    for skip in (frozenset(), known):
        found = findings(list(readers.read(shard, office="KH", schema_for=schema_for, skip=skip)))
        assert [one.value for one in found if "Nonsense" in one.path] == [""], skip


def test_many_wrong_siblings_do_not_take_the_square_of_their_number():
    shared("st96", "xsd_v6_0")
    wrong = "<tmk:GoodsServices><tmk:ClassDescriptionBag/></tmk:GoodsServices>"
    content = bag([mark(1, f"<tmk:GoodsServicesBag>{wrong * 8000}</tmk:GoodsServicesBag>")])
    schema_for("V6_0", "TrademarkTransaction")
    begun = time.process_time()
    found = findings(
        read(content, schema=lambda version, _: schema_for(version, "TrademarkTransaction"))
    )
    assert time.process_time() - begun < 6
    assert [one.path for one in found if one.record] == [
        f"GoodsServicesBag/GoodsServices[{nth}]/ClassDescriptionBag" for nth in range(1, 8001)
    ]


@pytest.mark.parametrize("limit", [{"siblings": 20}, {"validated": 30}])
def test_a_part_that_is_too_large_to_validate_is_read_and_says_so(limit):
    shared("st96", "xsd_v6_0")
    content = bag([mark(1, "<com:Nonsense/>" * 40)])
    items = read(
        content,
        limits=Limits(shard=300, **limit),
        schema=lambda version, _: schema_for(version, "TrademarkTransaction"),
    )
    assert [record.number for record in records(items)] == ["1"]
    told = [one for one in findings(items) if one.rule == "PKG-006"]
    assert ["not checked against its schema" in one.message for one in told] == [True]


def test_records_whose_bytes_are_known_are_not_parsed():
    marks = [mark(number) for number in range(6)]
    (shard,) = cut.cut([bag(marks)], file="x")
    skip = {digest(marks[1].encode()), digest(marks[4].encode())}
    items = list(readers.read(shard, office="KH", skip=skip))
    assert [item.digest for item in items if isinstance(item, Same)] == [
        digest(marks[1].encode()),
        digest(marks[4].encode()),
    ]
    whole = records(list(readers.read(shard, office="KH")))
    kept = records(items)
    assert [record.number for record in kept] == ["0", "2", "3", "5"]
    assert [(record.line, record.source) for record in kept] == [
        (record.line, record.source) for record in whole if record.source not in skip
    ]
    same = [item.line for item in items if isinstance(item, Same)]
    assert same == [whole[1].line, whole[4].line]


@pytest.mark.parametrize("wrapper", ["pat:PatentPublicationBag", "export"])
def test_patents_are_read_in_any_bag(wrapper):
    one = (
        '<pat:PatentPublication com:languageCode="en" com:st96Version="V6_0"><pat:BibliographicData>'
        "<pat:ApplicationIdentification><com:ApplicationNumber><com:ApplicationNumberText>{}</com:ApplicationNumberText>"
        "</com:ApplicationNumber></pat:ApplicationIdentification></pat:BibliographicData></pat:PatentPublication>"
    )
    body = "".join(one.format(number) for number in range(40))
    content = f'<{wrapper} xmlns:pat="{PAT}" xmlns:com="{COM}">{body}</{wrapper}>'.encode()
    for limits in (SMALL, None):
        items = read(content, validate=False, **({"limits": limits} if limits else {}))
        assert [record.number for record in records(items)] == [str(number) for number in range(40)]
        assert findings(items) == []


@pytest.mark.parametrize("declared", ['xmlns:q="C:\\export\\tm.xsd"', 'xmlns:q=" "'])
@pytest.mark.parametrize("again", ["", "<!-- </tmk:Trademark> -->"])
@pytest.mark.parametrize("limits", [SMALL, DEFAULT])
def test_a_namespace_that_is_none_is_named_however_the_file_is_read(declared, again, limits):
    content = bag([mark(number, again) for number in range(60)])
    content = content.replace(b"<tmk:TrademarkBag\n", f"<tmk:TrademarkBag {declared}\n".encode())
    (found,) = findings(read(content, validate=False, limits=limits))
    assert (found.rule, found.line) == ("PKG-005", 3)
    assert "is not a valid URI" in found.message


def test_an_undeclared_prefix_is_named_however_the_file_is_read():
    for inside in ("<q:X/>", "<q:X/><!-- </tmk:Trademark> -->"):
        (found,) = findings(read(bag([mark(1, inside)]), validate=False))
        assert (found.rule, "Namespace prefix q" in found.message) == ("PKG-005", True)
    for inside in ("", '<x xmlns="u"/>', "<!-- </tmk:Trademark> -->"):
        content = bag([mark(1, inside)]).replace(b"xmlns:tmk", b"xmlns:q")
        (found,) = findings(read(content, validate=False))
        assert (found.rule, "Namespace prefix tmk" in found.message) == ("PKG-005", True)


def test_a_design_without_its_application_is_named():
    content = f'<dgn:DesignBag xmlns:dgn="{DGN}"><dgn:Design/></dgn:DesignBag>'.encode()
    (found,) = findings(read(content))
    assert (found.rule, "DesignBag" in found.message, "DesignApplication" in found.message) == (
        "PKG-006",
        True,
        True,
    )


def test_an_unknown_root_is_named_however_large_its_file():
    other = (
        "<Transaction xmlns='urn:other'>" + "<TradeMark>x</TradeMark>\n" * 2_000 + "</Transaction>"
    )
    found = findings(read(other.encode(), limits=SMALL))
    assert {one.rule for one in found} == {"PKG-006"}
    assert "urn:other" in found[0].message


def test_an_empty_transaction_is_no_trouble():
    assert read(f'<tmk:TrademarkTransaction xmlns:tmk="{TMK}"/>'.encode(), validate=False) == []


def test_content_outside_of_records_is_reported():
    content = bag([mark(1)]).replace(
        b"</tmk:TrademarkBag>", b"<tmk:ApplicantBag><tmk:X/></tmk:ApplicantBag></tmk:TrademarkBag>"
    )
    (found,) = findings(read(content, validate=False))
    assert (found.rule, found.value) == ("PKG-007", "ApplicantBag")


def test_content_outside_of_records_is_reported_in_its_order():
    """Elements are hashed by where they lie in memory: a report must not be another one each time it is made."""
    inner = bag([mark(1)]).decode()
    inner = inner[inner.index("<tmk:TrademarkBag") :]
    names = [f"Holder{place}" for place in range(12)]
    wrapped = inner
    for name in reversed(names):
        wrapped = f"<{name}><{name}Stray>x</{name}Stray>{wrapped}</{name}>"
    found = findings(read(wrapped.encode(), validate=False))
    assert [one.value for one in found] == [f"{name}Stray" for name in names]


def test_a_wrapper_without_schema_is_validated_record_by_record():
    shared("st96", "xsd_v6_0")
    body = '<pat:PatentPublication com:languageCode="en" com:st96Version="V6_0"><pat:Nonsense/></pat:PatentPublication>'
    content = f'<export xmlns:pat="{PAT}" xmlns:com="{COM}">{body * 3}</export>'.encode()
    assert schema_for("V6_0", "export") is None
    found = findings(read(content))
    assert [one.rule for one in found] == ["PKG-006"] * 3
    assert "Nonsense" in found[0].message


def test_a_list_of_withdrawn_numbers():
    text = "\ufeffApplication number;why\nKH/1/99;x\n\n# a comment\n KH/2/99 \r\n" + "9" * 300
    items = list(
        withdrawn.read(text.encode(), file="withdrawn.csv", right=Right.DESIGN, office="KH")
    )
    assert [(record.number, record.operation, record.line) for record in records(items)] == [
        ("KH/1/99", Operation.WITHDRAW, 2),
        ("KH/2/99", Operation.WITHDRAW, 5),
    ]
    assert [one.rule for one in findings(items)] == ["PKG-005"]


def test_a_delete_is_a_withdrawal():
    content = bag([mark(1).replace("Insert", "Delete"), mark(2)])
    operations = [record.operation for record in records(read(content, validate=False))]
    assert operations == [Operation.WITHDRAW, Operation.PUT]


def test_a_piece_that_does_not_parse_asks_for_one_pass():
    shard = Shard(file="x.xml", number=3, line=9, data=b"<a><b></a>")
    assert list(readers.read(shard, office="KH")) == [cut.OnePass(file="x.xml")]
