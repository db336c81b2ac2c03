"""The ledger: the committed records, one file per claim and profile, that a run is held against."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .record import Record


@dataclass(frozen=True)
class Row:
    """What the ledger says of one claim in one profile."""

    verdict: str
    reason: str
    cells: dict[tuple[str, str], str]  # verdicts by task and learner


@dataclass(frozen=True)
class Ledger:
    """The rows of one profile in one directory."""

    directory: Path
    profile: str

    def path(self, claim_id: str) -> Path:
        return self.directory / self.profile / f"{claim_id}.json"

    def row(self, claim_id: str) -> Row | None:
        """The row of a claim, or None. Raises pytest.UsageError where the file cannot be read."""
        path = self.path(claim_id)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return Row(
                content["verdict"],
                content["blessing"]["reason"],
                {(cell["task"], cell["learner"]): cell["verdict"] for cell in content["cells"]},
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as damage:
            raise pytest.UsageError(
                f"the ledger's {path} cannot be read ({type(damage).__name__}: {damage}); "
                f"restore it from version control"
            ) from None

    def write(self, record: Record, reason: str) -> Path:
        """Add a row, whole or not at all: samples in full, nothing that varies from run to run."""
        from .record import OF_ONE_RUN, dump

        row = {key: value for key, value in record.items() if key not in OF_ONE_RUN}
        row["blessing"] = {"reason": reason}
        path = self.path(record["claim"]["id"])
        write_atomically(path, dump(row))
        return path


def differences(row: Row, cells: list[dict[str, Any]]) -> list[str]:
    """The cells whose verdict turned from supported to refuted, or back, in words."""
    turned = {"supported", "refuted"}
    return [
        f"{' with '.join(part for part in key if part) or 'the claim'} was {row.cells[key]} "
        f"and is {cell['verdict']}"
        for cell in cells
        if (key := (cell["task"], cell["learner"])) in row.cells
        and {row.cells[key], cell["verdict"]} == turned
    ]


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
