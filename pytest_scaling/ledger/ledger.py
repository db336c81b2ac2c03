"""The ledger: the committed records, one file per claim and profile, that a run is held against."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .format import ACCEPTANCE, SCHEMA, write_atomically
from .words import place_of

if TYPE_CHECKING:
    from .format import Record


RESTORE = "restore it from version control"


@dataclass(frozen=True)
class Row:
    """What the ledger says of one claim in one profile."""

    verdict: str
    reason: str
    cells: dict[tuple[str, str], str]  # verdicts by task and learner
    record: Record = field(default_factory=dict, repr=False)  # all of it


@dataclass(frozen=True)
class Page:
    """One file of the ledger: what is in it, or what is wrong with it, in words."""

    path: Path
    content: Record
    damage: str = ""

    @classmethod
    def read(cls, path: Path) -> Page | None:
        """The file, or None where there is none."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            schema = content["schema"]
            if schema != SCHEMA:
                return cls(
                    path,
                    {},
                    f"has the schema {schema!r}, and this version of pytest-scaling knows "
                    f"{SCHEMA!r}; use the version that wrote it",
                )
            content["claim"]["id"], content["verdict"], content[ACCEPTANCE]["reason"]
            content["protocol"]["hash"], content["arms"], content["environment"]
            [(each["task"], each["learner"], each["verdict"]) for each in content["cells"]]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as damage:
            return cls(path, {}, f"cannot be read ({type(damage).__name__}: {damage}); {RESTORE}")
        return cls(path, content)

    @property
    def claim_id(self) -> str | None:
        """The claim that the file speaks of, or None where that cannot be read."""
        return str(self.content["claim"]["id"]) if self.content else None


@dataclass(frozen=True)
class Ledger:
    """The rows of one profile in one directory."""

    directory: Path
    profile: str

    def path(self, claim_id: str) -> Path:
        return self.directory / self.profile / f"{claim_id}.json"

    def row(self, claim_id: str) -> Row | None:
        """The row of a claim, or None. Raises pytest.UsageError where the file cannot be read."""
        page = Page.read(self.path(claim_id))
        if page is None:
            return None
        if page.damage:
            raise pytest.UsageError(f"the ledger's {page.path} {page.damage}")
        content = page.content
        return Row(
            content["verdict"],
            content[ACCEPTANCE]["reason"],
            {(cell["task"], cell["learner"]): cell["verdict"] for cell in content["cells"]},
            content,
        )

    def pages(self) -> Iterator[Page]:
        """All files of the profile, in the order of their names."""
        for path in sorted((self.directory / self.profile).glob("*.json")):
            page = Page.read(path)
            if page is not None:
                yield page

    def write(self, record: Record, reason: str) -> Path:
        """Add a row, whole or not at all: samples in full, nothing that varies from run to run."""
        from .format import OF_ONE_RUN, dump

        row = {key: value for key, value in record.items() if key not in OF_ONE_RUN}
        row[ACCEPTANCE] = {"reason": reason}
        path = self.path(record["claim"]["id"])
        write_atomically(path, dump(row))
        return path


def profiles_in(directory: Path, device: str | None = None) -> list[str]:
    """The profiles that a ledger has, of one device or of all."""
    names = sorted(folder.name for folder in directory.glob("*-*-*-*-*") if folder.is_dir())
    return [name for name in names if device in (None, name.partition("-")[0])]


def covers(arguments: Sequence[str], folder: Path) -> bool:
    """Whether the paths given to a run take in all files of a folder."""
    paths = [Path(argument).resolve() for argument in arguments if "::" not in argument]
    return any(path.is_dir() and folder.resolve().is_relative_to(path) for path in paths)


def folder_of(root: Path, directory: Path, chosen: str | None) -> Path:
    """The ledger of the claims in a directory: the one that was chosen, or the one beside them."""
    return root / chosen if chosen else directory / "ledger"


def differences(row: Row, cells: list[dict[str, Any]]) -> list[str]:
    """The cells whose verdict turned from supported to refuted, or back, in words."""
    turned = {"supported", "refuted"}
    return [
        f"{place_of(*key)} was {row.cells[key]} and is {cell['verdict']}"
        for cell in cells
        if (key := (cell["task"], cell["learner"])) in row.cells
        and {row.cells[key], cell["verdict"]} == turned
    ]
