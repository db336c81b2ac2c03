"""What a run holds on to until its end: the store, the processes that train, the cluster."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .options import Options, is_worker, options_of

if TYPE_CHECKING:
    from ..trials.execution import Trials
    from ..trials.store.store import Store
    from ..trials.workers.cluster import Cluster

Tally = tuple[int, int, str, tuple[str, ...]]
"""Trials trained and recalled, the store's path and its notices: plain values that can be sent."""

CLUSTER: pytest.StashKey[Cluster] = pytest.StashKey()


def make_trials(config: pytest.Config) -> Trials:
    """The trials of a run: nothing starts before the first of them is asked for."""
    from ..trials.execution import Trials

    options, store = options_of(config), open_store(config)
    workers = workers_of(options)
    if options.offline or config.option.collectonly:
        return Trials(store, workers=workers, offline=True)
    limit = limit_of(config)
    if cluster := cluster_of(config):
        many = sys.maxsize  # it has a queue
        fresh = options.fresh
        return Trials(store, workers=many, fresh=fresh, pool=lambda _: cluster, limit=limit)
    return Trials(store, workers=workers, fresh=options.fresh, limit=limit)


def limit_of(config: pytest.Config) -> float | None:
    """Seconds that a trial may take: by our option, or as long as pytest-timeout gives a test."""
    chosen = options_of(config).trial_timeout
    if chosen is None and config.pluginmanager.hasplugin("timeout"):
        written = config.getoption("timeout", None) or os.environ.get("PYTEST_TIMEOUT")
        chosen = seconds_of(written or config.getini("timeout"))
    return chosen or None


def limit_for(item: pytest.Item) -> float | None:
    """Seconds that a trial of one test may take, where it has a mark of pytest-timeout."""
    mark = item.get_closest_marker("timeout")
    if mark is None or options_of(item.config).trial_timeout is not None:
        return None
    return seconds_of(mark.args[0] if mark.args else mark.kwargs.get("timeout"))


def seconds_of(written: object) -> float | None:
    """A number of seconds above 0, or None: what is wrong in it, pytest-timeout says itself."""
    try:
        return max(float(str(written)), 0.0) or None
    except ValueError:
        return None


def tally_of(trials: Trials) -> Tally:
    """The counts of the trials that were asked for."""
    return trials.computed, trials.recalled, str(trials.store.path), tuple(trials.notices)


def workers_of(options: Options) -> int:
    """Number of training processes: as requested, or the cores over pytest-xdist's workers."""
    if options.workers is not None:
        return options.workers
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    siblings = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return max(1, (cores or 1) // siblings)


def store_path(config: pytest.Config) -> Path:
    """The file that remembers the trials of the run."""
    from ..trials.store.store import default_path

    return options_of(config).store or default_path()


def open_store(config: pytest.Config) -> Store:
    """The store of the run; pytest.UsageError where it cannot be opened."""
    from ..trials.store.store import Store, StoreError

    try:
        return Store(store_path(config), read_only=options_of(config).offline)
    except StoreError as error:
        raise pytest.UsageError(str(error)) from None


def connect_early(config: pytest.Config) -> None:
    """Connect to the cluster before anything is collected, so that a missing one is reported.

    A worker of pytest-xdist connects when it needs to.
    """
    options = options_of(config)
    trains = not (options.offline or config.option.collectonly)
    if options.on_cluster and trains and not is_worker(config):
        cluster_of(config)


def cluster_of(config: pytest.Config) -> Cluster | None:
    """The cluster that the run asks for, connected; pytest.UsageError where that fails."""
    options = options_of(config)
    if not options.on_cluster:
        return None
    if CLUSTER not in config.stash:
        from ..trials.workers.cluster import Cluster
        from ..trials.workers.pool import PoolError

        try:
            config.stash[CLUSTER] = Cluster(str(options.scheduler))
        except PoolError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[CLUSTER]


def disconnect(config: pytest.Config) -> None:
    """Leave the cluster, if the run has one."""
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()
