"""The numbers of the SFTP door."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of the SFTP door, each with its reason."""

    connections: int = 256  # each has a window of 4 MiB to buffer
    connections_per_account: int = 16  # lftp and rclone open several
    connections_per_address: int = 64  # an office's machines may share one
    unknown: int = 64  # connections that have not signed in yet
    unknown_per_address: int = (
        16  # of these; so that one address cannot keep all others from signing in
    )
    channels: int = 8
    handles: int = 64
    tries_per_connection: int = 6
    tries_per_address: int = 20
    tries_per_account: int = 10  # passwords; keys go on working, so nobody can lock an office out
    pause_seconds: float = 900
    sign_in_seconds: float = 60
    idle_seconds: float = 900
    keepalive_seconds: float = 30
    look_seconds: float = (
        0.4  # how often those who are inside are looked at: an end counts within a second
    )
    threads: int = 12
    passwords_at_once: int = 2  # scrypt takes 64 MiB each
