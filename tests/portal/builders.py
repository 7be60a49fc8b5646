"""An office with a past: what the portal shows, built row by row so that every state of a page can be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from ipshare.accounts import clients, keys, people, senders, sftp
from ipshare.domain.authorization import Channel, Conditions
from ipshare.domain.group import ElementGroup, Restriction
from ipshare.domain.office import Right
from ipshare.domain.role import EVERYTHING, Held, Role
from ipshare.quality import report
from ipshare.share import authorizations, authorized, blocks, ledger
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.submissions import Finding, Shard, Submission
from ipshare.store.models.uploads import HttpUpload
from portal import registers

AT = datetime.now(UTC).replace(microsecond=0)
PASSWORD = "temple bells at seven"


def an_office(code, name):
    """An office."""
    return Office.objects.create(code=code, name=name, created_at=AT - timedelta(days=900))


def a_person(email, office, name="Chan Sokha", roles=EVERYTHING):
    """Somebody who can sign in with PASSWORD; office None is an operator."""
    return people.add(email, name, office, PASSWORD, AT - timedelta(days=400), roles=roles)


def roles(*names, right=None):
    """Roles by their names, for one right or for all."""
    return frozenset(Held(role=Role(name), right=right) for name in names)


def a_submission(office, number, *, content=b"PK", **changes):
    """A submission; its original file is kept in the object store."""
    digest = sha256(f"{office}{number}".encode() + content).hexdigest()
    objects.put(objects.received_key(digest), content)
    values = {
        "right": "trademark",
        "kind": "Updates",
        "name": f"{office}_TM_Updates_202611{number:02d}.zip",
        "door": "sftp",
        "sender": f"ipob_{office.lower()}",
        "sha256": digest,
        "size": len(content),
        "state": "published",
        "received_at": AT - timedelta(hours=1),
        "format": "ST.96 V6_0",
        "files": 1,
    }
    return Submission.objects.create(office_id=office, number=number, **{**values, **changes})


def some_findings(submission, rule, count, **changes):
    """Findings of one rule in as many records; ``{no}`` and ``{n}`` in texts are the record and its place."""
    values = {
        "severity": "error",
        "effect": "withhold",
        "record": f"{submission.office_id}/{{n}}/24",
        "path": "ApplicationDate",
        "value": "",
        "proposed": "",
        "message": "{no} is wrong.",
        "file": submission.name.replace(".zip", ".xml"),
    }
    values |= changes
    rows = []
    for n in range(118_204, 118_204 + count):
        number = values["record"].format(n=n)
        texts = {
            key: text.format(n=n, no=number, digit=n % 10) if isinstance(text, str) else text
            for key, text in values.items()
        }
        rows.append(Finding(submission=submission, rule=rule, line=12 + n % 5000, **texts))
    Finding.objects.bulk_create(rows)


def with_report(submission):
    """Count the findings and write the report, as the line does at its end."""
    for field, severity in (("errors", "error"), ("warnings", "warning"), ("infos", "info")):
        setattr(submission, field, submission.findings.filter(severity=severity).count())
    submission.save()
    report.write(submission.pk)
    submission.refresh_from_db()
    return submission


def some_records(office, right, count, *, withdrawn=0):
    """Rows of the register without content."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO record (office, "right", number, live, position, submission_id, source, checked_by, rules)
            SELECT %s, %s, %s || '/' || n || '/24', n > %s, n, 1, '', 1, '1' FROM generate_series(1, %s) n
            """,
            [office, right, office, withdrawn, count + withdrawn],
        )


def kept_back(submission, *, since):
    """What the findings of a submission keep back waits still, as publishing it leaves it."""
    names = {"office": submission.office_id, "right": submission.right, "submission": submission.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kept_back (office, "right", number, submission_id, groups)
            SELECT %(office)s, %(right)s, record, submission_id, bit_or(withholds) FROM store_finding
            WHERE submission_id = %(submission)s AND withholds <> 0 GROUP BY record, submission_id
            """,
            names,
        )
        cursor.execute(
            """
            INSERT INTO kept_back_sum (office, "right", since, whole, partly, unplaced)
            SELECT office, "right", %(since)s, count(*) FILTER (WHERE groups & 1 <> 0),
                   count(*) FILTER (WHERE groups & 1 = 0), %(unplaced)s
            FROM kept_back WHERE office = %(office)s AND "right" = %(right)s GROUP BY 1, 2
            """,
            names | {"since": since.pk, "unplaced": submission.unplaced},
        )


def forget_records(office):
    """Empty the register of an office."""
    with connection.cursor() as cursor:
        for table in ("record", "change", "image", "office_position", "search", "search_upto", "kept_back",
                      "kept_back_sum"):  # fmt: skip
            cursor.execute(f"DELETE FROM {table} WHERE office = %s", [office])


def cambodia():
    """Office KH on a working day: something published, held, running, refused, tested, sent twice."""
    an_office("KH", "Cambodia")
    an_office("TH", "Thailand")
    a_person("sokha.chan@moc.example", "KH")
    a_person("anong@dip.example", "TH", "Anong Suk")
    a_person("operator@hub.example", None, "Hub Operator")
    some_records("KH", Right.TRADEMARK, 13_190, withdrawn=40)
    some_records("KH", Right.PATENT, 3_118)
    _published()
    _held()
    _running()
    _others()
    _parties()
    _block()
    _proposal()
    _disclosures()
    _accounts()
    _senders()
    _uploads()
    registers.some_marks()


def small_office():
    """Office KH with third parties, submissions and people, and nothing in its register."""
    an_office("KH", "Cambodia")
    a_person("sokha.chan@moc.example", "KH")
    a_submission("KH", 1, kind="Full_Extraction", name="KH_TM_Full_Extraction_20260814.zip")
    a_submission("KH", 3, name="KH_TM_Updates_20261120.zip", ended_at=AT - timedelta(days=6))
    _parties()


def small_register():
    """Office KH with what the pages of the register show, and little else."""
    an_office("KH", "Cambodia")
    an_office("TH", "Thailand")
    a_person("sokha.chan@moc.example", "KH")
    a_person("anong@dip.example", "TH", "Anong Suk")
    a_person("operator@hub.example", None, "Hub Operator")
    some_records("KH", Right.TRADEMARK, 60, withdrawn=40)
    a_submission("KH", 1, kind="Full_Extraction", name="KH_TM_Full_Extraction_20260814.zip")
    marks = a_submission(
        "KH", 3, name="KH_TM_Updates_20261120.zip", ended_at=AT - timedelta(days=6)
    )
    some_findings(
        marks, "TXT-008", 1, path="MarkRepresentation/MarkReproduction/WordMarkSpecification/MarkTransliteration",
        value="STUENG MEAS", proposed="STUENG MEAH", message="The transliteration is not that of the mark.",
        severity="warning", effect="flag",
    )  # fmt: skip
    some_findings(
        marks, "NUM-012", 1, severity="warning", effect="flag", value="KH/M/", proposed="KH/M/2025/104411",
        path="RegistrationNumber",
        message='Registration number "KH/M/" is not a number. Leave it empty until a number exists.',
    )  # fmt: skip
    some_findings(
        marks, "STA-004", 1, path="TerminationDate", withholds=ElementGroup.EVENTS.bit,
        message="{no} has ended but has no date of its end. Send the date.",
    )  # fmt: skip
    _parties()
    _block()
    registers.some_marks()
    _record_disclosures()


def _record_disclosures():
    """What left of the record that the register's tests look at."""
    for one in Office.objects.get(code="KH").authorizations.all():
        if one.ended_at is None:
            ledger.write(
                authorized.view_at(one, AT), Right.TRADEMARK, [registers.NUMBER], size=5_000,
                at=AT - timedelta(days=5), client=one.client.client_id, channel=Channel.API, request=f"r{one.pk}",
            )  # fmt: skip


def _published():
    a_submission(
        "KH", 1, kind="Full_Extraction", name="KH_TM_Full_Extraction_20260814.zip", size=1_310_440_118,
        received_at=AT - timedelta(days=104), ended_at=AT - timedelta(days=104),
        opened_at=AT - timedelta(days=104), checked_at=AT - timedelta(days=104),
        records=12_990, inserted=12_990, images=9_120, files=14, duplicates=0, absent=0, repainted=0,
    )  # fmt: skip
    patents = a_submission(
        "KH", 2, right="patent", name="KH_PT_Updates_20261124.zip", size=3_402_118,
        received_at=AT - timedelta(days=2, hours=3), opened_at=AT - timedelta(days=2, hours=3),
        checked_at=AT - timedelta(days=2, hours=3), ended_at=AT - timedelta(days=2, hours=3),
        records=15, inserted=4, updated=11, duplicates=0, absent=0, repainted=0,
    )  # fmt: skip
    with_report(patents)
    marks = a_submission(
        "KH", 3, name="KH_TM_Updates_20261120.zip", size=9_812_440,
        received_at=AT - timedelta(days=6), opened_at=AT - timedelta(days=6, seconds=-2),
        checked_at=AT - timedelta(days=6, seconds=-31), ended_at=AT - timedelta(days=6, seconds=-34),
        records=2_912, inserted=212, updated=640, withdrawn=12, unchanged=1_970, withheld=118, withheld_whole=34,
        images=318, duplicates=44, absent=0, repainted=0,
    )  # fmt: skip
    some_findings(
        marks, "TXT-008", 118, path="ApplicantBag/Applicant[1]/Contact/Name/EntityName",
        value="RkumhIun GgÁr {n}", proposed="ក្រុមហ៊ុន អង្គរ {n}",
        message="Khmer text is stored in a legacy font. Convert the column to Khmer Unicode.",
        withholds=ElementGroup.STAKEHOLDERS.bit,
    )  # fmt: skip
    some_findings(
        marks, "STA-004", 61, path="RegistrationDate", withholds=ElementGroup.EVENTS.bit,
        message="{no} is registered but has no registration date. Send the date.",
    )  # fmt: skip
    some_findings(
        marks, "DAT-004", 34, value="256{digit}-03-14", proposed="202{digit}-03-14",
        withholds=ElementGroup.IDENTITY.bit,
        message="Year 256{digit} looks like Buddhist era; proposed 202{digit}. Convert in the export: year minus 543.",
    )  # fmt: skip
    some_findings(
        marks, "TMK-004", 1, message="{no} needs an image. Send the images alone; a small package is enough.",
        path="MarkRepresentation/MarkReproduction/MarkImageBag", withholds=ElementGroup.MEDIA.bit,
    )  # fmt: skip
    some_findings(
        marks, "NUM-012", 412, severity="warning", effect="flag", record="KH/{n}/M", value="KH/M/",
        path="RegistrationNumber",
        message='Registration number "KH/M/" is not a number. Leave it empty until a number exists.',
    )  # fmt: skip
    some_findings(
        marks, "PTY-002", 9, severity="warning", effect="flag", path="ApplicantBag/Applicant[2]/Contact/Name",
        value="-", message='Applicant name "-" is a placeholder. Send the name or omit the element.',
    )  # fmt: skip
    some_findings(
        marks, "TMK-007", 220, severity="info", effect="note", path="MarkRepresentation/MarkReproduction",
        value="ស្ទឹងមាស", message="The mark ស្ទឹងមាស has no translation. Send it if on file.",
    )  # fmt: skip
    Finding.objects.create(
        submission=marks, rule="PKG-001", severity="warning", effect="flag", value="KH_TM_Updates_20261120.zip",
        message='The package name "KH_TM_Updates_20261120.zip" is not recognised. Rename to the advised pattern.',
        file=marks.name,
    )  # fmt: skip
    with_report(marks)
    kept_back(marks, since=Submission.objects.get(office="KH", number=1))


def _held():
    held = a_submission(
        "KH", 4, kind="Full_Extraction", state="held", name="KH_TM_Full_Extraction_20261125.zip",
        size=1_310_882_310, received_at=AT - timedelta(hours=16), opened_at=AT - timedelta(hours=15, minutes=58),
        checked_at=AT - timedelta(hours=15, minutes=49), records=12_820, inserted=21, updated=187,
        withdrawn=391, unchanged=12_612, images=8_830, files=14, duplicates=0, absent=391, repainted=0,
        reason="391 of 13,190 records held (3.0 %) would be withdrawn; "
        "more than the 1 % your office allows without asking.",
        comparison={
            "withdrawn": [f"KH/{1_498_210 + 37 * n}/M" for n in range(100)],
            "identities": [f"KH/{112_950 + n}/23" for n in range(6)],
            "updated": [f"KH/{49_703 + 11 * n}/13" for n in range(100)],
            "inserted": [f"KH/{130_100 + n}/26" for n in range(21)],
            "withheld": [],
        },
    )  # fmt: skip
    some_findings(
        held, "STA-004", 61, path="RegistrationDate",
        message="{no} is registered but has no registration date. Send the date.",
    )  # fmt: skip
    with_report(held)


def _running():
    running = a_submission(
        "KH", 5, kind="Full_Extraction", state="opened", right="patent", name="KH_PT_Full_Extraction_20261126.zip",
        size=220_118_400, received_at=AT - timedelta(minutes=2), opened_at=AT - timedelta(seconds=70),
        bytes_total=704_000_000, bytes_done=451_000_000, files=3, images=1_402,
    )  # fmt: skip
    Shard.objects.bulk_create(
        Shard(
            submission=running, number=n, file="a.xml", size=6_000_000,
            done_at=AT if n < 76 else None, records=27 if n < 76 else 0,
        )
        for n in range(118)
    )  # fmt: skip


def _others():
    refused = a_submission(
        "KH", 6, right="design", state="refused", name="KH_ID_Full_Extraction_20261112.zip", kind="Full_Extraction",
        size=884_120, received_at=AT - timedelta(days=14), ended_at=AT - timedelta(days=14), files=0,
        reason="The package cannot be opened (it ends before its directory). Nothing was loaded.",
    )  # fmt: skip
    Finding.objects.create(
        submission=refused, rule="PKG-002", severity="error", effect="refuse submission", value="",
        message="The package cannot be opened (it ends before its directory). Nothing was loaded.",
        file=refused.name,
    )  # fmt: skip
    with_report(refused)
    a_submission(
        "KH", 7, state="repeated", reported="repeated", name="KH_TM_Updates_20261120.zip", size=9_812_440, files=0,
        received_at=AT - timedelta(days=1, hours=2), ended_at=AT - timedelta(days=1, hours=2),
        repeats=Submission.objects.get(office="KH", number=3),
    )  # fmt: skip
    tested = a_submission(
        "KH", 8, kind="Test", state="tested", name="tm export (2).xml", size=41_200,
        received_at=AT - timedelta(days=7), opened_at=AT - timedelta(days=7), checked_at=AT - timedelta(days=7),
        ended_at=AT - timedelta(days=7), records=12, inserted=2, updated=10, duplicates=0, absent=0, repainted=0,
    )  # fmt: skip
    with_report(tested)


def _parties():
    for name, full_name, rights, restrictions in (
        ("JPO", "Japan Patent Office", [Right.TRADEMARK, Right.PATENT], [Restriction.WITHOUT_STAKEHOLDERS]),
        ("WIPO", "Global Brand Database, Global Design Database, PATENTSCOPE", list(Right), []),
        ("EUIPO", "TMview, DesignView", [Right.TRADEMARK, Right.DESIGN],
         [Restriction.WITHOUT_STATUS_CHANGES, Restriction.WITHOUT_EXAMINATION]),
        ("KIPO", "Korean Intellectual Property Office", [Right.TRADEMARK], [Restriction.WITHOUT_STATUS_CHANGES]),
    ):  # fmt: skip
        authorization, client, _ = authorizations.add_third_party(
            "KH", name, full_name, by="sokha.chan@moc.example", at=AT - timedelta(days=84)
        )
        excluded = frozenset().union(*(r.groups for r in restrictions))
        authorizations.save(
            authorization,
            Conditions(rights=frozenset(rights), excluded=excluded),
            by="sokha.chan@moc.example",
            reason=f"Agreement with {name} of 1 September",
            at=AT - timedelta(days=84),
        )
        if name == "JPO":
            client.last_used_at = AT - timedelta(minutes=2)
            client.save(update_fields=["last_used_at"])
        if name == "KIPO":
            authorizations.end(
                authorization,
                by="sokha.chan@moc.example",
                reason="The agreement ran out and was not renewed",
                at=AT - timedelta(days=9),
            )


def _disclosures():
    """What JPO and WIPO received of KH: pages, a picture, a withdrawal; some of it long ago."""
    parties = {
        one.third_party.name: one for one in Office.objects.get(code="KH").authorizations.all()
    }

    def left(
        name, numbers, *, right=Right.TRADEMARK, ago=1, size=5_000_000, channel=Channel.API, **more
    ):
        authorization = parties[name]
        ledger.write(
            authorized.view_at(authorization, AT), right, numbers, size=size, at=AT - timedelta(days=ago),
            client=authorization.client.client_id, channel=channel, request=f"r{name}{ago}", **more,
        )  # fmt: skip

    left("JPO", [f"KH/{n}/24" for n in range(1, 1205)])
    left("JPO", ["KH/7/24"], ago=2, files=["7.jpg"], size=81_000)
    left("JPO", ["KH/7/24"], ago=3, withdrawn=True, size=60)
    left("WIPO", ["KH/7/24", "=1+1"], ago=4, channel=Channel.BULK)
    left("WIPO", ["D1"], right=Right.DESIGN, ago=200)


def _block():
    blocks.block(
        "KH", Right.TRADEMARK, "KH/1/24", authorization=None, until=None,
        reason="Order 14/2026 of the court of Phnom Penh", by="sokha.chan@moc.example",
        at=AT - timedelta(days=3),
    )  # fmt: skip


def a_public_key(kind="ed25519", comment=""):
    """The line of a new key pair, as ssh-keygen writes it."""
    made = (
        ed25519.Ed25519PrivateKey.generate()
        if kind == "ed25519"
        else ec.generate_private_key(ec.SECP256R1())
    )
    line = made.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{line} {comment}".strip()


MACHINE = "registry server, Phnom Penh"


def _senders():
    """KH's own API clients: one in use with a second secret that expires, one for marks, one ended."""
    by, kh = "sokha.chan@moc.example", Office.objects.get(code="KH")
    used, _, _ = senders.add(kh, MACHINE, list(Right), by=by, at=AT - timedelta(days=120))
    clients.add_secret(used, by=by, at=AT - timedelta(days=2), expires_at=AT + timedelta(days=363))
    used.last_used_at = AT - timedelta(hours=3)
    used.save(update_fields=["last_used_at"])
    senders.add(
        kh, "ផ្នែកពាណិជ្ជសញ្ញា", [Right.TRADEMARK], by=by, at=AT - timedelta(days=9),
        expires_at=AT + timedelta(days=6),
    )  # fmt: skip
    old, _, _ = senders.add(
        kh, "laptop of the vendor", [Right.DESIGN], by=by, at=AT - timedelta(days=200)
    )
    senders.end(old, by=by, at=AT - timedelta(days=30))


def _uploads():
    """What came whole over HTTP and was not taken in: from a machine, and from a person."""
    kh = Office.objects.get(code="KH")
    by = (
        {"client": kh.clients.get(name=MACHINE)},
        {"person": kh.people.get(email="sokha.chan@moc.example")},
    )
    for who, ago, right, name, trouble in (
        (by[0], 5, "patent", "KH_PT_Updates_20261126.zip",
         "KH_PT_Updates_20261126.zip is not whole: it ends before its directory. Make the file again and send it."),
        (by[1], 30, "trademark", "KH_TM_Updates_20261125.zip",
         "The bytes that came are not those announced: the file was changed while it was sent. Send it again."),
    ):  # fmt: skip
        at = AT - timedelta(hours=ago)
        HttpUpload.objects.create(
            office=kh, right=right, kind="Updates", name=name, size=3_400_118, begun_at=at, closed_at=at, ended_at=at,
            expires_at=at + timedelta(days=7), trouble=trouble, **who,
        )  # fmt: skip


def _accounts():
    """What KH's machines sign in with, what JPO's does, and a secret of JPO's client that expires soon."""
    by = "sokha.chan@moc.example"
    account = sftp.open_account("KH", at=AT - timedelta(days=300), by=by)
    for label, kind, ago, used in (
        ("export server, Phnom Penh", "ed25519", 300, 0.05),
        ("ម៉ាស៊ីនបម្រុង", "ecdsa", 40, None),
        ("laptop of the vendor", "ed25519", 290, 200),
    ):
        key = keys.add(account, a_public_key(kind), label, AT - timedelta(days=ago), by=by)
        key.last_used_at = None if used is None else AT - timedelta(days=used)
        key.save(update_fields=["last_used_at"])
    keys.revoke(key, AT - timedelta(days=180), by=by)
    sftp.note_use(account, AT - timedelta(days=0.05))
    jpo = Office.objects.get(code="KH").authorizations.get(third_party__name="JPO")
    reader = sftp.open_account(
        None, third_party=jpo.third_party, at=AT - timedelta(days=80), by="operator"
    )
    keys.add(reader, a_public_key(comment="jpo-pull"), "", AT - timedelta(days=80), by="operator")
    clients.add_secret(
        jpo.client, by=by, at=AT - timedelta(days=81), expires_at=AT + timedelta(days=9, hours=2)
    )


def _proposal():
    """A change that waits for a second person."""
    jpo = Office.objects.get(code="KH").authorizations.get(third_party__name="JPO")
    Proposal.objects.create(
        kind="conditions", office_id="KH", authorization=jpo, version=jpo.version, rights=["trademark", "patent"],
        wanted={"rights": ["patent", "trademark"], "excluded": []}, proposed_by="vanna.ly@moc.example",
        proposed_at=AT - timedelta(hours=3), reason="The agreement of 3 November names applicants and agents",
        preview={
            "headline": "JPO would gain 1 element group",
            "lines": [["Element groups", "without stakeholder information", "all"]],
            "effects": [["Trademarks", 0, 0, 13_190, 13_190], ["Patents", 0, 0, 2_204, 2_204]],
        },
    )  # fmt: skip
