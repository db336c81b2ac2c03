"""What version control says about registrations: what came first, and what was there before."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..git import commit, git, refusal

READ: dict[str, Any] = {}  # values of blobs, whose names follow from their content


class Version(NamedTuple):
    """A file as one commit left it. path: from the folder that was asked about."""

    commit: str
    path: Path
    blob: str


def obstacle(root: Path) -> str:
    """Why version control cannot tell what came first, in words; empty where it can."""
    if reason := refusal(root):
        return f"git does not say what it knows: {reason}"
    if commit(root) is None:
        return "there is no commit here; `git init`, and commit the project"
    if (git(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        return "this clone is shallow, without its past; `git fetch --unshallow` gets it"
    return ""


def committed(path: Path) -> bool:
    """Whether the newest commit has a file, with the content that it has now."""
    kept = git(path.parent, "show", f"HEAD:./{path.name}")
    return kept is not None and kept == path.read_text(encoding="utf-8")


def is_continued(path: Path, text: str) -> bool:
    """Whether a text begins with every version of its file that was ever committed."""
    blobs = [each.blob for each in versions(path.parent, path.name)]
    return all(
        text.startswith(git(path.parents[1], "cat-file", "-p", blob) or "") for blob in blobs
    )


def versions(folder: Path, pattern: str, *, until: str = "HEAD") -> list[Version]:
    """The versions of the files in a folder that fit a pattern of git, the oldest commit first.

    The folder need not be there any more; the one that it was in is.
    """
    options = ("--format=%H", "--raw", "--no-abbrev", "--no-renames", "-m", "--relative", "-z")
    order = ("--reverse", "--topo-order", "--diff-filter=AM", until, "--")
    log = git(folder.parent, "log", *options, *order, f":(glob){folder.name}/{pattern}")
    return list(versions_in(log or "", folder.name))


def versions_in(log: str, folder: str) -> Iterator[Version]:
    """The versions of files in a folder that a log tells of, as `versions` asks for it."""
    words = iter(log.split("\0"))
    now = ""
    for word in words:
        text = word.strip("\n")
        if text.startswith(":"):
            *_, blob, _ = text.split()
            yield Version(now, Path(next(words)).relative_to(folder), blob)
        elif text:
            now = text


def contents(folder: Path, blobs: Sequence[str]) -> dict[str, Any]:
    """The JSON values in blobs of a folder, by their names; those that hold none are left out."""
    wanted = dict.fromkeys(blobs)
    if new := [blob for blob in wanted if blob not in READ]:
        READ.update(read(folder, new))
    return {blob: READ[blob] for blob in wanted if READ.get(blob) is not None}


def read(folder: Path, blobs: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Blobs of a folder with their JSON values, None where they hold none."""
    run = subprocess.run(
        ["git", "-C", str(folder.parent), "cat-file", "--batch"],
        input="".join(f"{blob}\n" for blob in blobs).encode(),
        capture_output=True,
        check=False,
    )
    output = io.BytesIO(run.stdout)
    while head := output.readline():
        blob, _, size = head.decode().split()
        try:
            yield blob, json.loads(output.read(int(size)))
        except ValueError:  # somebody committed a file that is no row
            yield blob, None
        output.read(1)  # the end of its line


def is_before(root: Path, earlier: str, later: str) -> bool:
    """Whether a commit is a true ancestor of another."""
    return earlier != later and git(root, "merge-base", "--is-ancestor", earlier, later) is not None
