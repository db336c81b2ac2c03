"""`report`: the page made again from the last run's records, or from the ledger's rows."""

from __future__ import annotations

import argparse
import contextlib
import sys
import webbrowser
from pathlib import Path
from typing import Any

import pytest

from ..ledger.format import UnreadableError, read
from ..report.archive import ArchiveError, open_ledger
from ..run.options import LEDGER, REPORT
from .collect import AS_IT_IS

DEFAULT = "report"  # where no option and no ini names a folder
RECORDS, OF_THE_LEDGER = "records", "ledger"  # folders within a report


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser(
        "report", help="make the page again from the last run or from the ledger; trains nothing"
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, help="report whose records to use (default: the last run's)"
    )
    parser.add_argument(
        "--ledger", nargs="?", type=Path, const=True, help="use the rows of the ledger instead"
    )
    parser.add_argument("--profile", help="the ledger's profile, or a part of its name")
    parser.add_argument("--to", type=Path, metavar="DIR", help="where to write the page")
    parser.add_argument("--open", action="store_true", help="show the page in a browser")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the page, and print its path."""
    from ..report.error import ReportError

    if options.ledger and options.folder:
        raise pytest.UsageError("report: give a folder of records or --ledger, not both")
    project = settings()
    last = options.folder or project.report
    try:
        if options.ledger or options.profile or (options.folder is None and not run_in(last)):
            page = of_the_ledger(options, project)
        else:
            page = of_a_run(last, options.to or last, project)
    except (ReportError, ArchiveError) as error:
        raise pytest.UsageError(str(error)) from None
    print(page)
    if options.open and not webbrowser.open(page.resolve().as_uri()):
        raise pytest.UsageError(f"no browser was found that opens {page}")
    return 0


class ProjectSettings:
    """What a project's settings and conftest files say, without a run of its tests."""

    root: Path
    report: Path
    ledger: str | None

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> int:
        self.root = config.rootpath
        self.report = self.root / (REPORT.read(config) or DEFAULT)
        self.ledger = LEDGER.read(config)
        return 0


def settings() -> ProjectSettings:
    """Ask pytest; SystemExit where it has printed what is wrong with the settings."""
    found = ProjectSettings()
    with contextlib.redirect_stdout(sys.stderr):
        status = pytest.main([*AS_IT_IS], plugins=[found])
    if status:
        raise SystemExit(int(status))
    return found


def of_a_run(folder: Path, directory: Path, project: ProjectSettings) -> Path:
    """The page of the records that a run left in its report."""
    from ..report.build import build_in

    records = run_in(folder)
    if not records:
        raise pytest.UsageError(
            f"there are no records in {folder / RECORDS}: run pytest with --scaling-report, "
            f"or use --ledger"
        )
    return build_in(project.root, records, directory, project.ledger)


def of_the_ledger(options: argparse.Namespace, project: ProjectSettings) -> Path:
    """The page of the rows of one profile."""
    from ..report.build import build_of_rows

    named = options.ledger if isinstance(options.ledger, Path) else None
    if named is None and project.ledger:
        named = project.root / project.ledger
    archive = open_ledger(named, options.profile)
    if not archive.ids:
        raise pytest.UsageError(
            f"the ledger {archive.folder} has no rows of the profile {archive.profile}; "
            f"add them with --claims-update=new"
        )
    records = [dict(archive[claim]) for claim in archive]
    directory = options.to or project.report / OF_THE_LEDGER
    return build_of_rows(archive.folder.parent, records, directory)


def run_in(folder: Path) -> list[dict[str, Any]]:
    """The records in a report; none where it has none.

    Raises pytest.UsageError for a file that is no record, or one of another schema.
    """
    return [record_in(path) for path in sorted((folder / RECORDS).glob("*.json"))]


def record_in(path: Path) -> dict[str, Any]:
    """One record; pytest.UsageError where the file holds none."""
    try:
        return read(path, "run pytest again")
    except (UnreadableError, FileNotFoundError) as error:
        raise pytest.UsageError(f"the record {path} {error}") from None
