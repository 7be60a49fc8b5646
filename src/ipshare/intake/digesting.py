"""The SHA-256 of a file that is still being written: a thread reads what has come so far and runs after it."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

PIECE = 1024 * 1024
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="sftp-digest")


class RunningDigest:
    """Hashes a file up to where it is told that nothing will be written any more."""

    def __init__(self, fd: int) -> None:
        """Nothing is hashed yet."""
        self._fd = fd
        self._digest = hashlib.sha256()
        self._done = 0
        self._target = 0
        self._stale = False
        self._waiting = False
        self._lock = Lock()

    def advance(self, target: int) -> None:
        """The file is written up to ``target``; hash that far, beside the writing."""
        self._target = max(self._target, target)
        if not self._waiting and not self._stale:
            self._waiting = True
            _THREADS.submit(self._follow)

    def rewritten(self, start: int) -> None:
        """Something was written at ``start``: what is hashed there, or about to be, counts no more."""
        if start < self._target:
            self._stale = True

    def hexdigest(self, size: int) -> str:
        """The digest of the whole file of this size; nobody writes to it any more."""
        with self._lock:
            if self._stale:
                self._digest, self._done, self._stale = hashlib.sha256(), 0, False
            self._target = size
            self._hash()
            return self._digest.hexdigest()

    def stop(self) -> None:
        """Wait until the file is not read any more: it is about to be closed."""
        self._stale = True
        with self._lock:
            self._fd = -1

    def _follow(self) -> None:
        with self._lock:
            self._waiting = False
            self._hash()

    def _hash(self) -> None:
        while self._done < self._target and not self._stale:
            piece = os.pread(self._fd, min(PIECE, self._target - self._done), self._done)
            if not piece:  # cut off since
                self._stale = True
                return
            self._digest.update(piece)
            self._done += len(piece)
