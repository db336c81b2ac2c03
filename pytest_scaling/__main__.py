"""`pytest-scaling`: commands about claims and their verdicts that train nothing."""

from __future__ import annotations

import os
import sys

# With `python -m`, files of the current directory would replace modules of the same name. The
# commands that import the project put the directory back: `commands.collect.WORKING_DIRECTORY`.
HERE = [sys.path.pop(0)] if __name__ == "__main__" and sys.path[0] in ("", os.getcwd()) else []

import argparse
from collections.abc import Sequence
from functools import cache
from typing import NoReturn

import pytest

from . import __version__
from .commands import cite, init, listing, register, report, store, verify
from .commands.collect import WORKING_DIRECTORY
from .commands.output import any_encoding, complain

COMMANDS = (init, listing, register, verify, report, cite, store)  # each module adds its own


class Parser(argparse.ArgumentParser):
    """Exits with pytest's code for a usage error where the command line is wrong."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(pytest.ExitCode.USAGE_ERROR, f"{self.prog}: error: {message}\n")


@cache
def parser() -> Parser:
    """The parser of all commands."""
    whole = Parser(prog="python -m pytest_scaling", description=__doc__)
    whole.add_argument("--version", action="version", version=f"pytest-scaling {__version__}")
    commands = whole.add_subparsers(metavar="command", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or pytest's exit code for a mistake, with a message of one sentence."""
    any_encoding()
    WORKING_DIRECTORY[:] = HERE
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except pytest.UsageError as mistake:
        complain(map(str, mistake.args))
        return int(pytest.ExitCode.USAGE_ERROR)


def script() -> int:
    """The console script `pytest-scaling`: the same as `python -m pytest_scaling`."""
    HERE[:] = [os.getcwd()]
    return main()


if __name__ == "__main__":
    sys.exit(main())
