"""What the pages of sharing may send: the conditions of an authorization, the base restriction, a block."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec
from django import forms
from django.utils import timezone

from ipshare.domain.authorization import Channel, Conditions, Filter, Route
from ipshare.domain.group import ElementGroup, Restriction
from ipshare.domain.office import Right
from ipshare.portal import telling, words
from ipshare.portal.forms import ReasonForm
from ipshare.share import chosen

NO_DAY = {"invalid": "This is no day; write it as 2026-11-26."}
NO_INSTANT = {"invalid": "This is no day and time; write it as 2026-11-26 09:00."}
UNLIMITED = "Leave it empty for the limit of the hub."


def _choices(names: dict[Any, Any]) -> list[tuple[str, str]]:
    return [(one.value, str(name)) for one, name in names.items()]


def moment(value: datetime | None) -> str:
    """An instant as the field for it shows it, in the zone of the page."""
    if value is None:
        return ""
    return timezone.localtime(value).replace(tzinfo=None).isoformat(timespec="seconds")


class GroupsForm(ReasonForm):
    """Element groups to withhold: the presets and the finer groups; what is ticked in either is withheld."""

    restrictions = forms.TypedMultipleChoiceField(
        required=False, coerce=Restriction, choices=_choices(words.RESTRICTIONS)
    )
    groups = forms.TypedMultipleChoiceField(
        required=False, coerce=ElementGroup, choices=[(g.value, g.value) for g in words.FINER]
    )
    version = forms.IntegerField(min_value=0)

    def excluded(self) -> frozenset[ElementGroup]:
        """The groups that were chosen."""
        return frozenset(self.cleaned_data["groups"]).union(
            *(restriction.groups for restriction in self.cleaned_data["restrictions"])
        )

    def seal(self) -> str:
        """A name of what was chosen and of what it was chosen against: what was previewed is what is saved."""
        return sealed(self.cleaned_data["version"], sorted(self.excluded()))


def sealed(*parts: object) -> str:
    """A short name of values."""
    return blake2b(msgspec.json.encode(parts), digest_size=12).hexdigest()


def groups_chosen(excluded: Iterable[ElementGroup]) -> dict[str, list[str]]:
    """The presets and the finer groups that amount to these."""
    withheld = frozenset(excluded)
    presets = [one for one in Restriction if one.groups <= withheld]
    rest = withheld.difference(*(one.groups for one in presets))
    return {
        "restrictions": [one.value for one in presets],
        "groups": [one.value for one in words.FINER if one in rest],
    }


class ConditionsForm(GroupsForm):
    """Every condition of an authorization, and the version that they were read from."""

    rights = forms.TypedMultipleChoiceField(
        required=False, coerce=Right, choices=_choices(words.RIGHTS)
    )
    filed_from = forms.DateField(required=False, error_messages=NO_DAY)
    filed_to = forms.DateField(required=False, error_messages=NO_DAY)
    registered_from = forms.DateField(required=False, error_messages=NO_DAY)
    registered_to = forms.DateField(required=False, error_messages=NO_DAY)
    published_only = forms.BooleanField(required=False)
    registered_only = forms.BooleanField(required=False)
    route = forms.TypedChoiceField(
        required=False,
        coerce=Route,
        empty_value=None,
        choices=[("", "all"), *_choices(telling.ROUTES)],
    )
    without_errors = forms.BooleanField(required=False)
    images = forms.BooleanField(required=False)
    documents = forms.BooleanField(required=False)
    channels = forms.TypedMultipleChoiceField(
        required=False, coerce=Channel, choices=_choices(telling.CHANNELS)
    )
    starts_at = forms.DateTimeField(required=False, error_messages=NO_INSTANT)
    ends_at = forms.DateTimeField(required=False, error_messages=NO_INSTANT)
    requests_per_minute = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=chosen.MOST_REQUESTS,
        error_messages={
            "invalid": f"Write a whole number of requests. {UNLIMITED}",
            "min_value": f"Write at least 1, or end the authorization. {UNLIMITED}",
            "max_value": f"Write at most {chosen.MOST_REQUESTS:,}. {UNLIMITED}",
        },
    )
    volume = forms.DecimalField(
        required=False,
        min_value=Decimal("0.000001"),
        max_value=chosen.MOST_BYTES // telling.MEGABYTE,
        decimal_places=6,
        error_messages={
            "invalid": f"Write a number of megabytes. {UNLIMITED}",
            "min_value": f"Write more than 0, or end the authorization. {UNLIMITED}",
            "max_value": f"Write at most {chosen.MOST_BYTES // telling.MEGABYTE:,}. {UNLIMITED}",
            "max_decimal_places": "Write at most six digits after the point: a byte cannot be divided.",
        },
    )
    networks = forms.CharField(required=False, max_length=10_000)
    purpose = forms.CharField(required=False, max_length=2000)
    terms_kind = forms.ChoiceField(
        required=False, choices=[("", ""), *((kind, kind) for kind in chosen.TERMS), ("own", "own")]
    )
    terms = forms.CharField(required=False, max_length=10_000)

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        """Remember the instant that an end is compared with."""
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_networks(self) -> tuple[str, ...]:
        """One network per line, in one form each."""
        found: dict[str, None] = {}
        wrong = []
        for line in self.cleaned_data["networks"].replace(",", "\n").splitlines():
            if not line.strip():
                continue
            try:
                found[chosen.network(line)] = None
            except ValueError as trouble:
                wrong.append(f"{trouble}.")
        if wrong:
            raise forms.ValidationError(wrong)
        return tuple(found)

    def clean(self) -> dict[str, Any]:
        """What no field can say alone."""
        super().clean()
        if self.cleaned_data.get("terms_kind") == "own" and not self.cleaned_data.get("terms"):
            self.add_error("terms", "Write your own terms, or choose one of the others.")
        if not self.errors:
            for name, message in chosen.troubles(self.conditions(), at=self.at):
                self.add_error(name, f"{_SAID[name]} {message}.")
        return self.cleaned_data

    def conditions(self) -> Conditions:
        """What was chosen."""
        given = self.cleaned_data
        kind = given["terms_kind"]
        volume = given["volume"]
        return Conditions(
            rights=frozenset(given["rights"]),
            excluded=self.excluded(),
            filter=Filter(**{name: given[name] for name in Filter.__dataclass_fields__}),
            images=given["images"],
            documents=given["documents"],
            channels=frozenset(given["channels"]),
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            requests_per_minute=given["requests_per_minute"],
            bytes_per_day=None if volume is None else int(volume * telling.MEGABYTE),
            networks=given["networks"],
            purpose=_as_kept(given["purpose"]),
            terms=_as_kept(given["terms"]) if kind == "own" else chosen.TERMS.get(kind, ""),
        )


_SAID = {
    "filed_to": "The last day of filing",
    "registered_to": "The last day of registration",
    "starts_at": "The start",
    "ends_at": "The end",
    "channels": "The channels",
    "networks": "The networks",
}


def conditions_chosen(held: Conditions, version: int) -> dict[str, Any]:
    """The values of the form's fields that amount to these conditions."""
    kind = next((kind for kind, text in chosen.TERMS.items() if text == held.terms), "own")
    size = held.bytes_per_day
    wanted = held.filter
    return groups_chosen(held.excluded) | {
        "version": version,
        "rights": [right.value for right in Right if right in held.rights],
        **{name: _shown(getattr(wanted, name)) for name in Filter.__dataclass_fields__},
        "images": held.images,
        "documents": held.documents,
        "channels": [one.value for one in Channel if one in held.channels],
        "starts_at": moment(held.starts_at),
        "ends_at": moment(held.ends_at),
        "requests_per_minute": held.requests_per_minute or "",
        "volume": "" if size is None else telling.megabytes(size),
        "networks": "\n".join(held.networks),
        "purpose": held.purpose,
        "terms_kind": kind if held.terms else "",
        "terms": held.terms if kind == "own" else "",
    }


def _as_kept(text: str) -> str:
    """Browsers send line ends as two characters."""
    return text.replace("\r\n", "\n")


def _shown(value: Any) -> Any:
    """A member of a filter as its field shows it."""
    if value is None or isinstance(value, bool):
        return value or ""
    return str(value)


class BlockForm(ReasonForm):
    """One record to keep from somebody."""

    right = forms.TypedChoiceField(
        coerce=Right,
        choices=_choices(words.RIGHTS),
        error_messages={"required": "Choose trademarks, patents or designs."},
    )
    number = forms.CharField(
        max_length=200,
        error_messages={"required": "Write the application number as your office writes it."},
    )
    party = forms.ChoiceField(required=False)
    until = forms.DateTimeField(required=False, error_messages=NO_INSTANT)

    def __init__(
        self, *args: Any, parties: Iterable[tuple[int, str]], at: datetime, **kwargs: Any
    ) -> None:
        """``parties`` are the numbers and names of the authorizations that a record can be kept from."""
        super().__init__(*args, **kwargs)
        self.at = at
        field = self.fields["party"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (it stands above)
        field.choices = [("", "all"), *((str(number), name) for number, name in parties)]

    def clean_until(self) -> datetime | None:
        """An end that is still to come."""
        until: datetime | None = self.cleaned_data["until"]
        if until is not None and until <= self.at:
            raise forms.ValidationError("This has passed: choose a later instant or none.")
        return until
