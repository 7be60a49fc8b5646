"""Offices, people and authorizations from the command line: written with their audit event, refused with a remedy."""

from __future__ import annotations

import argparse
import re
import subprocess
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import authenticate

from ipshare.accounts import sftp
from ipshare.domain.authorization import Channel, Conditions, Filter, Route
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.ingest import publishing
from ipshare.ops import authorize, commands, keys, office, people, schemas, submissions
from ipshare.ops.refusal import RefusalError
from ipshare.share import authorized, chosen
from ipshare.store.models.accounts import Office, SftpAccount, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.sharing import Authorization
from portal.builders import a_submission

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def call(line: str) -> int:
    args = commands.parser().parse_args(line.split())
    rooms = {
        "office": office,
        "user": people,
        "key": keys,
        "account": keys,
        "authorize": authorize,
        "submissions": submissions,
        "schemas": schemas,
    }
    function: str = args.run.partition(":")[2]
    run = getattr(rooms[args.command], function)
    assert isinstance(args, argparse.Namespace)
    return run(args)


def test_an_office_of_the_region_needs_its_code_only(capsys):
    assert call("office add kh") == 0
    kept = Office.objects.get(code="KH")
    assert "Cambodia" in kept.name
    assert kept.languages == "km en"
    assert AuditEvent.objects.get().event == "office.added"
    call("office list")
    assert "KH  Cambodia" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("office add KHM", "KHM is no WIPO ST.3 code"),
        ("office add XA", "XA is not an office of the region; give --name and --languages"),
        ("office add KH --hold-percent 101", "--hold-percent is 101.0; give 0 to 100"),
        ("user add a@b.example --name A --office XZ", "ipshare office add XZ"),
        ("authorize XZ JPO", "ipshare office add XZ"),
        ("account quota --office XZ --gigabytes 5000", "ipshare office add XZ"),
        ("submissions release 17 --reason r", "give e.g. KH-000017"),
        ("submissions reject KH-000017 --reason r", "there is no submission KH-000017"),
    ],
)
def test_what_is_refused_is_named_with_its_remedy(line, said):
    with pytest.raises(RefusalError, match=re.escape(said)):
        call(line)
    assert not AuditEvent.objects.exists()


def test_the_quota_of_an_office_is_raised(capsys):
    call("office add KH")
    with pytest.raises(RefusalError, match="KH has no SFTP account; its first key opens one"):
        call("account quota --office KH --gigabytes 5000")
    sftp.open_account("KH", at=AT)
    call("account quota --office KH --gigabytes 5000")
    assert SftpAccount.objects.get().quota_bytes == 5_000 * 10**9
    told = AuditEvent.objects.get(event="sftp-account.quota-set")
    assert (told.office_id, told.detail["was"], told.detail["bytes"]) == (
        "KH",
        2 * 1024**4,
        5 * 10**12,
    )
    assert "ipob_kh: 5,000,000,000,000 bytes" in capsys.readouterr().out
    with pytest.raises(RefusalError, match="--gigabytes is 0; give 1 or more"):
        call("account quota --office KH --gigabytes 0")


def test_an_office_is_added_once():
    call("office add SG")
    with pytest.raises(RefusalError, match="SG is an office of the hub already"):
        call("office add SG")


def test_a_person_gets_a_password_that_is_shown_once(capsys):
    call("office add KH")
    call("user add Sok@Example.KH --name Sok --office KH")
    password = re.search(r"shown once\): (\S+)", capsys.readouterr().out)[1]
    person = User.objects.get()
    assert person.office_id == "KH"
    assert not person.is_operator
    assert authenticate(username="sok@example.kh", password=password) == person
    call("user list")
    assert password not in capsys.readouterr().out


def test_roles_may_be_for_one_right(capsys):
    call("office add KH")
    call("user add a@kh.example --name A --office KH")
    call(
        "user add b@kh.example --name B --office KH --role data-officer --role administrator --right patent"
    )
    assert "roles: administrator, data-officer:patent" in capsys.readouterr().out
    call("user list")
    listed = capsys.readouterr().out
    assert "a@kh.example  A  administrator authorization-officer data-officer" in listed
    assert "b@kh.example  B  administrator data-officer:patent" in listed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--operator --role viewer", "an operator of the hub has no role at an office"),
        ("--office KH --right patent", "--right needs a --role"),
    ],
)
def test_roles_that_mean_nothing_are_refused(line, said):
    call("office add KH")
    with pytest.raises(RefusalError, match=re.escape(said)):
        call(f"user add a@kh.example --name A {line}")
    assert not User.objects.exists()


def test_an_operator_belongs_to_no_office(tmp_path):
    file = tmp_path / "password"
    file.write_text("a long enough phrase\n")
    call(f"user add ops@example.org --name Operator --operator --password-file {file}")
    assert User.objects.get().is_operator
    assert authenticate(username="ops@example.org", password="a long enough phrase")


def test_a_third_party_is_authorized_and_its_secret_shown_once(capsys):
    call("office add KH")
    call("authorize KH JPO --right trademark --right patent --restriction without-stakeholders")
    said = capsys.readouterr().out
    assert "App-client-secret" in said
    assert (
        "trademark, patent; withheld: stakeholders, remarks\n" in said
    )  # remarks may tell of any other group
    call("authorize KH JPO --right trademark")
    said = capsys.readouterr().out
    assert "App-client-secret" not in said
    assert "withheld: no group\nversion 2, in force from now on" in said
    call("authorize KH JPO --right trademark --starts 2999-01-01T00:00Z")
    assert "version 3, in force from 2999-01-01 00:00 UTC on" in capsys.readouterr().out
    call("authorize KH JPO --end")
    assert Authorization.objects.get().ended_at is not None


@pytest.fixture
def key(tmp_path):
    file = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    return file.with_suffix(".pub")


def test_the_first_key_of_an_office_makes_its_account(key, capsys):
    call("office add KH")
    call(f"key add --office KH {key} --label machine")
    fingerprint = re.search(r"SHA256:\S+", capsys.readouterr().out)[0]
    call("key list --office KH")
    assert "ipob_kh" in (said := capsys.readouterr().out)
    assert "valid" in said
    call(f"key revoke --office KH {fingerprint}")
    call("key list")
    assert "revoked" in capsys.readouterr().out
    with pytest.raises(RefusalError, match="make a new pair"):
        call(f"key add --office KH {key}")


def test_what_is_no_key_makes_no_account(tmp_path):
    call("office add KH")
    file = tmp_path / "x.pub"
    file.write_text("hello\n")
    with pytest.raises(RefusalError, match=re.escape(f"{file}: ")):
        call(f"key add --office KH {file}")
    with pytest.raises(RefusalError, match="cannot be read"):
        call(f"key add --office KH {tmp_path}/none")
    assert not SftpAccount.objects.exists()


def test_a_password_opens_an_account_and_can_be_taken_away(tmp_path):
    call("office add KH")
    file = tmp_path / "password"
    file.write_text("a long enough phrase\n")
    call(f"account password --office KH --password-file {file}")
    assert SftpAccount.objects.get().password
    call("account password --office KH --remove")
    assert not SftpAccount.objects.get().password


def test_every_condition_of_the_page_is_an_option(capsys):
    call("office add KH")
    call(
        "authorize KH JPO --right trademark --restriction without-stakeholders --without goods"
        " --filed-from 2001-01-01 --filed-to 2020-12-31 --registered-from 2002-01-01"
        " --registered-to 2021-12-31 --published-only --registered-only --route national"
        " --without-errors --no-images --no-documents --channel api --channel bulk"
        " --starts 2096-01-01T00:00+07:00 --ends 2097-01-01T00:00Z --requests-per-minute 30"
        " --megabytes-per-day 1.5 --network 203.0.113.0/24 --network 2001:db8::/32"
        " --purpose search --terms conditional"
    )
    assert authorized.conditions_of(Authorization.objects.get()) == Conditions(
        rights=frozenset({Right.TRADEMARK}),
        excluded=frozenset({ElementGroup.STAKEHOLDERS, ElementGroup.GOODS}),
        filter=Filter(
            filed_from=date(2001, 1, 1),
            filed_to=date(2020, 12, 31),
            registered_from=date(2002, 1, 1),
            registered_to=date(2021, 12, 31),
            published_only=True,
            registered_only=True,
            route=Route.NATIONAL,
            without_errors=True,
        ),
        images=False,
        documents=False,
        channels=frozenset({Channel.API, Channel.BULK}),
        starts_at=datetime(2095, 12, 31, 17, tzinfo=UTC),
        ends_at=datetime(2097, 1, 1, tzinfo=UTC),
        requests_per_minute=30,
        bytes_per_day=1_500_000,
        networks=("203.0.113.0/24", "2001:db8::/32"),
        purpose="search",
        terms=chosen.TERMS["conditional"],
    )


def test_the_base_restriction_is_for_everybody(capsys):
    call("office add KH")
    call("authorize KH --base --restriction without-stakeholders --without media --reason law")
    assert "withheld from everybody of KH: media, stakeholders" in capsys.readouterr().out
    assert authorized.base_of("KH") == (
        1,
        frozenset({ElementGroup.STAKEHOLDERS, ElementGroup.MEDIA}),
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("authorize KH", "name a third party"),
        ("authorize KH JPO --base --reason law", "leave out JPO"),
        ("authorize KH --base --right trademark --reason law", "leave out --right"),
        ("authorize KH --base --restriction without-stakeholders", "needs its --reason"),
        ("authorize KH JPO --network 203.0.113.5/24", "write 203.0.113.0/24 for the network"),
        ("authorize KH JPO --ends 2001-01-01T00:00Z", "--ends has passed"),
        ("authorize KH JPO --ends 9999-12-31T23:59:59-23:59", "--ends is of no year that can be"),
        (
            "authorize KH JPO --filed-from 2020-01-02 --filed-to 2020-01-01",
            "--filed-to lies before",
        ),
    ],
)
def test_conditions_that_cannot_be_saved_are_named_with_their_remedy(line, said):
    call("office add KH")
    with pytest.raises(RefusalError, match=re.escape(said)):
        call(line)
    assert not Authorization.objects.exists()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--starts 2096-01-01T00:00", "no instant with its zone"),
        ("--filed-from 1.1.2001", "write it as 2026-11-26"),
        ("--megabytes-per-day NaN", "no number of megabytes"),
        ("--megabytes-per-day 0.0000001", "no number of megabytes"),
        ("--requests-per-minute 0", "no whole number"),
    ],
)
def test_an_option_that_cannot_be_read_says_how_to_write_it(option, said, capsys):
    with pytest.raises(SystemExit):
        call(f"authorize KH JPO {option}")
    assert said in capsys.readouterr().err


def test_a_key_opens_the_account_of_a_third_party_and_not_the_operators(tmp_path, capsys):
    call("office add KH")
    file = tmp_path / "jpo.pub"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "jpo", "-f", tmp_path / "jpo"],
        check=True,
    )
    with pytest.raises(RefusalError, match="JPO is no third party of any office"):
        call(f"key add --third-party JPO {file}")
    call("authorize KH JPO --right trademark")
    capsys.readouterr()
    call(f"key add --third-party JPO {file}")
    assert "opens jpo" in capsys.readouterr().out
    account = SftpAccount.objects.get()
    assert (account.username, account.third_party.name) == ("jpo", "JPO")
    key = account.keys.get()
    with pytest.raises(RefusalError, match="the operators has no key"):
        call(f"key revoke --operator {key.fingerprint}")
    call(f"key add --operator {file}")
    assert SftpAccount.objects.get(username="operator").third_party is None
    call(f"key revoke --third-party JPO {key.fingerprint}")
    assert "opens nothing" in capsys.readouterr().out


@pytest.mark.parametrize(("verb", "event"), [("release", "released"), ("reject", "rejected")])
def test_a_decision_on_the_command_line_is_the_operator_s(verb, event, cast, monkeypatch):
    one = a_submission("XA", 17, state="held")
    monkeypatch.setattr(publishing, "_is_to_be_read_again", lambda _: True)
    with pytest.raises(SystemExit):
        call(f"submissions {verb} XA-000017 --reason asked --by somebody")
    call(f"submissions {verb} XA-000017 --reason asked")
    assert (
        AuditEvent.objects.get(event=f"submission.{event}").actor == f"ipshare submissions {verb}"
    )
    one.refresh_from_db()
    assert one.decided_by in {f"ipshare submissions {verb}", ""}


def test_an_installed_schema_set_is_in_the_audit(tmp_path, settings, capsys):
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "TrademarkApplication_V9_1.xsd").write_text(
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">'
        '<xsd:element name="TrademarkApplication" type="xsd:date"/></xsd:schema>'
    )
    settings.SCHEMAS = tmp_path / "schemas"
    call(f"schemas install {folder}")
    event = AuditEvent.objects.get(event="schemas.installed")
    assert (event.actor, event.office_id, event.subject) == (
        "ipshare schemas install",
        None,
        "V9_1",
    )
    assert event.detail == {"files": 1}
