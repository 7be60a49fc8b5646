"""``ipshare <command>``: the one entry point. Nothing is imported that the command does not need."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

STATUS_REFUSED = 2
STATUS_INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run a command; what it refuses to do is said in one line, with status 2."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return STATUS_INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (for the interpreter's end)
        return 0
    except Exception as trouble:
        words = _in_words(trouble)
        if words is None:
            raise
        sys.stderr.write(f"ipshare: {words}\n")
        return STATUS_REFUSED


def _run(arguments: list[str]) -> int:
    from ipshare.ops import commands  # noqa: PLC0415

    if arguments and arguments[0] in commands.PASSED_ON:
        return _function(commands.PASSED_ON[arguments[0]])(arguments[1:])
    parser = commands.parser()
    args = parser.parse_args(arguments)
    if args.version:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"ipshare {version('ipshare')}\n")
        return 0
    if args.command is None:
        parser.print_help()
        return 0
    if args.data:
        os.environ["IPSHARE_DATA"] = str(Path(args.data).resolve())
    _set_up(args.setup)
    return _function(args.run)(args)


def _set_up(what: str) -> None:
    """What a command needs before its module can be imported: nothing, settings, or a database and Django."""
    if what == "none":
        return
    from ipshare.config import env  # noqa: PLC0415
    from ipshare.ops import parent  # noqa: PLC0415

    parent.die_with_supervisor()
    # What the hub keeps is for its own user alone. Run as root, its PostgreSQL has a user of its own, who must
    # reach its folder through ours, without reading them.
    os.umask(0o077 if os.geteuid() else 0o066)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipshare.config.settings")
    if url := env.text("DATABASE_URL", ""):  # also where a file holds it
        os.environ["DATABASE_URL"] = url
    if what == "database":
        from ipshare.ops import embedded  # noqa: PLC0415

        embedded.ensure(env.data_folder())

        import django  # noqa: PLC0415

        django.setup()


def _function(name: str) -> Callable[..., int]:
    module, _, function = name.partition(":")
    found: Callable[..., int] = getattr(importlib.import_module(module), function)
    return found


def _in_words(trouble: Exception) -> str | None:
    """The line to show for what a person can mend; None for a fault of ours, which keeps its traceback."""
    from ipshare.config.env import SettingMissingError  # noqa: PLC0415
    from ipshare.ops.refusal import RefusalError  # noqa: PLC0415

    if isinstance(trouble, RefusalError | SettingMissingError):
        return str(trouble)
    database = sys.modules.get("django.db")
    if database and isinstance(trouble, database.OperationalError | database.ProgrammingError):
        first = str(trouble).strip().splitlines()[0]
        if isinstance(trouble, database.OperationalError):
            return f"the database does not answer ({first}); see DATABASE_URL in docs/settings.md"
        if "does not exist" in first:
            return f"the tables are not up to date ({first}); run: ipshare migrate"
    return None


if __name__ == "__main__":
    sys.exit(main())
