"""The examples on the pages run, and say what is shown beside them."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_scaling.__main__ import parser
from pytest_scaling.run.options import OPTIONS
from tests import interpreter

ROOT = Path(__file__).parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
HOW_TO = ROOT / "docs" / "how-to"


def text_of(path):
    return path.read_text(encoding="utf-8")


@pytest.fixture
def python(monkeypatch):
    """Run a module, by default in the root of the repository, in a process of its own."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(module, *arguments, cwd=ROOT):
        return interpreter.run(module, arguments, cwd, timeout=300)

    return run


def example(page, name):
    """The source of the example with that file name on a page."""
    (source,) = re.findall(rf"```python\n(# {re.escape(name)}\n.*?)```", text_of(page), re.DOTALL)
    return source


@pytest.mark.parametrize(
    ("page", "name", "outcomes"),
    [
        ("devices.md", "test_devices.py", {"passed": 2, "skipped": 1}),
        ("timings.md", "test_timings.py", {"passed": 1}),
        ("timings.md", "test_speed.py", {"passed": 1}),
    ],
)
def test_the_examples_of_devices_and_timings_run(tmp_path, python, page, name, outcomes):
    (tmp_path / name).write_text(example(HOW_TO / page, name), encoding="utf-8")
    options = ["--scaling-store=trials.db", "-p", "no:xdist"]
    if name == "test_speed.py":
        pytest.importorskip("pytest_benchmark")
        options.append("--benchmark-max-time=0.01")
    run = python("pytest", *options, cwd=tmp_path)
    assert pytest.RunResult.parse_summary_nouns(run.stdout.splitlines()) == outcomes, run.stdout


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_the_first_claim_is_supported(tmp_path, python, mode):
    name = "test_neighbours.py"
    source = example(TUTORIALS / "first-claim.md", name)
    (tmp_path / name).write_text(source, encoding="utf-8")
    options = (f"--import-mode={mode}", "--scaling-store=trials.db", "--scaling-workers=1")
    run = python("pytest", *options, cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout  # as a claim is only where it is supported


def test_the_claim_about_a_table_is_supported(tmp_path, python):
    pytest.importorskip("sklearn")
    name = "test_tumours.py"
    source = example(TUTORIALS / "first-claim.md", name)
    (tmp_path / name).write_text(source, encoding="utf-8")
    options = ("--scaling-store=trials.db", "--scaling-workers=1")
    run = python("pytest", "-p", "no:cacheprovider", *options, cwd=tmp_path)
    assert "1 passed" in run.stdout, run.stdout + run.stderr


def test_the_citation_shown_still_holds(python):
    run = python("pytest_scaling", "cite", "--check", "docs/how-to/cite.md")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "citations: 1 hold" in run.stdout


def test_the_example_of_a_citation_runs(tmp_path, python):
    (shown,) = re.findall(
        r"^\$ python -m (pytest_scaling cite large.*) slides$",
        text_of(HOW_TO / "cite.md"),
        re.MULTILINE,
    )
    run = python(*shown.split(), str(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "large-dominates.md" in {path.name for path in tmp_path.iterdir()}


def test_the_example_of_a_lesson_says_what_it_prints():
    (source,) = re.findall(
        r"```python\n(from pytest_scaling import open_ledger\n.*?)```",
        text_of(TUTORIALS / "lesson.md"),
        re.DOTALL,
    )
    (printed,) = re.findall(r"^print\(.*# (.*)$", source, re.MULTILINE)
    run = subprocess.run(
        [sys.executable, "-c", f"import matplotlib; matplotlib.use('agg')\n{source}"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{printed}\n"


def commands_shown():
    """Every command in a console block of the README and the pages, without its comment."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        for block in re.findall(r"```console\n(.*?)```", text_of(page), re.DOTALL):
            for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
                for command in re.sub(" +# .*", "", line).split(" && "):
                    yield shlex.split(command.removeprefix("python -m "))


def test_every_command_of_the_plugin_that_is_shown_can_be_given():
    shown = [
        words for words in commands_shown() if words[0] in ("pytest_scaling", "pytest-scaling")
    ]
    assert len(shown) > 10
    for words in shown:
        parser().parse_args(words[1:])  # ends the process where one of them is unknown


def test_every_option_of_pytest_that_is_shown_exists():
    known = {option.flag for option in OPTIONS}
    known |= {"--tier", "--device", "--collect-only"}  # of conftest.py and of pytest
    shown = [words for words in commands_shown() if words[0] == "pytest"]
    flags = {word.partition("=")[0] for words in shown for word in words if word[:2] == "--"}
    assert "--claims-confirm" in flags
    assert flags - known == set()
