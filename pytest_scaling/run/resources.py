"""TODO docstring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from . import options

if TYPE_CHECKING:
    from ..trials.store.store import Store
    from ..trials.workers.cluster import Cluster


Tally = tuple[int, int, str, tuple[str, ...]]
"""Trials trained and recalled, the store's path and its notices: plain values that can be sent."""
CLUSTER: pytest.StashKey[Cluster] = pytest.StashKey()


def store_path(config: pytest.Config) -> Path:
    """The file that remembers the trials of the run."""
    from ..trials.store.store import default_path

    path = options.STORE.read(config)
    return Path(path).expanduser() if path else default_path()


def open_store(config: pytest.Config) -> Store:
    """The store of the run; pytest.UsageError where it cannot be opened."""
    from ..trials.store.store import Store, StoreError

    try:
        return Store(store_path(config))
    except StoreError as error:
        raise pytest.UsageError(str(error)) from None


def cluster_of(config: pytest.Config) -> Cluster | None:
    """The cluster that the run asks for, connected; pytest.UsageError where it cannot be had."""
    if options.BACKEND.read(config) != "dask":
        return None
    if CLUSTER not in config.stash:
        from ..trials.workers.cluster import Cluster
        from ..trials.workers.pool import PoolError

        try:
            config.stash[CLUSTER] = Cluster(options.SCHEDULER.read(config))
        except PoolError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[CLUSTER]


def disconnect(config: pytest.Config) -> None:
    """Leave the cluster, if the run has one."""
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()
