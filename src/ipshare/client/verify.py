"""Compares a copy with the hub's proof of the day, and names the records that differ."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ipshare.client.copy import Copy, Part, cursor
from ipshare.client.hub import Hub
from ipshare.client.trouble import NotInStepError, PullError
from ipshare.domain import proof

KIND = "ipshare-proof+jws"
"""What a hub signs a proof as."""
MOST_TWIGS = 512
"""So many differing twigs are looked into; where more differ, a copy is better read anew."""
_STATED = ("office", "right", "asOf", "count", "root", "cursor")


@dataclass(slots=True)
class Outcome:
    """What comparing one right has shown; ``more`` counts differing twigs that were not looked into."""

    part: Part
    as_of: str
    count: int
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    additional: list[str] = field(default_factory=list)
    more: int = 0

    @property
    def equal(self) -> bool:
        """Whether the copy is what the hub has signed."""
        return not (self.missing or self.different or self.additional or self.more)


class _Leaves:
    """The digests of one right's records in a copy."""

    def __init__(self, copy: Copy, part: Part) -> None:
        self._leaves: list[dict[str, bytes] | None] = [None] * proof.BRANCHES**2
        self.count = 0
        for number, record, _ in copy.records(part):
            place = proof.place(number)
            held = self._leaves[place]
            if held is None:
                held = self._leaves[place] = {}
            held[number] = proof.leaf(number, record)
            self.count += 1

    def at(self, place: int) -> dict[str, bytes]:
        return self._leaves[place] or {}

    def twigs(self, branch: int) -> list[bytes]:
        first = branch * proof.BRANCHES
        return [proof.twig(self.at(first + n).values()) for n in range(proof.BRANCHES)]

    def branches(self) -> list[bytes]:
        return [proof.branch(self.twigs(n)) for n in range(proof.BRANCHES)]


def compare(hub: Hub, copy: Copy, part: Part) -> Outcome:
    """Compare one right; ``NotInStepError`` where the feed has gone on since the copy's cursor."""
    query = {
        "office": part.office,
        "right": part.right,
        "after": copy.kept(cursor(part.office)) or "",
    }
    said = hub.read("/api/v1/proof", **query)
    branches = [bytes.fromhex(one) for one in said["branches"]]
    _see_signed(hub, said, query)
    if proof.root(branches).hex() != said["root"]:
        raise PullError(
            f"the proof of {part.office} {part.right} is not its own branches': tell the hub's operators"
        )
    outcome = Outcome(part, str(said["asOf"]), int(said["count"]))
    leaves = _Leaves(copy, part)
    looked = 0
    for number, (theirs, ours) in enumerate(zip(branches, leaves.branches(), strict=True)):
        if theirs == ours:
            continue
        there = [bytes.fromhex(one) for one in _read(hub, f"/{number}", query, theirs, "twigs")]
        for place, (their_twig, our_twig) in enumerate(
            zip(there, leaves.twigs(number), strict=True)
        ):
            if their_twig == our_twig:
                continue
            looked += 1
            if looked > MOST_TWIGS:
                outcome.more += 1
                continue
            records = _read(hub, f"/{number}/{place}", query, their_twig, "records")
            _tell(outcome, records, leaves.at(number * proof.BRANCHES + place))
    return outcome


def _read(hub: Hub, place: str, query: dict[str, str], digest: bytes, what: str) -> list[Any]:
    """What hangs on a branch or a twig, of which the digest is known."""
    said = hub.read(f"/api/v1/proof{place}", **query)
    if said["digest"] != digest.hex():
        raise NotInStepError("the proof has become another one meanwhile")
    found: list[Any] = said[what]
    return found


def _tell(outcome: Outcome, theirs: list[dict[str, str]], ours: dict[str, bytes]) -> None:
    there = {one["number"]: one["digest"] for one in theirs}
    outcome.missing += sorted(there.keys() - ours.keys())
    outcome.additional += sorted(ours.keys() - there.keys())
    outcome.different += sorted(
        number for number in there.keys() & ours.keys() if ours[number].hex() != there[number]
    )


def _see_signed(hub: Hub, said: dict[str, Any], query: dict[str, str]) -> None:
    """That the proof is what the hub's key has signed, for this client and this cursor."""
    statement = _signed(str(said["signed"]), hub.read("/.well-known/jwks.json"))
    if statement is None:
        raise PullError(
            f"the proof of {query['office']} {query['right']}s is not signed by the hub: do not rely on it, "
            "and tell the hub's operators"
        )
    about = {name: said[name] for name in _STATED} | {"sub": hub.client_id}
    asked = {"office": query["office"], "right": query["right"], "cursor": query["after"]}
    if any(statement.get(name) != value for name, value in (about | asked).items()):
        raise PullError(
            "the hub's signature is on another proof than it sent: tell the hub's operators"
        )


def _signed(signed: str, keys: dict[str, Any]) -> dict[str, Any] | None:
    """What a compact JWS (RFC 7515) says that one of these keys has signed as a proof; None for any other."""
    try:
        head, payload, signature = signed.split(".")
        header = msgspec.json.decode(_bytes(head))
        [key] = [one for one in keys["keys"] if one["kid"] == header["kid"]]
        public = Ed25519PublicKey.from_public_bytes(_bytes(key["x"]))
        public.verify(_bytes(signature), f"{head}.{payload}".encode())
        statement: dict[str, Any] = msgspec.json.decode(_bytes(payload), type=dict[str, Any])
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return None
    return statement if (header["alg"], header["typ"]) == ("EdDSA", KIND) else None


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
