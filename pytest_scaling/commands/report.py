"""`report`: the page made again from the last run's records, or from the ledger's rows."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ..ledger.reading.reader import EDITED, UnreadableError, has_its_digest, read, shown
from ..ledger.registration.standing import with_standing
from ..report.archive import ArchiveError, open_ledger
from ..run.options import LEDGER, REPORT
from .collect import AS_IT_IS, project_code
from .output import complain, say
from .parser import add_command

DEFAULT = "report"  # where no option and no ini names a folder
RERUN = "run pytest again"
RECORDS, OF_THE_LEDGER = "records", "ledger"  # folders within a report


EXAMPLES = (
    ("report --open", "the last run, in a browser"),
    ("report runs/monday", "from another run's report"),
    ("report --ledger", "from the ledger"),
    ("report --ledger other/ledger --to out", "from another ledger"),
    ("report --profile quick", "from its quick tier"),
)


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = add_command(
        commands,
        "report",
        help="make the page of all the evidence, and open it",
        about="Make the page again: from the last run or, where there was none, from the\n"
        "ledger. Nothing is trained. It prints where the page is.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        help="a report whose records to use (default: that of the last run)",
    )
    parser.add_argument(
        "--ledger",
        nargs="?",
        type=Path,
        const=True,
        metavar="DIR",
        help="use the rows of the ledger instead (default: the project's)",
    )
    parser.add_argument(
        "--profile",
        help="the ledger's profile, or part of its name, such as quick (default: the largest tier)",
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="the folder to write the page to")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the page, and print its path; 1 where a record or row must not be used."""
    from ..report.error import ReportError

    if options.ledger and options.folder:
        raise pytest.UsageError("report: give a folder of records or --ledger, not both")
    try:
        page, broken = made(options)
    except (ReportError, ArchiveError) as error:
        raise pytest.UsageError(str(error)) from None
    except OSError as refusal:
        where = f": {shown(Path(refusal.filename))}" if refusal.filename else ""
        raise pytest.UsageError(
            f"the report cannot be written ({refusal.strerror or refusal}{where})"
        ) from None
    complain(broken)
    say(str(page))
    if options.open and not opened(page):
        say(f"no browser was found; open {page.resolve()} in one")
    return int(pytest.ExitCode.TESTS_FAILED if broken else pytest.ExitCode.OK)


def opened(page: Path) -> bool:
    """Whether a browser shows the page."""
    try:
        return webbrowser.open(page.resolve().as_uri())
    except (webbrowser.Error, OSError):
        return False


def made(options: argparse.Namespace) -> tuple[Path, Sequence[str]]:
    """The page that is asked for, and a sentence about each record or row that was left out.

    Where a ledger is named, nothing of the project is imported, nor its settings read.
    """
    if isinstance(options.ledger, Path):
        return of_the_ledger(options, ProjectSettings())
    project = settings()
    last = options.folder or project.report
    if options.ledger or options.profile or (options.folder is None and not files_in(last)):
        return of_the_ledger(options, project)
    return of_a_run(last, options.to or last, project)


class ProjectSettings:
    """What a project's settings and conftest files say, without a run of its tests."""

    def __init__(self) -> None:
        self.root = Path.cwd()
        self.report = self.root / DEFAULT
        self.ledger: str | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> int:
        self.root = config.rootpath
        self.report = self.root / (REPORT.read(config) or DEFAULT)
        self.ledger = LEDGER.read(config)
        return 0


def settings() -> ProjectSettings:
    """Ask pytest; SystemExit where it has printed what is wrong with the settings."""
    found = ProjectSettings()
    with project_code():
        status = pytest.main([*AS_IT_IS], plugins=[found])
    if status:
        raise SystemExit(int(status))
    return found


def of_a_run(folder: Path, directory: Path, project: ProjectSettings) -> tuple[Path, Sequence[str]]:
    """The page of the records that a run left in its report."""
    from ..report.build import build_in
    from ..report.folder import OutputFolder

    records, broken = run_in(folder)
    if broken and not records:
        raise pytest.UsageError(*broken)
    if not records:
        raise pytest.UsageError(
            f"there are no records in {folder / RECORDS}: run pytest with --scaling-report, "
            f"or use --ledger"
        )
    selection = OutputFolder(folder).selection()
    page, unused = build_in(project.root, records, directory, project.ledger, selection)
    return page, [*broken, *unused]


def of_the_ledger(
    options: argparse.Namespace, project: ProjectSettings
) -> tuple[Path, Sequence[str]]:
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
    if not archive.rows:
        raise pytest.UsageError(*archive.broken)
    directory = options.to or project.report / OF_THE_LEDGER
    rows = [with_standing(archive.folder, row) for row in archive.rows.values()]
    page, unused = build_of_rows(archive.folder.parent, rows, directory, archive.folder)
    return page, [*archive.broken, *unused]


def files_in(folder: Path) -> list[Path]:
    """The files of the records in a report."""
    return sorted((folder / RECORDS).glob("*.json"))


def run_in(folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The records in a report, and a sentence about each file that must not be used."""
    records, broken = [], []
    for path in files_in(folder):
        try:
            record = read(path, RERUN)
        except (UnreadableError, FileNotFoundError) as error:
            broken.append(f"the record {shown(path)} {error}")
            continue
        if "file" not in record:
            broken.append(f"the record {shown(path)} is a row of a ledger; use --ledger")
        elif has_its_digest(record):
            records.append(record)
        else:
            broken.append(f"the record {shown(path)} {EDITED}; {RERUN}")
    return records, broken
