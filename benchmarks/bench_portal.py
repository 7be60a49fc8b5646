"""Every page of the portal with a large office in the database: how long it takes, and how many queries it runs.

    python -m benchmarks.bench_portal [--records 1000000] [--submissions 5000] [--rounds 9]

Office MY on the embedded PostgreSQL: records with their index of searches, submissions with findings, a ledger of
100,000 lines. Every address that answers to GET is asked of ``ipshare web`` over HTTP as an officer (those of the hub
as an operator), one at a time; the reference is the sign-in page of the same run. Demanded: at most 300 ms at the
median, at most 15 queries. An address that this script cannot fill in is named: it is not measured.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import bench_feed, bench_pull, portal_things
from benchmarks.results import Result, data_folder, keep

HERE = Path(__file__).parent
BASE = 20_000
SLOW, MANY = 300, 15
REGISTER = {
    "last-filed": "sort=-filed",
    "errors": "only=errors",
    "withdrawn": "only=withdrawn",
    "number": "q={number}",
    "name": "q=sdn+bhd&where=name",
    "name-last-filed": "q=sdn+bhd&sort=-filed",
    "nothing": "q=nothing+such",
    "days": "filed_from=2015-01-01&filed_to=2015-06-30",
    "class-and-status": "symbol=30&status=registered",
}
QUERIES = {"held-record": "?number={record}", "find": "?q=sdn+bhd"}
"""What a page needs beside its address."""
DOWNLOADS = ("-csv", "-xlsx", "original", "report")
"""Ends of the names of addresses that are files, as long as they are: no page."""
SUBMISSIONS = """
    INSERT INTO store_submission (office_id, number, "right", kind, name, door, sender, sha256, size, state,
        received_at, opened_at, checked_at, ended_at, reason, decided_by, decision, comparison, format, files, images,
        bytes_total, bytes_done, records, inserted,
        updated, withdrawn, unchanged, withheld, withheld_whole, errors, warnings, infos, report, trace, rules,
        unplaced, reported)
    SELECT 'MY', n, (ARRAY['trademark', 'patent', 'design'])[1 + n %% 3], 'Updates', 'MY_Updates_' || n || '.zip',
        'sftp', 'ipob_my', encode(sha256(n::text::bytea), 'hex'), 3000000 + n,
        CASE WHEN n %% 40 = 0 THEN 'refused' WHEN n = %(count)s - 1 THEN 'held' ELSE 'published' END,
        now() - (%(count)s - n) * interval '4 hours', now() - (%(count)s - n) * interval '4 hours',
        now() - (%(count)s - n) * interval '4 hours', now() - (%(count)s - n) * interval '4 hours',
        '', '', '', '{}', 'ST.96 V6_0', 1, 40, 9000000, 9000000, 400, 40, 300, 0, 60, 4, 2, 20, 0, 0, '{}', '', '',
        0, CASE WHEN n %% 40 = 0 THEN 'refused' WHEN n = %(count)s - 1 THEN 'held' ELSE 'published' END
    FROM generate_series(2, %(count)s) n
"""
FINDINGS = """
    INSERT INTO store_finding (submission_id, record, rule, severity, effect, withholds, path, value, proposed,
        message, file, line)
    SELECT s.id, r.number, (ARRAY['NUM-001', 'DAT-004', 'TXT-008', 'PTY-002', 'TMK-011'])[1 + r.n %% 5], 'error',
        'flag', 0, 'ApplicationDate', '2031-02-11', '', 'The date lies in the future.', 'MY.xml', r.n
    FROM store_submission s
    CROSS JOIN (SELECT number, row_number() OVER () AS n FROM record WHERE office = 'MY' LIMIT 50000) r
    WHERE s.number %% 10 = 0 AND r.n <= CASE WHEN s.number = %(large)s THEN 50000 ELSE 400 END
"""
LEDGER = """
    INSERT INTO store_disclosure (at, day, office_id, authorization_id, version, base, client, channel, "right", groups,
        numbers, records, files, size, request, first_position, last_position)
    SELECT now() - n * interval '5 minutes', (now() - n * interval '5 minutes' + interval '8 hours')::date, 'MY',
        a.id, 1, 0, 'client', 'api', 'trademark', 15, ARRAY[r.number],
        1, '{}', 5000, 'bench', n, n
    FROM store_authorization a
    CROSS JOIN (SELECT number, row_number() OVER () AS n FROM record WHERE office = 'MY' LIMIT 100000) r
    WHERE a.office_id = 'MY'
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--submissions", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    run(args.records, args.submissions, args.rounds, data_folder())


def run(records: int, submissions: int, rounds: int, folder: Path) -> None:
    """Fill the database, then ask for every page."""
    port = bench_feed.free_port()
    os.environ |= {
        "IPSHARE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
        "IPSHARE_HTTP_PORT": str(port),
    }
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = embedded.start(folder)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    fill(records, submissions, folder)
    print(f"filled in {time.perf_counter() - began:.0f} s")
    pages, left_out = addresses(submissions)
    sessions = {who: session(who) for who in ("officer", "operator")} | {"nobody": ""}
    queries = {name: counted(who, address) for name, (who, address) in pages.items()}
    log = (folder / "web.log").open("wb")
    web = subprocess.Popen([sys.executable, "-m", "ipshare", "web"], stderr=log)
    try:
        bench_feed.connect(port).close()
        times = {
            name: median(port, sessions[who], address, 1 if name.endswith(DOWNLOADS) else rounds)
            for name, (who, address) in pages.items()
        }
    finally:
        web.terminate()
        web.wait()
        log.close()
    tell(pages, times, queries, left_out)


def fill(records: int, submissions: int, folder: Path) -> None:
    """One large office."""
    from django.db import connection

    from ipshare.quality import report
    from ipshare.share import ledger
    from ipshare.share.search import index
    from ipshare.store import objects
    from ipshare.store.models.submissions import Submission

    bench_feed.load(min(records, BASE), folder)
    index.bring_up("MY")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_search AS TABLE search")
        bench_pull.multiply(records)
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = 'search' AND column_name <> 'number'"
        )
        [columns] = cursor.fetchone()
        for n in range(1, records // BASE):
            cursor.execute(
                f"INSERT INTO search (number, {columns}) SELECT number || '/' || %s, {columns} FROM bench_search",
                [n],
            )
        cursor.execute("DROP TABLE bench_search")
        cursor.execute("UPDATE search_upto SET position = (SELECT max(position) FROM record)")
        given = {"count": submissions, "large": submissions - 10}
        for statement in (SUBMISSIONS, FINDINGS, LEDGER):
            cursor.execute(statement, given)
        while ledger.sum_up():
            pass
        cursor.execute("UPDATE record SET submission_id = (SELECT min(id) FROM store_submission)")
        cursor.execute("UPDATE store_office SET next_submission = %s", [submissions + 1])
        cursor.execute("VACUUM ANALYZE")
    signed_in("officer")
    portal_things.make(datetime.now(UTC))
    shown = Submission.objects.get(office="MY", number=submissions - 10)
    objects.put(objects.received_key(shown.sha256), bytes(shown.size))
    report.write(shown.pk)


def session(who: str) -> str:
    """The session cookie of an officer of the office, or of an operator of the hub."""
    from django.conf import settings

    return signed_in(who).cookies[settings.SESSION_COOKIE_NAME].value


def days_ago(days: int) -> str:
    """A day in an address."""
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def a_client():
    """A client of Django's."""
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS.append("testserver")
    return Client()


def signed_in(who: str):
    """A client of Django's that has signed in."""
    from django.conf import settings

    from ipshare.accounts import people
    from ipshare.store.models.accounts import User

    email = f"{who}@bench.example"
    person = User.objects.filter(email=email).first() or people.add(
        email, who, "MY" if who == "officer" else None, "temple bells at seven", bench_feed.AT
    )
    client = a_client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def addresses(submissions: int) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """By name: who asks, and the address; and the names of those that cannot be filled in."""
    from ipshare.accounts.permissions import OF_OPERATORS
    from ipshare.portal import urls

    values, own = portal_things.of_everything(submissions), portal_things.of_route()
    number = values["record"]
    pages, left_out = {}, []
    for pattern in urls.urlpatterns:
        view = pattern.callback
        if "GET" not in getattr(view, "methods", ()):
            continue
        who = "officer" if view.permission else "nobody"
        if (view.permission or "").startswith("portal:hub:") and view.permission in OF_OPERATORS:
            who = "operator"
        try:
            route = pattern.pattern._route  # noqa: SLF001 (Django has no other way to ask)
            route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
            address = "/" + route.format(**values | own.get(pattern.name, {}))
        except KeyError as unknown:
            left_out.append(f"{pattern.name} ({unknown.args[0]})")
        else:
            pages[pattern.name] = (who, (address + QUERIES.get(pattern.name, "")).format(**values))
    pages["home-of-operators"] = ("operator", "/")
    pages["history-whole"] = ("officer", "/history?first=")
    pages["history-last-page"] = (
        "officer",
        f"/history?first=&direction=in&page={submissions // 50}",
    )
    pages["history-month"] = ("officer", f"/history?first={days_ago(30)}")
    pages["history-of-all-offices"] = ("operator", "/history?first=")
    pages["history-words"] = ("officer", "/history?words=Updates_77")
    for name, query in REGISTER.items():
        pages[f"register-{name}"] = ("officer", f"/register/my?{query.format(number=number)}")
    pages["findings-of-a-rule"] = (
        "officer",
        f"/submissions/{values['reference']}/findings?rule=TXT-008&page=50",
    )
    return pages, left_out


def counted(who: str, address: str) -> tuple[int, int]:
    """The status and the number of queries of one answer, in this process."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(2):  # a session of its own each time; what a process asks once is not counted
        client = signed_in(who) if who != "nobody" else a_client()
        with CaptureQueriesContext(connection) as kept:
            answer = client.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
    queries = [one for one in kept.captured_queries if one["sql"] not in {"BEGIN", "COMMIT"}]
    return answer.status_code, len(queries)


def median(port: int, cookie: str, address: str, rounds: int) -> tuple[int, float]:
    """The status, and the median time of an answer in milliseconds, the first one left out."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times, status = [], 0
    for _ in range(rounds + 1):
        began = time.perf_counter()
        headers = {"Cookie": f"sessionid={cookie}"} if cookie else {}
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append(1000 * (time.perf_counter() - began))
        status = answer.status
    return status, statistics.median(times[1:])


def tell(pages, times, queries, left_out) -> None:
    """The table, slowest first, and the worst of it as results."""
    print(
        f"{'page':28} {'status':>6} {'median ms':>10} {'queries':>8}   (at most {SLOW} ms, {MANY} queries)"
    )
    for name in sorted(pages, key=lambda one: -times[one][1]):
        status, took = times[name]
        inner, many = queries[name]
        page = not name.endswith(DOWNLOADS)
        mark = " *" if (page and (took > SLOW or many > MANY)) or status != inner else ""
        print(f"{name:28} {status:6} {took:10.1f} {many:8}{mark}   {pages[name][1]}")
    if left_out:
        print("not measured, not known how to fill in:", ", ".join(left_out))
    reference = times["sign-in"][1]
    shown = [name for name in pages if not name.endswith(DOWNLOADS)]
    keep(
        [
            Result(
                "portal.slowest",
                max(times[name][1] for name in shown),
                "ms",
                reference,
                f"/sign-in (at most {SLOW} ms)",
                None,
            ),
            Result(
                "portal.queries", max(queries[name][1] for name in shown), "", MANY, "the demand", 1
            ),
        ]
    )


if __name__ == "__main__":
    main()
