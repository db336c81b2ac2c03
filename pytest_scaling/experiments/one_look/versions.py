"""Versions of the code that is timed: revisions of a repository, and environments."""

from __future__ import annotations

import base64
import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...spec.errors import ClaimError

SOURCES = ("src", "")  # of a checkout, what goes first on the search path where it is there
IN_CI = "in CI, check out the whole history, with fetch-depth: 0"


@dataclass(frozen=True)
class Place:
    """Where one version can be run: its Python, and the folder of its code.

    root: the folder that the code must come from; empty for whatever is installed.
    """

    python: str
    root: str = ""
    about: str = ""

    @property
    def path(self) -> list[str]:
        """What goes first on the search path."""
        folders = [Path(self.root, each) for each in SOURCES] if self.root else []
        return [str(folder) for folder in folders if folder.is_dir()]


@dataclass(frozen=True)
class Revision:
    """A revision of the repository that pytest was started in; without a name, its files now."""

    name: str
    python: str = sys.executable

    @property
    def label(self) -> str:
        return self.name or "the working tree"

    @contextlib.contextmanager
    def place(self) -> Iterator[Place]:
        """Its files in a folder that is removed afterwards; nothing is left in the repository."""
        top = Path(git("rev-parse", "--show-toplevel").strip())
        if not self.name:
            yield Place(self.python, str(top))
            return
        commit = git("rev-parse", "--verify", "--quiet", f"{self.name}^{{commit}}", cwd=top).strip()
        if not commit:
            raise ClaimError(f"there is no revision {self.name!r} in this repository; {IN_CI}")
        with tempfile.TemporaryDirectory(prefix="revision-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, ".index"))}
            files = Path(folder, "files")
            git("read-tree", commit, cwd=top, env=index, must=True)
            git("checkout-index", "--all", f"--prefix={files}/", cwd=top, env=index, must=True)
            yield Place(self.python, str(files), f"{self.label} is {commit[:10]}")


@dataclass(frozen=True)
class Environment:
    """An environment in which a version is installed: its folder, or its Python."""

    location: str

    @property
    def label(self) -> str:
        return Path(self.location).name

    @contextlib.contextmanager
    def place(self) -> Iterator[Place]:
        """Its Python; ClaimError where there is none."""
        location = Path(self.location)
        found = [location, *(location / each for each in ("bin/python", "Scripts/python.exe"))]
        python = next((each for each in found if each.is_file()), None)
        if python is None:
            raise ClaimError(
                f"{self.location} is no environment: it has no bin/python; make one with "
                f"`python -m venv {self.location}`, and install the version there"
            )
        yield Place(str(python.absolute()))


Version = Revision | Environment


def revision(name: str = "", *, python: str = sys.executable) -> Revision:
    """A revision for the stopwatch: a branch, a tag or a commit; without a name, the files here.

    python: the interpreter that runs it. The code runs from its sources, uninstalled: where it must
    be built, install each version into an environment of its own.
    """
    if not isinstance(name, str) or name.startswith("-"):
        raise ClaimError(f"revision() takes the name of a branch, tag or commit, not {name!r}")
    return Revision(name, python)


def environment(location: str | Path) -> Environment:
    """An environment for the stopwatch, with another version installed: a folder, or its Python."""
    return Environment(str(location))


def git(*arguments: str, cwd: Path | None = None, must: bool = False, env: Any = None) -> str:
    """What git prints; empty where it fails, unless it must not, or there is no repository."""
    try:
        run = subprocess.run(
            ["git", *arguments],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise ClaimError("revision(...) needs git, which is not installed here") from None
    if run.returncode and (must or cwd is None):
        words = " ".join(run.stderr.split())
        raise ClaimError(
            f"revision(...) needs the repository of the code ({words}); start pytest in it"
        )
    return run.stdout if run.returncode == 0 else ""


def packed(args: tuple[Any, ...]) -> str:
    """Arguments as text; ClaimError where they cannot be handed to another process."""
    try:
        return base64.b64encode(pickle.dumps(args)).decode()
    except Exception as error:
        raise ClaimError(
            f"args=... cannot be handed to another process ({type(error).__name__}: {error}); let "
            f"the function make what cannot be pickled"
        ) from None
