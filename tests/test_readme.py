"""The README is correct: its examples run, its table is the table of the options."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_scaling.run.options import markdown

LEDGER = Path(__file__).parents[1] / "claims" / "ledger" / "cpu-x86_64-float32-deterministic-quick"
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def between(marker: str) -> str:
    return README.partition(f"<!-- {marker} -->\n")[2].partition(f"\n<!-- /{marker} -->")[0]


def test_the_table_of_options_is_the_one_in_the_code():
    assert between("options") == markdown()


def test_the_verdict_shown_is_that_of_the_ledger():
    row = json.loads((LEDGER / "large-dominates.json").read_text(encoding="utf-8"))
    shown = between("verdict")
    assert f"large-dominates: {row['verdict']}" in shown
    evidence = [each for cell in row["cells"] for each in cell["evidence"]]
    known = {
        f"{each['value']:.4f} [{each['low']:.4f}, {each['high']:.4f}] {each['n']}"
        for each in evidence
    }
    lines = [
        re.findall(r"(-?\d\.\d{4}) +(\[[^]]*\]) +> 0\.0100 +(\d+)", line)
        for line in shown.splitlines()
    ]
    figures = {" ".join(found[0]) for found in lines if found}
    assert len(figures) == len(shown.splitlines()) - 4  # two fences, a heading and the headline
    assert figures <= known


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("test_devices.py", {"passed": 2, "skipped": 1}),
        ("test_timings.py", {"passed": 1}),
        ("test_speed.py", {"passed": 1}),
    ],
)
def test_the_examples_of_devices_and_timings_run(pytester, name, outcomes):
    (source,) = re.findall(rf"```python\n(# {name}\n.*?)```", README, re.DOTALL)
    (pytester.path / name).write_text(source, encoding="utf-8")
    options = ["--scaling-store=trials.db", "-p", "no:xdist"]
    if name == "test_speed.py":
        pytest.importorskip("pytest_benchmark")
        options.append("--benchmark-max-time=0.01")
    pytester.runpytest_subprocess(*options).assert_outcomes(**outcomes)


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_the_example_of_a_claim_of_ones_own_is_supported(tmp_path, mode):
    (source,) = re.findall(r"```python\n(# test_neighbours\.py\n.*?)```", README, re.DOTALL)
    (tmp_path / "test_neighbours.py").write_text(source, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", f"--import-mode={mode}", "--scaling-store=trials.db"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "neighbours-outvote-noise: supported" in run.stdout


def test_the_claim_about_a_table_is_supported(tmp_path):
    pytest.importorskip("sklearn")
    (source,) = re.findall(r"```python\n(# test_tumours\.py\n.*?)```", README, re.DOTALL)
    (tmp_path / "test_tumours.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "--scaling-store=trials.db"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a-line-ranks-better: supported" in run.stdout, run.stdout + run.stderr


def test_the_citation_shown_still_holds():
    run = command("-m", "pytest_scaling", "cite", "--check", "README.md")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "citations: 1 hold" in run.stdout


def test_the_example_of_a_citation_runs(tmp_path):
    (example,) = re.findall(
        r"^\$ python (-m pytest_scaling cite large.*) slides$", README, re.MULTILINE
    )
    run = command(*example.split(), str(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "large-dominates.md" in {path.name for path in tmp_path.iterdir()}


def test_the_example_of_a_lesson_says_what_it_prints():
    (source,) = re.findall(
        r"```python\n(from pytest_scaling import open_ledger\n.*?)```", README, re.DOTALL
    )
    (printed,) = re.findall(r"^print\(.*# (.*)$", source, re.MULTILINE)
    run = command("-c", f"import matplotlib; matplotlib.use('agg')\n{source}")
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{printed}\n"


def command(*arguments):
    """Run Python in the root of the repository."""
    root = Path(__file__).parents[1]
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
