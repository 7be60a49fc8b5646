"""The whole path of a submission on one page. Read this first.

A file that came in whole through a door (``intake.landing``) is a Submission in the state *received*. Three
kinds of jobs carry it on; each may be killed at any instant and repeated:

1. ``open_submission``: the *archive* is opened, its members are streamed, images are measured, and each XML
   file is cut into shards at record boundaries. Every shard is kept and queued. The submission is *opened*.
2. ``check_shards``, a job for each shard or for many small files, on any worker: the bytes are *parsed* and
   validated, each record is converted into its canonical form and *checked* by every rule; what came out is
   staged by COPY, with its findings, in one transaction. With the last shard the submission is *checked*.
3. ``publish_next``, one at a time per office and right, in the order received: the stage is compared with the
   *store*; a Full_Extraction that would withdraw or re-identify too much is *held* for the office to decide;
   otherwise one transaction merges the groups whose digests changed, gives the changes their positions and
   ends the submission as *published*. ``Test`` ends as *tested*, and nothing is published.

What cannot be read ends as *refused*, with findings that say why. Afterwards ``quality.write_report`` writes
the report that the office reads through every door.
"""

from __future__ import annotations

from ipshare.ingest.checking import check_shards
from ipshare.ingest.opening import give_up, open_submission
from ipshare.ingest.publishing import next_to_publish, publish_next, reject, release

__all__ = [
    "check_shards",
    "give_up",
    "next_to_publish",
    "open_submission",
    "publish_next",
    "reject",
    "release",
]
