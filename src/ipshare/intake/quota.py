"""What each account may still store: its quota, less what was sent and what its office's incomplete uploads hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Q, Sum

from ipshare.domain.submission import State
from ipshare.intake import uploads
from ipshare.store.models.accounts import SftpAccount
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload

BROWSER, API = "browser", "api"
"""The doors of uploads over HTTP: they have no account of their own, and count for the accounts of their office."""


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
            Submission.objects.filter(
                Q(sender=account.username) | Q(door__in=[BROWSER, API]), office=account.office_id
            )
            .exclude(state=State.REPEATED)
            .aggregate(total=Sum("size"))["total"]
        )
        growing = _growing(self.root, account.office_id) if account.office_id else 0
        rest = self._rests.setdefault(account.pk, Rest())
        rest.quota, rest.left = quota, quota - (sent or 0) - growing
        return rest


def of_office(root: Path, office: str) -> int:
    """Bytes that an office may still send over HTTP: the quotas of its accounts, less all that it sent."""
    accounts = SftpAccount.objects.filter(office=office, active=True)
    quota = accounts.aggregate(total=Sum("quota_bytes"))["total"]
    if quota is None:  # no account yet: as much as the first one would have
        quota = SftpAccount().quota_bytes
    sent = Submission.objects.filter(office=office).exclude(state=State.REPEATED)
    return int(quota - (sent.aggregate(total=Sum("size"))["total"] or 0) - _growing(root, office))


def _growing(root: Path, office: str) -> int:
    """Bytes of what is incomplete: over SFTP what has come, over HTTP what was announced."""
    announced = HttpUpload.objects.filter(office=office, ended_at=None)
    return uploads.size_of(root, office) + (announced.aggregate(total=Sum("size"))["total"] or 0)
