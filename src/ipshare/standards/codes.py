"""The code lists of ST.96 that rules and pages ask for most, by plain names."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from ipshare.domain.office import Right
from ipshare.standards import st96

LISTS = MappingProxyType(
    {
        "mark feature": "tmk:MarkFeatureCategoryType",
        "mark category": "tmk:MarkCategoryType",
        "mark status": "tmk:MarkCurrentStatusCodeType",
        "mark event": "tmk:MarkEventCategoryType",
        "classification kind": "tmk:ClassificationKindCodeType",
        "image format": "com:ImageFormatCategoryType",
        "sound format": "tmk:SoundFileFormatCategoryType",
        "multimedia format": "tmk:MarkMultimediaFileFormatCategoryType",
        "view format": "dgn:ViewFileFormatCategoryType",
        "view type": "dgn:ViewTypeCategoryType",
        "design status": "dgn:DesignCurrentStatusCategoryType",
        "design application status": "dgn:DesignApplicationCurrentStatusCategoryType",
        "design event": "dgn:DesignEventCategoryType",
        "patent kind": "com:IPRightKindCategoryType",
        "patent key event": "pat:KeyEventCodeType",
        "patent detailed event": "pat:DetailedEventCodeType",
        "patent event indicator": "pat:EventIndicatorCodeType",
        "operation": "com:OperationCategoryType",
        "transaction": "com:TransactionCategoryType",
    }
)
STATUS = MappingProxyType({Right.TRADEMARK: "mark status", Right.DESIGN: "design status"})
"""The list of current statuses of a right; patents have events (ST.27) instead."""


@cache
def codes(name: str) -> frozenset[str]:
    """The codes of a list in LISTS, as ST.96 writes them."""
    return frozenset(st96.model().codes(LISTS[name]))


@cache
def _folded(name: str) -> MappingProxyType[str, str]:
    return MappingProxyType({code.casefold(): code for code in codes(name)})


def find(name: str, value: str) -> str | None:
    """The code meant by a value, without regard to case (ST.96 itself writes some in two ways)."""
    return _folded(name).get(value.strip().casefold())
