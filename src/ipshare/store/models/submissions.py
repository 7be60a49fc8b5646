"""Submissions, the shards they are checked in, and their findings."""

from __future__ import annotations

from django.db import models

from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.store.models.accounts import Office

ABOUT_CODES = (
    "PAT-010", "PAT-017", "PTY-004", "STA-002", "STA-008", "TMK-002", "TMK-011", "TMK-020", "TXT-002",
)  # fmt: skip
"""The rules that compare a value with a code list (check.codes)."""


class Submission(models.Model):
    """One thing an office sent through a door."""

    # Identification
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    right = models.CharField(max_length=10, choices=[(r.value, r.value) for r in Right])
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in Kind])
    name = models.CharField(max_length=255)
    # Provenance
    door = models.CharField(max_length=10)
    sender = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    # The id of the session or request that brought it; its jobs go on under the same.
    trace = models.CharField(max_length=24, blank=True, default="")
    repeats = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repetitions"
    )
    # The submission whose kept bytes are checked again by this one.
    checks_again = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="checked_again_by"
    )
    # Lifecycle
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State])
    received_at = models.DateTimeField()
    # When the file was last changed by the office's own clock, where its SFTP client said so (listings show it).
    modified_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The version of rules, readers, element groups and schemas that it was read by (ingest.version).
    rules = models.CharField(max_length=32, blank=True, default="")
    # Why it is held, refused or rejected, in words; who decided.
    reason = models.TextField(blank=True, default="")
    decided_by = models.CharField(max_length=200, blank=True, default="")
    decision = models.TextField(blank=True, default="")
    # When somebody of the office has seen that it was refused, so that it waits for nobody any more.
    put_away_at = models.DateTimeField(null=True, blank=True)
    # Of a held submission: some numbers of each kind of change {inserted, updated, withdrawn, identities, withheld}.
    comparison = models.JSONField(default=dict)
    # What it holds: counted while opening and checking
    format = models.CharField(max_length=40, blank=True, default="")
    files = models.PositiveIntegerField(default=0)
    images = models.PositiveIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    records = models.PositiveIntegerField(default=0)
    # What publishing it did, or would do
    inserted = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    # Records kept back, whole or in part; and those of them that are kept back whole.
    withheld = models.PositiveIntegerField(default=0)
    withheld_whole = models.PositiveIntegerField(default=0)
    # Why what was read is not what changed: records that stand in it more than once, counted from the second on;
    # of those withdrawn, the ones that a Full_Extraction lacks; of those updated, the ones that a new picture
    # alone changed. Null: not compared yet, or by a version that did not count them.
    duplicates = models.PositiveIntegerField(null=True, blank=True)
    absent = models.PositiveIntegerField(null=True, blank=True)
    repainted = models.PositiveIntegerField(null=True, blank=True)
    # Of those kept back whole, the ones without a number of this register: they have no place in it.
    unplaced = models.PositiveIntegerField(default=0)
    # The office's positions that publishing it took; null: it has not published anything.
    first_position = models.PositiveBigIntegerField(null=True, blank=True)
    last_position = models.PositiveBigIntegerField(null=True, blank=True)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    infos = models.PositiveIntegerField(default=0)
    # The report's files in the object store: name → {object, size}; empty until it is written.
    report = models.JSONField(default=dict)
    # The state that the report tells of; empty until it is written.
    reported = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "number"], name="submission_numbered_once_per_office"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "right", "state", "number"], name="submission_line"),
            models.Index(fields=["office", "sha256"], name="submission_by_bytes"),
            models.Index(
                fields=["office", "right", "number"],
                condition=models.Q(unplaced__gt=0),
                name="submission_with_unplaced",
            ),
            # What waits on Home: of all that was ever refused the few that nobody has put away.
            models.Index(
                fields=["office", "right", "number"],
                condition=models.Q(state="refused", put_away_at=None),
                name="submission_refused",
            ),
        ]

    @property
    def settled(self) -> bool:
        """Whether nothing happens to it any more, or nothing before somebody decides, and its report says so."""
        return self.reported == self.state and (State(self.state).ended or self.state == State.HELD)

    @property
    def withheld_partly(self) -> int:
        """How many of its records are kept back in part."""
        return self.withheld - self.withheld_whole

    @property
    def nothing_loaded(self) -> bool:
        """Whether records were read and none of them is in the register as they have it."""
        went = self.inserted or self.updated or self.unchanged or self.withdrawn
        return self.records > 0 and not went

    @property
    def became(self) -> dict[str, int]:
        """What became of the records that were read, each of them once; empty where it was not counted.

        The sum is ``records``: a reader can add it up.
        """
        if self.duplicates is None or self.absent is None or self.repainted is None:
            return {}
        return {
            "inserted": self.inserted,
            "updated": self.updated - self.repainted,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn - self.absent,
            "withheld_whole": self.withheld_whole,
            "duplicates": self.duplicates,
        }

    @property
    def reference(self) -> str:
        """The name of a submission for people, e.g. ``KH-000017``."""
        return f"{self.office_id}-{self.number:06d}"


class Shard(models.Model):
    """A self-contained part of a submission's XML, checked by one job."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    file = models.TextField()
    line = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField()
    # It is all of its file; a parser has read it already.
    whole = models.BooleanField(default=False)
    proven = models.BooleanField(default=False)
    # A file whose parts do not parse on their own is read in one sequential pass instead.
    sequential = models.BooleanField(default=False)
    # What its job found: records counted, rows staged.
    records = models.PositiveIntegerField(default=0)
    staged = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "number"], name="shard_once_per_submission"
            )
        ]


class Finding(models.Model):
    """One defect of one element of one record, by one rule, as one submission had it."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="findings")
    # The shard whose job wrote it; null for findings of the package as a whole.
    shard = models.PositiveIntegerField(null=True, blank=True)
    record = models.TextField(blank=True, default="")
    rule = models.CharField(max_length=10)
    severity = models.CharField(max_length=8)
    effect = models.CharField(max_length=20)
    withholds = models.PositiveIntegerField(default=0)
    path = models.TextField(blank=True, default="")
    value = models.TextField(blank=True, default="")
    proposed = models.TextField(blank=True, default="")
    message = models.TextField()
    file = models.TextField(blank=True, default="")
    line = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            # What the page of unmapped codes looks at: of millions of findings the few about code lists.
            models.Index(
                fields=["rule", "submission"],
                condition=models.Q(rule__in=ABOUT_CODES),
                name="finding_about_codes",
            ),
            models.Index(fields=["submission", "rule"], name="finding_by_rule"),
            models.Index(fields=["submission", "record"], name="finding_by_record"),
        ]
