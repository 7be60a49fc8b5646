"""From the conditions that a reader has read under to those of today: what it may hold, and since when.

A reader cannot hold what had left its view before it began to read, and is not told that it left: it would learn of
records that it may not see. So a cursor says for each right the version of the authorization that its reader began
under, and here it is worked out how that goes on from one version to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from django.db.models import Max, Min, Q

from ipshare.domain.authorization import Filter, View
from ipshare.domain.group import groups_in
from ipshare.domain.office import Right
from ipshare.share.place import Edition, Since, State
from ipshare.store import access, changes
from ipshare.store.access import Version
from ipshare.store.models.sharing import AuthorizationVersion, BaseRestriction
from ipshare.store.models.submissions import Submission

SKEW = timedelta(minutes=1)
"""By so much the clocks of the hub's machines may differ."""
PUBLISHING = timedelta(hours=1)
"""A submission is published within this time after the instant that it is said to be published at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The way of a reader from an ``edition`` to its present ``view``; ``since`` is that of its cursor.

    ``versions`` are those that were in force meanwhile, and those that ``since`` names.
    """

    view: View
    edition: Edition
    since: Since
    versions: Mapping[int, Version]

    def former(self, edition: Edition) -> View:
        """What the same client saw under an earlier edition of its conditions."""
        held = self.versions.get(edition.version)
        return replace(
            self.view,
            version=edition.version,
            base=edition.base,
            rights=edition.rights,
            groups=groups_in(edition.mask),
            filter=msgspec.convert(held.filter if held else {}, Filter),
        )

    def keeps(self, edition: Edition) -> bool:
        """Whether an edition let out all records that the view lets out, and so did every version since."""
        return all(
            right in edition.rights and self._last(right, edition.version) == self.view.version
            for right in self.view.rights
        )

    def same(self, edition: Edition) -> bool:
        """Whether nothing was or is otherwise since an edition."""
        shown = (edition.mask, edition.rights) == (self.view.mask, self.view.rights)
        return shown and self.keeps(edition)

    def begun(self) -> Since:
        """By right: the version at which what the reader may not hold had left, once it was brought to the view."""
        return {right: self._begun(right) for right in self.view.rights}

    def _begun(self, right: Right) -> int:
        held, now = self.edition, self.view.version
        if right in held.rights:
            first = self._last(right, held.version) + 1
            if first > now:
                return self.since.get(right, 0)
        else:  # a page may have been cut that was read under the same version
            never = not held.rights and not _begins_later(self.versions.get(held.version))
            first = held.version + never
        let_out = (
            number
            for number in range(first, now)
            if number in self.versions and right.value in self.versions[number].rights
        )
        return next(let_out, now)

    def ends(self) -> tuple[Mapping[Right, int], datetime | None]:
        """By right: the position at which the view of the edition ended; and the instant, where it ended by itself."""
        until = None
        found = {}
        for right in self.edition.rights & self.view.rights:
            last = self._last(right, self.edition.version)
            following = self.versions.get(last + 1)
            found[right] = following.position if following else self.versions[last].position
            ends_at = self.versions[last].ends_at
            if following and ends_at and ends_at < following.saved_at:
                until = ends_at + SKEW
        return found, until

    def positions(self, since: Since) -> Mapping[Right, int]:
        """By right: the office's last position when a version began to hold."""
        return {right: self._began(number) for right, number in since.items()}

    def _began(self, number: int) -> int:
        version = self.versions.get(number)
        if version is None:
            return 0
        if version.starts_at is None or not _begins_later(version):
            return version.position
        # It began by itself, when nobody looked at the position: what was published well before was so by then.
        by = version.starts_at - PUBLISHING
        around = Submission.objects.filter(office=self.view.office).aggregate(
            last=Max("last_position", filter=Q(ended_at__lt=by)),
            following=Min("first_position", filter=Q(ended_at__gte=by)),
        )
        last = around["last"] or 0
        beside = changes.last_between(self.view.office, last, around["following"], by=by)
        return max(version.position, last, beside)

    def _last(self, right: Right, number: int) -> int:
        """The last version up to which, from one on, the same records of a right were let out without a pause."""
        while (following := self.versions.get(number + 1)) is not None:
            held = self.versions[number]
            paused = held.ends_at is not None and held.ends_at < following.saved_at
            if (
                paused
                or _begins_later(following)
                or right.value not in following.rights
                or following.filter != held.filter
            ):
                break
            number += 1
        return number


def course(view: View, state: State) -> Course:
    """The way of a reader from the edition of its cursor to its present view."""
    versions = access.versions(
        view.authorization,
        named=[state.edition.version, *state.since.values()],
        after=state.edition.version,
        upto=view.version,
    )
    return Course(view=view, edition=state.edition, since=state.since, versions=versions)


def position_after(authorization: int, edition: Edition) -> int:
    """The office's position when the conditions of an edition gave way to others; 0 where they have not."""
    later = [
        *AuthorizationVersion.objects.filter(
            authorization=authorization, number=edition.version + 1
        ).values_list("position", flat=True),
        *BaseRestriction.objects.filter(
            office__authorizations=authorization, number=edition.base + 1
        ).values_list("position", flat=True),
    ]
    return min(later, default=0)


def _begins_later(version: Version | None) -> bool:
    """Whether a version did not hold yet when it was saved."""
    return (
        version is not None
        and version.starts_at is not None
        and version.starts_at > version.saved_at
    )
