"""The command line: quick to start, helpful, and one line with a remedy where it refuses."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

from ipshare.__main__ import main
from ipshare.ops import commands


def ipshare(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "ipshare", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**inherited, **environment},
    )


def leaves(parser, words=()):
    """Every command with its parser."""
    for action in parser._actions:
        if hasattr(action, "choices") and isinstance(action.choices, dict):
            for name, sub in action.choices.items():
                yield from leaves(sub, (*words, name))
            return
    yield words, parser


LEAVES = {" ".join(words): parser for words, parser in leaves(commands.parser())}


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_command_says_what_it_does(name):
    if name in commands.PASSED_ON:
        return
    assert LEAVES[name].description
    for action in LEAVES[name]._actions:
        assert action.help, action


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(LEAVES) - set(commands.PASSED_ON)))
def test_every_command_has_its_function(name):
    from ipshare.__main__ import _function

    assert callable(_function(LEAVES[name].get_default("run")))


@pytest.mark.parametrize("name", sorted(commands.PASSED_ON))
def test_a_command_with_its_own_arguments_has_its_function(name):
    from ipshare.__main__ import _function

    assert callable(_function(commands.PASSED_ON[name]))


HEAVY = {"django", "psycopg", "asyncssh", "granian", "procrastinate"}


@pytest.mark.parametrize(
    ("arguments", "heavy"), [(["--help"], {*HEAVY, "lxml"}), (["check", "--help"], HEAVY)]
)
def test_what_needs_no_hub_starts_at_once_and_imports_none_of_it(arguments, heavy):
    code = (
        "import sys; from ipshare.__main__ import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"heavy = {heavy!r} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert "usage: ipshare" in done.stdout
    # processor time, since other programs of this machine have no say in it
    took = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert took < 0.6


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("IPSHARE_HTTP_PORT", "http", "it must be a whole number from 1 on"),
        ("IPSHARE_WORKERS", "0", "it must be a whole number from 1 on"),
        ("IPSHARE_LOG_LEVEL", "chatty", "it must be DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("IPSHARE_PUBLIC_URL", "hub.example", "it must be an address like https://hub.example"),
        ("IPSHARE_PUBLIC_URL", "https://hub.example/ip", "it must be an address like https://hub.example"),
        ("IPSHARE_PUBLIC_URL", "https://hub.example:port", "it must be an address like https://hub.example"),
        ("IPSHARE_SFTP_ADDRESS", "hub.example", "it must be host:port"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_is_named(tmp_path, name, value, words):
    done = ipshare("serve", IPSHARE_DATA=str(tmp_path), **{name: value})
    assert done.returncode == 2
    assert done.stderr == f"ipshare: {name} is {value!r}; {words}\n"


def test_the_address_of_the_database_may_stand_in_a_file(tmp_path):
    kept = tmp_path / "database"
    kept.write_text("postgresql://postgres:secret@127.0.0.1:1/ipshare\n")
    done = ipshare(
        "office", "list", IPSHARE_DATA=str(tmp_path / "hub"), DATABASE_URL_FILE=str(kept)
    )
    assert done.stderr.startswith("ipshare: the database does not answer (")
    assert not (tmp_path / "hub" / "postgres").exists()  # no server of its own


def test_a_database_that_does_not_answer_is_named(tmp_path):
    nowhere = "postgresql://postgres@127.0.0.1:1/ipshare"
    done = ipshare("office", "list", IPSHARE_DATA=str(tmp_path), DATABASE_URL=nowhere)
    assert done.returncode == 2
    assert done.stderr.startswith("ipshare: the database does not answer (")
    assert "DATABASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_command_is_the_help(capsys):
    assert main([]) == 0
    assert "commands:" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sreve"])
    assert ended.value.code == 2
    assert "sreve" in capsys.readouterr().err
