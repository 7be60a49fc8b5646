"""The catalogue of audit events, and the one way to write one."""

from __future__ import annotations

from datetime import datetime

from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.notices import EventToTell
from ipshare.trace import context, counters

EVENTS = {
    "submission.received": "A file came in whole through one of the doors.",
    "submission.repeated": "The same bytes came again; nothing was loaded.",
    "submission.refused": "A submission could not be opened; nothing was loaded.",
    "submission.put-away": "Somebody of the office saw that a submission was refused; it waits for nobody any more.",
    "submission.held": "A Full_Extraction would withdraw or change more than the office's threshold.",
    "submission.released": "The office released a held submission.",
    "submission.rejected": "The office rejected a held submission.",
    "submission.checked-again": "The kept bytes of a submission were queued to be checked once more.",
    "submission.published": "A submission's records are in the register.",
    "register.regrouped": "After an upgrade a register was dealt out to its element groups again.",
    "schemas.installed": "An official schema set was installed; records of its version are validated from then on.",
    "upload.refused": "A file sent in the browser or over the API was not taken in: not whole, or not as announced.",
    "upload.put-away": "Somebody of the office saw that a file was not taken in; it waits for nobody any more.",
    "upload.removed": "An incomplete upload in the browser or over the API was cancelled or expired; its bytes went.",
    "submission.tested": "A Test submission was checked; nothing was published.",
    "authorization.saved": "The conditions of an authorization were saved as a new version.",
    "authorization.ended": "An authorization was ended.",
    "authorization.revocation-stated": "The hub signed a statement of what an authorization lost.",
    "base-restriction.saved": "What the office withholds from every third party was saved as a new version.",
    "record.blocked": "One record is kept from one third party, or from all.",
    "record.unblocked": "The block of one record was lifted, or has ended.",
    "client.secret-issued": "An App-client-secret was made and shown once.",
    "client.secret-revoked": "An App-client-secret was revoked, and its access tokens ended.",
    "client.key-added": "A client may sign in with one more key.",
    "client.key-revoked": "A key of a client was revoked, and its access tokens ended.",
    "sender.added": "The office made an API client of its own, to send files with.",
    "sender.ended": "The office ended an API client of its own, with its secrets, keys and access tokens.",
    "organisation-client.added": "A third party got a client over offices; it reads where an office allows it.",
    "organisation-client.allowed": "The office lets a third party's client over offices use its authorization.",
    "organisation-client.forbidden": "The office keeps its authorization from a third party's client over offices.",
    "destination.added": "A destination for deliveries was added to an authorization.",
    "destination.paused": "Deliveries to a destination were paused.",
    "destination.resumed": "Deliveries to a destination go on.",
    "destination.removed": "A destination was removed; its secret was forgotten.",
    "destination.failing": "Deliveries to a destination have failed several times in a row.",
    "destination.recovered": "A destination that was failing took a delivery again.",
    "third-party.added": "A third party was added to the office's authorizations.",
    "sftp-account.opened": "An SFTP account was opened: of the office, or of a third party of it.",
    "sftp-account.password-set": "An SFTP account got a new password, or lost it.",
    "sftp-account.quota-set": "The bytes that an SFTP account may send in all were set anew.",
    "sftp-account.closed": "An SFTP account was closed.",
    "key.added": "An SFTP key was added to an account.",
    "key.revoked": "An SFTP key was revoked.",
    "person.signed-in": "A person signed in.",
    "person.sign-in-failed": "A sign-in failed.",
    "proposal.made": "A change of what goes out was proposed; it waits for a second person.",
    "proposal.approved": "A second person approved a change of what goes out.",
    "proposal.rejected": "A second person rejected a change of what goes out.",
    "proposal.withdrawn": "Whoever proposed a change of what goes out withdrew it.",
    "second-person.required": "From now on what widens an authorization waits for a second person.",
    "second-person.not-required": "One person alone may change what goes out again.",
    "person.signed-out": "A person signed out.",
    "person.confirmed": "A person confirmed who they are before something that matters.",
    "person.password-changed": "A person's password was changed.",
    "person.password-asked": "A letter for a new password was asked for.",
    "person.second-step-added": "A second step was added to a person's sign-in.",
    "person.second-step-removed": "A second step was removed from a person's sign-in.",
    "person.recovery-codes-made": "New recovery codes were made; those before are void.",
    "person.recovery-code-used": "A recovery code was used up in place of the second step.",
    "person.sessions-ended": "Sessions of a person were ended.",
    "person.notices-chosen": "A person chose which letters they want.",
    "person.added": "A person was given an account.",
    "person.roles-changed": "What a person may do at the office was changed.",
    "person.closed": "A person's account was closed, and its sessions ended.",
    "person.reopened": "A closed account was opened again.",
    "invitation.sent": "A person was invited by e-mail.",
    "invitation.sent-again": "An invitation was sent again; the link before is void.",
    "invitation.revoked": "An invitation was taken back.",
    "invitation.accepted": "A person accepted an invitation and chose a password.",
    "rhythm.saved": "How often the office sends a right was agreed anew.",
    "job.retried": "An operator put a job that had failed back into its queue.",
    "job.cancelled": "An operator took a job that nobody had begun out of its queue.",
    "hub.part-down": "A part of the hub does not do its work, and has not for a minute.",
    "hub.part-well": "A part of the hub does its work again.",
    "office.added": "An office was added to the hub.",
    "office.changed": "An office got another name, other languages or another threshold for holding.",
    "office.closed": "An office was closed: nobody of it signs in, its SFTP accounts open nothing.",
    "office.reopened": "A closed office was opened again.",
}

TOLD = frozenset(
    {
        "submission.refused",
        "submission.held",
        "submission.published",
        "submission.tested",
        "authorization.saved",
        "authorization.ended",
        "base-restriction.saved",
        "organisation-client.allowed",
        "organisation-client.forbidden",
        "destination.failing",
        "destination.paused",
        "person.signed-in",
        "hub.part-down",
        "hub.part-well",
    }
)
"""Those that people may be written to about (room notices)."""


LONGEST = 200
"""Characters of a subject or actor, as the list of events shows them."""


def write(
    event: str, *, at: datetime, actor: str, office: str | None, subject: str = "", **detail: object
) -> None:
    """Write one event of the catalogue, in the caller's transaction.

    Of a subject or actor that is longer than LONGEST (a file may have a name of 255 characters) the detail has all.
    """
    if event not in EVENTS:
        raise KeyError(f"{event} is not in the catalogue of audit events (store/audit.py)")
    named = {"actor": actor, "subject": subject}
    detail |= {name: text for name, text in named.items() if len(text) > LONGEST}
    written = AuditEvent.objects.create(
        at=at,
        office_id=office,
        actor=actor[:LONGEST],
        event=event,
        subject=subject[:LONGEST],
        detail=detail,
        trace=context.current(),
    )
    if event in TOLD:
        EventToTell.objects.create(event=written)
    counters.AUDIT_EVENTS.labels(event).inc()
    if event == "person.sign-in-failed":
        counters.SIGN_IN_FAILURES.labels("portal").inc()
