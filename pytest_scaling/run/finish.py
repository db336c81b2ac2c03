"""TODO docstring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..ledger.gate import listed
from ..ledger.git import changed_files
from ..report.table import ledger_lines, sharing, undecided, unseen, verdict_table
from . import options

if TYPE_CHECKING:
    from .session import Session


def check_tree(config: pytest.Config) -> None:
    """Raise pytest.UsageError where the ledger is to be written and files are not committed.

    Rows of a ledger and the report do not count: the run itself writes them.
    """
    if not options.UPDATE.read(config) or hasattr(config, "workerinput"):
        return
    own = [
        Path(name).name
        for name in (options.LEDGER.read(config), options.REPORT.read(config))
        if name
    ]
    changed = [
        name
        for name in changed_files(config.rootpath) or ()
        if not {"ledger", *own} & {*Path(name).parts[:-1]}
    ]
    if changed:
        files = "file differs" if len(changed) == 1 else "files differ"
        raise pytest.UsageError(
            f"--claims-update needs a clean tree, so that the ledger belongs to a commit, and "
            f"{len(changed)} {files} from it ({listed(changed)}); commit or stash them"
        )


def partial_by_options(config: pytest.Config) -> str:
    """Which option leaves claims out of a run, or nothing."""
    chosen = {
        "-k": config.option.keyword,
        "-m": config.option.markexpr,
        "--deselect": config.getoption("deselect", None),
        "--ignore": config.getoption("ignore", None),
        "--ignore-glob": config.getoption("ignore_glob", None),
        "--lf": config.getoption("lf", False),
        "--sw": config.getoption("stepwise", False),
        "--continue-on-collection-errors": config.getoption("continue_on_collection_errors", False),
        options.TASKS.flag: options.TASKS.read(config),
    }
    return next((f"{flag} leaves some out" for flag, value in chosen.items() if value), "")


NOT_COMPARABLE = 6  # exit code where nothing is wrong, and nothing could be compared either


def summarise(reporter: Any, session: Session) -> None:
    """Write the sections at the end of a run."""
    records = list(session.records.values())
    reporter.section("claims", sep="=")
    table = verdict_table(records, lambda text, colour: reporter._tw.markup(text, **{colour: True}))
    for line in table.splitlines():  # singly, for a terminal that must escape some of them
        reporter.write_line(line)
    sentences = list(undecided(records))
    if sentences:
        reporter.section("inconclusive: neither supported nor refuted", sep="-", yellow=True)
        for sentence in sentences:
            reporter.write_line(sentence)
    lines = list(ledger_lines(records, session.judgement))
    if lines:
        reporter.section("compared with the ledger", sep="-")
        for line in lines:
            reporter.write_line(line)
    for line in (*unseen(records), *session.counts(), *sharing(records), *session.written):
        reporter.write_line(line)
