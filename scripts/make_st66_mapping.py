"""Make src/ipshare/parse/st66/mapping.tsv out of the official ST.66 to ST.96 table and our own rows.

    python scripts/make_st66_mapping.py ../shared/data/mappings/ST66Transaction-V1-1ToST96TrademarkTransaction_V6_0.tsv

The official table (WIPO ST.96 Annex VI) gives the element paths. Ours are: the rows for WIPO's IPAS extension
(``wo:``), repairs where the official target does not exist or would be invalid, the words that IPAS offices use for
codes, and what is filled in where ST.96 requires an element that ST.66 does not have.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from ipshare.standards import st96

OUT = Path(__file__).parents[1] / "src" / "ipshare" / "parse" / "st66" / "mapping.tsv"
TRADEMARK = "TransactionData/TradeMarkDetails/TradeMark"
APPLICATION = "TransactionData/TradeMarkApplication"
BLOCK = re.compile(r"(?:# )?WIPO\.MappingST66(\w+)ToST96(\w+)")
Row = tuple[str, str, str]
"""Source, target, and the block that leads on from there."""

_EVENT = "MarkEventDetails/MarkEvent"
_EVENT96 = "tmk:MarkEventBag/tmk:MarkEvent"
_TEXT96 = "tmk:MarkEventBag/tmk:MarkEvent/tmk:NationalMarkEvent/tmk:MarkEventDescriptionText"
_DESCRIPTION96 = "tmk:MarkRepresentation/tmk:MarkDescriptionBag/tmk:MarkDescriptionText"
_GOODS = "GoodsServicesDetails/GoodsServices"
_GOODS96 = "tmk:GoodsServicesBag/tmk:GoodsServices"

_NAME = "FormattedNameAddress/Name/FreeFormatName/FreeFormatNameDetails/FreeFormatNameLine"
_LINES = "FormattedNameAddress/Address[AddressCountryCode]"
_STRUCTURED96 = "com:PostalAddressBag/com:PostalAddress/com:PostalStructuredAddress"
_VIENNA = "MarkImageCategory[CategoryKind=Vienna]"
_VIENNA96 = (
    "tmk:MarkImageClassification/com:FigurativeElementClassificationBag/com:ViennaClassificationBag"
)
_CLASS96 = "tmk:GoodsServicesClassificationBag/tmk:GoodsServicesClassification/tmk:ClassNumber"

OURS: dict[str, tuple[tuple[str, str], ...]] = {
    "TradeMark": (
        (
            f"{_EVENT}/MarkEventCode",
            f"{_EVENT96}/tmk:NationalMarkEvent/tmk:MarkEventAdditionalText",
        ),
        (
            f"{_EVENT}/OfficeSpecificMarkEventCode",
            f"{_EVENT96}/tmk:NationalMarkEvent/tmk:MarkEventCode",
        ),
        (f"{_EVENT}/OfficeSpecificMarkEventName", f"{_TEXT96}"),
        (f"{_EVENT}/OfficeSpecificMarkEventDescription", f"{_EVENT96}/com:CommentText"),
        (
            f"{_EVENT}/OfficeSpecificMarkEventDescription/@languageCode",
            f"{_EVENT96}/com:CommentText/@com:languageCode",
        ),
        (
            f"{_GOODS}/ClassDescriptionDetails/ClassDescription/ClassNumber",
            f"{_GOODS96}/{_CLASS96}",
        ),
        (
            "MarkDescriptionDetails/MarkDescription/@languageCode",
            f"{_DESCRIPTION96}/@com:languageCode",
        ),
        (
            "MarkDescriptionDetails/MarkDescription/@sequenceNumber",
            f"{_DESCRIPTION96}/@com:sequenceNumber",
        ),
        ("Comment/@languageCode", "com:CommentText/@com:languageCode"),
        ("AsItIsProtectionIndicator", "tmk:AsItIsProtectionIndicator"),
    ),
    "MarkImage": (
        (_VIENNA, _VIENNA96),
        (f"{_VIENNA}/CategoryKind", "-"),
        (f"{_VIENNA}/CategoryVersion", f"{_VIENNA96}/com:ViennaClassificationEdition"),
        (
            f"{_VIENNA}/CategoryCodeDetails/CategoryCode",
            f"{_VIENNA96}/com:ViennaClassificationText",
        ),
    ),
    "AddressBook": (
        (_NAME, "com:Name/com:EntityName"),
        (f"{_NAME}/@languageCode", "com:Name/com:EntityName/@com:languageCode"),
        (_LINES, "com:PostalAddressBag"),
        (f"{_LINES}/AddressCountryCode", f"{_STRUCTURED96}/com:CountryCode"),
        (
            f"{_LINES}/FreeFormatAddress/FreeFormatAddressLine",
            f"{_STRUCTURED96}/com:AddressLineText",
        ),
        (
            f"{_LINES}/FreeFormatAddress/FreeFormatAddressLine/@sequenceNumber",
            f"{_STRUCTURED96}/com:AddressLineText/@com:sequenceNumber",
        ),
        (
            f"{_LINES}/FreeFormatAddress/FreeFormatAddressLine/@languageCode",
            f"{_STRUCTURED96}/@com:languageCode",
        ),
    ),
}
"""Our rows: the ``wo:`` elements (names are the same in both namespaces) and official rows corrected.

Free lines beside a country code: ST.96 allows them together only as lines of a structured address.
"""
ROOTS = {
    "tmk:RegistrationShortNotationType": "tmk:RecordToRegistration",
    "com:DocumentType": "com:DocumentIncluded",
    "tmk:TrademarkDocumentBagType": "tmk:TrademarkDocumentBag",
}
"""Elements of the types by which some blocks are named."""
ALSO = ("MarkEventCode", "ClassNumber")
"""Sources that keep their official target beside ours."""
NOT = ("FormattedNameAddress/Name/FreeFormatName",)
"""Official rows that would make one element of several lines."""

FILL = (
    ("com:AddressLineText", "@com:sequenceNumber", "number", ""),
    (
        "com:NationalFigurativeElementClassificationBag",
        "com:IPOfficeCode",
        "office",
        "com:RegistrationOfficeCode",
    ),
    (
        "tmk:WordMarkSpecification",
        "tmk:MarkSignificantVerbalElementText",
        "copy",
        "tmk:MarkVerbalElementText",
    ),
    ("tmk:GoodsServicesClassification", "tmk:ClassificationKindCode", "text", "Nice"),
    (
        "tmk:NationalMarkEvent",
        "tmk:MarkEventDescriptionText",
        "copy",
        "tmk:MarkEventAdditionalText",
    ),
)

_PROSECUTION = "National prosecution history entry"
WORDS = {
    "tmk:MarkFeatureCategory": {
        "Word": ("N", "Nominative", "Merek Kata", "Verbal", "Denominativa", "Letter"),
        "Figurative": ("L", "Logo", "Image", "Device", "Merek Lukisan"),
        "Combined": ("B", "Both", "Mixed", "Merek Kata dan Lukisan", "ANYCOMBINATION", "Word and device"),
        "Stylized characters": ("STYLISH", "Stylized", "Stylised"),
        "Three dimensional": ("3D", "3-D", "Merek Tiga Dimensi", "T"),
        "Sound": ("Merek Suara", "S"),
        "Hologram": ("Merek Hologram",),
        "Tracer": ("Kennfaden",),
    },
    "tmk:MarkCategory": {
        "Trademark": ("TRADE MARK", "Merek Dagang", "Marque de fabrique"),
        "Service mark": ("Merek Jasa", "SERVICE"),
        "Mark": ("Merek Dagang & Jasa", "Merek Dagang dan Jasa"),
        "Individual mark": ("Individual",),
        "Collective mark": ("Collective", "Merek Kolektif"),
        "Certification mark": ("Certificate", "Certification", "Guarantee", "Certificate mark"),
        "Defensive mark": ("Defensive",),
    },
    "tmk:MarkEventCategory": {
        "Application filed": ("Filed",),
        "Application published": ("Published",),
        "Registration published": ("Registered",),
        "Application refused": ("Rejected", "Refused"),
        "Application withdrawn": ("Withdrawn", "Abandoned", "Application deemed withdrawn"),
        "Opposition pending": ("Opposed", "Application opposed", "Registration opposed"),
        "Registration surrendered": ("Surrendered",),
        "Invalidity proceeding pending": (),
        "Appeal pending": ("Appealed",),
        "Action before court of justice pending": ("Awaiting court action",),
        "Conversion requested": ("Converted",),
        "Interruption of proceeding": ("Interruption of proceedings", "Suspended"),
        "Registration cancelled": ("Invalidated", "Cancelled"),
        _PROSECUTION: (
            "Examined", "Pending", "Inactive", "Expired", "Notification", "Unknown", "Ended", "Under examination",
            "Registration cancellation pending", "Renewed",
        ),
    },
    "com:ImageFormatCategory": {"JPEG": ("JPG", "image/jpeg"), "TIFF": ("TIF", "image/tiff"), "PNG": ("image/png",)},
}  # fmt: skip
"""ST.96 code: the words that offices send for it."""


def main() -> None:
    """Write the mapping and say how much of the official table is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="the official table of element paths and values")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    blocks, values = read(arguments.table)
    lines = [
        "# made by scripts/make_st66_mapping.py: block, ST.66 path, ST.96 path, block that leads on"
    ]
    missing = 0
    for block, (root, rows) in blocks.items():
        for source, target, include in (*rows, *((*row, "") for row in OURS.get(block, ()))):
            if target == "-" or exists(target, root):
                lines.append(f"M\t{block}\t{source}\t{target}\t{include}".rstrip())
            else:
                missing += 1
                print(f"no such path in {st96.VERSION}: {root} {target} ({block} {source})")
    rows_written = len(lines) - 1
    lines += ["\t".join(("F", *fill)) for fill in FILL]
    lines += [f"V\t{target}\t{word}\t{code}" for target, word, code in words(values)]
    arguments.out.write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")
    print(f"{rows_written} rows in {len(blocks)} blocks, {missing} left out, {len(lines)} lines")


def read(table: Path) -> tuple[dict[str, tuple[str, list[Row]]], dict[str, list[tuple[str, str]]]]:
    """The blocks (root element and rows) and the values (target element: from, to)."""
    raw: dict[str, list[tuple[str, str, str]]] = {}
    values: dict[str, list[tuple[str, str]]] = {}
    block: list[tuple[str, str, str]] = []
    value: list[tuple[str, str]] = []
    for line in table.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if line.startswith("#"):
            match = BLOCK.fullmatch(line.strip())
            block = raw.setdefault(match.group(1) if match else line.strip(), [])
        elif cells[0].startswith("input (") and len(cells) > 1:
            name = cells[1].rpartition(":")[2].rstrip(")")
            value = values["com:" + name] = values["tmk:" + name] = values.get("com:" + name, [])
        elif len(cells) == 2 and cells[0] != "From":  # noqa: PLR2004
            value.append((cells[0], cells[1]))
        elif len(cells) >= 4 and cells[0] != "Input Node":  # noqa: PLR2004
            block.append((cells[0], cells[2], re.sub(r" \(\d+\)", "", cells[3])))
    document = raw.pop("# Appendix A To ST96 Annex VI")
    blocks = {
        "TradeMark": ("tmk:Trademark", list(chosen(below(document, TRADEMARK), "TradeMark"))),
        "TradeMarkApplication": (
            "tmk:TrademarkApplication",
            list(chosen(below(document, APPLICATION), "")),
        ),
    }
    for name, rows in raw.items():
        if rows:
            root = rows[0][2].partition("/")[0]
            blocks[name] = (ROOTS.get(root, root), list(chosen(stripped(rows), name)))
    return blocks, values


def below(rows: list[tuple[str, str, str]], inside: str) -> Iterator[tuple[str, str, str]]:
    """The rows below a path of the document, as paths from there."""
    for source, condition, target in rows:
        _, found, rest = source.partition(f"{inside}/")
        record, application = (
            target.partition("/tmk:Trademark/"),
            target.partition("/tmk:TrademarkApplication/"),
        )
        if found and not rest.startswith("TradeMarkDetails"):
            yield rest, condition, (record if inside == TRADEMARK else application)[2]


def stripped(rows: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """The rows of a block without the names of its types."""
    for source, condition, target in rows:
        yield source.partition("/")[2], condition, target.partition("/")[2]


def chosen(rows: Iterator[tuple[str, str, str]], block: str) -> Iterator[Row]:
    """One row for each source and target. An official row may name every step of its target; the last one counts."""
    ours = {source for source, _ in OURS.get(block, ()) if source.rpartition("/")[2] not in ALSO}
    found: dict[str, list[tuple[str, str]]] = {}
    for source, condition, target in rows:
        if source and target and source not in ours and source not in NOT:
            found.setdefault(source, []).append((condition, target))
    for source, pairs in found.items():
        targets = sorted((target for _, target in pairs), key=len)
        include = next(
            (match.group(1) for condition, _ in pairs if (match := BLOCK.fullmatch(condition))), ""
        )
        if include:
            yield source, targets[0], include
        else:
            yield from (
                (source, one, "")
                for one in targets
                if not any(other.startswith(f"{one}/") for other in targets)
            )


def exists(path: str, root: str) -> bool:
    """Whether the content model has this path below the root."""
    model = st96.model()
    element = model.element(root)
    for step in path.split("/"):
        if step.startswith("@"):
            return step[1:] in element.attributes
        if step not in {child.name for child in element.children}:
            return False
        element = model.element(step)
    return True


def words(official: dict[str, list[tuple[str, str]]]) -> Iterator[tuple[str, str, str]]:
    """(target element, word, code) where the code is valid and not plainly the word itself."""
    done = set()
    ours = [
        (target, word, code)
        for target, codes in WORDS.items()
        for code, sent in codes.items()
        for word in sent
    ]
    theirs = [(target, word, code) for target, rows in official.items() for word, code in rows]
    for target, word, code in (*ours, *theirs):
        datatype = datatype_of(target)
        if (
            datatype
            and code in datatype.codes
            and plain(word) != plain(code)
            and (target, plain(word)) not in done
        ):
            done.add((target, plain(word)))
            yield target, word, code


def datatype_of(target: str) -> st96.Datatype | None:
    """The type of an element or attribute, if ST.96 has it."""
    model = st96.model()
    if target in model:
        return model.element(target).datatype
    try:
        return model.attribute(target)
    except KeyError:
        return None


def plain(word: str) -> str:
    """A word without case, spaces and signs."""
    return "".join(filter(str.isalnum, word.casefold()))


if __name__ == "__main__":
    main()
