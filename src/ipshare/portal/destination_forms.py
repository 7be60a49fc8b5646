"""What the page of destinations may send: shapes only, no saving."""

from __future__ import annotations

from typing import Any

from django import forms

from ipshare.domain.delivery import DestinationKind

_SECRETS = {DestinationKind.BUCKET: "secret_key", DestinationKind.SFTP: "password"}


_FIELDS = {
    DestinationKind.HTTP: ("url",),
    DestinationKind.SFTP: ("host", "port", "username", "folder", "host_key"),
    DestinationKind.BUCKET: ("endpoint", "bucket", "folder", "region", "access_key_id"),
}
_NEEDED = {
    DestinationKind.HTTP: ("url",),
    DestinationKind.SFTP: ("host", "username", "host_key"),
    DestinationKind.BUCKET: ("bucket", "access_key_id", "secret_key"),
}


class DestinationForm(forms.Form):
    """A destination to add; which fields count depends on its kind."""

    kind = forms.TypedChoiceField(
        coerce=DestinationKind, choices=[(k.value, k.value) for k in DestinationKind]
    )
    name = forms.CharField(max_length=60, error_messages={"required": "Give it a name."})
    # HTTP
    url = forms.CharField(required=False, max_length=2000)
    # SFTP
    host = forms.CharField(required=False, max_length=255)
    port = forms.IntegerField(required=False, min_value=1, max_value=65535)
    username = forms.CharField(required=False, max_length=100)
    folder = forms.CharField(required=False, max_length=500)
    host_key = forms.CharField(required=False, max_length=5000)
    password = forms.CharField(required=False, max_length=1000, strip=False)
    # S3-compatible bucket
    endpoint = forms.CharField(required=False, max_length=2000)
    bucket = forms.CharField(required=False, max_length=100)
    region = forms.CharField(required=False, max_length=50)
    access_key_id = forms.CharField(required=False, max_length=200)
    secret_key = forms.CharField(required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        """Ask for what its kind needs."""
        cleaned = super().clean() or self.cleaned_data
        for name in _NEEDED.get(cleaned.get("kind", ""), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "This is needed.")
        return cleaned

    @property
    def address(self) -> dict[str, Any]:
        """The fields of its kind that were filled in."""
        names = _FIELDS[self.cleaned_data["kind"]]
        given = {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
        if self.cleaned_data["kind"] is DestinationKind.BUCKET and "folder" in given:
            given["prefix"] = given.pop("folder")
        return given

    @property
    def secret(self) -> str:
        """What it signs in with, if that was given."""
        field = _SECRETS.get(self.cleaned_data["kind"], "")
        return str(self.cleaned_data.get(field, ""))


class ActionForm(forms.Form):
    """What to do with a destination, by its row."""

    what = forms.ChoiceField(
        choices=[(one, one) for one in ("test", "pause", "resume", "retry", "remove")]
    )
    row = forms.IntegerField(min_value=1, max_value=2**63 - 1)
