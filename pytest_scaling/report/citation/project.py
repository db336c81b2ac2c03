"""The project that a ledger belongs to: whose it is, at which commit, where its claims are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...ledger.git import git, top
from ...ledger.reading.strict_json import one_line

ADDRESSES = ("repository", "source", "source code", "homepage", "github")


@dataclass(frozen=True)
class Project:
    """What a pyproject.toml says of a project; `installable` where it is a package itself."""

    root: Path
    name: str
    authors: tuple[str, ...] = ()
    installable: bool = False
    groups: tuple[str, ...] = ()
    url: str = ""

    @classmethod
    def around(cls, folder: Path) -> Project:
        """The project that a folder is in: the checkout, else the nearest pyproject.toml."""
        resolved = folder.resolve()
        parents = (resolved, *resolved.parents)
        nearest = next((each for each in parents if (each / "pyproject.toml").is_file()), resolved)
        root = top(resolved) or nearest
        settings = settings_in(root / "pyproject.toml")
        project = table(settings.get("project"))
        authors = project.get("authors")
        names = [table(each).get("name") for each in authors] if isinstance(authors, list) else []
        return cls(
            root,
            text(project.get("name")) or text(root.name),
            tuple(filter(None, map(text, names))),
            "project" in settings,
            tuple(table(settings.get("dependency-groups"))),
            home(table(project.get("urls"))),
        )


def table(value: object) -> Mapping[str, Any]:
    """A table of TOML; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """A text in one line; empty where there is none."""
    return one_line(value) if isinstance(value, str) else ""


def home(urls: Mapping[str, Any]) -> str:
    """The address of the source code, else of the home page, by the labels that packages use."""
    labelled = {label.lower(): text(url) for label, url in urls.items()}
    return next((labelled[name] for name in ADDRESSES if name in labelled), "")


def settings_in(path: Path) -> dict[str, Any]:
    """The content of a pyproject.toml; empty where it is missing or not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


@dataclass(frozen=True)
class Place:
    """Where a row of a ledger is to be found.

    Attributes:
        claims: where pytest finds the claim, from the root of the project.
        commit, date: of the commit that the row came with, the date as "2026-11-23"; empty where
            the row is not committed as it is.
    """

    project: Project
    claims: str
    commit: str = ""
    date: str = ""

    @classmethod
    def of(cls, row: Path) -> Place:
        """The place of a row that is the file LEDGER/PROFILE/CLAIM.json."""
        home = row.resolve().parent.parent.parent
        project = Project.around(home)
        own = any(home.glob("test_*.py"))
        claims = home.relative_to(project.root).as_posix() if own else ""
        changed = git(project.root, "status", "--porcelain", "--", str(row.resolve()))
        if changed is None or changed.strip():
            return cls(project, claims)
        log = git(project.root, "log", "-1", "--format=%H %cs", "--", str(row.resolve()))
        commit, _, date = (log or "").strip().partition(" ")
        return cls(project, claims, commit, date)
