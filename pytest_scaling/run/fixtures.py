"""The fixtures of a claim's body.

Their values belong to one cell (a task and a learner), and a body runs once per cell, so what
pytest hands out here is a placeholder that the plugin replaces before it calls the body. Everything
that is measured runs on a device, so every measurement depends on `device`: one item per device.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


class Placeholder:
    """Takes the place of a cell's value; using it elsewhere raises an error."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _misused(self, *_: Any, **__: Any) -> Any:
        __tracebackhide__ = True
        raise pytest.UsageError(
            f"the fixture {self._name!r} has a value only in the body of a test with @claim, "
            f"not in other fixtures and other tests"
        )

    __call__ = __getattr__ = __getitem__ = __iter__ = __len__ = __bool__ = _misused
    __lt__ = __le__ = __eq__ = __ne__ = __ge__ = __gt__ = _misused
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _misused
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __pow__ = __rpow__ = _misused
    __int__ = __float__ = __index__ = _misused

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{self._name} of a claim's cell>"


@pytest.fixture
def compare(device: str) -> Any:
    """compare(a, b, metric="error", task=task, m=m): by how much b is better than a.

    Paired: both see the same seeds. `task`, `m` and `metric` may each be a pair, one for each arm.
    `compare(scores(a), scores(b), cluster="column")` compares two runs that exist already: CSV
    files, logs of lm-evaluation-harness or inspect_ai, or data frames.
    """
    return Placeholder("compare")


@pytest.fixture
def estimate(device: str) -> Any:
    """estimate(arm, metric="error", task=task, m=m): how good one arm is, as a mean over seeds.

    It is compared with a number that the claim declares.
    """
    return Placeholder("estimate")


@pytest.fixture
def interaction(device: str) -> Any:
    """interaction(weak, strong, task=task, m=(small, large)): how the gain grows with m.

    That is, how much larger the strong learner's lead over the weak one is at the large m.
    """
    return Placeholder("interaction")


@pytest.fixture
def reversal(device: str) -> Any:
    """reversal(rival, learner, tasks=tasks, m=m): whether the order depends on the task."""
    return Placeholder("reversal")


@pytest.fixture
def spread(device: str) -> Any:
    """spread(worst, best, against=(a, b), task=task, m=m): two settings against two learners.

    By how much more two settings of one learner, named beforehand, differ than two learners do,
    whichever of the learners leads.
    """
    return Placeholder("spread")


@pytest.fixture
def curve(device: str) -> Any:
    """curve(learner, task=task): error against m: `gain`, `relative_gain`, `above_bayes`.

    `require_room(m)` makes the cell not applicable where nothing is left to learn with m rows.
    """
    return Placeholder("curve")


@pytest.fixture
def forecast(device: str) -> Any:
    """forecast(learner, task=task, m=m): the error with m rows as a power law predicts it.

    The law has a floor and is fitted to six smaller sizes: the `gain` that it predicts, and by how
    much it `miss`es.
    """
    return Placeholder("forecast")


@pytest.fixture
def ranking(device: str) -> Any:
    """ranking(*learners, task=task, m=m): learners from worst to best; `.steps` between them."""
    return Placeholder("ranking")


@pytest.fixture
def race(device: str) -> Any:
    """race(slow=..., fast=..., task=task, m=m): log ratio of the steps to a target.

    Runs that never arrive are kept.
    """
    return Placeholder("race")


@pytest.fixture
def stopwatch(device: str) -> Any:
    """stopwatch(a, b, task=task, m=m): log ratio of the times of two learners or functions.

    Functions take `args=`, a copy for each call, and `same=` says whether what they return agrees.
    `stopwatch(revision("main"), revision("HEAD"), call=, args=)` times one function in two
    revisions, or in two environments. `stopwatch.seconds(a, b, ..., task=task, m=m)` gives the
    seconds that each takes, to give learners the same time.
    """
    return Placeholder("stopwatch")


@pytest.fixture
def measure(device: str) -> Any:
    """measure(learner, metric, task=task, m=m): one metric for each seed of the first look."""
    return Placeholder("measure")


@pytest.fixture
def exact(device: str) -> Any:
    """exact(holds, "what holds"): a statement without noise, as a Decision."""
    return Placeholder("exact")


@pytest.fixture
def task() -> Any:
    """The task of the cell."""
    return Placeholder("task")


@pytest.fixture
def tasks() -> Any:
    """All tasks of the claim, for a body that is about all of them together."""
    return Placeholder("tasks")


@pytest.fixture
def learner() -> Any:
    """The learner of the cell, where the claim names several."""
    return Placeholder("learner")


@pytest.fixture
def m_small() -> Any:
    """Rows of a small training set."""
    return Placeholder("m_small")


@pytest.fixture
def m_middle() -> Any:
    """The middle of the tier's sizes."""
    return Placeholder("m_middle")


@pytest.fixture
def m_large() -> Any:
    """The largest m of the tier that the cell's learner can handle."""
    return Placeholder("m_large")


@pytest.fixture
def smallest_effect() -> Any:
    """The claim's smallest effect."""
    return Placeholder("smallest_effect")


@pytest.fixture
def bounds() -> Any:
    """The claim's further bounds, by name: bounds.flat."""
    return Placeholder("bounds")


@pytest.fixture
def scaling_claim(request: pytest.FixtureRequest) -> Any:
    """The claim of a test whose body serves several; for the plugin itself."""
    return request.param


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> str:
    """The device that the test runs on, "cpu" or for example "cuda:0".

    Fixtures of every scope may use it. While one of these is set up, and while a test runs,
    generators are seeded and torch is deterministic (see the mark `numerics`).
    """
    return str(getattr(request, "param", "cpu"))


@pytest.fixture
def scaling_numerics(request: pytest.FixtureRequest, device: str) -> Iterator[Any]:
    """The state of a test that uses `device`; for the plugin itself."""
    from .device_tests.marks import prepared

    with prepared(request.node, device) as generators:
        yield generators
