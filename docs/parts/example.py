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


def printed() -> str:
    """What pytest prints about the claim of the README, in a block; it trains for some seconds."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (source,) = re.findall(rf"```python\n(# {NAME}\n.*?)```", text, re.DOTALL)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / NAME).write_text(source, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--scaling-store=store"],
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
    """The section about claims of what a run has printed, without its heading and its store."""
    section = re.split(r"^=+ claims\b.* =+\n", output, flags=re.MULTILINE)[1]
    lines = re.split(r"^=+ ", section, flags=re.MULTILINE)[0].splitlines()
    return "\n".join(line for line in lines if line.strip() and not line.startswith("trials:"))
