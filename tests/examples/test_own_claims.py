"""The examples run as they are, and their pages show their code and their verdicts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "how-to" / "own-claims"
OPTIONS = ("-p", "no:cacheprovider", "-p", "no:xdist", "--scaling-store=trials.db")


def run(name: str, folder: Path) -> str:
    """What a run of a copy of an example prints."""
    shutil.copytree(ROOT / "examples" / name, folder / name)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *OPTIONS],
        cwd=folder / name,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code of a page in one language."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return [each.partition("\n```")[0] for each in text.split(f"```{language}\n")[1:]]


def test_the_language_models_have_the_verdicts_of_their_page(tmp_path):
    printed = run("language_models", tmp_path)
    assert "2 passed, 1 inconclusive" in printed
    (shown,) = blocks("language-models.md", "text")
    for line in shown.splitlines():
        assert line in printed


def test_the_logs_are_those_that_the_script_makes(tmp_path):
    kept = ROOT / "examples" / "language_models"
    shutil.copy(kept / "make_logs.py", tmp_path)
    subprocess.run([sys.executable, tmp_path / "make_logs.py"], check=True)
    names = sorted(path.name for path in (kept / "logs").iterdir())
    assert names == ["samples_prompt-a.jsonl", "samples_prompt-b.jsonl"]
    for name in names:
        assert (tmp_path / "logs" / name).read_bytes() == (kept / "logs" / name).read_bytes()


def test_the_timing_has_the_verdicts_of_its_page(tmp_path):
    printed = run("timing", tmp_path)
    (shown,) = blocks("timing.md", "text")
    headlines = [line for line in shown.splitlines() if line[0] in "✓✗"]
    assert len(headlines) == 2
    for line in headlines:
        assert line in printed


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("language-models.md", "language_models/test_prompts.py"),
        ("timing.md", "timing/test_timing.py"),
    ],
)
def test_the_code_of_a_page_is_that_of_its_example(page, file):
    code = blocks(page, "python")[0]
    assert code in (ROOT / "examples" / file).read_text(encoding="utf-8")
