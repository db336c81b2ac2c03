"""What the example of the README prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "test_digits.py"
OPTIONS = ("-v", "-p", "no:cacheprovider", "--scaling-store=trials.db")


def printed() -> str:
    """What `pytest -v` prints about the README's claim, in a block; it trains for some seconds."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (source,) = re.findall(rf"```python\n(# {NAME}\n.*?)```", text, re.DOTALL)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / NAME).write_text(source, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "pytest", *OPTIONS],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode:
        raise SystemExit(run.stdout + run.stderr)
    return f"```text\n{about_claims(run.stdout)}\n```"


def about_claims(output: str) -> str:
    """What a run with -v has printed about each comparison, without the headings around it."""
    section = re.split(r"^-+ cells -+\n", output, flags=re.MULTILINE)[1]
    return re.split(r"^[-=]+ ", section, flags=re.MULTILINE)[0].strip()
