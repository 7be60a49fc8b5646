"""The name of a public key (RFC 7638)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import sha256


def thumbprint(jwk: Mapping[str, str]) -> str:
    """SHA-256 over the members that make a key, in order; base64url, 43 characters."""
    canonical = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    digest = sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
