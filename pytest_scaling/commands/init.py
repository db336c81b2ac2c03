"""`init`: a conftest, a first claim, a workflow and the ledger's folder, in any project.

It asks nothing and overwrites nothing: what is there stays as it is, and the output says so.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ..ledger.reading.reader import shown
from .output import say
from .parser import add_command

STARTER = Path(__file__).with_name("starter")
FILES = {  # by its place in the project, what is written there
    "conftest.py": "conftest.py.txt",
    "claims/test_first_claim.py": "test_first_claim.py.txt",
    "claims/ledger/README.md": "ledger.md.txt",
    ".github/workflows/claims.yml": "claims.yml.txt",
}
NEXT = """
next: {cd}python -m pytest claims
then, with everything committed, keep the verdict, so that later runs are compared with it:
      python -m pytest claims --claims-update=new --claims-reason "first measurement"\
"""


EXAMPLES = (
    ("init", "in the current folder"),
    ("init my-project", "in a folder of this name"),
)


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = add_command(
        commands,
        "init",
        help="start claims in a project of your own",
        about="Write a first claim, its conftest.py, a workflow for CI and a folder for the\n"
        "ledger. Files that are there already stay as they are.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        help="the project's folder, made if need be (default: the current one)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write what is missing, say what was done, and what to run next."""
    folder: Path = options.folder
    for place, starter in FILES.items():
        text = (STARTER / starter).read_text(encoding="utf-8")
        done = put(folder / place, text.replace("@PROJECT@", installed_with(folder)))
        say(f"{done} {shown(folder / place)}{' as it is' if done == 'left' else ''}")
    say(NEXT.format(cd="" if folder == Path() else f"cd {folder} && "))
    return 0


def put(path: Path, text: str) -> str:
    """Write a file that is not there yet: "wrote", or "left" where something is there.

    Raises pytest.UsageError where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        if path.exists() or path.is_symlink():
            return "left"
        raise in_the_way(path, error) from None
    except OSError as error:
        raise in_the_way(path, error) from None
    return "wrote"


def in_the_way(path: Path, error: OSError) -> pytest.UsageError:
    """The error about a file that cannot be written."""
    where = shown(Path(error.filename or path))
    return pytest.UsageError(
        f"{shown(path)} cannot be written ({where}: {error.strerror}); move what is in the way, or "
        f"name another folder, as in `pytest-scaling init FOLDER`"
    )


def installed_with(folder: Path) -> str:
    """What the workflow installs besides the plugin: the project's requirements, and itself."""
    requirements = " -r requirements.txt" if (folder / "requirements.txt").is_file() else ""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return requirements
    return f"{requirements} ." if "project" in project else requirements
