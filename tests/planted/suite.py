"""The suite's own claims, read from claims/ with planted tasks and learners in them."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import fixtures.learners
import fixtures.tasks
from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.spec.arguments import STOPWATCH
from pytest_scaling.spec.declaration import Claim, claims_of
from pytest_scaling.spec.protocols import Learner, Task
from pytest_scaling.trials.fingerprint import fingerprint as fingerprints

from .world import PlantedLearner, PlantedTask, World

CLAIMS = Path(__file__).parents[2] / "claims"


@dataclass(frozen=True)
class Planted:
    """One claim of the suite and its body, whose tasks and learners are planted."""

    claim: Claim
    body: Body


def stand_in(value: Any, world: World) -> Any:
    """The planted counterpart of a learner, or of several, and anything else as it is."""
    if isinstance(value, type):
        return value
    if isinstance(value, Learner):
        return PlantedLearner(value, world)
    if isinstance(value, tuple) and value and all(isinstance(each, Learner) for each in value):
        return tuple(stand_in(each, world) for each in value)
    return value


def task_modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(fixtures.tasks.__path__):
        yield importlib.import_module(f"{fixtures.tasks.__name__}.{module.name}")


READ: dict[tuple[object, ...], tuple[World | None, fingerprints.Fingerprint]] = {}


def read_once(read: Callable[..., fingerprints.Fingerprint]) -> Callable[..., Any]:
    """`fingerprints.read`, which reads a planted learner or task once: no world ever changes.

    A world has hundreds of values, and to read them for every arm takes most of an evaluation.
    """

    def reading(thing: Any, attributes: dict[str, Any]) -> fingerprints.Fingerprint:
        if not isinstance(thing, PlantedLearner | PlantedTask):
            return read(thing, attributes)
        real, world = thing.real, getattr(thing, "world", None)
        found = fingerprints.fingerprint(real)
        words = (thing.name, getattr(thing, "label", ""), getattr(real, "version", None))
        key = (type(thing), *words, found.code, found.data, id(world))
        if key not in READ:
            READ[key] = world, read(thing, attributes)  # the world: so that no id is used again
        return READ[key][1]

    return reading


@contextlib.contextmanager
def remembered() -> Iterator[None]:
    with patch.object(fingerprints, "read", read_once(fingerprints.read)):
        yield


@contextlib.contextmanager
def planted(world: World) -> Iterator[None]:
    """Replace the tasks and learners that claims import by planted ones."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(remembered())
        for name, value in vars(fixtures.learners).copy().items():
            stack.enter_context(patch.object(fixtures.learners, name, stand_in(value, world)))
        for module in task_modules():
            name = module.__name__.rpartition(".")[2]
            task = getattr(module, name, None)
            if isinstance(task, Task):
                stack.enter_context(patch.object(module, name, PlantedTask(task)))
        stack.enter_context(patch.object(fixtures.tasks, "TASKS", fixtures.tasks.found()))
        yield


def suite_tasks(world: World, tier: str) -> tuple[Task, ...]:
    """The tasks of claims that name none."""
    with planted(world):
        return fixtures.tasks.suite(tier)


def load(world: World) -> Mapping[str, Planted]:
    """Every claim of the suite by its id, in the order of the files."""
    found: dict[str, Planted] = {}
    with planted(world):
        for file in sorted(CLAIMS.glob("test_*.py")):
            for function in functions(file):
                for claim in claims_of(function):
                    arguments = tuple(inspect.signature(function).parameters)
                    body = Body(function, arguments, claim.given)
                    if STOPWATCH not in arguments:  # times cannot be planted
                        found[claim.id] = Planted(claim, body)
    return found


def functions(file: Path) -> list[Any]:
    """The functions of a file of claims, which is read again."""
    spec = importlib.util.spec_from_file_location(f"planted_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [value for value in vars(module).values() if inspect.isfunction(value)]
