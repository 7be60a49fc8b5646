"""What processes count: in files of their own below the data folder, added up when somebody asks for metrics.

``prometheus_client`` decides at its import whether it counts in such files: settings name their folder before.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

HTTP_SECONDS = Histogram(
    "ipshare_http_request_seconds",
    "Requests over HTTP until their answer began, by route, method and status.",
    ["route", "method", "status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
JOB_SECONDS = Histogram(
    "ipshare_job_seconds",
    "Jobs of the queue, by task and outcome (done, failed).",
    ["task", "outcome"],
    buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000),
)
SFTP_SESSIONS = Gauge(
    "ipshare_sftp_sessions",
    "SFTP sessions that are open.",
    multiprocess_mode="livesum",
)
SIGN_IN_FAILURES = Counter(
    "ipshare_sign_in_failures", "Sign-ins that failed, by door (portal, sftp).", ["door"]
)
AUDIT_EVENTS = Counter("ipshare_audit_events", "Audit events written, by event.", ["event"])
DISCLOSED_BYTES = Counter(
    "ipshare_disclosed_bytes",
    "Bytes of records and files that left for third parties, by office and channel.",
    ["office", "channel"],
)
