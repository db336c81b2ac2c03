"""The README is short and correct: its example runs, and prints what is shown."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MOST_WORDS = 900


def test_the_readme_is_short():
    assert len(README.split()) < MOST_WORDS


def test_the_quickstart_has_the_commands_for_a_fresh_machine():
    (block,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    commands = [line.removeprefix("$ ").partition("  #")[0].strip() for line in block.splitlines()]
    assert commands == [
        "python -m pip install tox && python -m tox -e claims",
        "python -m tox",
        "python -m tox -e docs",
    ]


def test_the_claim_of_ones_own_prints_what_is_shown(tmp_path):
    pytest.importorskip("sklearn")
    (source,) = re.findall(r"```python\n(# test_digits\.py\n.*?)```", README, re.DOTALL)
    (shown,) = re.findall(r"<!-- printed -->\n```text\n(.*?)```", README, re.DOTALL)
    (tmp_path / "test_digits.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "--scaling-store=trials.db"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    printed = [without_figures(line) for line in run.stdout.splitlines()]
    assert [line for line in shown.splitlines() if without_figures(line) not in printed] == []


def without_figures(line):
    """A line with every number as the same sign, since libraries differ in their last digits."""
    return re.sub(r" +", " ", re.sub(r"\d[\d.,]*", "#", line)).strip()
