"""What forms may send: shapes only, no saving."""

from __future__ import annotations

from typing import Any

from django import forms

from ipshare.domain.office import Kind
from ipshare.portal import history, words

REASON = 10


class SignInForm(forms.Form):
    """E-mail and password."""

    email = forms.CharField(max_length=254)
    password = forms.CharField(max_length=1000, strip=False)

    def clean_email(self) -> str:
        """Nobody types what the throttle counts other attempts under: such names have a space."""
        email = str(self.cleaned_data["email"])
        if "@" not in email or len(email.split()) > 1:
            raise forms.ValidationError("This is not an e-mail address.")
        return email


class FilterForm(forms.Form):
    """What the exchange history is narrowed to; what cannot be read is named, not ignored."""

    direction = forms.ChoiceField(required=False, choices=[*history.DIRECTIONS.items()])
    right = forms.ChoiceField(
        required=False,
        choices=[("", "All rights"), *((r.value, n) for r, n in words.RIGHTS.items())],
    )
    kind = forms.ChoiceField(
        required=False,
        choices=[
            ("", "All kinds"),
            ("In", [(k.value, k.value) for k in Kind]),
            ("Out", [(c.value, name) for c, name in history.CHANNELS.items()]),
        ],
    )
    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", "All states"),
            ("In", [(key, word) for key, (word, _) in history.STATES.items()]),
            ("Out", [(key, word) for key, (word, _) in history.STATES_OUT.items()]),
        ],
    )
    office = forms.RegexField(r"\A[A-Z]{2}\Z", required=False)
    party = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    first = forms.DateField(
        required=False, error_messages={"invalid": "From is not a date; write it as 2026-11-26."}
    )
    last = forms.DateField(
        required=False, error_messages={"invalid": "To is not a date; write it as 2026-11-26."}
    )
    words = forms.CharField(required=False, max_length=255)

    def wanted(self) -> history.Filter:
        """The fields that could be read."""
        fields = {name: value for name, value in self.cleaned_data.items() if value}
        return history.Filter(**fields)


class ReasonForm(forms.Form):
    """A decision's reason."""

    reason = forms.CharField(
        min_length=REASON,
        max_length=2000,
        error_messages={
            "required": f"Write a reason of at least {REASON} characters.",
            "min_length": f"Write a reason of at least {REASON} characters.",
        },
    )


class ReleaseForm(ReasonForm):
    """A release: the reason, and the number of withdrawals typed, so that nobody releases by habit."""

    number = forms.CharField(
        max_length=20,
        error_messages={"required": "Type the number of records that will be withdrawn."},
    )

    def __init__(self, *args: Any, withdrawn: int, **kwargs: Any) -> None:
        """Remember the number that must be typed."""
        super().__init__(*args, **kwargs)
        self.withdrawn = withdrawn

    def clean_number(self) -> int:
        """The number, with or without separators."""
        typed = "".join(c for c in self.cleaned_data["number"] if c not in ",. \u00a0\u202f")
        if typed != str(self.withdrawn):
            raise forms.ValidationError(
                f"{self.cleaned_data['number']} is not the number of withdrawals; it is {self.withdrawn:,}."
            )
        return self.withdrawn


class PartyForm(forms.Form):
    """A third party to add."""

    name = forms.CharField(
        max_length=100, error_messages={"required": "Write the name of the office or organization."}
    )
    full_name = forms.CharField(required=False, max_length=200)
