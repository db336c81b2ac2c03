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


def refusal(root: Path) -> str:
    """Why git says nothing about a checkout, in its words; else, or without one, empty."""
    if not any((folder / ".git").exists() for folder in (root, *root.resolve().parents)):
        return ""
    try:
        run = ask(root, "status", "--porcelain")
    except OSError:
        return "git is not installed"
    said = run.stderr.strip().splitlines() or [f"git ended with exit status {run.returncode}"]
    return said[0].removeprefix("fatal: ") if run.returncode else ""


def git(root: Path, *arguments: str, timeout: float | None = None) -> str | None:
    """The output of git; None where it fails, is not installed or takes longer, in seconds."""
    try:
        run = ask(root, *arguments, timeout=timeout)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout if run.returncode == 0 else None


def ask(
    root: Path, *arguments: str, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """What git answers; OSError where it is not installed, TimeoutExpired after the seconds."""
    return subprocess.run(
        ["git", "-C", str(root), *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=timeout,
    )
