"""Folders that reports and slides are written into: nothing outside, nothing of anybody else's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..ledger.format import write
from ..ledger.reading.reader import shown
from ..ledger.reading.strict_json import loads, read_bytes
from .error import FolderError

LIST = ".pytest-scaling.json"  # names the files that were written by an earlier report


@dataclass(frozen=True)
class OutputFolder:
    """A folder of which only files that this package wrote are replaced or removed.

    It may be a link itself; below it, links are refused. The list of what was written is in LIST.
    Raises FolderError, before anything is written, where a file would be somewhere else or there
    is one of somebody else's.
    """

    path: Path

    def replace(self, files: Mapping[str, str | bytes]) -> None:
        """Write these files, and remove those of the earlier report that are no longer part."""
        own = self.own()
        self._check(files, own)
        self._list({*own, *files})
        for name, content in files.items():
            write(self.place(name), content)
        for name in own - files.keys():
            self.place(name).unlink(missing_ok=True)
        self._list(files)

    def add(self, files: Mapping[str, str | bytes]) -> list[Path]:
        """Write these files beside those that are there already; returns their paths."""
        own = self.own()
        self._check(files, own)
        self._list({*own, *files})
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

    def _list(self, names: Iterable[str]) -> None:
        content = {"about": "files that pytest-scaling may replace", "files": sorted(names)}
        write(self.place(LIST), json.dumps(content, indent=1) + "\n")
