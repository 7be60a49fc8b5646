"""The addresses of the portal; each view says who may open it, or cannot stand here (portal.guard)."""

from __future__ import annotations

from django.urls import register_converter

from ipshare.portal import addresses
from ipshare.portal.guard import door
from ipshare.portal.views import (
    api_clients,
    as_seen,
    authorizations,
    base_restriction,
    conditions,
    credentials,
    decisions,
    destinations,
    disclosures,
    forgotten,
    history,
    home,
    hub_offices,
    invitation,
    keys,
    notifications,
    people,
    record,
    record_blocks,
    register,
    security,
    session,
    submission,
    tus,
    uploads,
)

app_name = "portal"
register_converter(addresses.Written, "written")

PARTIES = "data-exchange-authorizations/<str:code>"
CREDENTIALS = f"{PARTIES}/<int:number>/credentials"
STATEMENT = f"{PARTIES}/<int:number>/statements/<int:statement>"
DESTINATIONS = f"{PARTIES}/<int:number>/destinations"
DISCLOSURES = "disclosures/<str:code>"
UPLOADS = "uploads/<str:code>"
PEOPLE = "people/<str:code>"
ACCOUNTS = "keys-and-accounts/<str:code>"
REGISTER = "register/<str:code>"
RECORD = "<str:right>/<written:record>"
FILE = "<str:right>/<written:file>"
SUBMISSION = "submissions/<str:reference>"

urlpatterns = [
    door("", home.home, "home"),
    door("sign-in", session.sign_in, "sign-in"),
    door("sign-in/passkey", session.passkey, "sign-in-passkey"),
    door("sign-in/second-step", session.second, "second-step"),
    door("sign-out", session.sign_out, "sign-out"),
    door("forgotten", forgotten.ask, "forgotten"),
    door("forgotten/<int:number>/<str:token>", forgotten.reset, "reset"),
    door("security", security.show, "security"),
    door("security/password", security.password, "own-password"),
    door("security/app", security.app, "second-step-app"),
    door("security/passkey", security.passkey, "second-step-passkey"),
    door("security/second-step/<int:number>/remove", security.remove, "second-step-remove"),
    door("security/recovery-codes", security.codes, "recovery-codes"),
    door("security/sessions/end", security.end, "sessions-end"),
    door("offices/<str:code>", home.office, "office"),
    door(UPLOADS, uploads.show, "uploads"),
    door(f"{UPLOADS}/check", uploads.check, "upload-check"),
    door(f"{UPLOADS}/send", uploads.send, "upload-send"),
    door(f"{UPLOADS}/cancel", uploads.cancel, "upload-cancel"),
    door(f"{UPLOADS}/files", tus.files, "upload-files"),
    door(f"{UPLOADS}/files/<uuid:upload>", tus.file, "upload-file"),
    door("history", history.show, "history"),
    door("history.csv", history.as_csv, "history-csv"),
    door("history.xlsx", history.as_xlsx, "history-xlsx"),
    door("submissions", history.submissions, "submissions"),
    door("submissions.csv", history.submissions_csv, "submissions-csv"),
    door("hub/offices", hub_offices.listing, "hub-offices"),
    door("hub/offices.csv", hub_offices.listing_csv, "hub-offices-csv"),
    door("hub/offices.xlsx", hub_offices.listing_xlsx, "hub-offices-xlsx"),
    door("hub/offices/add", hub_offices.add, "hub-office-add"),
    door("hub/offices/<str:code>", hub_offices.show, "hub-office"),
    door("hub/offices/<str:code>/doors", hub_offices.close, "hub-office-doors"),
    door(SUBMISSION, submission.show, "submission"),
    door(f"{SUBMISSION}/heading", submission.heading, "heading"),
    door(f"{SUBMISSION}/findings", submission.findings, "findings"),
    door(f"{SUBMISSION}/report/<str:name>", submission.report, "report"),
    door(f"{SUBMISSION}/file", submission.original, "original"),
    door(f"{SUBMISSION}/release", decisions.release, "release"),
    door(f"{SUBMISSION}/reject", decisions.reject, "reject"),
    door("find", register.find, "find"),
    door(REGISTER, register.listing, "register"),
    door(f"{REGISTER}/csv", register.as_csv, "register-csv"),
    door(f"{REGISTER}/xlsx", register.as_xlsx, "register-xlsx"),
    door(f"{REGISTER}/records/{RECORD}", record.show, "record"),
    door(f"{REGISTER}/xml/{RECORD}", record.as_xml, "record-xml"),
    door(f"{REGISTER}/json/{RECORD}", record.as_json, "record-json"),
    door(f"{REGISTER}/files/{FILE}", record.file, "record-file"),
    door(f"{REGISTER}/as-seen/<int:number>/{RECORD}", as_seen.show, "as-seen"),
    door(f"{REGISTER}/as-seen-json/<int:number>/{RECORD}", as_seen.as_json, "as-seen-json"),
    door(f"{REGISTER}/as-seen-files/<int:number>/{FILE}", as_seen.file, "as-seen-file"),
    door(PARTIES, authorizations.listing, "authorizations"),
    door(f"{PARTIES}/add", authorizations.add, "add"),
    door(f"{PARTIES}/base", base_restriction.show, "base-restriction"),
    door(f"{PARTIES}/base/save", base_restriction.save, "save-base"),
    door(f"{PARTIES}/blocks", record_blocks.listing, "blocks"),
    door(f"{PARTIES}/blocks/add", record_blocks.add, "block"),
    door(f"{PARTIES}/blocks/<int:block>/lift", record_blocks.lift, "lift"),
    door(f"{PARTIES}/<int:number>", authorizations.show, "authorization"),
    door(f"{PARTIES}/<int:number>/save", conditions.save, "save"),
    door(f"{PARTIES}/<int:number>/versions", conditions.versions, "versions"),
    door(f"{PARTIES}/<int:number>/secret", authorizations.new_secret, "new-secret"),
    door(f"{PARTIES}/<int:number>/end", authorizations.end, "end"),
    door(CREDENTIALS, credentials.show, "credentials"),
    door(f"{CREDENTIALS}/secret", credentials.add_secret, "credentials-secret"),
    door(f"{CREDENTIALS}/key", credentials.add_key, "credentials-key"),
    door(f"{CREDENTIALS}/revoke", credentials.revoke, "credentials-revoke"),
    door(f"{CREDENTIALS}/organisation", credentials.organisation, "credentials-organisation"),
    door(DESTINATIONS, destinations.show, "destinations"),
    door(f"{DESTINATIONS}/add", destinations.add, "destination-add"),
    door(f"{DESTINATIONS}/act", destinations.act, "destination-act"),
    door(STATEMENT, credentials.statement, "statement"),
    door("notifications", notifications.show, "notifications"),
    door("notifications/save", notifications.save, "notifications-save"),
    door(PEOPLE, people.listing, "people"),
    door(f"{PEOPLE}/invite", people.invite, "people-invite"),
    door(f"{PEOPLE}/invitations/<int:number>/again", people.again, "invitation-again"),
    door(f"{PEOPLE}/invitations/<int:number>/revoke", people.revoke, "invitation-revoke"),
    door(f"{PEOPLE}/<int:number>", people.show, "person"),
    door(f"{PEOPLE}/<int:number>/save", people.save, "person-save"),
    door(f"{PEOPLE}/<int:number>/act", people.act, "person-act"),
    door("invitations/<str:token>", invitation.accept, "invitation"),
    door(ACCOUNTS, keys.show, "keys"),
    door(f"{ACCOUNTS}/add", keys.add, "key-add"),
    door(f"{ACCOUNTS}/revoke", keys.revoke, "key-revoke"),
    door(f"{ACCOUNTS}/password", keys.password, "password"),
    door(f"{ACCOUNTS}/clients", api_clients.show, "api-clients"),
    door(f"{ACCOUNTS}/clients.csv", api_clients.as_csv, "api-clients-csv"),
    door(f"{ACCOUNTS}/clients.xlsx", api_clients.as_xlsx, "api-clients-xlsx"),
    door(DISCLOSURES, disclosures.show, "disclosures"),
    door(f"{DISCLOSURES}/csv", disclosures.as_csv, "disclosures-csv"),
    door(f"{DISCLOSURES}/xlsx", disclosures.as_xlsx, "disclosures-xlsx"),
]
