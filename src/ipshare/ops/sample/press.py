"""For each right and format: how a record is made, which pictures it names, how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from ipshare.domain.office import Right
from ipshare.ops.sample import designs, marks, patents
from ipshare.ops.sample.defects import design as design_defects
from ipshare.ops.sample.defects import patent as patent_defects
from ipshare.ops.sample.defects import trademark as mark_defects
from ipshare.ops.sample.defects.kind import Defect, F
from ipshare.ops.sample.facts import DesignFile, Image, Mark, Patent
from ipshare.ops.sample.register import Register
from ipshare.ops.sample.st66 import trademark as st66_trademark
from ipshare.ops.sample.st96 import design as st96_design
from ipshare.ops.sample.st96 import patent as st96_patent
from ipshare.ops.sample.st96 import trademark as st96_trademark

_COMMON = 'xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Generic[F]):
    """Everything a package of one right and format needs."""

    make: Callable[[Register, int, int], F]
    write: Callable[[F, str], str]
    images: Callable[[F], tuple[Image, ...]]
    kinds: tuple[Defect[F], ...]
    head: Callable[[str, str, int], str]
    """Office, date and number of records → what stands before the first record."""
    foot: str
    withdrawal: Callable[[F], str] | None = None
    """The stub that deletes a record, where the format has one."""
    one_file_each: bool = False


def _header(prefix: str, name: str, category: str, sent: tuple[str, str, int]) -> str:
    """The head of an ST.96 transaction down to its TransactionData."""
    office, date, records = sent
    version = 'com:st96Version="V6_0"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{prefix}:{name}Transaction {_COMMON} '
        f'xmlns:{prefix}="http://www.wipo.int/standards/XMLSchema/ST96/{name}" {version}>\n'
        f"<com:TransactionHeader><com:SenderBag><com:RequestProducer>{office} sample register</com:RequestProducer>"
        f"<com:RequestDate>{date}</com:RequestDate></com:SenderBag>"
        f"<com:TransactionTotalQuantity>{records}</com:TransactionTotalQuantity></com:TransactionHeader>\n"
        f"<{prefix}:{name}TransactionBody {version}><{prefix}:TransactionContentBag {version}>"
        f"<com:TransactionIdentifier>{office}-{date}</com:TransactionIdentifier>"
        f"<com:TransactionCategory>{category}</com:TransactionCategory>"
        f"<com:TransactionSubCode>Register extract</com:TransactionSubCode><{prefix}:TransactionData {version}>"
    )


def _mark_head(office: str, date: str, records: int) -> str:
    return f"{_header('tmk', 'Trademark', 'Trademark Information', (office, date, records))}<tmk:TrademarkBag>\n"


def _design_head(office: str, date: str, records: int) -> str:
    opening = _header("dgn", "Design", "Design information", (office, date, records))
    return f'{opening}<dgn:DesignApplicationBag com:st96Version="V6_0">\n'


def _nothing(_: str, __: str, ___: int) -> str:
    return ""


def _ipas_head(_: str, __: str, ___: int) -> str:
    return st66_trademark.HEAD


def _mark_images(mark: Mark) -> tuple[Image, ...]:
    return (mark.image,) if mark.image else ()


def _views(file: DesignFile) -> tuple[Image, ...]:
    return tuple(image for design in file.designs for image, _ in design.views)


def _no_images(_: Patent) -> tuple[Image, ...]:
    return ()


def _document(patent: Patent, _: str) -> str:
    return st96_patent.document(patent)


MARKS = Press(
    make=marks.mark,
    write=st96_trademark.xml,
    images=_mark_images,
    kinds=mark_defects.KINDS,
    head=_mark_head,
    foot="</tmk:TrademarkBag></tmk:TransactionData></tmk:TransactionContentBag></tmk:TrademarkTransactionBody>\n"
    "</tmk:TrademarkTransaction>\n",
    withdrawal=st96_trademark.withdrawal,
)
IPAS_MARKS = Press(
    make=marks.mark,
    write=st66_trademark.xml,
    images=_mark_images,
    kinds=tuple(kind for kind in mark_defects.KINDS if kind.st66),
    head=_ipas_head,
    foot=st66_trademark.FOOT,
    withdrawal=st66_trademark.withdrawal,
)
DESIGNS = Press(
    make=designs.design,
    write=st96_design.xml,
    images=_views,
    kinds=design_defects.KINDS,
    head=_design_head,
    foot="</dgn:DesignApplicationBag></dgn:TransactionData></dgn:TransactionContentBag></dgn:DesignTransactionBody>\n"
    "</dgn:DesignTransaction>\n",
)
PATENTS = Press(
    make=patents.patent,
    write=_document,
    images=_no_images,
    kinds=patent_defects.KINDS,
    head=_nothing,
    foot="",
    one_file_each=True,
)
PRESSES: dict[tuple[Right, str], Press[Any]] = {
    (Right.TRADEMARK, "st96"): MARKS,
    (Right.TRADEMARK, "st66"): IPAS_MARKS,
    (Right.DESIGN, "st96"): DESIGNS,
    (Right.PATENT, "st96"): PATENTS,
}
