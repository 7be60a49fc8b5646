"""``ipshare statement``: whether the hub signed a statement of revocation. Needs no hub and no database."""

from __future__ import annotations

import argparse
import json
import sys

from ipshare.http import signing
from ipshare.http.signing import NotSignedError
from ipshare.ops import given
from ipshare.ops.refusal import RefusalError


def run(args: argparse.Namespace) -> int:
    """Verify a statement and print what it says."""
    try:
        known = json.loads(given.read(args.keys))
    except ValueError as trouble:
        raise RefusalError(
            f"{args.keys} is no JSON; save the hub's /.well-known/jwks.json"
        ) from trouble
    try:
        said = signing.verify(given.read(args.file).strip(), known, kind=signing.REVOCATION)
    except NotSignedError as trouble:
        raise RefusalError(f"{args.file} proves nothing: {trouble}") from trouble
    print(json.dumps(said, indent=2, ensure_ascii=False))
    sys.stderr.write("the signature is right\n")
    return 0
