"""The README is short and correct: its example runs, and prints what is shown."""

import re
from pathlib import Path

import pytest

from docs.parts.__main__ import part
from docs.parts.example import printed

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


def test_the_claim_of_ones_own_prints_what_is_shown(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.setenv("PYTEST_SCALING_WORKERS", "1")  # each imports scikit-learn
    shown = part(README, "printed")
    assert "svm-reads-better" in shown
    assert without_figures(shown) == without_figures(printed()), "run `python -m docs.parts`"


def without_figures(text):
    """A text with every number as the same sign, since libraries differ in their last digits."""
    return re.sub(r" +", " ", re.sub(r"\d[\d.,]*", "#", text))
