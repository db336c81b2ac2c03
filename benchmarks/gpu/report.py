"""What has been measured: rows by part, in a file that is whole at any time."""

from __future__ import annotations

import itertools
import json
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_scaling.ledger.format import write

from ..machine import table

Results = dict[str, dict[str, Any]]
Row = dict[str, Any]


@dataclass
class Report:
    """What has been measured so far; the file has the same.

    card: the name of the device that is measured now. parts: by name, their rows, seconds and card,
    and in `failed` why one is not whole.
    """

    file: Path
    device: str
    card: str
    small: bool
    parts: Results = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, part: str, row: Row) -> None:
        with self.lock:
            self.parts.setdefault(part, {"rows": []})["rows"].append(row)
            self._write()

    def end(self, part: str, seconds: float, failure: str) -> None:
        with self.lock:
            self.parts.setdefault(part, {"rows": []}).update(
                seconds=round(seconds, 1), failed=failure, card=self.card
            )
            self._write()

    def rows(self, part: str, *keys: str) -> list[Row]:
        """The rows of a part that have all these keys."""
        found = self.parts.get(part, {}).get("rows", [])
        return [row for row in found if all(key in row for key in keys)]

    def whole(self, part: str) -> bool:
        """Whether a part has been measured to its end on this kind of card."""
        found = self.parts.get(part, {})
        return found.get("failed") == "" and found.get("card") == self.card

    def take_over(self, folder: Path) -> str:
        """Keep what an earlier run has left in a folder; why nothing is kept, if so.

        Raises ValueError where its file is no report.
        """
        file = folder / "gpu.json"
        if not file.exists():
            return f"there is no {file}"
        earlier = json.loads(file.read_text(encoding="utf-8"))
        if earlier.get("small") != self.small:
            return f"{file} is of a run {'in small' if earlier.get('small') else 'in full'}"
        self.parts = earlier["parts"]
        return ""

    def _write(self) -> None:
        content = {"device": self.device, "card": self.card, "small": self.small}
        crossing = {
            f"{threads} threads, {seeds} seeds at once": crossover(
                self.rows("ratio", "ratio"), threads, seeds
            )
            for threads, seeds in sorted(
                {(row["threads"], row["seeds"]) for row in self.rows("ratio", "ratio")}
            )
        }
        whole = {**content, "crossover": crossing, "parts": self.parts}
        write(self.file, json.dumps(whole, indent=1) + "\n")


def crossover(rows: Sequence[Row], threads: int, seeds: int) -> float | None:
    """The width from which on the device is faster, between two that were measured; else None.

    Ratio and width are joined by straight lines on logarithmic scales.
    """
    chosen = [row for row in rows if (row["threads"], row["seeds"]) == (threads, seeds)]
    points = sorted((row["width"], row["ratio"]) for row in chosen)
    if points and points[0][1] > 1:
        return float(points[0][0])
    for (narrow, below), (wide, above) in itertools.pairwise(points):
        if below <= 1 < above:
            share = -math.log(below) / (math.log(above) - math.log(below))
            return round(narrow * (wide / narrow) ** share, 1)
    return None


def summary(report: Report) -> str:
    """The results as Markdown."""
    lines = []
    for part, content in report.parts.items():
        lines.append(f"\n### {part} ({content.get('seconds', 0):.0f} s)\n")
        if content.get("failed"):
            lines.append(f"Not whole: {content['failed']}.\n")
        rows = [row for row in content["rows"] if part != "environment"]
        keys = list(dict.fromkeys(key for row in rows for key in row))
        if rows:
            lines.append(table(keys, [[shown(row.get(key, "")) for key in keys] for row in rows]))
    return "\n".join(lines)


def shown(value: object) -> str:
    """A value in a cell of a table."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def message(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
