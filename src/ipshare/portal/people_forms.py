"""What the page of an office's people may send: shapes only, no saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from ipshare.accounts import roles
from ipshare.domain.office import Right
from ipshare.domain.role import NAMES, Held, Role
from ipshare.portal import words
from ipshare.portal.security_forms import NewPasswordForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A role in the table of the form: its words, and per column the value and what it is for."""

    name: str
    does: str
    cells: tuple[tuple[str, str], ...]


def lines() -> list[Line]:
    """The table of roles by rights; an administrator is one for all rights."""
    found = []
    for role, (name, does) in NAMES.items():
        cells = [(role.value, "All rights")]
        if role != Role.ADMINISTRATOR:
            cells += [(f"{role}:{right}", words.RIGHTS[right]) for right in Right]
        found.append(Line(name=name, does=does, cells=tuple(cells)))
    return found


CHOICES = [(value, label) for line in lines() for value, label in line.cells]


class RolesForm(forms.Form):
    """Which roles, for which rights."""

    roles = forms.MultipleChoiceField(
        choices=CHOICES, error_messages={"required": "Choose at least one role."}
    )

    def held(self) -> frozenset[Held]:
        """The roles chosen."""
        return roles.read(self.cleaned_data["roles"])


class OperatorForm(forms.Form):
    """Whom to write to."""

    name = forms.CharField(max_length=200, error_messages={"required": "Write the person's name."})
    email = forms.EmailField(
        max_length=200,
        error_messages={
            "required": "Write the e-mail address.",
            "invalid": "This is not an e-mail address.",
        },
    )


class InvitationForm(OperatorForm, RolesForm):
    """Whom to write to, and in which roles."""


class AcceptForm(NewPasswordForm):
    """The name as its owner writes it, and a password."""

    name = forms.CharField(max_length=200, error_messages={"required": "Write your name."})


def chosen(held: frozenset[Held]) -> dict[str, Any]:
    """The values of the form for roles that are held."""
    return {"roles": roles.listed(held)}
