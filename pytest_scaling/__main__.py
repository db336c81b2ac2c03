"""`pytest-scaling`: commands about claims and their verdicts that train nothing."""

from __future__ import annotations

import os
import sys


def here() -> str:
    """The current directory; empty where it has been removed."""
    try:
        return os.getcwd()
    except OSError:
        return ""


# With `python -m`, files of the current directory would replace modules of the same name. The
# commands that import the project put the directory back: `commands.parser.WORKING_DIRECTORY`.
HERE = [sys.path.pop(0)] if __name__ == "__main__" and sys.path[0] in ("", here()) else []

from collections.abc import Sequence
from functools import cache
from importlib import import_module

import pytest

from . import __version__
from .commands.output import BROKEN_PIPE, any_encoding, complain, discard, flushed, say
from .commands.parser import OVERVIEW, PROGRAM, WORKING_DIRECTORY, Parser

COMMANDS = {  # by name, the module that adds it
    "init": "init",
    "list": "listing",
    "report": "report",
    "cite": "cite",
    "verify": "verify",
    "register": "register",
    "store": "store",
}


@cache
def parser(only: str | None = None) -> Parser:
    """The parser of all commands, or of one of them, whose module alone is then loaded."""
    whole = Parser(
        prog=PROGRAM,
        description="Look at claims and their verdicts, check them and cite them.\n"
        "No command trains anything: `pytest claims/` does that.",
        epilog=f"`{PROGRAM} COMMAND --help` explains a command, with examples.",
    )
    whole.add_argument(
        "--version",
        action="version",
        version=f"{PROGRAM} {__version__}",
        help="show the version and exit",
    )
    commands = whole.add_subparsers(title="commands", metavar="COMMAND")
    for name in [only] if only else COMMANDS:
        import_module(f".commands.{COMMANDS[name]}", __package__).add_to(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or pytest's exit code for a mistake, with a message of one sentence."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    any_encoding()
    WORKING_DIRECTORY[:] = HERE
    try:
        status = run(typed)
        flushed()
    except pytest.UsageError as mistake:
        complain(map(str, mistake.args))
        return int(pytest.ExitCode.USAGE_ERROR)
    except KeyboardInterrupt:
        complain(["interrupted"])
        return int(pytest.ExitCode.INTERRUPTED)
    except BrokenPipeError:  # as in `pytest-scaling list | head`
        discard()
        return BROKEN_PIPE
    except OSError as refusal:
        discard()
        complain([refused(refusal)])
        return int(pytest.ExitCode.USAGE_ERROR)
    return status


def refused(error: OSError) -> str:
    """What the machine refused, in a sentence."""
    reason = error.strerror or str(error)
    if not here():
        return "the current folder no longer exists; change to another one"
    if error.filename is None:
        return f"what the command prints cannot be written: {reason}"
    return f"{os.fsdecode(error.filename)} cannot be used: {reason}"


def run(typed: Sequence[str]) -> int:
    """Run the command that was typed; the overview where none was."""
    if not typed:
        say(OVERVIEW, end="")
        return 0
    if not here():
        raise FileNotFoundError("no current folder")
    options = parser(typed[0] if typed[0] in COMMANDS else None).parse_args(typed)
    return int(options.run(options))


def script() -> int:
    """The console script `pytest-scaling`: the same as `python -m pytest_scaling`."""
    HERE[:] = [here()]
    return main()


if __name__ == "__main__":
    sys.exit(main())
