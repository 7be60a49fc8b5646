"""The offices of the region by name, so that adding one takes its code only."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """An office's name, and its working languages (ISO 639-1) in the order of use."""

    name: str
    languages: str


OFFICES = {
    "BN": Known("Brunei Darussalam Intellectual Property Office (BruIPO)", "en ms"),
    "ID": Known("Indonesia, Directorate General of Intellectual Property (DGIP)", "id"),
    "KH": Known("Cambodia, Ministry of Commerce (marks) and MISTI (patents, designs)", "km en"),
    "LA": Known("Lao PDR, Department of Intellectual Property", "lo en"),
    "MM": Known("Myanmar, Intellectual Property Department", "my en"),
    "MY": Known("Intellectual Property Corporation of Malaysia (MyIPO)", "en ms"),
    "PH": Known("Intellectual Property Office of the Philippines (IPOPHL)", "en"),
    "SG": Known("Intellectual Property Office of Singapore (IPOS)", "en"),
    "TH": Known("Thailand, Department of Intellectual Property (DIP)", "th"),
    "TL": Known("Timor-Leste", "pt"),
    "VN": Known("Intellectual Property Office of Viet Nam (IP Viet Nam)", "vi"),
}
