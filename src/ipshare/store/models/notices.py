"""Notices to people: events that nobody has looked at yet, what each person wants, and what each was told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ipshare.domain.notice import Topic
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.letters import Letter


class EventToTell(models.Model):
    """An audit event that may concern people; written with it, and gone when its notices are written.

    Not a kept position in the events: one that commits late has a low number, and would be passed over.
    """

    event = models.OneToOneField(
        AuditEvent, on_delete=models.CASCADE, primary_key=True, related_name="to_tell"
    )


class NoticeSetting(models.Model):
    """For which rights a person wants letters on a topic; without a row the default of their roles holds."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_settings")
    topic = models.CharField(max_length=20, choices=[(t.value, t.value) for t in Topic])
    # Empty: no letter. A topic that is about no right is wanted where there is any.
    rights = ArrayField(models.CharField(max_length=10), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic"], name="notice_setting_once_per_person_and_topic"
            )
        ]


class Notice(models.Model):
    """One thing that one person is told, in words of the day; several may go in one letter."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    topic = models.CharField(max_length=20, choices=[(t.value, t.value) for t in Topic])
    # What it is about, e.g. KH-000017: nobody is told the same thing twice.
    subject = models.CharField(max_length=200)
    # Null: it is about the person alone.
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Empty: about no right in particular.
    rights = ArrayField(models.CharField(max_length=10), default=list)
    title = models.CharField(max_length=200)
    text = models.TextField()
    # The page of the portal that it leads to.
    path = models.CharField(max_length=300)
    at = models.DateTimeField()
    # Null: it waits for its letter.
    letter = models.ForeignKey(
        Letter, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices"
    )
    lettered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "subject"], name="nobody_is_told_the_same_thing_twice"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_of_person"),
            models.Index(
                fields=["person"], condition=models.Q(lettered_at=None), name="notice_waits"
            ),
        ]


class KnownPlace(models.Model):
    """Where a person has signed in from before: a network, or a browser by its name."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_places")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "name"], name="place_once_per_person")
        ]
