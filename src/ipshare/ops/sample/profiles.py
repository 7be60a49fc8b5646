"""What each office's register looks like: languages, terms, accessions, order of procedure (data, not law)."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain.office import Right
from ipshare.ops.sample import days


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The traits of one office that shape its records."""

    office: str
    language: str
    """The language beside English; ``en`` where there is none."""
    gazette: str
    starts: dict[Right, str]
    """First filing date of each register."""
    from_registration: bool = False
    """Whether the ten years of a mark run from registration instead of filing."""
    publishes_first: bool = True
    """Whether marks are published for opposition before they are registered."""
    madrid_from: str = ""
    madrid_share: int = 0
    single_class_until: str = ""
    hague: bool = False
    design_years: int = 15
    utility_kind: str = "U"
    grant_kind: str = "B"
    jawi: bool = False
    refiled_percent: int = 0
    """Share of marks filed again on the first day of a new law."""
    ipas: bool = False
    """Whether the office's IPAS export (ST.66) can be imitated."""


def _starts(trademark: str, patent: str, design: str) -> dict[Right, str]:
    return {Right.TRADEMARK: trademark, Right.PATENT: patent, Right.DESIGN: design}


PROFILES: dict[str, Profile] = {
    profile.office: profile
    for profile in (
        Profile(
            office="BN", language="ms", gazette="Trade Marks Journal", jawi=True, hague=True,
            starts=_starts("2000-06-01", "2012-01-03", "2000-05-02"),
            madrid_from="2017-01-06", madrid_share=35, ipas=True,
        ),
        Profile(
            office="KH", language="km", gazette="Official Gazette", publishes_first=False, hague=True,
            starts=_starts("1998-01-05", "2006-08-14", "2006-08-14"),
            madrid_from="2015-06-05", madrid_share=35, single_class_until="2023-08-01", ipas=True,
        ),
        Profile(
            office="ID", language="id", gazette="Berita Resmi Merek", design_years=10, utility_kind="S",
            starts=_starts("2004-01-05", "2005-01-04", "2005-01-04"),
            madrid_from="2018-01-02", madrid_share=12,
        ),
        Profile(
            office="LA", language="lo", gazette="Official IP Gazette", publishes_first=False,
            from_registration=True,
            starts=_starts("2002-01-07", "2008-04-21", "2008-04-21"),
            madrid_from="2016-03-07", madrid_share=50, ipas=True,
        ),
        Profile(
            office="MY", language="ms", gazette="IP Official Journal", design_years=25, jawi=True,
            grant_kind="A",
            starts=_starts("2002-01-02", "2004-01-05", "2003-01-06"),
            madrid_from="2019-12-27", madrid_share=12, single_class_until="2019-12-27",
        ),
        Profile(
            office="MM", language="my", gazette="Myanmar IP Gazette", refiled_percent=30,
            starts=_starts("2023-04-01", "2024-06-03", "2023-10-31"),
        ),
        Profile(
            office="PH", language="tl", gazette="IPOPHL e-Gazette", from_registration=True,
            starts=_starts("1999-01-04", "2003-01-06", "2004-01-05"),
            madrid_from="2012-07-25", madrid_share=18, ipas=True,
        ),
        Profile(
            office="SG", language="zh", gazette="Trade Marks Journal", hague=True,
            starts=_starts("2003-01-02", "2004-01-05", "2014-02-14"),
            madrid_from="2000-10-31", madrid_share=25,
        ),
        Profile(
            office="TH", language="th", gazette="Trademark Gazette", design_years=10, utility_kind="C",
            starts=_starts("2001-01-04", "2004-01-05", "2004-01-05"),
            madrid_from="2017-11-07", madrid_share=12, single_class_until="2016-07-28",
        ),
        Profile(
            office="VN", language="vi", gazette="Industrial Property Official Gazette", hague=True,
            starts=_starts("2003-01-06", "2006-07-03", "2006-07-03"),
            madrid_from="2006-07-11", madrid_share=12,
        ),
        Profile(
            office="TL", language="pt", gazette="Jornal da República",
            starts=_starts("2023-01-03", "2024-01-04", "2024-01-04"),
        ),
    )
}  # fmt: skip

IN_ENGLISH = frozenset({"zh", "tl", "pt"})
"""Languages without lists of goods here: their offices' goods and second texts are in English."""
NON_LATIN = frozenset({"km", "th", "lo", "my", "zh"})
"""Languages whose names need a Latin form."""


def start(office: str, right: Right) -> int:
    """The day on which the office's register of this right begins."""
    return days.ordinal(PROFILES[office].starts[right])
