"""Small tasks and learners: what a trial does is visible at once, and costs nothing."""

import os
import signal
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pytest_scaling.spec.protocols import Fit
from pytest_scaling.trials.fingerprint import distributions, fingerprint
from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import run

TEST_ROWS = 45  # no multiple of eight


@dataclass(frozen=True)
class Stripes:
    """Two classes along the first of three features, a fifth of the labels wrong."""

    name: str = "stripes"
    version: int = 1
    classes: int = 2

    def draw(self, seed, m):
        return self._rows(seed, m)

    def test_set(self, seed):
        return self._rows(seed + 10**9, TEST_ROWS)

    def _rows(self, seed, rows):
        features, noise = (np.random.default_rng([part, seed]) for part in range(2))
        x = features.random((rows, 3)).astype(np.float32)
        return x, ((x[:, 0] > 0.4) ^ (noise.random(rows) < 0.2)).astype(np.int64)


@dataclass(frozen=True)
class Centroids:
    """Labels a row by the nearer class mean. `log` gets a line for every block it trains."""

    name: str = "centroids"
    version: int = 1
    label: str = "nearest centroid"
    chosen: dict = field(default_factory=lambda: {"power": 2})
    log: Path | None = None
    pause: float = 0.0  # seconds that training takes
    crashes: int = 0  # how often it takes its process along

    def settings(self, task, m):
        return self.chosen

    def fit_predict(self, block, settings, device):
        if self.log is not None:
            with told(self.log).open("a") as log:
                log.write(f"{block.seeds[0]} {block.x.shape[1]} {os.getpid()}\n")
            if len(lines(self.log)) <= self.crashes:
                os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.pause)
        labels = []
        for x, y, x_test in zip(block.x, block.y, block.x_test, strict=True):
            means = np.stack([x[y == c].mean(0) for c in range(block.classes)])
            distance = np.abs(x_test[:, None] - means) ** settings["power"]
            labels.append(distance.sum(2).argmin(1))
        labels = np.stack(labels)
        luck = np.random.random(len(labels))  # as sloppy learners do
        return Fit(labels, np.zeros(len(labels), dtype=bool), {"luck": luck})


@dataclass(frozen=True)
class Returns:
    """A learner that returns, or raises, whatever the test wants."""

    outcome: object
    name: str = "returns"
    version: int = 1

    def settings(self, task, m):
        return {}

    def fit_predict(self, block, settings, device):
        outcome = self.outcome(block) if callable(self.outcome) else self.outcome
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


ONE_AT_A_TIME = threading.Lock()  # a trial sets the random numbers of its whole process


class InProcess:
    """A pool that computes on the spot."""

    def __init__(self, workers):
        self.submitted = 0

    def submit(self, payload):
        self.submitted += 1
        future = Future()
        try:
            with ONE_AT_A_TIME:
                trained = run(payload)
            future.set_result(trained)
        except Exception as error:
            future.set_exception(error)
        return future

    def processor_seconds(self, future):
        return None

    def stop(self):
        pass


def trial(block=0, *, learner=None, task=None, m=64, replicate=0, **options):
    return Trial(Arm(learner or Centroids(), task or Stripes(), m, replicate), block, **options)


def lines(path):
    path = told(path)
    return path.read_text().splitlines() if path.exists() else []


def told(log):
    """The file of a log; no learner names it, since a file that it names is part of it."""
    return log.with_name(f"{log.name}-lines")


def with_other_libraries(monkeypatch, **versions):
    """Let distributions have these versions; None for one that is not installed."""
    found = distributions.versions

    def changed(installed):
        return {**found(installed), **versions}

    monkeypatch.setattr(fingerprint, "versions", changed)
    fingerprint.forget()
