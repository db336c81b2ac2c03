"""A trial on its way to a worker: the code that it needs, and its expected identity."""

from __future__ import annotations

import importlib
import json
import os
import sys
import sysconfig
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..identity import canonical, tree_differences
from ..result import TrialError, in_one_line

if TYPE_CHECKING:
    from ..trial import Trial


BY_VALUE = threading.Lock()  # the registration of modules belongs to the whole process


@dataclass(frozen=True)
class Payload:
    """A trial as plain values that any process can read.

    ingredients: canonical JSON of what determines the result. path: folders in which the sender
    finds modules. cost: relative, for ordering. by_value: modules whose code is in `pickled`.
    """

    description: str
    ingredients: str
    path: tuple[str, ...]
    pickled: bytes
    cost: float
    by_value: tuple[str, ...] = ()
    limit: float | None = None

    def open(self) -> Trial:
        """The trial, with its task and learner as they are in this process.

        Raises TrialError, in one sentence, where this process does not have their code or would
        compute something else, for example because of another version of a library.
        """
        trial = self._read()
        differences = [
            f"{path} is {json.dumps(there)} there, not {json.dumps(here)}"
            for path, here, there in tree_differences(
                json.loads(self.ingredients), json.loads(canonical(self._here(trial)))
            )
        ]
        if differences:
            raise TrialError(
                f"{self.description} would be a different trial on a worker: "
                f"{', '.join(differences)}; give the workers the same libraries and the same "
                f"checkout."
            )
        return trial

    def _here(self, trial: Trial) -> dict[str, Any]:
        """The trial's ingredients with the code and the libraries of this process.

        Data arrive with the trial. So does the code of classes that were sent by value.
        """
        arm, there = trial.arm, json.loads(self.ingredients)
        here = replace(trial, arm=replace(arm)).ingredients  # whose fingerprints are made here
        for part, thing in arm.parts.items():
            here["code"][part]["data"] = there["code"][part]["data"]
            if type(thing).__module__ in self.by_value:
                here["code"][part] = there["code"][part]
        return here

    def _read(self) -> Trial:
        import pickle

        sys.path += [entry for entry in self.path if entry not in sys.path]
        try:
            trial: Trial = pickle.loads(self.pickled)
        except Exception as error:
            raise TrialError(
                f"{self.description} cannot be read by a worker: {in_one_line(error)}; "
                f"a worker needs the code of the claims on its PYTHONPATH."
            ) from error
        return trial


def pack(trial: Trial, limit: float | None = None) -> Payload:
    """The trial, ready to be sent, and the seconds that it may take.

    Classes of modules that a worker could not import, such as a test module, go along by value.
    """
    path = tuple(os.path.abspath(entry) for entry in sys.path if os.path.exists(entry or "."))
    ingredients = canonical(trial.ingredients)
    pickled, by_value = portable(trial)
    return Payload(trial.description, ingredients, path, pickled, trial.cost, by_value, limit)


def portable(trial: Trial) -> tuple[bytes, tuple[str, ...]]:
    """The trial as bytes that a worker can read, and the modules whose code is among them."""
    cloudpickle = find_cloudpickle()
    with BY_VALUE:
        modules = list(private_modules(cloudpickle.list_registry_pickle_by_value()))
        for module in modules:
            cloudpickle.register_pickle_by_value(module)
        try:
            pickled: bytes = cloudpickle.dumps(trial)
        finally:
            for module in modules:
                cloudpickle.unregister_pickle_by_value(module)
    return pickled, ("__main__", *(module.__name__ for module in modules))


def find_cloudpickle() -> Any:
    """The library cloudpickle, by itself, or as older versions of joblib carry it."""
    try:
        return importlib.import_module("cloudpickle")
    except ImportError:
        return importlib.import_module("joblib.externals.cloudpickle")


def private_modules(known: set[str]) -> Iterator[ModuleType]:
    """Loaded modules that a new process with this one's `sys.path` would not find."""
    ours, where = __package__.partition(".")[0], (os.getcwd(), *sys.path)
    installed = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not file or file.startswith(installed) or not isinstance(module, ModuleType):
            continue
        if name == "__main__" or name in known or module.__name__ != name:
            continue
        if name.partition(".")[0] != ours and not findable(name, file, where):
            yield module


@cache  # there are many modules, and a search asks the disk
def findable(name: str, file: str, where: tuple[str, ...]) -> bool:
    """Whether `import name` in a new process would load this file.

    where: the current folder and `sys.path`, on which the answer depends.
    """
    path: list[str] | None = None
    package = ""
    for part in name.split("."):
        package = f"{package}.{part}" if package else part
        spec = find(package, path)
        if spec is None or (package != name and spec.submodule_search_locations is None):
            return False
        try:
            path = list(spec.submodule_search_locations or ())
        except KeyError:  # a namespace below one that is not loaded
            return False
    return spec.origin is not None and os.path.realpath(spec.origin) == os.path.realpath(file)


def find(name: str, path: list[str] | None) -> Any:
    """What the finders that every process has know about a module."""
    for finder in sys.meta_path:
        if not finder.__module__.startswith(
            "_pytest."
        ):  # its import hook, which workers do not have
            spec = finder.find_spec(name, path)
            if spec is not None:
                return spec
    return None
