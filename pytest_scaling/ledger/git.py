"""Version control: which commit a project is at, and which of its files differ from it."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit(root: Path) -> str | None:
    """The commit of the project, or None where it is not under version control."""
    output = git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    return output.strip() if output else None


def changed_files(root: Path) -> list[str] | None:
    """Files that differ from the commit or are not part of it, from the top of the checkout.

    None where the project is not under version control.
    """
    output = git(root, "status", "--porcelain", "--untracked-files=all", "-z")
    if output is None:
        return None
    entries = iter(output.split("\0"))
    files = []
    for entry in entries:
        if entry:
            files.append(entry[3:])
            if entry[0] in "RC":  # what follows is the name that it had
                next(entries, None)
    return files


def top(root: Path) -> Path | None:
    """The top of the checkout that a folder is in, or None."""
    output = git(root, "rev-parse", "--show-toplevel")
    return Path(output.rstrip("\n")) if output else None


def git(root: Path, *arguments: str) -> str | None:
    """The output of git; None where it fails or is not installed."""
    try:
        run = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return run.stdout if run.returncode == 0 else None
