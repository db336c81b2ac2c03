"""Whatever a command prints goes through `say`, which escapes what would command a terminal."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pytest_scaling import commands
from pytest_scaling.commands.output import say

MODULES = sorted(Path(commands.__file__).parent.glob("*.py"))


def prints(source: str) -> list[int]:
    """The lines that call print."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [each.lineno for each in calls if ast.unparse(each.func) == "print"]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_no_command_prints_by_itself(module: Path) -> None:
    found = prints(module.read_text(encoding="utf-8"))
    assert found == [] or module.stem == "output"


def test_a_call_of_print_is_found() -> None:
    assert prints("x = 1\nprint(x)\nsay(x)\n") == [2]


def test_escapes_are_shown_and_lines_stay_lines(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\n\x1b[31mtwo")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.count("\n") == 2
