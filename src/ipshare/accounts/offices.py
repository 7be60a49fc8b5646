"""Offices: add one with everything it needs, change it, close it and open it again."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from ipshare.accounts import invitations, keys, sftp
from ipshare.domain.office import Right
from ipshare.domain.role import Held, Role
from ipshare.standards import iso, st3
from ipshare.store import audit
from ipshare.store.models.accounts import Office, SftpAccount
from ipshare.store.models.holdings import Rhythm

MOST_PERCENT = 100
LONGEST_LANGUAGES = 40


class OfficeRefusedError(ValueError):
    """Why an office cannot be added or changed; the message says what to do."""


def enter(  # noqa: PLR0913 (the facts of an office and who added it)
    code: str,
    name: str,
    languages: str,
    *,
    at: datetime,
    by: str,
    hold_percent: Decimal = Decimal(1),
) -> tuple[Office, bool]:
    """Write an office, unless it is there; whether it was added."""
    verify_code(code)
    facts = _facts(name, languages, hold_percent)
    with transaction.atomic():
        office, added = Office.objects.get_or_create(
            code=code, defaults={**facts, "created_at": at}
        )
        if added:
            audit.write("office.added", at=at, actor=by, office=code, subject=str(facts["name"]))
    return office, added


def onboard(  # noqa: PLR0913 (the facts of an office, its key, and who added it)
    code: str,
    name: str,
    languages: str,
    *,
    hold_percent: Decimal,
    key: str,
    label: str,
    administrator: str,
    administrator_name: str,
    rhythm: int | None,
    at: datetime,
    by: str,
) -> SftpAccount:
    """Add an office with its SFTP account, the key that opens it and an invitation of its first administrator.

    Key and administrator (an e-mail address) may be empty; ``rhythm`` are the days within which each right is to
    be sent, None where nothing is agreed. All of it happens, or nothing.
    """
    try:
        with transaction.atomic():
            office, added = enter(code, name, languages, at=at, by=by, hold_percent=hold_percent)
            if not added:
                raise OfficeRefusedError(f"{code} is an office of the hub already")
            account = sftp.open_account(code, at=at, by=by)
            if key.strip():
                keys.add(account, key, label, at, by=by)
            for right in Right if rhythm else ():
                Rhythm.objects.create(
                    office=office, right=right, days=rhythm, saved_at=at, saved_by=by
                )
                audit.write(
                    "rhythm.saved", at=at, actor=by, office=code, subject=right.value, days=rhythm
                )
            if administrator:
                held = {Held(role=Role.ADMINISTRATOR)}
                invitations.invite(office, administrator, administrator_name, held, by=by, at=at)
    except sftp.AccountRefusedError as trouble:
        raise OfficeRefusedError(str(trouble)) from trouble
    return account


def change(  # noqa: PLR0913 (the facts of an office and who changed it)
    office: Office,
    *,
    name: str,
    languages: str,
    hold_percent: Decimal,
    at: datetime,
    by: str,
) -> bool:
    """Give an office another name, languages or threshold; whether anything differs from before."""
    facts = _facts(name, languages, hold_percent)
    with transaction.atomic():
        kept = Office.objects.select_for_update().get(pk=office.pk)
        before = {field: getattr(kept, field) for field in facts}
        changed = {field: str(value) for field, value in facts.items() if value != before[field]}
        if changed:
            Office.objects.filter(pk=office.pk).update(**facts)
            was = {field: str(before[field]) for field in changed}
            audit.write(
                "office.changed",
                at=at,
                actor=by,
                office=office.code,
                subject=str(facts["name"]),
                was=was,
                now=changed,
            )
    return bool(changed)


def close(office: Office, *, reason: str, at: datetime, by: str) -> None:
    """Shut the doors of an office: nobody of it signs in, its SFTP accounts open nothing.

    What it lets third parties receive is its own decision and goes on until it, or somebody for it, ends it.
    """
    _set_active(office, active=False, event="office.closed", reason=reason, at=at, by=by)


def reopen(office: Office, *, reason: str, at: datetime, by: str) -> None:
    """Open the doors of an office again, for the same people, accounts and keys as before."""
    _set_active(office, active=True, event="office.reopened", reason=reason, at=at, by=by)


def _set_active(  # noqa: PLR0913 (a decision, its reason, and who took it)
    office: Office, *, active: bool, event: str, reason: str, at: datetime, by: str
) -> None:
    with transaction.atomic():
        if Office.objects.filter(pk=office.pk, active=not active).update(active=active):
            audit.write(
                event, at=at, actor=by, office=office.code, subject=office.name, reason=reason
            )


def verify_code(code: str) -> None:
    """Refuse what is no code of WIPO ST.3, or of nobody."""
    if code == st3.UNKNOWN:
        raise OfficeRefusedError(
            f"{code} stands for unknown offices in WIPO ST.3; give the office's own two letters, e.g. KH"
        )
    if not st3.is_office(code):
        was = f"{code} is a former code of WIPO ST.3" if st3.is_former(code) else ""
        raise OfficeRefusedError(
            f"{was or f'{code} is no WIPO ST.3 code'}; give two letters, e.g. KH"
        )


def languages_of(written: str) -> str:
    """Working languages as they are kept, each once; refused where they are none, too many or no language."""
    words = written.lower().replace(",", " ").split()
    if not words or len(" ".join(words)) > LONGEST_LANGUAGES:
        raise OfficeRefusedError("give one to ten working languages, e.g. km en")
    if unknown := [word for word in words if word not in iso.languages()]:
        raise OfficeRefusedError(f"{unknown[0]} is no language code of ISO 639-1; give e.g. km en")
    return " ".join(dict.fromkeys(words))


def _facts(name: str, languages: str, hold_percent: Decimal) -> dict[str, object]:
    if not name.strip():
        raise OfficeRefusedError("the office has no name")
    if not 0 <= hold_percent <= MOST_PERCENT:
        raise OfficeRefusedError(f"the threshold is {hold_percent}; give 0 to 100")
    return {
        "name": name.strip(),
        "languages": languages_of(languages),
        "hold_percent": hold_percent.quantize(Decimal("0.01")),
    }
