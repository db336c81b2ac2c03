"""The examples run as they stand, each in a folder of its own, with the verdicts that it shows."""

import shutil
from pathlib import Path

import pytest

from tests import interpreter

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
VERDICTS = {
    "boosting": {"boosting-beats-a-line": "supported", "a-line-beats-boosting": "refuted"},
    "data_sets": {"a-kernel-beats-a-line": "supported", "a-line-beats-a-kernel": "refuted"},
    "dropout": {"dropout-helps": "supported", "a-little-is-as-good": "refuted"},
    "optimisers": {
        "adam-beats-sgd": "supported",
        "adam-beats-sgd-on-a-ball": "refuted",
        "adam-arrives": "supported",
    },
    "regression": {
        "curves-help": "supported",
        "curves-harm": "refuted",
        "prices-are-close": "supported",
    },
}
NEEDS = {"boosting": ("pandas", "sklearn"), "dropout": ("torch",)}


def test_every_claim_of_the_examples_of_own_data_is_run_here():
    shown = {each.name for each in EXAMPLES.iterdir() if (each / f"test_{each.name}.py").is_file()}
    assert set(VERDICTS) <= shown


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_an_example_runs_as_it_stands(name, tmp_path, monkeypatch):
    for library in NEEDS.get(name, ()):
        pytest.importorskip(library)
    folder = shutil.copytree(EXAMPLES / name, tmp_path / name)
    ours = ("--scaling-store=store.sqlite3", "--scaling-workers=1")  # each imports its libraries
    options = ("-v", "-p", "no:cacheprovider", *ours)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    run = interpreter.run("pytest", options, folder, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    for claim, verdict in VERDICTS[name].items():
        assert f"{claim}: {verdict} (" in run.stdout


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_the_page_of_an_example_shows_its_code_and_its_verdict(name):
    page = (ROOT / "docs" / "how-to" / "own-claims" / f"{name.replace('_', '-')}.md").read_text(
        "utf-8"
    )
    code = (EXAMPLES / name / f"test_{name}.py").read_text("utf-8")
    blocks = [part.partition("\n```")[0] for part in page.split("```python\n")[1:]]
    assert blocks
    assert all(block.strip() in code for block in blocks)
    assert all(f"{claim}: {verdict} (" in page for claim, verdict in VERDICTS[name].items())
