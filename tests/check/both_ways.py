"""Prints what the line makes of records that were bent at random: ``python -m check.both_ways SEED FILES [--source]``.

Run once from the compiled files and once from their sources (``ipshare.compiled``): the lines must be the same, of
sample registers of each right, with all that an XML file can hold where no schema expects it.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import zipfile
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import ipshare

SAMPLES = [
    ("MY", "trademark", "st96"), ("KH", "trademark", "st66"), ("TH", "trademark", "st96"),
    ("SG", "design", "st96"), ("VN", "patent", "st96"), ("ID", "patent", "st96"),
]  # fmt: skip
TEXTS = (
    "", " ", "-", "2567-01-01", "2024-13-45", "20240101", "45000", "0", "-1", "9" * 40, "N/A", "ก ข", "ភាសា", "&<>\"'",
    "line\nline", "\t", "x" * 400, "a@example.org", "true", "٣", "KH/1/2020", "\ufeff", "\u202e",
)  # fmt: skip
ATTRIBUTES = (
    "id", "languageCode", "{urn:x}y", "sequenceNumber", "{http://www.wipo.int/standards/XMLSchema/ST96/Common}operationCategory",
    "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation",
    "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation",
)  # fmt: skip
CLIMB = 0.7
"""How likely it is that the element around is taken instead: records have attributes that mean something."""
MOST = 12
"""Places of a file that are bent."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("files", type=int)
    parser.add_argument("--source", action="store_true")
    args = parser.parse_args()
    if args.source:
        sys.meta_path[:] = [
            one for one in sys.meta_path if type(one).__module__ != ipshare.compiled.__name__
        ]
    logging.disable()  # a rule that fails is a finding as well
    from ipshare.parse import canonical

    assert canonical.__file__.endswith(".py") == args.source, canonical.__file__
    with tempfile.TemporaryDirectory() as folder:
        files = samples(Path(folder))
    dice = random.Random(args.seed)  # noqa: S311
    for number in range(args.files):
        office, right, content = dice.choice(files)
        for line in told(office, right, bent(content, dice)):
            sys.stdout.write(f"{number} {office} {right} {line}\n")


def samples(folder: Path) -> list[tuple[str, str, bytes]]:
    """Small files of each kind of sample, half of their records with a defect."""
    from ipshare.domain.office import Kind, Right
    from ipshare.ops.sample import package
    from ipshare.ops.sample.order import Order

    files = []
    for office, right, form in SAMPLES:
        order = Order(
            office=office, right=Right(right), kind=Kind.FULL_EXTRACTION, records=6, date="2026-11-20", seed=3,
            format=form, defects=0.5,
        )  # fmt: skip
        with zipfile.ZipFile(package.write(order, folder).path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".xml")]
            files += [(office, right, archive.read(name)) for name in names]
    return files


def bent(content: bytes, dice: random.Random) -> bytes:
    """The file with some of its elements changed, as no office would send them, or as one might."""
    from lxml import etree

    root = etree.fromstring(content)
    for _ in range(dice.randint(1, MOST)):
        elements = [one for one in root.iter("*") if one is not root]
        if not elements:
            break
        _bend(dice.choice(elements), dice)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _bend(one, dice):  # noqa: PLR0912 (a list of mischief)
    from lxml import etree

    parent, match = one.getparent(), dice.randrange(12)
    if match == 0:
        one.text = dice.choice(TEXTS)
    elif match == 1:
        one.tail = dice.choice(TEXTS)
    elif match == 2:
        parent.remove(one)
    elif match == 3:
        parent.append(etree.fromstring(etree.tostring(one, with_tail=False)))
    elif match == 4:
        one.insert(0, etree.Comment(dice.choice(("note", " "))))
    elif match == 5:
        one.append(etree.ProcessingInstruction("pi", "x"))
    elif match == 6:
        while one.getparent() is not None and dice.random() < CLIMB:
            one = one.getparent()
        for name in dice.sample(ATTRIBUTES, dice.randint(1, 4)):
            one.set(name, dice.choice(TEXTS))
    elif match == 7:
        one.tag = dice.choice((one.tag + "X", "{urn:x}y", "plain", parent.tag))
    elif match == 8:
        parent.insert(0, one)
    elif match == 9:
        etree.SubElement(one, one.tag).text = dice.choice(TEXTS)
    elif match == 10:
        one.clear(keep_tail=True)
    else:
        for child in list(one)[: dice.randrange(3)]:
            one.append(child)


def told(office: str, right: str, content: bytes):
    """Everything that is kept of the records of a file, a line each."""
    from ipshare.check import run
    from ipshare.check.context import Context
    from ipshare.check.facets import facets_of
    from ipshare.check.gather import gather
    from ipshare.check.lacks import lacks_of
    from ipshare.check.package import group_digests, row_of
    from ipshare.domain.office import Kind, Right
    from ipshare.domain.record import Record
    from parse.reading import read

    context = Context(
        office=office, right=Right(right), kind=Kind.UPDATES, today=date(2026, 11, 21), package="a.zip"
    )  # fmt: skip
    for item in read(content, office=office):
        yield repr(plain(item))
        if not isinstance(item, Record):
            continue
        facts = gather(item)
        digests = group_digests(item)
        yield repr(plain((
            run.check_batch([facts], context), run.recheck_on(facts, context),
            facets_of(facts, has_errors=False), lacks_of(facts), row_of(facts, digests),
        )))  # fmt: skip


def plain(value):
    """The same in words that do not depend on how a set is walked; the order of everything else stays."""
    if is_dataclass(value):
        return [(one.name, plain(getattr(value, one.name))) for one in fields(value)]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


if __name__ == "__main__":
    main()
