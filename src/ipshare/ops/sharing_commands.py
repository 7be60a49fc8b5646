"""The commands of sharing with their help: conditions, clients, destinations."""

from __future__ import annotations

from typing import Any

from ipshare.domain.office import Right
from ipshare.ops import conditions, subcommands
from ipshare.ops.subcommands import Subparsers


def authorize(commands: Subparsers) -> None:
    """``ipshare authorize``."""
    add = subcommands.add(
        commands,
        "authorize",
        "ipshare.ops.authorize:run",
        "let a third party receive data of an office",
        "Prints App-client-id and App-client-secret when the third party is new; the secret is not kept.\n"
        "Saving again replaces all conditions. No --right: nothing is shared.",
    )
    add.add_argument("office", metavar="OFFICE", help="the office that gives, e.g. KH")
    add.add_argument("third_party", metavar="THIRD_PARTY", nargs="?", help="who receives, e.g. JPO")
    add.add_argument("--full-name", default="", help="the third party's full name")
    conditions.add_to(add)
    add.add_argument(
        "--base",
        action="store_true",
        help="withhold the restrictions and groups from every third party instead",
    )
    add.add_argument("--reason", default="", help="why; kept with the version")
    add.add_argument("--end", action="store_true", help="share nothing any more, at once")
    add.add_argument(
        "--new-secret", action="store_true", help="make a new secret; the old one ends"
    )


def clients(commands: Subparsers) -> None:
    """``ipshare client``."""
    actions = subcommands.group(
        commands, "client", "what third parties sign in with to read, and offices to send"
    )
    shown = subcommands.add(
        actions, "list", "ipshare.ops.clients:show", "list clients, secrets and keys"
    )
    shown.add_argument("--office", metavar="CODE", help="only those of an office")
    _clients_of_offices(actions)
    _clients_over_offices(actions)
    _credentials(actions)


def _clients_of_offices(actions: Subparsers) -> None:
    own = subcommands.add(
        actions,
        "add",
        "ipshare.ops.clients:add",
        "make a client that a machine of an office sends files with",
        "Prints App-client-id and App-client-secret; the secret is not kept. It reads no register.",
    )
    own.add_argument("office", metavar="OFFICE", help="the office that sends, e.g. KH")
    own.add_argument("--name", required=True, help="which machine has it")
    rights = [right.value for right in Right]
    own.add_argument(
        "--right", action="append", choices=rights, help="a right that it sends; left out: all"
    )
    own.add_argument("--days", type=int, metavar="N", help="its secret expires after N days")
    ended = subcommands.add(
        actions, "end", "ipshare.ops.clients:end", "end a client of an office, with all it has"
    )
    ended.add_argument("client_id", metavar="CLIENT_ID", help="App-client-id")


def _clients_over_offices(actions: Subparsers) -> None:
    joining = subcommands.add(
        actions,
        "organisation",
        "ipshare.ops.clients:organisation",
        "make the client that joins a third party's authorizations over offices",
        "Each office concerned is told, and has to allow it for its own authorization.",
    )
    joining.add_argument("third_party", metavar="THIRD_PARTY", help="whose, e.g. JPO")
    for name, words in (
        ("allow", "let a third party's client over offices use an authorization"),
        ("forbid", "keep an authorization from a third party's client over offices"),
    ):
        decide = subcommands.add(actions, name, f"ipshare.ops.clients:{name}", words)
        decide.add_argument("office", metavar="OFFICE", help="the office that gives, e.g. KH")
        decide.add_argument("third_party", metavar="THIRD_PARTY", help="who receives, e.g. JPO")


def _credentials(actions: Subparsers) -> None:
    secret = subcommands.add(
        actions,
        "secret",
        "ipshare.ops.clients:secret",
        "make another App-client-secret, printed once",
        "A client has at most two that are valid, so that it can change over without a gap.",
    )
    secret.add_argument("client_id", metavar="CLIENT_ID", help="App-client-id")
    secret.add_argument("--days", type=int, metavar="N", help="it expires after N days")
    secret.add_argument("--end-others", action="store_true", help="end the others at once")
    key = subcommands.add(
        actions,
        "key",
        "ipshare.ops.clients:key",
        "let a client sign in with a key of its own (private_key_jwt)",
    )
    key.add_argument("client_id", metavar="CLIENT_ID", help="App-client-id")
    key.add_argument("file", metavar="FILE", help="the public key, PEM or JWK; - for input")
    key.add_argument("--label", default="", help="which machine has it")
    key.add_argument("--days", type=int, metavar="N", help="it expires after N days")
    revoke = subcommands.add(
        actions,
        "revoke",
        "ipshare.ops.clients:revoke",
        "revoke a secret or a key, with the access tokens that it got",
    )
    revoke.add_argument("client_id", metavar="CLIENT_ID", help="App-client-id")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("--secret", type=int, metavar="N", help="the secret's number")
    which.add_argument("--key", metavar="THUMBPRINT", help="the key, as client list shows it")


def statement(commands: Subparsers) -> None:
    """``ipshare statement``."""
    verify = subcommands.add(
        commands,
        "statement",
        "ipshare.ops.statement:run",
        "verify a statement of revocation and print what it says",
        "Ends with status 2 where the signature proves nothing.",
    )
    verify.add_argument("file", metavar="FILE", help="the statement (.jws); - for input")
    verify.add_argument(
        "--keys", required=True, metavar="FILE", help="the hub's /.well-known/jwks.json, saved"
    )
    verify.set_defaults(setup="none")


def destinations(commands: Subparsers) -> None:
    """``ipshare destination``."""
    actions = subcommands.group(
        commands, "destination", "systems of third parties that data is pushed to"
    )
    add = subcommands.add(
        actions,
        "add",
        "ipshare.ops.destination:add",
        "push what an authorization allows to a system of its third party",
        "For an HTTP endpoint the signing secret is made and printed once; for SFTP without a password\n"
        "the hub makes a key and prints its public part.",
    )
    _destination(add)
    where = add.add_mutually_exclusive_group(required=True)
    where.add_argument("--http", metavar="URL", help="an endpoint for signed requests")
    where.add_argument("--sftp", metavar="URL", help="sftp://user@host:port/folder")
    where.add_argument("--s3", metavar="URL", help="s3://bucket/folder")
    add.add_argument("--host-key", metavar="FILE", help="SFTP: the server's public key")
    add.add_argument("--endpoint", metavar="URL", help="S3: the server, where it is not AWS")
    add.add_argument("--region", default="us-east-1", help="S3: the region (us-east-1)")
    add.add_argument("--access-key-id", metavar="ID", help="S3: the access key")
    add.add_argument(
        "--secret-file",
        metavar="FILE",
        help="S3: the secret access key; SFTP: a password; its first line, - for standard input",
    )
    shown = subcommands.add(actions, "list", "ipshare.ops.destination:show", "list destinations")
    shown.add_argument("--office", metavar="CODE", help="only those of an office")
    for name, words in (
        ("test", "try the connection; no data leaves"),
        ("pause", "let nothing leave for it until it is resumed"),
        ("resume", "let deliveries go on"),
        ("retry", "try it again at once"),
        ("remove", "deliver nothing to it any more"),
    ):
        _destination(subcommands.add(actions, name, f"ipshare.ops.destination:{name}", words))
    subcommands.add(
        actions,
        "platform",
        "ipshare.ops.destination:show_platform",
        "tell whether the central WIPO data platform is available",
    )


def _destination(command: Any) -> None:
    command.add_argument("office", metavar="OFFICE", help="the office that gives, e.g. KH")
    command.add_argument("third_party", metavar="THIRD_PARTY", help="who receives, e.g. JPO")
    command.add_argument("name", metavar="NAME", help="the destination's name, e.g. bucket")
