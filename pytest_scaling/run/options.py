"""The options of the plugin: one table for the command line, the environment and the ini file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ..spec.tier import TIERS
from ..trials.seeds import LARGEST_OFFSET, MOST_SEEDS, VERDICT_SEEDS

if TYPE_CHECKING:
    from ..spec.tier import Tier


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
        """The value in force."""
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
    "where learners train: cpu, cuda, cuda:N, mps, all or auto",
    default="cpu",
    ini="scaling_device",
    environment="PYTEST_SCALING_DEVICE",
    add={"metavar": "DEVICE"},
)
TIER = Option(
    "--tier",
    "how far to go in sizes and seeds: quick, standard or full",
    default="quick",
    ini="scaling_tier",
    add={"metavar": "TIER"},
)
TASKS = Option(
    "--tasks",
    "run only these tasks, separated by commas; verdicts over tasks are then partial",
    add={"metavar": "NAMES"},
)
STORE = Option(
    "--scaling-store",
    "file that remembers trials (default: in the user's cache directory)",
    ini="scaling_store",
    environment="PYTEST_SCALING_STORE",
    add={"metavar": "PATH"},
)
WORKERS = Option(
    "--scaling-workers",
    "processes that train (default: the cores, shared among the workers of pytest-xdist)",
    environment="PYTEST_SCALING_WORKERS",
    add={"metavar": "N", "type": int},
)
BACKEND = Option(
    "--scaling-backend",
    "where trials are computed: local (processes of this machine) or dask (a cluster that runs)",
    default="local",
    ini="scaling_backend",
    environment="PYTEST_SCALING_BACKEND",
    add={"choices": ("local", "dask")},
)
SCHEDULER = Option(
    "--scaling-scheduler",
    "address of the Dask scheduler, as in tcp://127.0.0.1:8786",
    ini="scaling_scheduler",
    environment="PYTEST_SCALING_SCHEDULER",
    add={"metavar": "ADDRESS"},
)
TIMINGS = Option(
    "--scaling-timings",
    "what timings do under pytest-xdist: skip, or serial, one at a time while all else waits",
    default="skip",
    ini="scaling_timings",
    add={"choices": ("skip", "serial")},
)
STRICT = Option(
    "--claims-strict",
    "keep the chance of any wrong verdict in the whole run at one in twenty",
    add={"action": "store_true"},
)
OFFLINE = Option(
    "--claims-offline", "use stored trials only and train nothing", add={"action": "store_true"}
)
SEED_OFFSET = Option(
    "--seed-offset",
    f"replicate on fresh seeds: added to every seed; 0, or from {MOST_SEEDS} on",
    default="0",
    add={"metavar": "N", "type": int},
)
INCONCLUSIVE = Option(
    "--inconclusive",
    "what an inconclusive claim does to the run: report or fail",
    default="report",
    ini="scaling_inconclusive",
    add={"choices": ("report", "fail")},
)
UPDATE = Option(
    "--claims-update",
    "write the ledger: `new` adds rows for claims that have none, `changed` replaces those that "
    "came out otherwise, `prune` removes those of claims that are gone; several with commas "
    "(needs --reason and a clean tree)",
    add={"metavar": "WHAT"},
)
REASON = Option("--reason", "why the ledger is updated", add={"metavar": "TEXT"})
GATE = Option(
    "--claims-gate",
    "hold the whole run to the ledger: exit code 1 where a claim has no row, and 6 where the "
    "profile was never measured",
    add={"action": "store_true"},
)
LEDGER = Option(
    "--claims-ledger",
    "directory of the ledger (default: `ledger` beside the file of the claim)",
    ini="claims_ledger",
    add={"metavar": "DIR"},
)
REPORT = Option(
    "--scaling-report",
    "directory to write the report to: figures, page and records",
    ini="scaling_report",
    add={"metavar": "DIR"},
)

OPTIONS = (
    DEVICE,
    TIER,
    TASKS,
    STORE,
    WORKERS,
    TIMINGS,
    BACKEND,
    SCHEDULER,
    STRICT,
    OFFLINE,
    SEED_OFFSET,
    INCONCLUSIVE,
    UPDATE,
    REASON,
    GATE,
    LEDGER,
    REPORT,
)


def check_options(config: pytest.Config) -> None:
    """Raise pytest.UsageError where a value is none, or one option lacks another."""
    for option in OPTIONS:
        value, choices = option.read(config), option.add.get("choices")
        if choices and value not in (None, *choices):
            raise pytest.UsageError(f"{option.flag} takes {' or '.join(choices)}, not {value!r}")
    workers = WORKERS.read(config)
    if workers is not None and not re.fullmatch(r"0*[1-9]\d*", str(workers)):
        raise pytest.UsageError(f"{WORKERS.flag} takes a number from 1 on, not {workers!r}")
    check_backend(config)
    check_offset(int(SEED_OFFSET.read(config)))
    check_update(config)


MODES = ("new", "changed", "prune")


def modes(config: pytest.Config) -> tuple[str, ...]:
    """What --claims-update permits to write."""
    return tuple(name.strip() for name in (UPDATE.read(config) or "").split(",") if name.strip())


def check_update(config: pytest.Config) -> None:
    """Raise pytest.UsageError where the ledger is to be written and something speaks against it."""
    update, reason = UPDATE.read(config), (REASON.read(config) or "").strip()
    unknown = [name for name in modes(config) if name not in MODES]
    if unknown or (update is not None and not modes(config)):
        raise pytest.UsageError(
            f"--claims-update takes {', '.join(MODES)}, or several of them with commas, "
            f"not {update!r}"
        )
    if update and not reason:
        raise pytest.UsageError("--claims-update needs --reason 'why the ledger changes'")
    if update and STRICT.read(config):
        raise pytest.UsageError(
            "--claims-update keeps the ledger at each claim's own level; leave out --claims-strict"
        )
    if update and int(SEED_OFFSET.read(config)):
        raise pytest.UsageError(
            "--claims-update keeps the seeds of the ledger from 0 on; leave out --seed-offset"
        )
    if reason and not update:
        raise pytest.UsageError("--reason belongs to --claims-update")


def check_backend(config: pytest.Config) -> None:
    """Raise pytest.UsageError where the cluster is named in part."""
    dask = BACKEND.read(config) == "dask"
    if dask and config.getoption(WORKERS.dest):
        raise pytest.UsageError(
            f"{WORKERS.flag} belongs to {BACKEND.flag}=local; a cluster has workers of its own"
        )
    if dask and not SCHEDULER.read(config):
        raise pytest.UsageError(
            f"{BACKEND.flag}=dask needs {SCHEDULER.flag}=ADDRESS, as in tcp://127.0.0.1:8786"
        )
    if config.getoption(SCHEDULER.dest) and not dask:
        raise pytest.UsageError(f"{SCHEDULER.flag} belongs to {BACKEND.flag}=dask")


def wants_cluster(config: pytest.Config) -> bool:
    """Whether this process may need the cluster; a worker of pytest-xdist connects when it does."""
    trains = not (OFFLINE.read(config) or config.option.collectonly)
    return trains and BACKEND.read(config) == "dask" and not hasattr(config, "workerinput")


def check_offset(offset: int) -> None:
    """Raise pytest.UsageError where the seeds shifted by an offset are not fresh ones."""
    takes = f"{SEED_OFFSET.flag} takes 0, or a number from {MOST_SEEDS} to {LARGEST_OFFSET}"
    if 0 < offset < MOST_SEEDS:
        raise pytest.UsageError(
            f"{takes}, not {offset}: a run without it may use the seeds from 0 to "
            f"{MOST_SEEDS - 1}, and a replication shares none of them"
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
    """The table as the README shows it."""

    def code(name: str | None) -> str:
        return f"`{name}`" if name else ""

    rows = [
        f"| `{option.flag}` | {option.help} | {code(option.environment)} | {code(option.ini)} "
        f"| {code(option.default)} |"
        for option in OPTIONS
    ]
    head = "| option | what it does | environment | ini | default |\n|---|---|---|---|---|"
    return "\n".join((head, *rows))


def tier_of(config: pytest.Config) -> Tier:
    """The tier that a run asks for; pytest.UsageError where there is none of that name."""
    name = TIER.read(config)
    if name not in TIERS:
        raise pytest.UsageError(f"there is no tier {name!r}; use {', '.join(TIERS)}")
    return TIERS[name]
