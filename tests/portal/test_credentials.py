"""The page of credentials: what is valid, one more secret, keys, revoke; the client over offices; statements."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from accounts.signers import EC, ED, RSA, pem_of
from ipshare.accounts import clients, keys, sftp
from ipshare.domain.authorization import Channel, Conditions
from ipshare.domain.office import Right
from ipshare.http import signing
from ipshare.share import authorizations, organisations
from ipshare.store.models.accounts import Office, SftpAccount, SftpKey
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.credentials import ClientKey, ClientSecret, RevocationStatement
from ipshare.store.models.sharing import Authorization, Client
from portal import builders
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def jpo(cast, at):
    """XA's authorization for JPO, of trademarks."""
    made, _, _ = authorizations.add_third_party("XA", "JPO", "", by="officer", at=at)
    conditions = Conditions(rights=frozenset({Right.TRADEMARK}))
    authorizations.save(made, conditions, by="officer", reason="agreement", at=at)
    return made


@pytest.fixture
def officer(jpo):
    builders.a_person("sokha@xa.example", "XA")
    return signed_in("sokha@xa.example")


def here(authorization, more=""):
    return f"/data-exchange-authorizations/xa/{authorization.pk}/credentials{more}"


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def new_secret(officer, jpo, **fields):
    return officer.post(here(jpo, "/secret"), {"others": "keep", "days": ""} | fields)


def shown(answer):
    notice = re.search(r'id="secret".*?</dl>', answer.content.decode(), re.DOTALL)
    return re.findall(r"<code>([\w-]+)</code>", notice[0])


def test_a_second_secret_is_shown_once_and_the_first_goes_on(officer, jpo):
    posted = new_secret(officer, jpo, days="90")
    assert (posted.status_code, posted["Location"]) == (302, here(jpo, "#secret"))
    answer = officer.get(here(jpo))
    client_id, secret = shown(answer)
    assert "This is secret 2; it expires" in text_of(answer)
    assert answer["Cache-Control"] == "private, no-store"
    assert clients.secret_of(client_id, secret, at=timezone.now())
    page = text_of(officer.get(here(jpo)))
    assert secret not in page
    assert "2 of at most 2 valid" in page
    assert ClientSecret.objects.count() == 2, "a reload makes no other"
    made = ClientSecret.objects.get(number=2)
    assert made.created_by == "sokha@xa.example"
    assert 89 <= (made.expires_at - timezone.now()).days <= 90


def test_a_third_is_refused_with_what_to_do_and_may_end_the_others(officer, jpo):
    new_secret(officer, jpo)
    refused = new_secret(officer, jpo)
    assert refused.status_code == 422
    assert "Secrets 1 and 2 are live" in text_of(refused)
    assert 'id="secret"' not in refused.content.decode()
    answer = officer.get(new_secret(officer, jpo, others="end")["Location"])
    assert "No other secret opens anything" in text_of(answer)
    assert ClientSecret.objects.filter(revoked_at=None).count() == 1


def test_a_new_secret_is_shown_to_nobody_else_and_not_once_it_is_revoked(officer, jpo):
    builders.a_person("dara@xa.example", "XA")
    new_secret(officer, jpo, others="end")
    dara = signed_in("dara@xa.example")
    [(name, sealed)] = [one for one in officer.cookies.items() if one[0].startswith("made")]
    dara.cookies[name] = sealed.value
    assert 'id="secret"' not in dara.get(here(jpo)).content.decode()
    ClientSecret.objects.update(revoked_at=timezone.now())
    assert 'id="secret"' not in officer.get(here(jpo)).content.decode()


@pytest.mark.parametrize("fields", [{"others": "x"}, {"days": "1"}, {"days": "-90"}])
def test_what_the_page_does_not_offer_makes_no_secret(officer, jpo, fields):
    assert new_secret(officer, jpo, **fields).status_code == 422
    assert ClientSecret.objects.count() == 1


def test_a_key_is_added_and_named(officer, jpo):
    answer = officer.post(
        here(jpo, "/key"), {"key": pem_of(ED), "label": "Tokyo 1", "days": "365"}, follow=True
    )
    page = text_of(answer)
    key = ClientKey.objects.get()
    for words in ("JPO may sign in with this key", key.thumbprint, "Tokyo 1, Ed25519", "Valid"):
        assert words in page


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "Paste the public key"),
        ("-----BEGIN PRIVATE KEY-----\nx", "This is a private key"),
        ("ssh-ed25519 AAAA", "The key cannot be read"),
        ("x" * 20_001, "at most 20000"),
        ("\0", "Null characters"),
    ],
)
def test_what_is_no_key_is_told_and_never_shown_again(officer, jpo, key, said):
    answer = officer.post(here(jpo, "/key"), {"key": key})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not key or key not in answer.content.decode()
    assert not ClientKey.objects.exists()


def test_revoking_says_what_ended(officer, jpo):
    for key in (RSA, EC):
        officer.post(here(jpo, "/key"), {"key": pem_of(key)})
    key, secret = ClientKey.objects.first(), ClientSecret.objects.get()
    for what, row in (("key", key), ("secret", secret)):
        answer = officer.post(here(jpo, "/revoke"), {"what": what, "row": row.pk}, follow=True)
        assert "Revoked; 0 access tokens" in text_of(answer)
        row.refresh_from_db()
        assert row.revoked_by == "sokha@xa.example"
    page = text_of(officer.get(here(jpo)))
    assert page.count("Revoked") == 2
    assert "0 of at most 2 valid" in page


def test_a_secret_of_another_authorization_cannot_be_revoked_here(officer, jpo, at):
    builders.a_person("anong@xb.example", "XB")
    other, client, _ = authorizations.add_third_party("XB", "JPO", "", by="officer", at=at)
    theirs = client.secrets.get()
    for what, row in (("secret", theirs.pk), ("key", theirs.pk), ("secret", 2**63 - 1)):
        answer = officer.post(here(jpo, "/revoke"), {"what": what, "row": row})
        assert answer.status_code == 404
    assert officer.get(here(other)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_the_office_allows_and_forbids_the_client_over_offices(officer, jpo, at):
    assert "JPO has no client over offices" in text_of(officer.get(here(jpo)))
    organisations.add_client("JPO", by="operator", at=at)
    joining = Client.objects.get(third_party__name="JPO")
    page = text_of(officer.get(here(jpo)))
    assert joining.client_id in page
    assert "Not allowed" in page
    answer = officer.post(here(jpo, "/organisation"), {"allow": "yes"}, follow=True)
    assert "may use this authorization" in text_of(answer)
    assert Authorization.objects.get().allows_organisation
    answer = officer.post(here(jpo, "/organisation"), {"allow": "no"}, follow=True)
    assert "may not use this authorization any more" in text_of(answer)
    assert not Authorization.objects.get().allows_organisation


def test_a_statement_is_downloaded_and_verifies(officer, jpo, at):
    authorizations.end(jpo, by="officer", reason="over", at=at)
    made = RevocationStatement.objects.get()
    page = officer.get(here(jpo)).content.decode()
    address = f"/data-exchange-authorizations/xa/{jpo.pk}/statements/{made.pk}"
    assert address in page
    answer = officer.get(f"{address}/jws")
    assert answer["Content-Type"] == "application/jose"
    when = f"{at:%Y-%m-%d-%H%M%S}"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="XA-jpo-revocation-{when}-version-{made.version}.jws"'
    )
    keys = {"keys": [signing.public_key()]}
    said = signing.verify(answer.content.decode().strip(), keys, kind=signing.REVOCATION)
    assert (said["thirdParty"], said["kind"]) == ("JPO", "ended")
    assert officer.get(f"{address}9/jws").status_code == 404


def test_a_statement_is_read_in_words(officer, jpo, at):
    authorizations.end(jpo, by="officer", reason="over", at=at)
    made = RevocationStatement.objects.get()
    address = f"/data-exchange-authorizations/xa/{jpo.pk}/statements/{made.pk}"
    page = text_of(officer.get(address))
    assert "Authorization ended" in page
    assert "<li>Trademarks</li>" in page
    assert "No access token ended with it." in page
    assert "never asked" in page
    assert "The signature was checked" in page
    assert officer.get(address + "9").status_code == 404
    made.signed = made.signed[:-8] + "AAAAAAAA"
    made.save()
    assert "it is not shown here" in text_of(officer.get(address))


def test_an_operator_sees_credentials_and_changes_none(officer, jpo):
    builders.a_person("operator@hub.example", None)
    operator = signed_in("operator@hub.example")
    page = operator.get(here(jpo)).content.decode()
    assert "<form" not in page.split("<main")[1]
    assert new_secret(operator, jpo).status_code == 403


def test_the_page_of_the_authorization_leads_here(officer, jpo):
    page = officer.get(f"/data-exchange-authorizations/xa?party={jpo.pk}", follow=True)
    assert here(jpo) in page.content.decode()


def over_sftp(jpo, at, *channels):
    conditions = Conditions(rights=frozenset({Right.TRADEMARK}), channels=frozenset(channels))
    authorizations.save(jpo, conditions, by="officer", reason="agreement", at=at)


def test_an_sftp_key_opens_the_account_that_is_made_with_it_for_this_office_alone(officer, jpo, at):
    over_sftp(jpo, at, Channel.API, Channel.SFTP)
    theirs, _, _ = authorizations.add_third_party("XC", "JPO", "", by="officer", at=at)
    line = builders.a_public_key(comment="tokyo")
    posted = officer.post(here(jpo, "/sftp-key"), {"key": line, "label": ""})
    assert (posted.status_code, posted["Location"]) == (302, here(jpo))
    account = SftpAccount.objects.get()
    key = SftpKey.objects.get()
    assert (account.username, account.third_party) == ("jpo", jpo.third_party)
    assert (key.added_by, key.office_id) == ("sokha@xa.example", "XA")
    assert keys.authenticate("jpo", line, timezone.now()) == account
    assert keys.opens(account, key.pk) == {"XA"}
    told = AuditEvent.objects.filter(event__in=["key.added", "sftp-account.opened"])
    assert {(e.office_id, e.actor) for e in told} == {("XA", "sokha@xa.example")}
    page = text_of(officer.get(here(jpo)))
    assert key.fingerprint in page
    assert "by sokha@xa.example" in page
    assert "never used" in page

    builders.a_person("anong@xc.example", "XC")
    other = signed_in("anong@xc.example")
    at_theirs = f"/data-exchange-authorizations/xc/{theirs.pk}/credentials"
    assert key.fingerprint not in text_of(other.get(at_theirs)), "another office's key"
    assert other.post(f"{at_theirs}/sftp-revoke", {"row": key.pk}).status_code == 404
    assert other.post(here(jpo, "/sftp-revoke"), {"row": key.pk}).status_code == 404
    assert SftpKey.objects.get().revoked_at is None


def test_one_public_key_of_two_offices_opens_what_each_of_them_lets_in(officer, jpo, at):
    over_sftp(jpo, at, Channel.SFTP)
    line = builders.a_public_key()
    account = sftp.open_account(None, third_party=jpo.third_party, at=at)
    theirs = keys.add(account, line, "", at, office=Office.objects.get(code="XC"))
    answer = officer.post(here(jpo, "/sftp-key"), {"key": line})
    assert answer.status_code == 302, "another office's key is not observable"
    own = SftpKey.objects.get(office="XA")
    assert keys.opens(account, theirs.pk) == keys.opens(account, own.pk) == {"XA", "XC"}
    again = officer.post(here(jpo, "/sftp-key"), {"key": line})
    assert (again.status_code, "opens jpo already" in text_of(again)) == (422, True)

    assert officer.post(here(jpo, "/sftp-revoke"), {"row": own.pk}).status_code == 302
    assert keys.opens(account, theirs.pk) == {"XC"}
    event = AuditEvent.objects.get(event="key.revoked")
    assert (event.office_id, event.actor) == ("XA", "sokha@xa.example")
    back = officer.post(here(jpo, "/sftp-key"), {"key": line})
    assert (back.status_code, "make a new pair" in text_of(back)) == (422, True)
    every = keys.add(account, line, "", at)
    assert keys.opens(account, every.pk) is None, "the operators' keys open what they opened"
    assert officer.post(here(jpo, "/sftp-revoke"), {"row": every.pk}).status_code == 404


def test_no_sftp_key_without_its_channel_nor_a_private_one_nor_for_a_closed_account(
    officer, jpo, at
):
    over_sftp(jpo, at, Channel.API)
    line = builders.a_public_key()
    said = officer.post(here(jpo, "/sftp-key"), {"key": line})
    assert (said.status_code, "The channel SFTP is off" in text_of(said)) == (422, True)
    over_sftp(jpo, at, Channel.SFTP)
    private = officer.post(here(jpo, "/sftp-key"), {"key": "-----BEGIN OPENSSH PRIVATE KEY-----"})
    assert (private.status_code, "This is a private key" in text_of(private)) == (422, True)
    assert not SftpAccount.objects.exists()
    sftp.close_account(sftp.open_account(None, third_party=jpo.third_party, at=at), at)
    closed = officer.post(here(jpo, "/sftp-key"), {"key": line})
    assert (closed.status_code, "is closed" in text_of(closed)) == (422, True)
    assert not SftpKey.objects.exists()
