"""The options of the plugin: one table for the command line, the environment and the ini file.

They are read once, at the start of a run, into one value that nothing changes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ..trials.seeds import LARGEST_OFFSET, MOST_SEEDS, VERDICT_SEEDS

CI = ("CI", "BUILD_NUMBER")  # variables by which pytest knows that it runs in CI
MODES = ("new", "changed", "prune")  # of --claims-update


class Option(NamedTuple):  # made in a fifth of the time of a dataclass, in every run of pytest
    """One option. The command line beats the environment, which beats the ini file."""

    flag: str
    help: str
    default: str | None = None
    ini: str | None = None
    environment: str | None = None
    add: Mapping[str, Any] = {}  # further arguments of argparse

    @property
    def dest(self) -> str:
        return self.flag.lstrip("-").replace("-", "_")

    def read(self, config: pytest.Config) -> Any:
        """The value in force, as it was written."""
        value = config.getoption(self.dest, default=None)
        if value not in (None, False):
            return value
        if self.environment and os.environ.get(self.environment):
            return os.environ[self.environment]
        if self.ini and config.getini(self.ini):
            return config.getini(self.ini)
        return self.default if value is None else value


DEVICE = Option(
    "--scaling-device",
    "where learners train: cpu, cuda (the first GPU), cuda:1 (the second), mps, xpu, all, or auto "
    "(the first accelerator that works, else the CPU)",
    default="cpu",
    ini="scaling_device",
    environment="PYTEST_SCALING_DEVICE",
    add={"metavar": "DEVICE"},
)
TIER = Option(
    "--scaling-tier",
    "how much data and how many seeds to use: a tier of the project, as in quick (default: the "
    "first one)",
    ini="scaling_tier",
    add={"metavar": "TIER"},
)
TASKS = Option(
    "--scaling-tasks",
    "run only these tasks, as in mnist1d,friedman; verdicts over all tasks are then partial",
    add={"metavar": "NAMES"},
)
STORE = Option(
    "--scaling-store",
    "file that keeps trained results, so that nothing is trained twice, as in trials.sqlite3 "
    "(default: in your cache directory)",
    ini="scaling_store",
    environment="PYTEST_SCALING_STORE",
    add={"metavar": "PATH"},
)
WORKERS = Option(
    "--scaling-workers",
    "how many processes train, as in 4 (default: one for each core, shared among the workers of "
    "pytest-xdist); 0 trains in the process of pytest, for debuggers and profilers, and stores "
    "nothing",
    environment="PYTEST_SCALING_WORKERS",
    add={"metavar": "N", "type": int},
)
TRIAL_TIMEOUT = Option(
    "--scaling-trial-timeout",
    "stop any single training after this many seconds, as in 600 (default: the limit of "
    "pytest-timeout, if there is one); 0 for no limit",
    ini="scaling_trial_timeout",
    environment="PYTEST_SCALING_TRIAL_TIMEOUT",
    add={"metavar": "SECONDS"},
)
BACKEND = Option(
    "--scaling-backend",
    "where training runs: local, in processes of this machine, or dask, on a cluster that is "
    "already running",
    default="local",
    ini="scaling_backend",
    environment="PYTEST_SCALING_BACKEND",
    add={"choices": ("local", "dask")},
)
SCHEDULER = Option(
    "--scaling-scheduler",
    "address of the cluster's Dask scheduler, as in tcp://127.0.0.1:8786",
    ini="scaling_scheduler",
    environment="PYTEST_SCALING_SCHEDULER",
    add={"metavar": "ADDRESS"},
)
TIMINGS = Option(
    "--scaling-timings",
    "what becomes of timings: skip leaves them out, serial takes them one at a time while other "
    "workers of pytest-xdist wait (default: skip under pytest-xdist, else they are taken)",
    ini="scaling_timings",
    add={"choices": ("skip", "serial")},
)
STRICT = Option(
    "--claims-strict",
    "keep the chance that any verdict of the whole run is wrong at one in twenty; without it, each "
    "claim has a chance of its own",
    add={"action": "store_true"},
)
OFFLINE = Option(
    "--claims-offline", "train nothing, and use stored results only", add={"action": "store_true"}
)
FRESH = Option(
    "--scaling-fresh",
    "train again instead of using stored results: learners by name after `=`, as in net* or "
    "svm,trees; all of them if none is named",
    add={"metavar": "LEARNER", "nargs": "?", "const": "*"},
)
SPOT_CHECK = Option(
    "--scaling-spot-check",
    "at the end, train this many stored results again, as in 3, and fail if one comes out "
    "different; which ones depends on the commit (default: 1 where CI is set, else 0)",
    ini="scaling_spot_check",
    environment="PYTEST_SCALING_SPOT_CHECK",
    add={"metavar": "N"},
)
SEED_OFFSET = Option(
    "--claims-seed-offset",
    f"replicate on fresh seeds: add this number to every seed, as in 1000; 0, or {MOST_SEEDS} and "
    f"more",
    default="0",
    add={"metavar": "N", "type": int},
)
INCONCLUSIVE = Option(
    "--claims-inconclusive",
    "what an inconclusive claim does to the run: report only shows it, fail makes the run fail",
    default="report",
    ini="claims_inconclusive",
    add={"choices": ("report", "fail")},
)
UPDATE = Option(
    "--claims-update",
    "write the ledger: `new` adds rows for claims that have none, `changed` replaces rows that "
    "came out differently, `prune` removes rows whose claim is gone; several with commas, as in "
    "new,prune (needs --claims-reason, and everything committed)",
    add={"metavar": "WHAT"},
)
REASON = Option(
    "--claims-reason",
    "why the ledger changes, as in 'first measurement'; every row keeps it",
    add={"metavar": "TEXT"},
)
CONFIRM = Option(
    "--claims-confirm",
    "measure only the registered claims, once, on the fresh seeds that they were registered for "
    "(needs everything committed, the registrations too)",
    add={"action": "store_true"},
)
GATE = Option(
    "--claims-gate",
    "compare the whole run with the ledger: exit code 1 if a claim has no row, or is supported "
    "although its control is not refuted and no reason accepts that; 6 if the profile was never "
    "measured; `=confirmed`: 1 also if a claim is not confirmed",
    add={"metavar": "confirmed", "nargs": "?", "const": "rows"},
)
GATES = ("rows", "confirmed")
LEDGER = Option(
    "--claims-ledger",
    "folder of the ledger, as in verdicts (default: `ledger` beside the file of the claim)",
    ini="claims_ledger",
    add={"metavar": "DIR"},
)
REPORT = Option(
    "--scaling-report",
    "folder to write the report to, as in report: the page, figures and records",
    ini="scaling_report",
    add={"metavar": "DIR"},
)

OPTIONS = (
    DEVICE,
    TIER,
    TASKS,
    STORE,
    WORKERS,
    TRIAL_TIMEOUT,
    TIMINGS,
    BACKEND,
    SCHEDULER,
    STRICT,
    OFFLINE,
    FRESH,
    SPOT_CHECK,
    SEED_OFFSET,
    INCONCLUSIVE,
    UPDATE,
    REASON,
    CONFIRM,
    GATE,
    LEDGER,
    REPORT,
)


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


class Options(NamedTuple):
    """What a run was asked to do: every option, read and checked once.

    tier: None for the first of the project's. tasks: None for all. workers: None for as many as
    there are cores, 0 for this process. trial_timeout, timings: None where they are not given.
    update: what --claims-update permits to write. gate: empty, or one of GATES.
    """

    device: str
    tier: str | None
    tasks: tuple[str, ...] | None
    store: Path | None
    workers: int | None
    trial_timeout: float | None
    timings: str | None
    backend: str
    scheduler: str | None
    strict: bool
    offline: bool
    fresh: tuple[str, ...]
    spot_check: int
    seed_offset: int
    inconclusive: str
    update: tuple[str, ...]
    reason: str
    confirm: bool
    gate: str
    ledger: str | None
    report: str | None

    @property
    def on_cluster(self) -> bool:
        return self.backend == "dask"


READ: pytest.StashKey[Options] = pytest.StashKey()


def options_of(config: pytest.Config) -> Options:
    """The options of a run."""
    return config.stash[READ]


def read_options(config: pytest.Config) -> Options:
    """Read all options and keep them on the config.

    Raises pytest.UsageError where a value is not valid, or an option needs another.
    """
    for option in OPTIONS:
        value, choices = option.read(config), option.add.get("choices")
        if choices and value not in (None, *choices):
            raise pytest.UsageError(f"{option.flag} takes {' or '.join(choices)}, not {value!r}")
    workers, store, tasks = (option.read(config) for option in (WORKERS, STORE, TASKS))
    if workers is not None and not re.fullmatch(r"\d+", str(workers)):
        raise pytest.UsageError(f"{WORKERS.flag} takes a number from 0 on, not {workers!r}")
    options = Options(
        device=DEVICE.read(config),
        tier=TIER.read(config),
        tasks=names_in(tasks) if tasks else None,
        store=path_of(store) if store else None,
        workers=None if workers is None else int(workers),
        trial_timeout=seconds(TRIAL_TIMEOUT.read(config)),
        timings=TIMINGS.read(config),
        backend=BACKEND.read(config),
        scheduler=SCHEDULER.read(config),
        strict=bool(STRICT.read(config)),
        offline=bool(OFFLINE.read(config)),
        fresh=names_in(FRESH.read(config) or ""),
        spot_check=spot_check_in(SPOT_CHECK.read(config)),
        seed_offset=int(SEED_OFFSET.read(config)),
        inconclusive=INCONCLUSIVE.read(config),
        update=names_in(UPDATE.read(config) or ""),
        reason=(REASON.read(config) or "").strip(),
        confirm=bool(CONFIRM.read(config)),
        gate=gate_in(GATE.read(config)),
        ledger=LEDGER.read(config),
        report=REPORT.read(config),
    )
    check_backend(config, options)
    check_fresh(options)
    check_offset(options.seed_offset)
    check_update(UPDATE.read(config), options)
    check_confirm(options)
    config.stash[READ] = options
    return options


def path_of(store: str) -> Path:
    """The path of a store; pytest.UsageError where it begins with a home that nobody has."""
    try:
        return Path(store).expanduser()
    except RuntimeError:
        raise pytest.UsageError(
            f"{STORE.flag} names {store!r}, and there is no such home; name a file"
        ) from None


def seconds(written: Any) -> float | None:
    """The seconds of --scaling-trial-timeout; pytest.UsageError where they are none."""
    try:
        found = None if written is None else float(written)
    except ValueError:
        found = -1.0
    if found is not None and not 0 <= found < float("inf"):
        raise pytest.UsageError(
            f"{TRIAL_TIMEOUT.flag} takes a number of seconds, or 0 for no limit, not {written!r}"
        )
    return found


def names_in(text: str) -> tuple[str, ...]:
    """Names that are separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def spot_check_in(written: str | None) -> int:
    """How many recalled trials to check: as asked for, or one where this is a CI service."""
    if written is None:
        return int(any(os.environ.get(name) for name in CI))
    if not re.fullmatch(r"\d+", str(written)):
        raise pytest.UsageError(f"{SPOT_CHECK.flag} takes a number from 0 on, not {written!r}")
    return int(written)


def check_fresh(options: Options) -> None:
    """Raise pytest.UsageError where training again is forbidden, or a path is taken for a name."""
    if options.fresh and options.offline:
        raise pytest.UsageError(f"{FRESH.flag} trains, and {OFFLINE.flag} forbids it")
    for name in options.fresh:
        if os.path.exists(name.partition("::")[0]):
            raise pytest.UsageError(
                f"{FRESH.flag} takes names of learners, and {name!r} is a path; put it before the "
                f"option, or write {FRESH.flag}='*' {name}"
            )


def check_update(written: str | None, options: Options) -> None:
    """Raise pytest.UsageError where the ledger is to be written and another option forbids it."""
    unknown = [name for name in options.update if name not in MODES]
    if unknown or (written is not None and not options.update):
        raise pytest.UsageError(
            f"{UPDATE.flag} takes {', '.join(MODES)}, or several of them with commas, "
            f"not {written!r}"
        )
    if options.update and not options.reason:
        raise pytest.UsageError(f"{UPDATE.flag} needs {REASON.flag} 'why the ledger changes'")
    if options.update and options.strict:
        raise pytest.UsageError(
            f"{UPDATE.flag} keeps the ledger at each claim's own level; leave out {STRICT.flag}"
        )
    if options.update and options.seed_offset:
        raise pytest.UsageError(
            f"{UPDATE.flag} keeps the seeds of the ledger from 0 on; leave out {SEED_OFFSET.flag}"
        )
    if options.reason and not options.update:
        raise pytest.UsageError(f"{REASON.flag} belongs to {UPDATE.flag}")


def gate_in(written: str | None) -> str:
    """What the gate asks for; pytest.UsageError where a path was taken for it."""
    if written is None or written in GATES:
        return written or ""
    raise pytest.UsageError(
        f"{GATE.flag} takes nothing, or `confirmed` after `=`, not {written!r}; where that is a "
        f"path, put it before the option"
    )


def check_confirm(options: Options) -> None:
    """Raise pytest.UsageError where a confirmation is asked for with an option that changes it."""
    others = {
        UPDATE.flag: options.update,
        STRICT.flag: options.strict,
        SEED_OFFSET.flag: options.seed_offset,
        TASKS.flag: options.tasks,
    }
    for flag, given in others.items():
        if options.confirm and given:
            raise pytest.UsageError(
                f"{CONFIRM.flag} measures what was registered, as it was registered; leave out "
                f"{flag}"
            )


def check_backend(config: pytest.Config, options: Options) -> None:
    """Raise pytest.UsageError where the options for the cluster are incomplete."""
    if options.on_cluster and config.getoption(WORKERS.dest):
        raise pytest.UsageError(
            f"{WORKERS.flag} belongs to {BACKEND.flag}=local; a cluster has workers of its own"
        )
    if options.on_cluster and not options.scheduler:
        raise pytest.UsageError(
            f"{BACKEND.flag}=dask needs {SCHEDULER.flag}=ADDRESS, as in tcp://127.0.0.1:8786"
        )
    if config.getoption(SCHEDULER.dest) and not options.on_cluster:
        raise pytest.UsageError(f"{SCHEDULER.flag} belongs to {BACKEND.flag}=dask")


def check_offset(offset: int) -> None:
    """Raise pytest.UsageError where the seeds shifted by an offset are not fresh ones."""
    takes = f"{SEED_OFFSET.flag} takes 0, or a number from {MOST_SEEDS} to {LARGEST_OFFSET}"
    if 0 < offset < MOST_SEEDS:
        raise pytest.UsageError(
            f"{takes}, not {offset}: a run without it may use the seeds from 0 to "
            f"{MOST_SEEDS - 1}, and a replication must share none of them"
        )
    if not 0 <= offset <= LARGEST_OFFSET:
        raise pytest.UsageError(
            f"{takes}, not {offset}: seeds further on belong to replicates, and from "
            f"{VERDICT_SEEDS} on to tuning"
        )


def add_options(parser: pytest.Parser) -> None:
    """Register the whole table."""
    group = parser.getgroup("scaling", "claims about learning machines")
    for option in OPTIONS:
        more = dict(option.add)
        if "action" not in more:
            more["default"] = None
        sources = [
            option.environment and f"environment {option.environment}",
            option.ini and f"ini {option.ini}",
            option.default and f"default {option.default}",
        ]
        words = "; ".join(source for source in sources if source)
        help = f"{option.help} ({words})" if words else option.help
        group.addoption(option.flag, dest=option.dest, help=help, **more)
        if option.ini:
            parser.addini(option.ini, option.help, default="")


def markdown() -> str:
    """The table as docs/reference/options.md shows it."""

    def code(name: str | None) -> str:
        return f"`{name}`" if name else ""

    rows = [
        f"| `{option.flag}` | {option.help} | {code(option.environment)} | {code(option.ini)} "
        f"| {code(option.default)} |"
        for option in OPTIONS
    ]
    head = "| option | what it does | environment | ini | default |\n|---|---|---|---|---|"
    return "\n".join((head, *rows))
