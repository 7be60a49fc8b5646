"""What the page of keys and accounts may send: shapes only, no saving."""

from __future__ import annotations

from django import forms

from ipshare.accounts import keys


class KeyForm(forms.Form):
    """A public key that shall open an SFTP account."""

    key = forms.CharField(
        max_length=keys.LONGEST, error_messages={"required": "Paste the public key: one line."}
    )
    label = forms.CharField(required=False, max_length=100)

    @property
    def pasted(self) -> str:
        """What stands in the field when the form comes back; a private key does not."""
        text = str(self["key"].value() or "")
        return "" if any(sign in text for sign in keys.PRIVATE) else text


class RowForm(forms.Form):
    """Which key to revoke, by its row."""

    row = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class PasswordForm(forms.Form):
    """Whether the account gets a password, or loses it."""

    what = forms.ChoiceField(choices=[("make", "make"), ("remove", "remove")])
