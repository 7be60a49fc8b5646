"""What the pages about one's own sign-in may send: shapes only, no saving."""

from __future__ import annotations

from typing import Any

from django import forms

from ipshare.accounts import second_step

LONGEST = 1000


class NewPasswordForm(forms.Form):
    """A new password; how good it is the hub's rules say."""

    password = forms.CharField(
        max_length=LONGEST, strip=False, error_messages={"required": "Choose a password."}
    )


class PasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = forms.CharField(
        max_length=LONGEST, strip=False, error_messages={"required": "Type your present password."}
    )


class ForgottenForm(forms.Form):
    """The address that a letter for a new password goes to."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Type your e-mail address.",
            "invalid": "This is not an e-mail address.",
        },
    )


class CodeForm(forms.Form):
    """A code of an authenticator app."""

    code = forms.CharField(
        max_length=40, error_messages={"required": "Type the six digits that the app shows."}
    )


class PasskeyForm(forms.Form):
    """A new passkey: what its owner calls it, and what the authenticator said."""

    name = forms.CharField(max_length=60, required=False)
    credential = forms.CharField(error_messages={"required": "No passkey was made."})

    def clean_name(self) -> str:
        """Unnamed ones are called passkey."""
        return str(self.cleaned_data["name"]).strip() or "passkey"

    def clean_credential(self) -> Any:
        """What the authenticator said, read."""
        read = second_step.read_credential(self.cleaned_data["credential"])
        if read is None:
            raise forms.ValidationError("The hub could not read this passkey. Try once more.")
        return read


def with_error(form: forms.Form, field: str, text: str) -> dict[str, Any]:
    """A form that was well-formed and yet not accepted."""
    form.add_error(field, text)
    return {"form": form}
