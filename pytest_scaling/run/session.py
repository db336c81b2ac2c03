"""What one run knows: its options, tier, tasks and trials, and the records that it has made."""

from __future__ import annotations

import itertools
import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..ledger.environment import Profile
from ..ledger.gate import Judgement
from ..ledger.ledger import Ledger, folder_of
from ..spec.tier import DEFAULT_TIERS, Tier
from .interruption import held_back, interrupt_by_signals
from .options import TIER, Options, is_worker, options_of
from .resources import Tally, make_trials, tally_of

if TYPE_CHECKING:
    from ..spec.protocols import Task
    from ..trials.execution import Trials
    from ..trials.spot_check import Check


@dataclass
class Session:
    """One run of pytest, as far as claims are concerned. It lives on the pytest config."""

    config: pytest.Config
    records: dict[str, dict[str, Any]] = field(default_factory=dict)  # by claim id and device
    nodes: dict[str, str] = field(default_factory=dict)  # node ids of the tests, likewise
    written: list[str] = field(default_factory=list)  # messages at the end of the run about files
    confirmed: list[str] = field(default_factory=list)  # files of confirmations, or why not
    distrusted: list[str] = field(default_factory=list)  # messages of spot checks that failed
    checks: list[Check] = field(default_factory=list)  # that workers of pytest-xdist propose
    unwritten: bool = False  # the system refused to write the ledger or the report
    tallies: dict[str, Tally] = field(default_factory=dict)  # by worker of pytest-xdist
    lost: list[str] = field(default_factory=list)  # workers of pytest-xdist that were killed
    claims: int = 0  # that the run collected, without controls and before -k
    catalogue: dict[str, list[str]] = field(default_factory=dict)  # ids of claims by ledger
    controlled: set[str] = field(default_factory=set)  # ids of claims that have a control
    deselected: int = 0  # claims that were collected and not run
    judgement: Judgement | None = None  # of the whole run by the ledger
    _rows: dict[Ledger, int] = field(default_factory=dict)  # numbers of rows, as first counted
    mistake: pytest.UsageError | None = None  # that a worker of pytest-xdist found at collection

    @property
    def options(self) -> Options:
        return options_of(self.config)

    @cached_property
    def tiers(self) -> dict[str, Tier]:
        """The project's tiers by name."""
        return {tier.name: tier for tier in tiers_of(self.config)}

    @cached_property
    def tier(self) -> Tier:
        return tier_of(self.config)

    @property
    def is_worker(self) -> bool:
        """Whether this process is a worker of pytest-xdist."""
        return is_worker(self.config)

    @cached_property
    def suite(self) -> tuple[Task, ...]:
        """The tasks that conftest files list in the hook pytest_scaling_tasks."""
        listed = self.config.hook.pytest_scaling_tasks(config=self.config, tier=self.tier)
        return tuple(task for tasks in listed for task in tasks)

    @cached_property
    def trials(self) -> Trials:
        """The store and the pool; nothing starts before the first trial is asked for."""
        return make_trials(self.config)

    def profile(self, device: str) -> Profile:
        return Profile(device.partition(":")[0], platform.machine(), self.tier.name)

    def ledger(self, directory: Path, device: str) -> Ledger:
        """The ledger for claims in files of a directory."""
        folder = folder_of(self.config.rootpath, directory, self.options.ledger)
        return Ledger(folder, self.profile(device).name)

    def rows_in(self, ledger: Ledger) -> int:
        """How many rows a ledger had when the run first asked."""
        if ledger not in self._rows:
            self._rows[ledger] = len(ledger.paths())
        return self._rows[ledger]

    def keep(self, report: Any) -> None:
        """Remember the record that a test report brought."""
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

    def own_tally(self) -> Tally | None:
        """The counts of the trials that this process asked for, if it did."""
        return tally_of(self.trials) if "trials" in self.__dict__ else None

    def to_check(self) -> list[Check]:
        """Trials that this process has recalled and that are worth a spot check.

        Others on each commit, or each day where there is none.
        """
        options = self.options
        if not options.spot_check or options.offline or "trials" not in self.__dict__:
            return []
        occasion = str(self.run_facts["commit"] or datetime.now(UTC).date())
        return self.trials.to_check(options.spot_check, occasion)

    def counts(self) -> list[str]:
        """How many trials were trained and recalled, and the notices of the store."""
        tallies = [tally for tally in (*self.tallies.values(), self.own_tally()) if tally]
        if not tallies:
            return []
        trained, recalled, paths, notices = zip(*tallies, strict=True)
        return [
            f"trials: {sum(trained)} trained, {sum(recalled)} recalled from {paths[0]}",
            *(
                f"worker {worker} was lost: what it trained in its last test is stored, "
                f"but not counted here"
                for worker in self.lost
            ),
            *dict.fromkeys(itertools.chain.from_iterable(notices)),
        ]

    def stop_training(self) -> None:
        """End the processes that train, so that what coverage has measured in them is there."""
        if "trials" in self.__dict__:
            with held_back():
                self.trials.close()

    def close(self) -> None:
        """Stop the pool; what has finished stays in the store."""
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
        config.add_cleanup(interrupt_by_signals())
    return config.stash[SESSION]


def tiers_of(config: pytest.Config) -> tuple[Tier, ...]:
    """The project's tiers, by the hook pytest_scaling_tiers, or the plain ones."""
    return tuple(config.hook.pytest_scaling_tiers(config=config) or DEFAULT_TIERS)


def tier_of(config: pytest.Config) -> Tier:
    """The tier that a run asks for; pytest.UsageError where there is none of that name."""
    tiers, name = tiers_of(config), options_of(config).tier
    if name is None:
        return tiers[0]
    for tier in tiers:
        if tier.name == name:
            return tier
    names = ", ".join(tier.name for tier in tiers)
    raise pytest.UsageError(f"there is no tier {name!r} for {TIER.flag}; use {names}")
