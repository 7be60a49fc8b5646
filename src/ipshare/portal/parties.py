"""The third parties of an office in words: what each receives, since which version, in which state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ipshare.domain.authorization import Conditions
from ipshare.domain.office import Right
from ipshare.portal import telling, words
from ipshare.share import authorized
from ipshare.share.authorized import Listed
from ipshare.store.models.sharing import Authorization, AuthorizationVersion, Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One third party of an office."""

    authorization: Authorization
    client: Client
    newest: AuthorizationVersion | None
    conditions: Conditions
    at: datetime

    @property
    def right_names(self) -> str:
        """The rights that it receives, in words."""
        return _rights(self.conditions.rights)

    @property
    def without(self) -> list[str]:
        """What is withheld from it, in words."""
        return words.withheld_in_words(self.conditions.excluded)

    @property
    def which(self) -> list[str]:
        """Which records go out to it, in words; empty where all do."""
        return telling.which(self.conditions.filter)

    @property
    def state(self) -> words.Verdict:
        """Whether anything goes out to it."""
        if self.authorization.ended_at:
            return words.Verdict(tone="is-off", icon="off", word="Ended")
        begins, ends = self.conditions.starts_at, self.conditions.ends_at
        if self.conditions.rights and self.conditions.in_force(self.at):
            return words.Verdict(tone="is-ok", icon="ok", word="In force")
        if self.conditions.rights and ends is not None and ends <= self.at:
            return words.Verdict(tone="is-off", icon="off", word="Ran out")
        if self.conditions.rights and begins is not None:
            return words.Verdict(tone="is-held", icon="held", word="Starts later")
        return words.Verdict(tone="is-info", icon="info", word="Receives nothing")


def of(office: str, at: datetime) -> list[Party]:
    """All third parties of an office by name, ended ones last."""
    found = [_party(listed, at) for listed in authorized.list_for(office)]
    return sorted(found, key=lambda party: party.authorization.ended_at is not None)


def _party(listed: Listed, at: datetime) -> Party:
    return Party(
        authorization=listed.authorization,
        client=listed.client,
        newest=listed.version,
        conditions=listed.conditions,
        at=at,
    )


def _rights(rights: frozenset[Right] | set[Right]) -> str:
    return ", ".join(name for right, name in words.RIGHTS.items() if right in rights)
