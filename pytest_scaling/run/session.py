"""What one run knows: its profile, tier, tasks, store and ledger."""

from __future__ import annotations

import dataclasses
import itertools
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..experiments.evaluation import Body, ClaimResult, Hearing
from ..ledger.environment import Profile
from ..ledger.gate import Gate, Judgement, against
from ..ledger.ledger import Ledger, covers, folder_of
from ..spec.arguments import PROVIDED, STOPWATCH
from ..spec.declaration import Claim, ClaimError
from ..spec.scope import Scope, lacking_devices, scope
from ..spec.tier import Tier
from . import options
from .collection import check_claims, claim_of, device_of, takes_time
from .devices import devices_of
from .evaluate import RECORD
from .finish import NOT_COMPARABLE, partial_by_options
from .options import tier_of
from .outcome import Outcome, outcome, properties
from .resources import cluster_of, open_store

if TYPE_CHECKING:
    from ..ledger.format import Record
    from ..spec.protocols import Task
    from ..trials.execution import Trials
    from ..trials.sources import Laboratory
    from .resources import Tally


@dataclass
class Session:
    """One run of pytest, as far as claims are concerned. It lives on the pytest config."""

    config: pytest.Config
    records: dict[str, dict[str, Any]] = field(default_factory=dict)  # by claim id and device
    nodes: dict[str, str] = field(default_factory=dict)  # node ids of the tests, likewise
    written: list[str] = field(default_factory=list)  # what the end of the run has to say of files
    unwritten: bool = False  # the system refused to take the ledger or the report
    tallies: dict[str, Tally] = field(default_factory=dict)  # by worker of pytest-xdist
    lost: list[str] = field(default_factory=list)  # workers of pytest-xdist that were killed
    claims: int = 0  # that the run collected, without controls and before -k
    catalogue: dict[str, list[str]] = field(default_factory=dict)  # ids of claims by ledger
    deselected: int = 0  # claims that were collected and not run
    judgement: Judgement | None = None  # of the whole run by the ledger
    mistake: pytest.UsageError | None = None  # that a worker of pytest-xdist found at collection

    @cached_property
    def tier(self) -> Tier:
        return tier_of(self.config)

    @property
    def update(self) -> str | None:
        return options.UPDATE.read(self.config) or None

    @property
    def reason(self) -> str | None:
        return options.REASON.read(self.config) or None

    @property
    def is_worker(self) -> bool:
        """Whether this process is a worker of pytest-xdist."""
        return hasattr(self.config, "workerinput")

    @cached_property
    def suite(self) -> tuple[Task, ...]:
        """The tasks that conftest files list in the hook pytest_scaling_tasks."""
        listed = self.config.hook.pytest_scaling_tasks(config=self.config)
        return tuple(task for tasks in listed for task in tasks)

    @cached_property
    def wanted_tasks(self) -> tuple[str, ...] | None:
        """The tasks that `--tasks` narrows the run to, or None."""
        names = options.TASKS.read(self.config)
        return tuple(name.strip() for name in names.split(",")) if names else None

    @property
    def seed_offset(self) -> int:
        return int(options.SEED_OFFSET.read(self.config))

    @cached_property
    def trials(self) -> Trials:
        """The store and the pool; nothing starts before the first trial is asked for."""
        from ..trials.execution import Trials

        store = open_store(self.config)
        if options.OFFLINE.read(self.config) or self.config.option.collectonly:
            return Trials(store, workers=self.workers, offline=True)
        if cluster := cluster_of(self.config):
            return Trials(store, workers=sys.maxsize, pool=lambda _: cluster)  # it has a queue
        return Trials(store, workers=self.workers)

    @property
    def workers(self) -> int:
        """Processes that train: as asked for, or the cores over the workers of pytest-xdist."""
        asked = options.WORKERS.read(self.config)
        if asked:
            return int(asked)
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        siblings = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        return max(1, (cores or 1) // siblings)

    def profile(self, device: str) -> Profile:
        return Profile(device.partition(":")[0], platform.machine(), self.tier.name)

    def ledger(self, directory: Path, device: str) -> Ledger:
        """The ledger for claims in files of a directory."""
        folder = folder_of(self.config.rootpath, directory, options.LEDGER.read(self.config))
        return Ledger(folder, self.profile(device).name)

    def check(self, items: list[pytest.Item]) -> None:
        """Raise pytest.UsageError where the claims do not fit each other or the options.

        A worker of pytest-xdist cannot end the run that way: it leaves that to the controller.
        """
        self.claims = sum(
            claim is not None and not claim.is_control for claim in map(claim_of, items)
        )
        for item in items:
            if (claim := claim_of(item)) is not None:
                directory = str(self.ledger(item.path.parent, "cpu").directory)
                self.catalogue.setdefault(directory, []).append(claim.id)
        try:
            check_claims(items)
            self._check_tasks(items)
        except pytest.UsageError as mistake:
            if not self.is_worker:
                raise
            self.mistake = mistake

    def check_store(self, items: list[pytest.Item]) -> None:
        """Note where a worker of pytest-xdist cannot open the store, before its first test."""
        if self.mistake is None and any(claim_of(item) for item in items):
            try:
                _ = self.trials  # opens the store
            except pytest.UsageError as mistake:
                self.mistake = mistake

    def _check_tasks(self, items: list[pytest.Item]) -> None:
        claims = [claim for claim in map(claim_of, items) if claim is not None]
        own = [task for claim in claims for task in (*(claim.tasks or ()), *claim.beside)]
        known = dict.fromkeys(task.name for task in (*self.suite, *own) if hasattr(task, "draw"))
        for name in self.wanted_tasks or ():
            if name not in known:
                raise pytest.UsageError(f"there is no task {name!r}; use {', '.join(known)}")

    def scope(self, claim: Claim, arguments: tuple[str, ...]) -> Scope:
        lacking = lacking_devices(claim, devices_of(self.config))
        if STOPWATCH in arguments and options.OFFLINE.read(self.config):
            lacking = lacking or f"it takes time, which {options.OFFLINE.flag} does not"
        return scope(claim, self.suite, self.tier, self.wanted_tasks, arguments, lacking)

    def hearing(
        self, item: pytest.Function, given: dict[str, Any], laboratory: Laboratory
    ) -> Hearing:
        """The claim of a test item, ready to be heard."""
        claim = self._at_level(claim_of(item))
        arguments = tuple(item._fixtureinfo.argnames)
        if "learner" in arguments and not claim.learners:
            raise ClaimError(
                f"claim {claim.id!r} takes `learner` but names no learners; "
                f"give learners=... to @claim"
            )
        return Hearing(
            Body(item.obj, arguments, given),
            self.scope(claim, arguments),
            laboratory,
            self.tier,
            device_of(item),
            self.seed_offset,
        )

    def _at_level(self, claim: Claim | None) -> Claim:
        """The claim, at a stricter level where the whole run shares one."""
        assert claim is not None
        if not options.STRICT.read(self.config):
            return claim
        from ..statistics.interval import strict_level

        return dataclasses.replace(claim, level=min(claim.level, strict_level(max(self.claims, 1))))

    def hear(self, item: pytest.Function) -> ClaimResult:
        given = {
            name: item.funcargs[name] for name in item._fixtureinfo.argnames if name not in PROVIDED
        }
        return self.hearing(item, given, self.trials).verdict()

    def run(self, item: pytest.Function) -> Outcome:
        """Hear the claim of a test item and hold its record against the ledger."""
        from ..ledger.record import record

        claim = claim_of(item)
        assert claim is not None
        result = self.hear(item)
        file = Path(os.path.relpath(item.path, self.config.rootpath)).as_posix()
        profile, timing = self.profile(device_of(item)), takes_time(item)
        made = record(result, profile, file, self.tier, device=device_of(item), timing=timing)
        ledger = self.ledger(item.path.parent, device_of(item))
        row = ledger.row(claim.id)
        strict = options.STRICT.read(self.config)  # judges at levels that no row was judged at
        made = {**made, "ledger": None if strict or timing else against(row, made, ledger)}
        item.stash[RECORD] = made
        item.user_properties += properties(made)
        return outcome(claim, made, row, self.reason, options.modes(self.config))

    def keep(self, report: Any) -> None:
        """Remember the record that a test report brought, and how many trials it took."""
        record = report.claim_record | {"run": self.run_facts}
        key = f"{record['claim']['id']} on {record['profile']['device']}"
        self.records[key] = record
        self.nodes[key] = report.nodeid

    def sort_records(self, places: Mapping[str, int]) -> None:
        """Put the records in the order of their tests. places: by node id."""
        last = len(places)
        keys = sorted(self.records, key=lambda key: places.get(self.nodes[key], last))
        self.records = {key: self.records[key] for key in keys}

    @cached_property
    def run_facts(self) -> dict[str, Any]:
        """Commit, time and command of the run, for its records."""
        from ..ledger.git import changed_files, commit

        root = self.config.rootpath
        changed = changed_files(root)
        return {
            "commit": commit(root),
            "dirty": None if changed is None else bool(changed),
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": shlex.join(["pytest", *map(str, self.config.invocation_params.args)]),
        }

    def finish(self) -> list[str]:
        """Write the ledger and the report, and say where they are, or why they are not there."""
        written = []
        records = list(self.records.values())
        for name, write in (("ledger", self._write_ledger), ("report", self._write_report)):
            try:
                said = write(records)
            except (OSError, pytest.UsageError) as error:
                said, self.unwritten = f"not written: {error}", True
            if said:
                written.append(f"{name}: {said}")
        self.judgement = self.judge()
        return written

    def _write_ledger(self, records: list[dict[str, Any]]) -> str:
        if not self.update or not self.reason:
            return ""
        return self.gate(records).update(options.modes(self.config), self.reason)

    def gate(self, records: list[dict[str, Any]]) -> Gate:
        """The records of the run with the ledgers that they are held against."""
        catalogue = {Path(name): frozenset(ids) for name, ids in self.catalogue.items()}
        return Gate(records, self._ledger_of, catalogue, self._partial)

    def judge(self) -> Judgement:
        """What only the whole run can tell of the ledger."""
        strict = bool(options.GATE.read(self.config))
        return self.gate(list(self.records.values())).judge(strict=strict)

    def _ledger_of(self, record: Record) -> Ledger:
        directory = (self.config.rootpath / record["file"]).parent
        return self.ledger(directory, record["profile"]["device"])

    def _partial(self, directory: Path) -> str:
        """Why a run did not collect all claims of a ledger, or nothing."""
        folder = self.config.rootpath if options.LEDGER.read(self.config) else directory.parent
        if self.deselected:
            return "some were deselected"
        if not covers(self.config.args, folder):
            return "this one named some files only"
        return partial_by_options(self.config)

    def _write_report(self, records: list[dict[str, Any]]) -> str:
        directory = options.REPORT.read(self.config)
        if not directory or not records:
            return ""
        from ..report.build import build_in
        from ..report.error import ReportError

        root = self.config.rootpath
        try:
            return str(build_in(root, records, root / directory, options.LEDGER.read(self.config)))
        except ReportError as error:
            return f"not written: {error}"

    def exit_code(self) -> int:
        """What the ledger makes of a run in which every test came out well."""
        if self.judgement is None:  # the end of the run was interrupted
            return int(pytest.ExitCode.INTERRUPTED)
        if self.judgement.wrong:
            return int(pytest.ExitCode.TESTS_FAILED)
        gated = options.GATE.read(self.config) and self.judgement.incomparable
        return NOT_COMPARABLE if gated else int(pytest.ExitCode.OK)

    def own_tally(self) -> Tally | None:
        """What became of the trials that this process asked for, if it did."""
        if "trials" not in self.__dict__:
            return None
        trials = self.trials
        return trials.computed, trials.recalled, str(trials.store.path), tuple(trials.notices)

    def counts(self) -> list[str]:
        """How many trials were trained and recalled, and what the store has to say."""
        tallies = [tally for tally in (*self.tallies.values(), self.own_tally()) if tally]
        if not tallies:
            return []
        trained, recalled, paths, notices = zip(*tallies, strict=True)
        return [
            f"trials: {sum(trained)} trained, {sum(recalled)} recalled from {paths[0]}",
            *(
                f"worker {worker} was lost: what it trained in its last test is stored, "
                f"and not counted here"
                for worker in self.lost
            ),
            *dict.fromkeys(itertools.chain.from_iterable(notices)),
        ]

    def close(self) -> None:
        """Stop the pool; what has ended stays in the store."""
        if "trials" in self.__dict__:
            self.trials.close()
            self.trials.store.close()


SESSION: pytest.StashKey[Session] = pytest.StashKey()


def session_if_any(config: pytest.Config) -> Session | None:
    """The run's session, where it has claims."""
    return config.stash.get(SESSION, None)


def session_of(config: pytest.Config) -> Session:
    """The run's session, made when it is first needed: there are claims."""
    if SESSION not in config.stash:
        config.stash[SESSION] = Session(config)
    return config.stash[SESSION]
