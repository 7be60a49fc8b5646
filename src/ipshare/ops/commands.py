"""Every command of ``ipshare`` with its help. What a command does is imported only when it is called."""

from __future__ import annotations

import argparse
from typing import Any

from ipshare.domain.office import Right
from ipshare.domain.role import Role
from ipshare.domain.submission import State
from ipshare.ops import sharing_commands, subcommands
from ipshare.ops.subcommands import Subparsers

PASSED_ON = {
    "check": "ipshare.ingest.offline_command:main",
    "sample": "ipshare.ops.sample.command:main",
}
"""Commands that read their own arguments and need neither settings nor a database."""

_DESCRIPTION = """The data sharing hub of the ASEAN IP Register.

Start with: ipshare demo (a hub with sample data), or ipshare serve (your own).
Settings come from the environment; docs/settings.md lists each of them."""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; ``run`` names the function that does the work."""
    whole = argparse.ArgumentParser(
        prog="ipshare",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="store_true", help="print the version and end")
    whole.add_argument(
        "--data", metavar="DIR", help="where the hub keeps everything (IPSHARE_DATA; var/hub)"
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _running(commands)
    _offices(commands)
    _people(commands)
    _keys(commands)
    sharing_commands.authorize(commands)
    sharing_commands.clients(commands)
    sharing_commands.statement(commands)
    sharing_commands.destinations(commands)
    _letters(commands)
    _submissions(commands)
    _schemas(commands)
    _receiving(commands)
    for name, words in (
        ("check", "check a file or folder as the hub would, without a hub"),
        ("sample", "make plausible sample registers"),
    ):
        commands.add_parser(name, help=words, add_help=False)
    return whole


def _running(commands: Subparsers) -> None:
    serve = subcommands.add(
        commands,
        "serve",
        "ipshare.ops.serve:run",
        "run the whole hub on this machine: PostgreSQL, portal, API, SFTP, workers",
        "Without DATABASE_URL it starts a PostgreSQL of its own in the data folder.",
    )
    serve.set_defaults(setup="settings")
    demo = subcommands.add(
        commands,
        "demo",
        "ipshare.ops.demo.command:run",
        "run a hub with sample registers and show a whole exchange",
        "Data stays in var/demo; running it again goes on with it.",
    )
    demo.add_argument("--records", type=int, default=150, metavar="N", help="records per register")
    demo.add_argument("--seed", type=int, default=2026, metavar="N", help="seed of the samples")
    demo.add_argument(
        "--stop", action="store_true", help="end after the story instead of staying up"
    )
    demo.set_defaults(setup="none")
    subcommands.add(commands, "web", "ipshare.ops.web:run", "run the portal and the API only")
    subcommands.add(commands, "sftpd", "ipshare.ops.sftpd:run", "run the SFTP server only")
    worker = subcommands.add(
        commands, "worker", "ipshare.ops.worker:run", "run one worker of the line only"
    )
    worker.add_argument("--once", action="store_true", help="end when the queue is empty")
    pusher = subcommands.add(
        commands,
        "pusher",
        "ipshare.ops.pusher:run",
        "run the sender of deliveries to third parties and of letters",
    )
    pusher.add_argument("--once", action="store_true", help="end when nothing is to be sent")
    subcommands.add(
        commands, "migrate", "ipshare.ops.tables:migrate", "bring the tables up to date"
    )


def _offices(commands: Subparsers) -> None:
    actions = subcommands.group(commands, "office", "the offices that send data")
    add = subcommands.add(actions, "add", "ipshare.ops.office:add", "add an office")
    add.add_argument("code", metavar="CODE", help="its WIPO ST.3 code, e.g. KH")
    add.add_argument("--name", help="its name (known for the offices of the region)")
    add.add_argument("--languages", help='working languages, ISO 639-1, e.g. "km en"')
    add.add_argument(
        "--hold-percent",
        type=float,
        default=1.0,
        metavar="P",
        help="a Full_Extraction that withdraws or re-identifies more than P %% waits (1)",
    )
    subcommands.add(actions, "list", "ipshare.ops.office:show", "list the offices")


def _people(commands: Subparsers) -> None:
    actions = subcommands.group(commands, "user", "the people who sign in to the portal")
    add = subcommands.add(
        actions,
        "add",
        "ipshare.ops.people:add",
        "give a person an account",
        "The password is read from --password-file, or made and printed once.\n\n"
        "Roles (--role may be given several times; without it the person does all the work of the office):\n"
        "  viewer                 looks at everything of the office\n"
        "  data-officer           looks; sends, releases and rejects submissions, makes clients that send\n"
        "  authorization-officer  looks; decides what third parties receive\n"
        "  administrator          looks; people, SFTP keys and API clients of the office\n"
        "--right limits the roles to one right (or several): of the others the person sees nothing.\n"
        "An administrator is one for all rights. An operator looks at every office and decides nothing of it.\n\n"
        '  ipshare user add lina@moc.example --name "Sok Lina" --office KH --role data-officer --right trademark',
    )
    add.add_argument("email", metavar="EMAIL", help="what the person signs in with")
    add.add_argument("--name", required=True, help="the person's name")
    place = add.add_mutually_exclusive_group(required=True)
    place.add_argument("--office", metavar="CODE", help="the office the person belongs to")
    place.add_argument("--operator", action="store_true", help="runs the hub, sees all offices")
    add.add_argument(
        "--role",
        action="append",
        choices=[role.value for role in Role],
        help="what the person does there; may be given several times",
    )
    add.add_argument(
        "--right",
        action="append",
        choices=[right.value for right in Right],
        help="only for this right; may be given several times",
    )
    add.add_argument("--password-file", metavar="FILE", help="its first line; - for standard input")
    subcommands.add(actions, "list", "ipshare.ops.people:show", "list the people and their roles")


def _keys(commands: Subparsers) -> None:
    actions = subcommands.group(commands, "key", "the SSH keys that open SFTP accounts")
    add = subcommands.add(
        actions,
        "add",
        "ipshare.ops.keys:add",
        "let a key open the SFTP account of an office or of a third party",
        "The account (ipob_kh for KH, jpo for JPO) is made with its first key.",
    )
    _account(add)
    add.add_argument(
        "file", metavar="FILE", help="the public key, e.g. id_ed25519.pub; - for input"
    )
    add.add_argument("--label", default="", help="whose key it is (the comment of the key)")
    shown = subcommands.add(actions, "list", "ipshare.ops.keys:show", "list the keys")
    shown.add_argument("--office", metavar="CODE", help="only those of an office")
    revoke = subcommands.add(
        actions, "revoke", "ipshare.ops.keys:revoke", "let a key open nothing any more"
    )
    _account(revoke)
    revoke.add_argument("fingerprint", metavar="FINGERPRINT", help="as key list shows it: SHA256:…")
    accounts = subcommands.group(
        commands, "account", "the SFTP accounts that keys and passwords open, and their quota"
    )
    password = subcommands.add(
        accounts,
        "password",
        "ipshare.ops.keys:set_password",
        "let a password open an account as well",
    )
    _account(password)
    way = password.add_mutually_exclusive_group(required=True)
    way.add_argument("--password-file", metavar="FILE", help="its first line; - for standard input")
    way.add_argument("--remove", action="store_true", help="let only keys open it")
    quota = subcommands.add(
        accounts,
        "quota",
        "ipshare.ops.keys:set_quota",
        "let an office send more bytes in all, over SFTP, in the browser and over the API",
        "What was sent counts, and goes on counting; a new account may send 2 TiB.",
    )
    quota.add_argument("--office", metavar="CODE", required=True, help="the office, e.g. KH")
    quota.add_argument(
        "--gigabytes",
        metavar="N",
        type=int,
        required=True,
        help="the quota, in 1,000,000,000 bytes",
    )


def _account(command: Any) -> None:
    place = command.add_mutually_exclusive_group(required=True)
    place.add_argument("--office", metavar="CODE", help="the office, e.g. KH")
    place.add_argument(
        "--third-party",
        metavar="NAME",
        help="the third party, e.g. JPO: it reads, and writes nothing",
    )
    place.add_argument("--operator", action="store_true", help="the hub's operators")


def _submissions(commands: Subparsers) -> None:
    actions = subcommands.group(commands, "submissions", "what offices have sent")
    shown = subcommands.add(
        actions, "list", "ipshare.ops.submissions:show", "list submissions, newest first"
    )
    shown.add_argument("--office", metavar="CODE", help="only those of an office")
    states = [state.value for state in State]
    shown.add_argument("--state", choices=states, help="only those in this state")
    shown.add_argument("--last", type=int, default=50, metavar="N", help="at most N (50)")
    for name, words in (
        ("release", "publish a held submission"),
        ("reject", "end a held submission without publishing it"),
    ):
        decide = subcommands.add(actions, name, f"ipshare.ops.submissions:{name}", words)
        decide.add_argument("reference", metavar="REFERENCE", help="e.g. KH-000017")
        decide.add_argument(
            "--reason",
            required=True,
            help="why, and who of the office decided; kept with the submission",
        )


def _schemas(commands: Subparsers) -> None:
    actions = subcommands.group(
        commands, "schemas", "the official XSD sets that records are validated against"
    )
    install = subcommands.add(
        actions,
        "install",
        "ipshare.ops.schemas:install",
        "add an official XSD set",
        "Its version is read from it; records of that version are validated from then on.",
    )
    install.add_argument("folder", metavar="DIR", help="the unpacked set, as WIPO publishes it")


def _receiving(commands: Subparsers) -> None:
    pull = subcommands.add(
        commands,
        "pull",
        "ipshare.ops.pull:run",
        "keep a copy of what an office shares with you, from a hub somewhere",
        "The secret is taken from IPSHARE_CLIENT_SECRET, from the file that IPSHARE_CLIENT_SECRET_FILE or "
        "--secret-file names,\nor asked for. It may be killed at any instant and goes on where it was.",
    )
    pull.add_argument("url", metavar="URL", help="the hub's address, e.g. https://hub.example")
    pull.add_argument(
        "--client-id", required=True, metavar="ID", help="App-client-id, as the office gave it"
    )
    pull.add_argument("--secret-file", metavar="FILE", help="a file with the App-client-secret")
    pull.add_argument(
        "--into", required=True, metavar="DIR", help="the folder of the copy (copy.sqlite)"
    )
    pull.add_argument(
        "--format",
        choices=["sqlite", "parquet"],
        default="sqlite",
        help="parquet: write a Parquet file per office and right as well",
    )
    pull.add_argument("--office", metavar="CODE", help="refuse any other office's client")
    pull.add_argument("--follow", action="store_true", help="stay in step until Ctrl-C")
    pull.add_argument(
        "--verify", action="store_true", help="compare the copy with the hub's proof of the day"
    )
    pull.add_argument(
        "--restart", action="store_true", help="empty the copy and read from the beginning"
    )
    pull.set_defaults(setup="none")


def _letters(commands: Subparsers) -> None:
    actions = subcommands.group(commands, "letter", "the e-mail that the hub sends")
    test = subcommands.add(
        actions,
        "test",
        "ipshare.ops.letters:test",
        "send a test letter at once, and tell what the mail server said",
        "The mail server is named by IPSHARE_EMAIL_URL; without it, letters are printed.",
    )
    test.add_argument("address", metavar="ADDRESS", help="whom it goes to")
    shown = subcommands.add(
        actions, "list", "ipshare.ops.letters:show", "list letters that wait or were given up"
    )
    shown.add_argument("--last", type=int, default=50, metavar="N", help="at most N (50)")
