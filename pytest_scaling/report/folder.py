"""Folders that reports and slides are written into: nothing outside, nothing of anybody else's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..ledger.format import write
from ..ledger.reading.reader import shown
from ..ledger.reading.strict_json import loads, read_bytes
from .error import FolderError

LIST = ".pytest-scaling.json"  # names the files that were written by an earlier report


PARTIAL = "partial"  # the folder for a report of some claims, within that of all


@dataclass(frozen=True)
class Selection:
    """Of which run a report is that did not have all claims: how many it had, of how many, why."""

    run: int  # claims and controls
    of: int
    why: str

    @property
    def sentence(self) -> str:
        """As in "2 of 55 claims and controls: -k leaves some out"."""
        of = f" of {self.of:,}" if self.of > self.run else ""
        return f"{self.run:,}{of} claims and controls: {self.why}"


@dataclass(frozen=True)
class Made:
    """Files that need not be made again as long as what they were made from is the same.

    source: a digest of what they were made from. files: what they hold, by their names.
    """

    source: str = ""
    files: Mapping[str, str | bytes] = field(default_factory=dict)

    def note(self) -> dict[str, Any]:
        """What the list of a folder keeps: the source, and a digest of what each file holds."""
        raw = {k: v.encode() if isinstance(v, str) else v for k, v in self.files.items()}
        return {"source": self.source, "files": {k: digest_of(v) for k, v in raw.items()}}


@dataclass(frozen=True)
class OutputFolder:
    """A folder of which only files that this package wrote are replaced or removed.

    It may be a link itself; below it, links are refused. The list of what was written is in LIST.
    Raises FolderError, before anything is written, where a file would be somewhere else or there
    is one of somebody else's.
    """

    path: Path

    def replace(
        self,
        files: Mapping[str, str | bytes],
        selection: Selection | None = None,
        made: Made | None = None,
    ) -> None:
        """Write these files, and remove those of the earlier report that are no longer part.

        selection: of a run that did not have all claims. made: those of the files that the next
        report may keep, by `made_from`.
        """
        own = self.own()
        self._check(files, own)
        self._list({*own, *files}, selection)
        for name, content in files.items():
            write(self.place(name), content)
        for name in own - files.keys():
            self.place(name).unlink(missing_ok=True)
        self._list(files, selection, made.note() if made else None)

    def of(self, selection: Selection | None) -> OutputFolder:
        """Where the report of a run belongs: some claims beside a report of all, if that is here.

        Raises FolderError where the list of the earlier report cannot be read.
        """
        whole = "index.html" in self.own() and self.selection() is None
        return OutputFolder(self.place(PARTIAL)) if selection and whole else self

    def selection(self) -> Selection | None:
        """What the report that is here leaves out; None where it has all claims, or is none."""
        try:
            left = loads(read_bytes(self.place(LIST)))["selection"]
            return Selection(int(left["run"]), int(left["of"]), str(left["why"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def made_from(self, source: str) -> dict[str, bytes]:
        """The files here that were made from this source, and that nobody has changed since."""
        note = self._noted()
        if not note or note["source"] != source:
            return {}
        try:
            found = {name: read_bytes(self.place(name)) for name in note["files"]}
        except (OSError, ValueError, FolderError):
            return {}
        return {name: raw for name, raw in found.items() if digest_of(raw) == note["files"][name]}

    def add(self, files: Mapping[str, str | bytes]) -> list[Path]:
        """Write these files beside those that are there already; returns their paths."""
        own = self.own()
        self._check(files, own)
        self._list({*own, *files}, self.selection(), self._noted())
        return [write(self.place(name), content) for name, content in files.items()]

    def own(self) -> set[str]:
        """Names of the files here that an earlier report wrote."""
        try:
            listed = loads(read_bytes(self.place(LIST)))
            names = {str(name) for name in listed["files"]}
        except FileNotFoundError:
            return set()
        except (ValueError, KeyError, TypeError):
            raise FolderError(
                f"{shown(self.path / LIST)} is no list of the files of a report; "
                f"remove it, or choose another folder"
            ) from None
        return {name for name in names if self.place(name).exists()}

    def place(self, name: str) -> Path:
        """The path of a file below this folder; FolderError where it would be somewhere else."""
        parts = PurePosixPath(name).parts
        if not parts or PurePosixPath(name).is_absolute() or {"..", "\0"} & {*parts, *name}:
            raise FolderError(f"{name!r} is no file of a report in {shown(self.path)}")
        below = self.path
        for part in parts:
            below /= part
            if below.is_symlink():
                raise FolderError(
                    f"{shown(below)} is a link, which a report does not follow; "
                    f"remove it, or choose another folder"
                )
        return below

    def _check(self, names: Iterable[str], own: set[str]) -> None:
        """Raise FolderError where one of these files cannot be written, or is not ours."""
        for name in names:
            path = self.place(name)
            if path.exists() and name not in own:
                raise FolderError(
                    f"{shown(path)} was not written by a report, and a report would replace it; "
                    f"move it away, or choose another folder"
                )

    def _noted(self) -> dict[str, Any] | None:
        """What the list says about files that need not be made again; None if nothing."""
        try:
            note = loads(read_bytes(self.place(LIST)))["made"]
            return {"source": str(note["source"]), "files": dict(note["files"])}
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _list(
        self,
        names: Iterable[str],
        selection: Selection | None,
        note: Mapping[str, Any] | None = None,
    ) -> None:
        content: dict[str, Any] = {"about": "files that pytest-scaling may replace"}
        content["files"] = sorted(names)
        if selection:
            content["selection"] = asdict(selection)
        if note:
            content["made"] = note
        write(self.place(LIST), json.dumps(content, indent=1) + "\n")


def digest_of(content: bytes) -> str:
    """The SHA-256 of what a file holds."""
    return hashlib.sha256(content).hexdigest()
