"""Offices, the people who sign in, and the SFTP accounts of offices."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property

from ipshare.domain.office import Right
from ipshare.domain.role import Held, Role


class Office(models.Model):
    """An originating office, named by its WIPO ST.3 code."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=200)
    # Share of held records that a Full_Extraction may withdraw or re-identify before it is held, in percent.
    hold_percent = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    # Working languages (ISO 639-1) in the order of use, space separated.
    languages = models.CharField(max_length=40, default="en")
    active = models.BooleanField(default=True)
    # Whether what widens an authorization needs a second person who approves it.
    second_person = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # The next number of a submission of this office: references count per office, so that none shows another's volume.
    next_submission = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class People(BaseUserManager["User"]):
    """Creates people who can sign in."""

    def get_queryset(self) -> models.QuerySet[User]:
        """People with their offices: whether somebody may sign in is a matter of both."""
        return super().get_queryset().select_related("office")

    def create_person(self, *, email: str, password: str | None, **fields: object) -> User:
        """A person with a hashed password, or none (sign-in then needs an invitation)."""
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class User(AbstractBaseUser):
    """A person: of one office, or (without office) an operator of the hub."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = People()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's word for an account that may sign in; nobody of a closed office may."""
        return self.active and (self.office is None or self.office.active)

    @property
    def is_operator(self) -> bool:
        """Whether this person runs the hub and sees every office."""
        return self.office_id is None

    @cached_property
    def roles(self) -> tuple[tuple[str, Held], ...]:
        """The roles of this person, each with the office it is held at; read once per request."""
        return tuple((one.office_id, one.held) for one in self.memberships.all())


class Membership(models.Model):
    """A role that a person holds at an office, for one right or for all.

    One person may serve two ministries of one office: marks in one, patents and designs in another.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    # Empty: for all rights.
    right = models.CharField(
        max_length=10, blank=True, default="", choices=[(r.value, r.value) for r in Right]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "office", "role", "right"], name="role_once_per_person_and_right"
            ),
            # People, keys and clients belong to the office, not to one of its rights.
            models.CheckConstraint(
                condition=~models.Q(role=Role.ADMINISTRATOR) | models.Q(right=""),
                name="administrator_is_for_all_rights",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[*Role]), name="role_is_of_the_catalogue"
            ),
            models.CheckConstraint(
                condition=models.Q(right__in=["", *Right]), name="role_is_for_all_rights_or_one"
            ),
        ]

    @property
    def held(self) -> Held:
        """The role and what it is for."""
        return Held(role=Role(self.role), right=Right(self.right) if self.right else None)


class SftpAccount(models.Model):
    """What an SFTP client signs in as: one office, one third party, or (without either) the hub's operators."""

    username = models.CharField(max_length=40, unique=True)
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="sftp_accounts"
    )
    third_party = models.ForeignKey(
        "ThirdParty", null=True, blank=True, on_delete=models.PROTECT, related_name="sftp_accounts"
    )
    # Django's password hash, empty where only keys are allowed.
    password = models.CharField(max_length=128, blank=True, default="")
    quota_bytes = models.BigIntegerField(default=2 * 1024**4)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(office__isnull=True) | models.Q(third_party__isnull=True),
                name="sftp_account_is_of_one_office_or_one_third_party",
            )
        ]


class SftpKey(models.Model):
    """A public key that opens an SFTP account; an account may have several."""

    account = models.ForeignKey(SftpAccount, on_delete=models.CASCADE, related_name="keys")
    # Of a third party's account: the office that added it, whose files alone it opens. Without: it opens all
    # that the account does.
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    label = models.CharField(max_length=100)
    public_key = models.TextField()
    fingerprint = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=254, blank=True, default="")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint", "office"],
                name="key_once_per_account_and_office",
                nulls_distinct=False,
            )
        ]
