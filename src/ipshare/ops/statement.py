"""``ipshare statement``: whether the hub signed a statement of revocation. Needs no hub and no database."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ipshare.http import signing
from ipshare.http.signing import NotSignedError
from ipshare.ops.refusal import RefusalError


def run(args: argparse.Namespace) -> int:
    """Verify a statement and print what it says."""
    try:
        known = json.loads(_read(args.keys))
    except ValueError as trouble:
        raise RefusalError(
            f"{args.keys} is no JSON; save the hub's /.well-known/jwks.json"
        ) from trouble
    try:
        said = signing.verify(_read(args.file).strip(), known, kind=signing.REVOCATION)
    except NotSignedError as trouble:
        raise RefusalError(f"{args.file} proves nothing: {trouble}") from trouble
    print(json.dumps(said, indent=2, ensure_ascii=False))
    sys.stderr.write("the signature is right\n")
    return 0


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise RefusalError(f"{file} cannot be read: {trouble}") from trouble
