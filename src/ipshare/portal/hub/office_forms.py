"""What the pages of offices may send: shapes only, no saving."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from ipshare.accounts import keys, offices
from ipshare.portal import overview
from ipshare.store.models.accounts import Office


class OfficeForm(forms.Form):
    """The facts of an office."""

    name = forms.CharField(
        max_length=200, error_messages={"required": "Write the name of the office."}
    )
    languages = forms.CharField(
        max_length=60, error_messages={"required": "Write one language at least, e.g. km en."}
    )
    hold_percent = forms.DecimalField(
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        error_messages={
            "required": "Write a percentage from 0 to 100.",
            "invalid": "Write a percentage from 0 to 100, e.g. 1 or 2.5.",
            "min_value": "Write a percentage from 0 to 100.",
            "max_value": "Write a percentage from 0 to 100.",
            "max_digits": "Write a percentage from 0 to 100, e.g. 1 or 2.5.",
            "max_decimal_places": "Write at most two digits after the point.",
            "max_whole_digits": "Write a percentage from 0 to 100.",
        },
    )

    def clean_languages(self) -> str:
        """Codes of ISO 639-1, in the order of use."""
        try:
            return offices.languages_of(str(self.cleaned_data["languages"]))
        except offices.OfficeRefusedError as trouble:
            raise forms.ValidationError(f"{trouble}.") from trouble


class NewOfficeForm(OfficeForm):
    """A new office, with the key of its first machine."""

    code = forms.CharField(
        max_length=10, error_messages={"required": "Write the ST.3 code, two letters, e.g. TL."}
    )
    key = forms.CharField(required=False, max_length=20_000)
    label = forms.CharField(required=False, max_length=100)
    rhythm = forms.TypedChoiceField(
        required=False,
        choices=[("", "No rhythm agreed"), *overview.RHYTHMS.items()],
        coerce=int,
        empty_value=None,
    )
    administrator = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": "Write an e-mail address, e.g. officer@office.example."},
    )
    administrator_name = forms.CharField(required=False, max_length=200)

    field_order = ("code", "name", "languages", "hold_percent", "key", "label")

    def clean_code(self) -> str:
        """The code in capital letters."""
        code = str(self.cleaned_data["code"]).upper()
        try:
            offices.verify_code(code)
        except offices.OfficeRefusedError as trouble:
            raise forms.ValidationError(f"{trouble}.") from trouble
        if held := Office.objects.filter(code=code).first():
            raise forms.ValidationError(f"{code} is an office of the hub already: {held.name}.")
        return code

    def clean_key(self) -> str:
        """The line of a public key, or nothing."""
        key = str(self.cleaned_data["key"])
        if key.strip():
            try:
                keys.read(key)
            except keys.KeyRefusedError as trouble:
                raise forms.ValidationError(f"{trouble}.") from trouble
        return key

    def clean(self) -> dict[str, Any]:
        """Who is invited has a name."""
        fields = super().clean() or {}
        if fields.get("administrator") and not fields.get("administrator_name", "").strip():
            self.add_error("administrator_name", "Write the name of the administrator.")
        return fields

    def facts(self) -> dict[str, Any]:
        """What ``offices.onboard`` takes."""
        return dict(self.cleaned_data)
