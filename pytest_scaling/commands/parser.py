"""The command line: its parser, and how the help of each command is laid out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import pytest

PROGRAM = "pytest-scaling"
COLUMNS = 80  # of a terminal that all help fits
WORKING_DIRECTORY: list[str] = []  # what `python -m` put first on the search path, if anything
OVERVIEW = f"""\
Claims about learning machines, tested. What people do most:

  pytest claims/                 run the claims, and see their verdicts
  {PROGRAM} list            the verdicts so far, a claim after the other
  {PROGRAM} report --open   all the evidence as a page in the browser
  {PROGRAM} cite CLAIM      a verdict as a sentence to quote
  {PROGRAM} verify          check the stored verdicts; trains nothing
  {PROGRAM} init            start claims in a project of your own

All commands: {PROGRAM} --help. One of them: {PROGRAM} list --help.
"""

Examples = Sequence[tuple[str, str]]
"""Arguments after the name of the program, as they are typed, and what they do."""


class Parser(argparse.ArgumentParser):
    """Exits with pytest's code for a usage error where the command line is wrong."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(pytest.ExitCode.USAGE_ERROR, f"{self.prog}: error: {message}\n")


def add_command(commands: Any, name: str, help: str, about: str, examples: Examples) -> Any:
    """Add a command. about: what it does, in whole sentences; the help shows the examples below."""
    return commands.add_parser(name, help=help, description=about, epilog=shown(examples))


def shown(examples: Examples) -> str:
    """Examples as the end of a help text: side by side where there is room, else in two lines."""
    lines = ["examples:"]
    typed = [f"  {PROGRAM} {arguments}" for arguments, _ in examples]
    longest = max(map(len, typed))
    beside = all(longest + 2 + len(what) <= COLUMNS for _, what in examples)
    for line, (_, what) in zip(typed, examples, strict=True):
        lines += [f"{line.ljust(longest)}  {what}"] if beside else [line, f"      {what}"]
    return "\n".join(lines)
