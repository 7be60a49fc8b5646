"""``ipshare sftpd``: the SFTP server, until asked to stop."""

from __future__ import annotations

import argparse

from ipshare.intake import sftp
from ipshare.share.shelf import Shelf


def run(args: argparse.Namespace) -> int:
    """Serve SFTP where the settings say."""
    return sftp.main([], shelves=Shelf)
