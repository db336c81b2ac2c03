"""The end of a run: its ledger, its report, its exit code and the last lines on the terminal."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..ledger.controls import with_controls
from ..ledger.gate import Gate, Judgement
from ..ledger.git import changed_files, refusal
from ..ledger.ledger import Ledger, covers, rows_of_other_tiers
from ..ledger.reading.strict_json import printable
from ..ledger.registration.registration import CONFIRMED
from ..ledger.registration.standing import unconfirmed
from ..ledger.words import listed
from ..report.answers import answers
from ..report.table import Table
from ..report.terminal.layout import Paint
from ..report.terminal.screen import Screen
from ..report.terminal.sentences import (
    ledger_in_short,
    ledger_lines,
    near_their_bounds,
    overstated_in_short,
    sharing,
    undecided,
    unseen,
)
from .options import FRESH, TASKS, UPDATE, is_worker, options_of
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..ledger.format import Record
    from ..report.folder import Selection

NOT_COMPARABLE = 6  # exit code where nothing is wrong, but nothing could be compared


def check_tree(config: pytest.Config) -> None:
    """Raise pytest.UsageError where the ledger is to be written and files are not committed."""
    if options_of(config).update and not is_worker(config):
        require_clean(config, UPDATE.flag, "the ledger belongs to a commit")


def require_clean(config: pytest.Config, flag: str, why: str) -> None:
    """Raise pytest.UsageError where an option needs a clean tree, and files are not committed.

    Rows of a ledger, confirmations and the report do not count: the run itself writes them.
    """
    options = options_of(config)
    if reason := refusal(config.rootpath):
        raise pytest.UsageError(
            f"{flag} needs a clean tree, and git does not say whether this one is: {reason}"
        )
    own = [Path(name).name for name in (options.ledger, options.report) if name]
    changed = [
        name
        for name in changed_files(config.rootpath) or ()
        if not {"ledger", CONFIRMED, *own} & {*Path(name).parts[:-1]}
    ]
    if changed:
        files = "file differs" if len(changed) == 1 else "files differ"
        raise pytest.UsageError(
            f"{flag} needs a clean tree, so that {why}, and {len(changed)} {files} from it "
            f"({listed(changed)}); commit or stash them"
        )


def end(session: Session, run: pytest.Session) -> None:
    """Write what the run leaves behind, and set its exit code by the result."""
    try:
        if run.exitstatus != pytest.ExitCode.INTERRUPTED:  # which is not to take long
            session.distrusted = spot_check(session)
        write(session)
    except KeyboardInterrupt:
        session.written = ["interrupted before the ledger and the report were written"]
        run.exitstatus = pytest.ExitCode.INTERRUPTED
    passed = run.exitstatus == pytest.ExitCode.OK
    if session.unwritten:
        run.exitstatus = pytest.ExitCode.USAGE_ERROR
    elif passed:
        run.exitstatus = exit_code(session)
    if passed and run.exitstatus != pytest.ExitCode.OK:
        session.written.append(
            f"exit status {int(run.exitstatus)} though no test failed: {why(session)}"
        )


def why(session: Session) -> str:
    """Why a run in which no test failed does not end well."""
    if session.unwritten:
        return "what it should leave behind could not be written"
    if session.judgement is None:
        return "its end was interrupted"
    wrong = session.judgement.wrong
    if wrong:
        more = f", and {len(wrong) - 1} more, all listed above" if len(wrong) > 1 else ""
        return f"{wrong[0]}{more}"
    return "nothing could be compared, as no row of a ledger has the profile of this run"


def spot_check(session: Session) -> list[str]:
    """Messages about recalled trials that give other results now."""
    if not (checks := [*session.to_check(), *session.checks]):
        return []
    from ..trials.spot_check import lowest, mismatches

    trials = session.trials
    chosen = lowest(checks, session.options.spot_check)
    return list(mismatches(chosen, trials.store.path, trials.pool))


def write(session: Session) -> None:
    """Write the ledger and the report, and note where they are, or why they are not there."""
    written = []
    records: list[Record] = [*with_controls([*session.records.values()])]
    for name, make in (("ledger", write_ledger), ("report", write_report)):
        try:
            words = make(session, records)
        except (OSError, pytest.UsageError) as error:
            words, session.unwritten = f"not written: {error}", True
        if words:
            written.append(f"{name}: {words}")
    if session.confirmed:
        written.append(f"confirmations: {listed(session.confirmed)}; commit them as they are")
    session.judgement = judge(session)
    session.written = written


def write_ledger(session: Session, records: Sequence[Record]) -> str:
    options = session.options
    if not options.update:
        return ""
    if session.distrusted:
        return "not written: a spot check has failed"
    return gate(session, records).update(options.update, options.reason)


def write_report(session: Session, records: Sequence[Record]) -> str:
    directory = session.options.report
    if not directory or not records:
        return ""
    from ..report.build import build_in
    from ..report.error import FolderError, ReportError
    from ..report.folder import OutputFolder

    root = session.config.rootpath
    whole, selection = OutputFolder(root / directory), selected(session)
    try:
        folder = whole.of(selection)
        page, unused = build_in(root, records, folder.path, session.options.ledger, selection)
    except FolderError as error:
        raise pytest.UsageError(str(error)) from None
    except ReportError as error:
        return f"not written: {error}"
    left = f"; the report of all claims in {directory} is left as it was"
    told = f" ({selection.sentence}{left if folder != whole else ''})" if selection else ""
    return "; ".join((f"{page}{told}", *unused))


def selected(session: Session) -> Selection | None:
    """Which claims a run had; None where it had all."""
    from ..report.folder import Selection

    partly = (partial(session, Path(directory)) for directory in session.catalogue)
    collected = sum(map(len, session.catalogue.values()))
    why = next(filter(None, partly), "")
    if not why and ended_early(session.config) and len(session.records) < collected:
        why = "the run ended early"
    return Selection(len(session.records), collected, why) if why else None


def ended_early(config: pytest.Config) -> bool:
    """Whether a run was interrupted, or stopped at a failure."""
    run: Any = config.pluginmanager.get_plugin("session")
    stopped = run.shouldstop or run.shouldfail or run.exitstatus == pytest.ExitCode.INTERRUPTED
    return bool(stopped)


def judge(session: Session) -> Judgement:
    """What only the whole run can show about the ledger."""
    records, asked = list(session.records.values()), session.options.gate
    judged = gate(session, records).judge(strict=bool(asked))
    more = unconfirmed(records) if asked == "confirmed" else ()
    return replace(judged, wrong=(*judged.wrong, *more))


def gate(session: Session, records: Sequence[Record]) -> Gate:
    """The records of the run with the ledgers that they are compared with."""
    catalogue = {Path(name): frozenset(ids) for name, ids in session.catalogue.items()}
    return Gate(
        records, ledger_of(session), catalogue, lambda directory: partial(session, directory)
    )


def ledger_of(session: Session) -> Callable[[Record], Ledger]:
    """Gives the ledger of a record of the run."""

    def ledger(record: Record) -> Ledger:
        directory = (session.config.rootpath / record["file"]).parent
        return session.ledger(directory, record["profile"]["device"])

    return ledger


def partial(session: Session, directory: Path) -> str:
    """Why a run did not collect all claims of a ledger, or nothing."""
    config = session.config
    folder = config.rootpath if session.options.ledger else directory.parent
    if session.deselected:
        return "some were deselected"
    if not covers(config.args, folder):
        return "this run named only some of the files"
    return partial_by_options(config)


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
        TASKS.flag: options_of(config).tasks,
    }
    return next((f"{flag} leaves some out" for flag, value in chosen.items() if value), "")


def exit_code(session: Session) -> int:
    """The exit code, by the ledger, of a run in which every test came out well."""
    if session.judgement is None:  # the end of the run was interrupted
        return int(pytest.ExitCode.INTERRUPTED)
    if session.judgement.wrong or session.distrusted:
        return int(pytest.ExitCode.TESTS_FAILED)
    gated = session.options.gate and session.judgement.incomparable
    return NOT_COMPARABLE if gated else int(pytest.ExitCode.OK)


def names_of_nobody(session: Session) -> Iterator[str]:
    """What the option to train again names that no learner has, with the names that are near."""
    names = {arm["learner"] for record in session.records.values() for arm in record["arms"]}
    for pattern in session.options.fresh:
        if not any(fnmatchcase(name, pattern) for name in names):
            near = difflib.get_close_matches(pattern, sorted(names))
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            yield (
                f"{FRESH.flag}={pattern} trained nothing again, because no claim that was decided "
                f"has a learner of that name{hint}"
            )


def summarise(reporter: Any, session: Session) -> None:
    """Write what a run found: by `-v` with every cell, and the answers last of all."""
    reporter.ensure_newline()
    verbose = session.config.get_verbosity()
    records = list(session.records.values())
    if verbose > 0:
        width, paint = session.config.get_terminal_writer().fullwidth, painter(session.config)
        table = Table(records, width, paint, session.controlled, in_full=verbose > 1)
        show(reporter, "cells", table.lines())
        if verbose > 1 and (sentences := list(undecided(records))):
            words = "inconclusive: neither supported nor refuted"
            show(reporter, words, map(printable, sentences))
        if lines := list(ledger_lines(records, session.judgement)):
            show(reporter, "compared with the ledger", map(printable, lines))
    seen = screen_of(session)
    reporter.section(seen.title(), sep="=")
    for line in seen.lines(only_wrong=verbose < 0):
        reporter.write_line(line)
    for line in seen.totals():
        reporter.write_line(line)
    for line in beside(session, records, verbose):
        reporter.write_line(printable(line))


def fold_skips(skipped: Iterable[Any]) -> None:
    """Let pytest write the claims of a file that are skipped for one reason as one line."""
    for report in skipped:
        if getattr(report, "claim_record", None) and isinstance(report.longrepr, tuple):
            path, _, reason = report.longrepr
            report.longrepr = (path, None, reason)


def show(reporter: Any, title: str, lines: Iterable[str]) -> None:
    """Write a section."""
    reporter.section(title, sep="-")
    for line in lines:  # singly, for a terminal that must escape some of them
        reporter.write_line(line)


def beside(session: Session, records: Sequence[Record], verbose: int) -> Iterator[str]:
    """The lines below the totals; of a quiet run, those that tell of something wrong."""
    if verbose <= 0:
        short = ledger_in_short(records, session.judgement)
        yield from (line for line in short if verbose == 0 or line.startswith("wrong"))
    if verbose == 0:
        yield from overstated_in_short(records)
    if verbose > 0:
        yield from near_their_bounds(records)
        yield from unseen(records)
        yield from sharing(records)
    yield from session.counts() if verbose >= 0 else ()
    yield from names_of_nobody(session)
    yield from session.distrusted
    for line in session.written:
        if verbose >= 0 or not line.startswith("report: ") or "not written" in line:
            yield line
    if verbose == 0:
        yield "details: " + shlex.join(["pytest", *paths_given(session.config), "-k", "ID", "-v"])


def paths_given(config: pytest.Config) -> list[str]:
    """The files and folders that a run was told to collect."""
    given = map(str, config.invocation_params.args)
    return [each for each in given if each in config.args and "::" not in each]


def painter(config: pytest.Config) -> Paint:
    """Marks text up in the colours of the terminal, where it has some."""

    def paint(text: str, colour: str) -> str:
        marked: str = (
            config.get_terminal_writer().markup(text, **{colour: True}) if colour else text
        )
        return marked

    return paint


def screen_of(session: Session) -> Screen:
    """The answers of a run, with those of other tiers, for its terminal."""
    records = list(session.records.values())
    verdicts: dict[str, dict[str, str]] = {}
    for ledger in dict.fromkeys(map(ledger_of(session), records)):
        for claim, rows in rows_of_other_tiers(ledger).items():
            others = {tier: str(row["verdict"]) for tier, row in rows.items()}
            verdicts.setdefault(claim, {}).update(others)
    collected = sum(map(len, session.catalogue.values()))
    return Screen(
        answers(records, verdicts),
        session.config.get_terminal_writer().fullwidth,
        painter(session.config),
        session.controlled,
        max(collected - session.deselected - len(records), 0),
    )
