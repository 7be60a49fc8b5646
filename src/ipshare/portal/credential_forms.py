"""What the page of credentials may send: shapes only, no saving."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms

from ipshare.domain.office import Right

LIVES = (
    ("", "Does not expire"),
    ("90", "In 90 days"),
    ("365", "In one year"),
    ("730", "In two years"),
)


class _Lasting(forms.Form):
    days = forms.ChoiceField(required=False, choices=LIVES)

    def expires_at(self, at: datetime) -> datetime | None:
        """When what is made now expires; None: it does not."""
        days = self.cleaned_data["days"]
        return at + timedelta(days=int(days)) if days else None


class SecretForm(_Lasting):
    """A new secret: how long it lasts, and what becomes of the others."""

    others = forms.ChoiceField(
        choices=[("keep", "keep"), ("end", "end")],
        error_messages={"required": "Choose what becomes of the present secret."},
    )


class KeyForm(_Lasting):
    """A public key to sign in with."""

    key = forms.CharField(
        max_length=20_000, error_messages={"required": "Paste the public key, as PEM or JWK."}
    )
    label = forms.CharField(required=False, max_length=100)


class RevokeForm(forms.Form):
    """What to revoke, by its row."""

    what = forms.ChoiceField(choices=[("secret", "secret"), ("key", "key")])
    row = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class SenderForm(_Lasting):
    """A new client of the office: which machine has it, what it sends, how long its secret lasts."""

    name = forms.CharField(
        max_length=100, error_messages={"required": "Say which machine the client is for."}
    )
    rights = forms.MultipleChoiceField(
        choices=[(right.value, right.value) for right in Right],
        error_messages={"required": "Choose at least one right."},
    )


class OrganisationForm(forms.Form):
    """Whether the third party's client over offices may use the authorization."""

    allow = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
