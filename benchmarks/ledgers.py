"""`python -m benchmarks.ledgers`: what a large ledger costs to read, to compare and to report.

The rows are those of the committed quick ledger with new ids and names, each with a control. CPU
seconds of this process; every figure should grow with the number of claims and no faster.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pytest_scaling.ledger.format import dump
from pytest_scaling.ledger.gate import Gate, against
from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.ledger.record import digest
from pytest_scaling.report.archive import Archive
from pytest_scaling.report.build import build
from pytest_scaling.report.exports import badge
from pytest_scaling.report.table import Table

from .machine import cpu_seconds, description, table

SOURCE = Path("claims/ledger")
CLAIMS = (500, 1_000, 2_000, 5_000)
LARGEST_REPORT = 2_000  # claims

Record = dict[str, Any]


def rows(claims: int, profile: str) -> Iterator[Record]:
    """So many rows, every other one the control of the one before."""
    kept = [json.loads(path.read_text()) for path in sorted((SOURCE / profile).glob("*.json"))]
    small = sorted(kept, key=lambda row: len(json.dumps(row)))[:20]
    for number in range(claims):
        row = small[number // 2 % len(small)]
        name, head = f"claim-{number}", f"claim-{number - 1}" if number % 2 else None
        row = {**row, "claim": {**row["claim"], "id": name, "control_of": head}}
        yield row | {"digest": digest(row)}


def measured(claims: int, profile: str, folder: Path) -> list[str]:
    """One line of the table."""
    ledger = Ledger(folder / str(claims), profile)
    for row in rows(claims, profile):
        path = ledger.path(row["claim"]["id"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(row), encoding="utf-8")
    archive = Archive(ledger.directory, profile)
    reading = cpu_seconds(lambda: archive.rows)
    records = [row | {"partial": False, "file": "test_it.py"} for row in archive.rows.values()]
    gate = Gate(records, lambda _: ledger, {ledger.directory: frozenset(archive)}, lambda _: "")

    def compare() -> None:
        for record in records:
            against(ledger.row(record["claim"]["id"]), record, claims)
        gate.judge(strict=True)

    figures = [
        reading,
        cpu_seconds(compare),
        cpu_seconds(lambda: (*Table(records).lines(), badge(records))),
    ]
    line = [f"{claims:,}", *(f"{figure:.2f}" for figure in figures)]
    if claims > LARGEST_REPORT:
        return [*line, "", "", ""]
    out = folder / f"report-{claims}"
    spent = cpu_seconds(lambda: build(records, out))
    pages = [path.stat().st_size / 1e6 for path in out.glob("*.html")]
    return [*line, f"{spent:.1f}", f"{len(pages)}", f"{max(pages):.1f}"]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="cpu-x86_64-float32-deterministic-quick")
    parser.add_argument("--claims", type=int, nargs="+", default=CLAIMS)
    options = parser.parse_args(arguments)
    print(description())
    heads = ["claims", "read, s", "compare, s", "table, s", "report, s", "pages", "largest, MB"]
    with tempfile.TemporaryDirectory() as folder:
        lines = [measured(each, options.profile, Path(folder)) for each in options.claims]
    print(table(heads, lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
