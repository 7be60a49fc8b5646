"""The third parties of an office in words: what each receives, since which version, in which state."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain.authorization import Conditions
from ipshare.domain.group import ElementGroup, Restriction
from ipshare.domain.office import Right
from ipshare.portal import words
from ipshare.share import authorizations
from ipshare.share.authorizations import Listed
from ipshare.store.models.sharing import Authorization, AuthorizationVersion, Client

_PRESETS = frozenset[ElementGroup]().union(*(r.groups for r in Restriction))


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One third party of an office."""

    authorization: Authorization
    client: Client
    newest: AuthorizationVersion | None
    conditions: Conditions

    @property
    def right_names(self) -> str:
        """The rights that it receives, in words."""
        return _rights(self.conditions.rights)

    @property
    def without(self) -> list[str]:
        """What is withheld from it, in words."""
        return words.withheld_in_words(self.conditions.excluded)

    @property
    def restrictions(self) -> frozenset[Restriction]:
        """The presets that its conditions amount to."""
        return frozenset(r for r in Restriction if r.groups <= self.conditions.excluded)

    @property
    def state(self) -> words.Verdict:
        """Whether anything goes out to it."""
        if self.authorization.ended_at:
            return words.Verdict(tone="is-off", icon="off", word="Ended")
        if self.conditions.rights:
            return words.Verdict(tone="is-ok", icon="ok", word="In force")
        return words.Verdict(tone="is-info", icon="info", word="Receives nothing")


def of(office: str) -> list[Party]:
    """All third parties of an office by name, ended ones last."""
    found = [_party(listed) for listed in authorizations.list_for(office)]
    return sorted(found, key=lambda party: party.authorization.ended_at is not None)


def _party(listed: Listed) -> Party:
    return Party(
        authorization=listed.authorization,
        client=listed.client,
        newest=listed.version,
        conditions=listed.conditions,
    )


def history(authorization: Authorization) -> list[tuple[AuthorizationVersion, str, list[str]]]:
    """The versions of an authorization, newest first, each with its rights and restrictions in words."""
    return [
        (
            version,
            _rights({Right(right) for right in version.rights}),
            words.withheld_in_words(frozenset(map(ElementGroup, version.excluded))),
        )
        for version in authorization.versions.order_by("-number")
    ]


def chosen_conditions(
    present: Conditions, rights: list[Right], restrictions: list[Restriction]
) -> Conditions:
    """The conditions chosen on the page; groups withheld beyond the three presets stay withheld."""
    excluded = (present.excluded - _PRESETS).union(*(r.groups for r in restrictions))
    return Conditions(rights=frozenset(rights), excluded=excluded)


def _rights(rights: frozenset[Right] | set[Right]) -> str:
    return ", ".join(name for right, name in words.RIGHTS.items() if right in rights)
