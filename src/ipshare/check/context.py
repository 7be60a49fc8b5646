"""What a check knows beside the record: office, right, kind of submission, the date, the office's profile."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from ipshare.domain.office import Kind, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An office's terms, languages and treaties (offices.json says where each fact comes from)."""

    languages: tuple[str, ...] = ("en",)
    scripts: tuple[str, ...] = ()
    first_year: int = 1850
    mark_term: int = 10
    mark_term_base: str = "filing"
    utility_model_term: int = 10
    design_term: int = 15
    design_first_term: int = 5
    madrid_from: date | None = None
    hague_from: date | None = None
    single_class_until: date | None = None
    opposition_before_registration: bool = False
    separate_registration_numbers: bool = False
    one_design_class: bool = False
    design_statement: bool = False
    agent_compulsory: bool = False
    series_marks: bool = False
    law_in_force: date | None = None
    kind_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known about the submission that a record came in; ``today`` is the date of checking."""

    office: str
    right: Right
    kind: Kind
    today: date
    package: str = ""
    versions: frozenset[str] = frozenset()
    """The ST.96 versions agreed with the office; empty where none was agreed."""

    @property
    def profile(self) -> Profile:
        """The profile of the sending office."""
        return profile(self.office)


_DATES = frozenset({"madrid_from", "hague_from", "single_class_until", "law_in_force"})
_LISTS = frozenset({"languages", "scripts", "kind_codes"})


@cache
def _profiles() -> dict[str, dict[str, Any]]:
    text = resources.files("ipshare.check").joinpath("offices.json").read_text(encoding="utf-8")
    profiles: dict[str, dict[str, Any]] = json.loads(text)["offices"]
    return profiles


@cache
def profile(office: str) -> Profile:
    """The profile of an office; one without an entry has the defaults of the region."""
    facts = {
        name: value for name, value in _profiles().get(office, {}).items() if name != "sources"
    }
    for name in _DATES & facts.keys():
        facts[name] = date.fromisoformat(facts[name])
    for name in _LISTS & facts.keys():
        facts[name] = tuple(facts[name])
    return Profile(**facts)
