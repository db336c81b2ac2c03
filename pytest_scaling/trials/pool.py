"""Where trials are computed: a pool takes a function with arguments and gives a future.

The default pool is a set of local processes, which joblib's loky starts from nothing. Anything
with the same two methods serves as well, a cluster's client for example.
"""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .trial import Trial

IDLE = None if os.name == "posix" else 300  # seconds after which an idle process ends
BY_VALUE = threading.Lock()  # the registration of modules belongs to the whole process


class Pool(Protocol):
    """What executes trials. `submit` may raise, and a future may hold, a BrokenExecutor."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]: ...

    def stop(self) -> None:
        """End at once, whatever is running."""


class LocalProcesses:
    """Processes of this machine, as many as `workers`, each with one numeric thread."""

    def __init__(self, workers: int) -> None:
        from joblib.externals.loky import ProcessPoolExecutor

        from .worker import ENVIRONMENT, prepare

        self._executor: Any = ProcessPoolExecutor(
            max_workers=workers,
            timeout=IDLE,
            initializer=prepare,
            initargs=(os.getpid(),),
            env=ENVIRONMENT,
        )
        self._futures: set[Future[Any]] = set()  # that are not done

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        future: Future[Any] = self._executor.submit(function, *arguments)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        return future

    def stop(self) -> None:
        end = time.monotonic() + 1  # loky cannot stop between taking a call and passing it on
        while time.monotonic() < end and not all(f.running() for f in tuple(self._futures)):
            time.sleep(0.001)
        with warnings.catch_warnings():  # where `pgrep` is missing, only the workers end
            warnings.simplefilter("ignore")
            self._executor.shutdown(wait=True, kill_workers=True)


def portable(trial: Trial) -> bytes:
    """The trial as bytes that a worker can read.

    Classes of modules that a worker could not import, such as a test module, go along by value.
    """
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
    return pickled


def find_cloudpickle() -> Any:
    """The library cloudpickle, by itself, or as older versions of joblib carry it."""
    try:
        return importlib.import_module("cloudpickle")
    except ImportError:
        return importlib.import_module("joblib.externals.cloudpickle")


def private_modules(known: set[str]) -> Iterator[ModuleType]:
    """Loaded modules that a new process with this one's `sys.path` would not find."""
    installed = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not file or file.startswith(installed) or not isinstance(module, ModuleType):
            continue
        if name == "__main__" or name in known or module.__name__ != name:
            continue
        if name.partition(".")[0] != __package__.partition(".")[0] and not findable(name, file):
            yield module


def findable(name: str, file: str) -> bool:
    """Whether `import name` in a new process would load this file."""
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
        if not finder.__module__.startswith("_pytest."):
            spec = finder.find_spec(name, path)
            if spec is not None:
                return spec
    return None
