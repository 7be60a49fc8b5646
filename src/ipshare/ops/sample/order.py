"""What is ordered: one package, and the package it updates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import days, press, profiles
from ipshare.ops.sample.register import OrderError, Register

CODES = {Right.TRADEMARK: "TM", Right.PATENT: "PT", Right.DESIGN: "ID"}
SIDECAR = ".expected.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One package of a sample register."""

    office: str
    right: Right
    kind: Kind
    records: int
    date: str
    seed: int = 7
    format: str = "st96"
    defects: float = 0.0
    """Share of records with one injected defect."""
    images: bool = False
    """Whether a share of the marks has pictures; designs always have their views."""
    base: Path | None = None
    """The package that an Updates package changes."""
    as_of: str = ""
    """The day up to which histories are told; the date of the package unless stated."""
    revised: float = 0.0
    """Share of records with another representative than the same order without it."""

    @property
    def name(self) -> str:
        """The file name, in the grammar that the hub advises (PKG-001)."""
        return (
            f"{self.office}_{CODES[self.right]}_{self.kind.value}_{self.date.replace('-', '')}.zip"
        )

    @property
    def told(self) -> str:
        """The day up to which histories are told."""
        return self.as_of or self.date

    def verify(self) -> None:
        """Refuse what cannot be made, and say what to order instead."""
        if self.office not in profiles.PROFILES:
            known = " ".join(profiles.PROFILES)
            raise OrderError(f"no sample register for office {self.office}; choose one of {known}")
        if (self.right, self.format) not in press.PRESSES:
            raise OrderError(
                f"{self.format} is made for trademarks only; order --format st96 for a {self.right}"
            )
        if self.format == "st66" and not profiles.PROFILES[self.office].ipas:
            ipas = " ".join(code for code, profile in profiles.PROFILES.items() if profile.ipas)
            raise OrderError(f"{self.office} sends no IPAS export; --format st66 is for {ipas}")
        if self.records < 1:
            raise OrderError(f"{self.records} records make no package; order at least 1")
        if not 0 <= self.defects <= 1:
            raise OrderError(f"--defects {self.defects} is no share; give one from 0 to 1")
        if (self.kind is Kind.UPDATES) != (self.base is not None):
            raise OrderError(
                "an Updates package needs --base, the earlier package that it updates, and only it does"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the sidecar of an earlier package says."""

    said: dict[str, Any]

    @classmethod
    def of(cls, package: Path, order: Order) -> Base:
        """Read the sidecar beside the package."""
        sidecar = package.with_name(package.name + SIDECAR)
        try:
            said = json.loads(sidecar.read_text(encoding="utf-8"))
        except (OSError, ValueError) as trouble:
            raise OrderError(
                f"cannot read {sidecar}, written beside every sample package: {trouble}"
            ) from None
        if (said["office"], said["right"]) != (order.office, order.right.value):
            raise OrderError(
                f"{package.name} is a {said['office']} {said['right']} package; choose another --base"
            )
        if said["kind"] != Kind.FULL_EXTRACTION.value:
            raise OrderError(
                f"{package.name} is itself an update; give the Full_Extraction as --base"
            )
        if said["date"] >= order.date:
            raise OrderError(
                f"the update of {order.date} is not later than its base of {said['date']}; change --date"
            )
        return cls(said=said)

    def register(self, order: Order, new: int) -> Register:
        """The register of the base, with new records filed since."""
        return Register(
            office=order.office,
            right=order.right,
            seed=self.said["seed"],
            records=self.said["records"],
            as_of=days.ordinal(self.said["as_of"]),
            new=new,
            until=days.ordinal(order.date),
            images=self.said["images"],
        )

    def flawed(self) -> frozenset[str]:
        """Numbers whose record was sent with a defect, or not under its number."""
        return frozenset(entry["number"] for entry in self.said["injected"])
