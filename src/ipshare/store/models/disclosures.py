"""What was disclosed to whom, and what each client has asked for: the ledger and the counts of the limits."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from ipshare.domain.group import ALL_GROUPS, mask
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Authorization, Client


class Disclosure(models.Model):
    """Records of one right, or one file, that were about to leave for one client; never changed, never deleted.

    Written and read by share.ledger.
    """

    at = models.DateTimeField()
    # The day that it was at the office.
    day = models.DateField()
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="disclosures", db_index=False
    )
    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="disclosures", db_index=False
    )
    # The versions of the authorization and of the office's base restriction under which it left.
    version = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    # App-client-id, or what stands for it where a channel has no client: an SFTP account, a destination.
    client = models.CharField(max_length=255)
    channel = models.CharField(max_length=10)
    right = models.CharField(max_length=10)
    # The bits of the element groups that were let out; 0: only that the records were withdrawn.
    groups = models.PositiveIntegerField()
    numbers = ArrayField(models.TextField())
    # How many records left with their elements, and the files that left; a file's row names the records it is of.
    records = models.PositiveIntegerField()
    files = ArrayField(models.TextField(), default=list)
    # Bytes of the records (in the feed, of their items) or of the file, without what the answer wraps around them.
    size = models.PositiveBigIntegerField()
    # Between which of the office's positions these records stand, as they left; null: it names no records.
    first_position = models.PositiveBigIntegerField(null=True, blank=True)
    last_position = models.PositiveBigIntegerField(null=True, blank=True)
    # The id of the request in the access log.
    request = models.CharField(max_length=64)

    class Meta:
        indexes = [
            GinIndex(fields=["numbers"], name="disclosure_of_record"),
            models.Index(fields=["authorization", "day", "id"], name="disclosure_of_day"),
            # Files as received: they may hold any record, so every look for one wants them too.
            models.Index(
                fields=["office", "right"],
                condition=models.Q(groups=mask(ALL_GROUPS)),
                name="disclosure_as_received",
            ),
        ]


class DisclosureDay(models.Model):
    """What one client received of one right in one day of the office, through one channel under one version.

    The sums of the ledger up to its entry ``entry``, written by share.ledger; store.disclosed adds what came since.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)
    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    version = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    channel = models.CharField(max_length=10)
    right = models.CharField(max_length=10)
    client = models.CharField(max_length=255)
    # The bits of all groups that were let out.
    groups = models.PositiveIntegerField()
    since = models.DateTimeField()
    at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    records = models.PositiveBigIntegerField()
    # How many times it was told that a record was withdrawn; and how many files left, or pieces of files.
    told = models.PositiveBigIntegerField()
    pictures = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    first_position = models.PositiveBigIntegerField(null=True, blank=True)
    last_position = models.PositiveBigIntegerField(null=True, blank=True)
    entry = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorization", "day", "version", "base", "channel", "right", "client"],
                name="disclosures_of_a_day_are_summed_once",
            )
        ]
        indexes = [
            models.Index(fields=["office", "day"], name="disclosure_day_of_office"),
            models.Index(fields=["entry"], name="disclosure_day_upto"),
        ]


class ClientUse(models.Model):
    """What a client has asked for in the present minute and received on the present day (UTC).

    The table is unlogged: a crash of PostgreSQL forgets these counts, and nothing else.
    """

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="uses", db_index=False
    )
    # Of a client over offices: the office that was asked for; empty: all of them, or the client's only one.
    office = models.CharField(max_length=2)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField()
    day = models.DateField()
    size = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "office"], name="use_once_per_client_and_office"
            )
        ]
