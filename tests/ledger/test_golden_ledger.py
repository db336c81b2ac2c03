"""The committed ledger: every digest and every verdict is what today's code makes of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_scaling.ledger.record import digest

ROOT = Path(__file__).parents[2]
ROWS = sorted((ROOT / "claims" / "ledger").rglob("*.json"))


@pytest.mark.parametrize("file", ROWS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_row_has_the_digest_of_its_content(file):
    row = json.loads(file.read_text(encoding="utf-8"))
    assert digest(row) == row["digest"]


def test_every_row_follows_from_its_samples():
    pytest.importorskip("sklearn")
    pytest.importorskip("torch")
    command = [sys.executable, "-m", "pytest_scaling", "verify", "claims"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"verified {len(ROWS)} rows" in run.stdout
