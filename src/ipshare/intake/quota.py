"""What each account may still store: its quota, less what it sent and what its office's incomplete uploads hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Sum

from ipshare.domain.submission import State
from ipshare.intake import uploads
from ipshare.store.models.accounts import SftpAccount
from ipshare.store.models.submissions import Submission


class QuotaError(uploads.UploadError):
    """The account's quota is used up."""


@dataclass(slots=True)
class Rest:
    """What one account may still store; taken from while files grow."""

    quota: int = 0
    left: int = 0

    def take(self, size: int) -> None:
        """Use some of it; QuotaError where there is not enough."""
        if size > self.left:
            raise QuotaError(
                f"the account's quota of {self.quota} bytes is used up; ask the hub's operators for more"
            )
        self.left -= size


@dataclass(slots=True)
class Ledger:
    """The rests of all accounts in use; one per account, shared by its connections."""

    root: Path
    _rests: dict[int, Rest] = field(default_factory=dict)

    def rest(self, account: SftpAccount) -> Rest:
        """The rest of an account, counted afresh (the files that grow are on disk and count as they are)."""
        quota = SftpAccount.objects.values_list("quota_bytes", flat=True).get(pk=account.pk)
        sent = (
            Submission.objects.filter(office=account.office_id, sender=account.username)
            .exclude(state=State.REPEATED)
            .aggregate(total=Sum("size"))["total"]
        )
        growing = uploads.size_of(self.root, account.office_id) if account.office_id else 0
        rest = self._rests.setdefault(account.pk, Rest())
        rest.quota, rest.left = quota, quota - (sent or 0) - growing
        return rest
