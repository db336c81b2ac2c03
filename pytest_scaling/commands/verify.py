"""`verify`: every verdict of the ledger computed again from its samples, without training.

Each claim is evaluated again by its own body; what it measures is answered from the row. So an
edited figure, a verdict that does not follow, and a row made by another protocol are all found.
With --isolated nothing of the project is imported, and its rows are checked without their claims.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ..experiments.bodies.body import Body
from ..experiments.evaluation import Evaluation
from ..ledger.environment import Profile, tier_in
from ..ledger.format import Record
from ..ledger.ledger import Ledger, RowFile, covers, is_named, profiles_in
from ..ledger.protocol import Protocol, rule_of
from ..ledger.reading.declared import declared_in
from ..ledger.reading.reader import shown
from ..ledger.reading.sharing import contradictions, unbound
from ..ledger.registration.audit import Audit as RegistrationAudit
from ..ledger.registration.registration import Shelf
from ..ledger.replay import Replay
from ..ledger.verification import STALE, evaluated_again, missing_then, orphan_rows
from ..ledger.words import SHOWN, listed, more
from ..report.archive import ArchiveError, found_folder
from ..run.collection import arguments_of, claim_of, own_fixtures, run_item
from ..run.options import TIER
from ..run.session import Session
from ..spec.arguments import STOPWATCH
from ..spec.declaration import Claim
from ..spec.scope import missing_devices
from ..spec.scope import scope as lay_out
from ..trials.identity import sha256
from ..trials.seeds import confirming_offset
from .collect import collect, default_paths
from .output import say
from .parser import add_command

EXAMPLES = (
    ("verify", "the whole ledger"),
    ("verify claims/test_scale.py", "the rows of one file's claims"),
    ("verify --profile quick", "the rows of one tier"),
    ("verify --isolated claims/ledger", "rows from strangers"),
)
NOT_EVALUATED = (
    "well-formed; no claim was evaluated again, and no protocol was compared with its claim"
)


@dataclass
class Audit:
    """What verifying has found so far, and what it has looked at.

    profile: look only at profiles whose name has these parts, as in "quick"; None for all.
    found: a message for everything that is wrong.
    """

    profile: str | None = None
    found: list[str] = field(default_factory=list)
    rows: int = 0
    claims: dict[Path, dict[str, None]] = field(default_factory=dict)  # ids by ledger
    tiers: tuple[str, ...] = ()  # of the project; the first is the default
    unbound: list[str] = field(default_factory=list)  # arms whose figures nothing checks
    confirmations: int = 0
    stale: list[str] = field(default_factory=list)  # claims that changed since they were measured
    unordered: str = ""  # why nobody can tell whether registrations came first
    read: dict[Path, RowFile | None] = field(default_factory=dict)  # files, each read once

    def profiles(self, directory: Path) -> list[str]:
        """The profiles of a ledger that are to be looked at."""
        names = profiles_in(directory)
        return [name for name in names if not self.profile or is_named(name, self.profile)]

    def row_file(self, path: Path) -> RowFile | None:
        """A file of a ledger, or None where there is none."""
        if path not in self.read:
            self.read[path] = RowFile.read(path)
        return self.read[path]

    def files(self, ledger: Ledger) -> list[RowFile]:
        """All files of a profile."""
        found = map(self.row_file, ledger.paths())
        return [each for each in found if each is not None]

    @property
    def further_tiers(self) -> list[str]:
        """The tiers that the rows seen so far belong to, except the default one."""
        names = (self.tier_of(name) for each in self.claims for name in self.profiles(each))
        return [name for name in dict.fromkeys(names) if name != self.tiers[0]]

    def tier_of(self, profile: str) -> str:
        """The tier of a profile, by its name; the default one where it names none."""
        tier = tier_in(profile)
        return tier if tier in self.tiers else self.tiers[0]

    def evaluate(self, paths: Sequence[str], tier: str | None = None) -> None:
        """Collect the claims of these paths and verify their rows of one tier."""
        done: set[tuple[Path, str]] = set()  # a claim has an item for each device

        def verify_item(session: Session, item: pytest.Function) -> None:
            self.tiers = tuple(session.tiers)
            directory = session.ledger(item.path.parent, "cpu").directory
            claim = claim_of(item)
            assert claim is not None
            self.claims.setdefault(directory, {})[claim.id] = None
            now = session.tier.name
            names = [name for name in self.profiles(directory) if self.tier_of(name) == now]
            for name in names if (directory, claim.id) not in done else ():
                ledger = Ledger(directory, name)
                row_file = self.row_file(ledger.path(claim.id))
                self.rows += row_file is not None
                self.found += wrong_with(session, item, row_file, ledger)
            if (directory, claim.id) not in done:
                self._confirmations(session, item, claim.id, Shelf.beside(directory).results)
            done.add((directory, claim.id))

        chosen = [f"{TIER.flag}={tier}"] if tier else []
        collect(paths, ("--scaling-device=cpu", *chosen), verify_item)

    def _confirmations(
        self, session: Session, item: pytest.Function, claim: str, results: Path
    ) -> None:
        """Evaluate the confirmations of one claim in one tier again, from their samples."""
        names = [name for name in self.profiles(results) if self.tier_of(name) == session.tier.name]
        files = [RowFile.read(Ledger(results, name).path(claim)) for name in names]
        for each in files:
            if each is None or each.wrong:
                continue  # which the registrations' own audit tells
            self.confirmations += 1
            wrong = list(verify_row(session, item, each, each.path.parent.name))
            stale = [words for words in wrong if f" {STALE} " in words]
            self.stale += [claim for _ in stale]
            self.found += [words for words in wrong if words not in stale]

    def check_registrations(self, ledger: Path) -> None:
        """Check the registrations beside a ledger."""
        audit = RegistrationAudit(Shelf.beside(ledger), ledger)
        if audit.exists:
            self.found += audit.faults()
            self.unordered = self.unordered or audit.obstacle

    def hold_together(self, ledger: Ledger) -> None:
        """Compare the rows of a profile with each other, and note the arms that nothing checks."""
        rows = {
            shown(each.path): each.content
            for each in self.files(ledger)
            if each.content and not each.is_duplicate
        }
        self.found += contradictions(rows)
        self.unbound += unbound(rows.values())


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = add_command(
        commands,
        "verify",
        help="check that every stored verdict follows from its samples",
        about="Compute every verdict of the ledger again from the samples in its row, and say\n"
        "which row was edited, is out of date or is missing. Nothing is trained.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "paths",
        nargs="*",
        help="files and folders of claims (default: claims); with --isolated, of ledgers",
    )
    parser.add_argument(
        "--profile",
        help="check only this profile; part of its name is enough, such as quick",
    )
    parser.add_argument(
        "--isolated",
        action="store_true",
        help="run no code of the project: check rows from strangers, in folders of ledgers, "
        "without their claims",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verify the ledger; 1 where something is wrong, 6 where there is nothing to verify."""
    from ..run.finish import NOT_COMPARABLE

    started = time.perf_counter()
    if options.isolated:
        audit = isolated(options.paths, options.profile)
    else:
        audit = verify(options.paths or default_paths(), options.profile)
    if not audit.rows and not audit.found:
        where = ", ".join(map(shown, audit.claims))
        what = f"profile {options.profile}" if options.profile else "row"
        say(
            f"not comparable: the ledger {where} has no {what}; `pytest claims "
            f"--claims-update=new --claims-reason WHY` adds rows"
        )
        return NOT_COMPARABLE
    for sentence in audit.found:
        say(sentence)
    if audit.unbound:
        say(unbound_note(audit.unbound))
    for sentence in about_confirmations(audit):
        say(sentence)
    seconds = time.perf_counter() - started
    claims = len(dict.fromkeys(name for names in audit.claims.values() for name in names))
    sound = NOT_EVALUATED if options.isolated else "all as their samples say"
    wrong = f"{len(audit.found)} found wrong" if audit.found else sound
    say(f"verified {audit.rows} rows of {claims} claims in {seconds:.1f} s: {wrong}")
    return int(pytest.ExitCode.TESTS_FAILED if audit.found else pytest.ExitCode.OK)


def about_confirmations(audit: Audit) -> Iterator[str]:
    """What there is to know of confirmations, which is no fault."""
    if audit.unordered:
        yield f"not checked: whether registrations came first, as {audit.unordered}"
    if audit.stale:
        yield f"stale, as their protocols changed since they were confirmed: {listed(audit.stale)}"
    if audit.confirmations:
        yield f"verified {audit.confirmations} confirmations with their registrations"


def verify(paths: Sequence[str], profile: str | None = None) -> Audit:
    """Evaluate the claims of these paths again, once for each tier that their ledgers have."""
    audit = Audit(profile)
    audit.evaluate(paths)
    for tier in audit.further_tiers:
        audit.evaluate(paths, tier)
    for directory, claims in audit.claims.items():
        audit.check_registrations(directory)
        whole = covers(paths, directory.parent)
        for name in audit.profiles(directory):
            ledger = Ledger(directory, name)
            audit.found += orphan_rows(audit.files(ledger), claims, whole=whole)
            audit.hold_together(ledger)
    return audit


def isolated(folders: Sequence[str], profile: str | None = None) -> Audit:
    """Check the rows of these ledgers without their claims; nothing of the project is imported."""
    audit = Audit(profile)
    try:
        paths = [Path(folder) for folder in folders] or [found_folder(None)]
    except ArchiveError as absent:
        raise pytest.UsageError(str(absent)) from None
    for directory in paths:
        if not profiles_in(directory):
            raise pytest.UsageError(
                f"there is no ledger in {shown(directory)}: it has no folder of a profile"
            )
        audit.claims[directory] = {}
        for name in audit.profiles(directory):
            ledger = Ledger(directory, name)
            for each in audit.files(ledger):
                audit.rows += 1
                audit.claims[directory][each.path.stem] = None
                audit.found += filter(None, [each.wrong or wrong_protocol(each)])
            audit.hold_together(ledger)
    return audit


def wrong_protocol(row_file: RowFile) -> str:
    """What is wrong with the protocol of a row by itself; empty where it has its hash."""
    kept: Protocol = row_file.content["protocol"]
    if kept["hash"] == sha256({key: kept[key] for key in kept if key != "hash"}):
        return ""
    return (
        f"{shown(row_file.path)} was edited: the hash of its protocol does not match the protocol"
    )


def unbound_note(arms: Sequence[str]) -> str:
    """The sentence about arms with figures that enter no comparison and are in no other row."""
    have = "arm has" if len(arms) == 1 else "arms have"
    return (
        f"not checked: {len(arms)} {have} figures that enter no comparison and are in no other "
        f"row; a run of the claims checks them: {'; '.join(arms[:SHOWN])}{more(arms[SHOWN - 1 :])}"
    )


def wrong_with(
    session: Session, item: pytest.Function, row_file: RowFile | None, ledger: Ledger
) -> Iterator[str]:
    """What is wrong with the row of one claim in one profile, one message each."""
    claim = claim_of(item)
    assert claim is not None
    if STOPWATCH in arguments_of(item) and row_file is None:
        return  # times are evidence of one run, and have no rows
    if row_file is None:
        yield (
            f"{shown(ledger.path(claim.id))} is missing: {claim.id!r} has no row in the profile "
            f"{ledger.profile}; add it with --claims-update=new"
        )
    elif row_file.damage:
        yield f"{shown(row_file.path)} {row_file.damage}"
    else:
        yield from verify_row(session, item, row_file, ledger.profile)


def verify_row(
    session: Session, item: pytest.Function, row_file: RowFile, profile_name: str
) -> Iterator[str]:
    """What is wrong with a row: it is of another profile, stale or edited."""
    row, file = row_file.content, shown(row_file.path)
    profile = Profile.of(row)
    if profile.name != profile_name:
        yield f"{file} is in {profile_name}, but is a row of the profile {profile.name}"
        return
    if words := wrong_protocol(row_file):
        yield words
        return
    yield from with_fixtures(
        item,
        lambda given: list(
            evaluated_again(evaluation_of(session, item, row, profile, given), row, profile, file)
        ),
    )


def evaluation_of(
    session: Session,
    item: pytest.Function,
    row: Record,
    profile: Profile,
    given: Mapping[str, Any],
) -> Evaluation:
    """The claim of an item, ready to be evaluated from a row."""
    claim = claim_of(item)
    assert claim is not None
    arguments, source, declared = arguments_of(item), Replay(row), declared_in(row)
    stamp, rule = row.get("registration"), rule_of(row["protocol"])
    offset = confirming_offset(stamp["block"]) if stamp else 0

    def of(stated: Claim) -> Evaluation:
        cells = lay_out(
            stated,
            session.suite,
            session.tier,
            None,
            arguments,
            missing_devices(stated, (profile.device,)),
            lambda task: "" if task is None else missing_then(task, row),
        )
        body = Body(item.obj, arguments, {**given, **stated.given, "device": profile.device})
        return Evaluation(body, cells, source, session.tier, profile.device, offset, rule, declared)

    others = {name: of(claim.elsewhere(name)) for name in claim.alternatives}
    return dataclasses.replace(of(claim), alternatives=others)


def with_fixtures(
    item: pytest.Function, use: Callable[[Mapping[str, Any]], list[str]]
) -> list[str]:
    """The result of `use` for the values of an item's fixtures, while these are set up."""
    names = own_fixtures(item)
    if not names:
        return use({})
    caller = Caller(lambda: use({name: item.funcargs[name] for name in names}))
    item.config.pluginmanager.register(caller)
    try:
        reports = run_item(item)
    finally:
        item.config.pluginmanager.unregister(caller)
    broken = [f"{item.name}: {report.longreprtext}" for report in reports if report.failed]
    return [*caller.sentences, *(" ".join(words.split())[-200:] for words in broken)]


class Caller:
    """A plugin for one item: calls a function instead of the body."""

    def __init__(self, call: Callable[[], list[str]]) -> None:
        self._call = call
        self.sentences: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        self.sentences = self._call()
        return True
