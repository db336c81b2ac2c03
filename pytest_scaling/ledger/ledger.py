"""The ledger: the committed records, one file per claim and profile, that runs compare with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .environment import Profile, tier_in
from .format import ACCEPTANCE, CONTROL, OF_ONE_RUN, Record, dump, write
from .reading.reader import (
    EDITED,
    UnreadableError,
    has_its_digest,
    read,
    require_sound,
    shown,
    unfit,
)
from .words import place_of

RESTORE = "restore it from version control"


@dataclass(frozen=True)
class Row:
    """What the ledger says about one claim in one profile."""

    verdict: str
    reason: str
    cells: dict[tuple[str, str], str]  # verdicts by task and learner
    record: Record = field(default_factory=dict, repr=False)  # all of it


@dataclass(frozen=True)
class RowFile:
    """One file of the ledger: what is in it, or what is wrong with it, in words."""

    path: Path
    content: Record
    damage: str = ""

    @classmethod
    def read(cls, path: Path) -> RowFile | None:
        """The file, or None where there is none."""
        try:
            content = read(path, RESTORE)
            if ACCEPTANCE not in content:
                raise unfit(f"{ACCEPTANCE} is absent", RESTORE)
        except FileNotFoundError:
            return None
        except UnreadableError as error:
            return cls(path, {}, str(error))
        return cls(path, content)

    @property
    def claim_id(self) -> str | None:
        """The claim that the file is about, or None where that cannot be read."""
        return str(self.content["claim"]["id"]) if self.content else None

    @property
    def is_duplicate(self) -> bool:
        """Whether it holds the row of a claim whose file is another one."""
        return self.claim_id not in (None, self.path.stem)

    @property
    def is_edited(self) -> bool:
        """Whether its digest does not match its content."""
        return bool(self.content) and not has_its_digest(self.content)

    @property
    def wrong(self) -> str:
        """Why the file must not be used, in a sentence that names it; empty where it may be."""
        name = shown(self.path)
        if self.damage:
            return f"{name} {self.damage}"
        if self.is_duplicate:
            return duplicate(name, self)
        folder, profile = self.path.parent.name, Profile.of(self.content).name
        if folder != profile:
            return f"{name} is in {folder}, but is a row of the profile {profile}"
        return f"{name} {EDITED}; {RESTORE}" if self.is_edited else ""


def duplicate(name: str, row_file: RowFile) -> str:
    """What is wrong with a file that is a duplicate. name: that of the file."""
    return (
        f"{name} is a duplicate: it holds a row of {row_file.claim_id!r}, whose file is "
        f"{row_file.claim_id}.json; remove one of them"
    )


@dataclass(frozen=True)
class Ledger:
    """The rows of one profile in one directory."""

    directory: Path
    profile: str

    def path(self, claim_id: str) -> Path:
        """The file of a claim's row, whether it exists or not."""
        return self.directory / self.profile / f"{claim_id}.json"

    def paths(self) -> list[Path]:
        """The files of the profile, in the order of their names."""
        return sorted((self.directory / self.profile).glob("*.json"))

    def files(self) -> Iterator[RowFile]:
        """All files of the profile with their contents."""
        for path in self.paths():
            row_file = RowFile.read(path)
            if row_file is not None:
                yield row_file

    def row(self, claim_id: str) -> Row | None:
        """The row of a claim, or None. Raises pytest.UsageError where the file cannot be read."""
        row_file = RowFile.read(self.path(claim_id))
        if row_file is None:
            return None
        if row_file.wrong:
            raise pytest.UsageError(f"the ledger's {row_file.wrong}")
        content = row_file.content
        return Row(
            content["verdict"],
            content[ACCEPTANCE]["reason"],
            {(cell["task"], cell["learner"]): cell["verdict"] for cell in content["cells"]},
            content,
        )

    def write(self, record: Record, reason: str, control: str = "") -> Path:
        """Add a row, whole or not at all: samples in full, nothing that varies from run to run.

        control: what is accepted of the claim's control, where it is not refuted.

        Raises pytest.UsageError for a record that no command would read as a row, and where the
        folder of the profile is a link.
        """
        folder = self.directory / self.profile
        if folder.is_symlink():
            raise pytest.UsageError(f"{shown(folder)} is a link, which no row is written through")
        row = {key: value for key, value in record.items() if key not in OF_ONE_RUN}
        accepted = {"reason": reason, **({CONTROL: control} if control else {})}
        text = dump({**row, ACCEPTANCE: accepted})
        try:
            require_sound(text.encode(errors="surrogatepass"), "state the claim differently")
        except UnreadableError as fault:
            raise pytest.UsageError(f"the record of {row['claim']['id']!r} {fault}") from None
        return write(self.path(row["claim"]["id"]), text)


def profiles_in(directory: Path, device: str | None = None) -> list[str]:
    """The profiles that a ledger has, of one device or of all; links are not followed."""
    folders = (each for each in directory.glob("*-*-*-*-*") if not each.is_symlink())
    names = sorted(folder.name for folder in folders if folder.is_dir())
    return [name for name in names if device in (None, name.partition("-")[0])]


def is_named(profile: str, parts: str) -> bool:
    """Whether the name of a profile has all of these parts, as in "quick" or "cpu-quick"."""
    return {*parts.split("-")} <= {*profile.split("-")}


def other_tiers(ledger: Ledger) -> dict[str, Ledger]:
    """The ledgers beside one that differ from it in the tier alone, by the tier."""
    environment = ledger.profile.rpartition("-")[0]
    return {
        tier_in(profile): Ledger(ledger.directory, profile)
        for profile in profiles_in(ledger.directory)
        if profile != ledger.profile and profile.rpartition("-")[0] == environment
    }


def rows_of_other_tiers(ledger: Ledger) -> dict[str, dict[str, Record]]:
    """The usable rows of a ledger's other tiers in the same environment, by claim and tier."""
    found: dict[str, dict[str, Record]] = {}
    for tier, other in other_tiers(ledger).items():
        for each in other.files():
            if not each.wrong:
                found.setdefault(each.path.stem, {})[tier] = each.content
    return found


def covers(arguments: Sequence[str], folder: Path) -> bool:
    """Whether the paths given to a run cover all files of a folder."""
    paths = [Path(argument).resolve() for argument in arguments if "::" not in argument]
    return any(path.is_dir() and folder.resolve().is_relative_to(path) for path in paths)


def folder_of(root: Path, directory: Path, chosen: str | None) -> Path:
    """The ledger of the claims in a directory: the one that was chosen, or the one beside them."""
    return root / chosen if chosen else directory / "ledger"


def turned_cells(row: Row, cells: Sequence[Record]) -> list[str]:
    """The cells whose verdict changed from supported to refuted, or back, in words."""
    turned = {"supported", "refuted"}
    return [
        f"{place_of(*key)} was {row.cells[key]} and is {cell['verdict']}"
        for cell in cells
        if (key := (cell["task"], cell["learner"])) in row.cells
        and {row.cells[key], cell["verdict"]} == turned
    ]
