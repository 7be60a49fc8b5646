"""Parts as ST.96: a zip as offices send them, so that it can be read by whatever reads a package of an office.

Trademarks and designs are in one transaction each; patents have none in ST.96 and are documents of their own,
and so is a trademark whose application says more than a transaction holds.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import msgspec

from ipshare.domain.office import Right
from ipshare.render import st96
from ipshare.share.bulk.parts import Item
from ipshare.standards import namespaces
from ipshare.standards import st96 as standard

LEVEL = 1
VERSION = "V6_0"
_CHUNK = 1024 * 1024
_FILE_MODE = 0o644 << 16
_UNIX = 3
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_DECLARED = {
    f" xmlns:{prefix}={namespaces.quoted(uri)}".encode()
    for prefix, uri in {**standard.model().namespaces, "xsi": _INSTANCE}.items()
}
_MARK = re.compile(
    rb'<tmk:TrademarkApplication((?: xmlns:\w+="[^"]*")*) com:st96Version="%b">'
    rb"<tmk:TrademarkBag>(.*)</tmk:TrademarkBag></tmk:TrademarkApplication>" % VERSION.encode(),
    re.DOTALL,
)
_DECLARING = re.compile(rb' xmlns:\w+="[^"]*"')
_CATEGORIES = {Right.TRADEMARK: "Trademark Information", Right.DESIGN: "Design information"}
_NAMES = {Right.TRADEMARK: ("tmk", "Trademark"), Right.DESIGN: ("dgn", "Design")}
_BAGS = {
    Right.TRADEMARK: "<tmk:TrademarkBag>",
    Right.DESIGN: f'<dgn:DesignApplicationBag com:st96Version="{VERSION}">',
}


class Package:
    """Writes one zip. The transaction's records wait in a file beside it, since its head says how many these are."""

    def __init__(self, path: Path, office: str, right: Right, *, at: datetime) -> None:
        """``path`` is made; ``at`` is when the export was asked for."""
        self._name, self._office, self._right, self._at = path.stem, office, right, at
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._beside = path.with_suffix(".xml")
        self._records = self._beside.open("wb")
        self._together = self._alone = 0

    def add(self, lines: bytes) -> None:
        """Each record in the transaction, or as a document of its own."""
        for text in lines.split(b"\n"):
            document = st96.to_xml(
                self._right, bytes(msgspec.json.decode(text, type=Item).record), version=VERSION
            ).removeprefix(_DECLARATION)
            if (record := _in_transaction(self._right, document)) is not None:
                self._records.write(record + b"\n")
                self._together += 1
            else:
                self._alone += 1
                self._zip.writestr(
                    self._member(f"{self._name}/{self._alone:06}.xml"), _DECLARATION + document
                )

    def close(self) -> None:
        """Write the transaction, and the end of the zip."""
        self._records.close()
        if self._together:
            member = self._member(f"{self._name}.xml")
            with (
                self._beside.open("rb") as records,
                self._zip.open(member, "w", force_zip64=True) as file,
            ):
                file.write(self._head().encode())
                shutil.copyfileobj(records, file, _CHUNK)
                file.write(self._foot().encode())
        self._zip.close()
        self._beside.unlink()

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = zipfile.ZipInfo(name, (self._at.year, self._at.month, self._at.day, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        member.create_system = _UNIX
        member.external_attr = _FILE_MODE
        return member

    def _head(self) -> str:
        """Down to the first record."""
        prefix, name = _NAMES[self._right]
        version = f'com:st96Version="{VERSION}"'
        declared = "".join(sorted(one.decode() for one in _DECLARED))
        return (
            f"{_DECLARATION.decode()}<{prefix}:{name}Transaction{declared} {version}>"
            f"<com:TransactionHeader><com:SenderBag><com:RequestProducer>{self._office} by ipshare"
            f"</com:RequestProducer><com:RequestDate>{self._at.date()}</com:RequestDate></com:SenderBag>"
            f"<com:TransactionTotalQuantity>{self._together}</com:TransactionTotalQuantity></com:TransactionHeader>\n"
            f"<{prefix}:{name}TransactionBody {version}><{prefix}:TransactionContentBag {version}>"
            f"<com:TransactionIdentifier>{self._name}</com:TransactionIdentifier>"
            f"<com:TransactionCategory>{_CATEGORIES[self._right]}</com:TransactionCategory>"
            "<com:TransactionSubCode>Register extract</com:TransactionSubCode>"
            f"<{prefix}:TransactionData {version}>{_BAGS[self._right]}\n"
        )

    def _foot(self) -> str:
        prefix, name = _NAMES[self._right]
        bag = _BAGS[self._right].partition(" ")[0].strip("<>")
        return (
            f"</{bag}></{prefix}:TransactionData></{prefix}:TransactionContentBag>"
            f"</{prefix}:{name}TransactionBody>\n</{prefix}:{name}Transaction>\n"
        )


def _in_transaction(right: Right, document: bytes) -> bytes | None:
    """The record as it stands in a transaction; None where it has to be a document of its own."""
    if right is Right.DESIGN:
        return document
    if right is Right.PATENT:
        return None
    found = _MARK.fullmatch(document)
    if found is None or not _DECLARED.issuperset(_DECLARING.findall(found[1])):
        return None
    return found[2]
