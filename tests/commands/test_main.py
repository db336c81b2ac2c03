"""The command line as a whole: the overview, help that fits and whose examples are right, ends."""

import argparse
import os
import re
import shlex
import subprocess
import sys

import pytest

from pytest_scaling import __main__ as program
from pytest_scaling.commands.output import BROKEN_PIPE
from pytest_scaling.commands.parser import OVERVIEW, PROGRAM

USAGE = pytest.ExitCode.USAGE_ERROR


def parsers(parser, name=()):
    """The parser of every command and action, by the words that call it."""
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                yield from parsers(inner, (*name, word))


PARSERS = dict(parsers(program.parser()))
OF_ACTIONS = {name: each for name, each in PARSERS.items() if name and name != ("store",)}


def examples(parser):
    """The arguments of the examples in a help text."""
    lines = re.findall(rf"^  {PROGRAM} (.*)$", parser.epilog, re.MULTILINE)
    return [shlex.split(line.partition("  ")[0], comments=True) for line in lines]


def test_without_arguments_six_things_are_shown(capsys):
    assert program.main([]) == 0
    out = capsys.readouterr().out
    assert out == OVERVIEW
    shown = re.findall(r"^  (pytest\S*) (\S+)", out, re.MULTILINE)
    assert len(shown) == 6
    assert {word for name, word in shown if name == PROGRAM} <= set(program.COMMANDS)


@pytest.mark.parametrize("name", PARSERS, ids=" ".join)
def test_help_fits_eighty_columns_and_says_what_each_argument_does(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = PARSERS[name].format_help()
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert all(action.help or action.choices for action in PARSERS[name]._actions)


def test_the_overview_fits_eighty_columns():
    assert max(map(len, OVERVIEW.splitlines())) <= 80


@pytest.mark.parametrize("name", OF_ACTIONS, ids=" ".join)
def test_every_option_has_an_example_and_every_example_is_understood(name):
    given = examples(OF_ACTIONS[name])
    assert given
    for words in given:
        until = words.index(">") if ">" in words else len(words)
        options = program.parser().parse_args(words[:until])
        assert callable(options.run)
    used = {word for words in given for word in words}
    for action in OF_ACTIONS[name]._actions:
        if action.option_strings and action.dest != "help":
            assert used & set(action.option_strings), action.option_strings


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["lits"], "invalid choice: 'lits'"),
        (["store"], "the following arguments are required: ACTION"),
    ],
)
def test_a_wrong_command_line_is_told(capsys, arguments, sentence):
    with pytest.raises(SystemExit) as ended:
        program.main(arguments)
    assert ended.value.code == USAGE
    assert sentence in capsys.readouterr().err


def run(words, **settings):
    return subprocess.run(
        words, stderr=subprocess.PIPE, text=True, check=False, timeout=60, **settings
    )


COMMAND = [sys.executable, "-m", "pytest_scaling"]


@pytest.mark.skipif(os.name == "nt", reason="no such device")
@pytest.mark.parametrize("arguments", [[], ["cite", "oak"], ["cite", "oak", "--format=json"]])
def test_output_that_cannot_be_written_is_told(forest, make, arguments):
    forest.write(make.row("oak", "supported", make.cell("supported", make.comparison())))
    with open("/dev/full", "w") as full:
        ended = run([*COMMAND, *arguments], stdout=full, cwd=forest.root)
    assert ended.returncode == USAGE
    assert ended.stderr == (
        "ERROR: what the command prints cannot be written: No space left on device\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="pipes differ")
def test_a_reader_that_has_gone_ends_a_command_without_a_word(forest, make):
    forest.write(make.row("oak", "supported", make.cell("supported", make.comparison())))
    read, write = os.pipe()
    os.close(read)
    try:
        ended = run([*COMMAND, "cite", "oak"], stdout=write, cwd=forest.root)
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (BROKEN_PIPE, "")


@pytest.mark.skipif(os.name == "nt", reason="folders in use cannot be removed")
@pytest.mark.parametrize("command", ["list", "init", "report"])
def test_a_folder_that_was_removed_is_told(tmp_path, command):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {shlex.quote(str(gone))} && rmdir ../gone && exec {shlex.join(COMMAND)} {command}"
    ended = run(["sh", "-c", script], stdout=subprocess.PIPE)
    assert ended.returncode == USAGE
    assert ended.stderr.endswith(
        "ERROR: the current folder no longer exists; change to another one\n"
    )
    assert "Traceback" not in ended.stderr


def test_an_interrupted_command_says_so(monkeypatch, capsys):
    def interrupted(typed):
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "run", interrupted)
    assert program.main(["list"]) == pytest.ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "ERROR: interrupted\n"
