"""The whole path of a submission on one page: archive, parse, check, store. Read this first."""

from __future__ import annotations

from datetime import datetime


def open_submission(submission_id: int, *, at: datetime) -> None:
    """Open a received file: its members, its images, its shards; one job per shard."""
    raise NotImplementedError


def check_shard(submission_id: int, number: int, *, at: datetime) -> None:
    """Parse, validate and check the records of one shard, and stage them."""
    raise NotImplementedError


def publish_next(office: str, right: str, *, at: datetime) -> None:
    """Publish the submissions of an office and right that are ready, in the order received."""
    raise NotImplementedError
