"""Two versions timed in turns, each in a process of its own, with warm caches or with cold ones."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...devices.accelerator import Accelerator
from ...devices.numerics import ENVIRONMENT
from ...devices.timing import MOST_COPIES
from ...spec.errors import ClaimError
from .timings import TimingError

if TYPE_CHECKING:
    from .versions import Place, Version


@cache
def script() -> str:
    """The program that times a function, for `python -c`: nothing of the current folder is seen."""
    text = Path(__file__).with_name("timed_process.py").read_text(encoding="utf-8")
    return f"import sys; del sys.path[0]; exec({text!r})"


def environment_of(place: Place) -> dict[str, str]:
    """The environment of a process: one numeric thread; what is installed has no other path."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"}
    if not place.root:
        environment.pop("PYTHONPATH", None)
    return environment


@dataclass(frozen=True)
class Asked:
    """The function that both versions run, as "package.module:name", and its packed arguments.

    cold: whether the first call of a new process is timed, or later ones.
    """

    call: str
    args: str
    cold: bool = False

    def __post_init__(self) -> None:
        module, _, name = self.call.partition(":")
        words = [*module.split("."), *name.split(".")]
        if not all(word.isidentifier() for word in words):
            raise ClaimError(
                f"call=... names the function that both versions run, as in "
                f"call='package.module:function', not {self.call!r}"
            )


class Process:
    """A function of one version, ready to be called in a process of its own."""

    def __init__(self, place: Place, asked: Asked, label: str) -> None:
        self._what = f"{asked.call} of {label}"
        try:
            self._process = subprocess.Popen(
                [place.python, "-c", script()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=place.root or None,
                env=environment_of(place),
                text=True,
            )
        except OSError as error:
            raise TimingError(f"{place.python} cannot be run: {error.strerror}") from None
        try:
            self.ask(call=asked.call, args=asked.args, path=place.path, root=place.root)
        except BaseException:
            self.close()
            raise

    def ask(self, **asked: Any) -> dict[str, Any]:
        """One answer of the process; TimingError where it fails or ends."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise TimingError(
                f"{self._what} ended its process with exit code {self._process.wait()}"
            )
        said: dict[str, Any] = json.loads(line)
        if "error" in said:
            raise TimingError(f"{self._what} could not be run: {said['error']}")
        return said

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True)
class Warm:
    """Timings in one process, which has called the function before."""

    name: str
    on: Accelerator
    process: Process
    most_times: float = MOST_COPIES

    def seconds(self, times: int, clock: Callable[[], float]) -> float:
        """Mean seconds of one call, by the clock of the process."""
        return float(self.process.ask(times=times)["seconds"])


@dataclass(frozen=True)
class Cold:
    """Timings of the first call of a new process each."""

    name: str
    on: Accelerator
    start: Callable[[], Process]
    most_times: float = 1

    def seconds(self, times: int, clock: Callable[[], float]) -> float:
        """Seconds of the first call, by the clock of the process; its start does not count."""
        with contextlib.closing(self.start()) as process:
            return float(process.ask(times=1)["seconds"])


@dataclass(frozen=True)
class Both:
    """Two versions that are ready: what takes turns, and what is to be said about them."""

    works: tuple[Warm | Cold, Warm | Cold]
    starts: tuple[Callable[[], Process], Callable[[], Process]]
    notes: tuple[str, ...]

    def results(self) -> Iterator[Any]:
        """What the function returns in each version."""
        for start in self.starts:
            with contextlib.closing(start()) as process:
                yield pickle.loads(base64.b64decode(process.ask()["result"]))


@contextlib.contextmanager
def ready(versions: tuple[Version, Version], asked: Asked, on: Accelerator) -> Iterator[Both]:
    """Both versions in their places, until the end of the block."""
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(version.place()) for version in versions]

        def starter(number: int) -> Callable[[], Process]:
            return lambda: Process(places[number], asked, versions[number].label)

        starts = starter(0), starter(1)
        works: list[Warm | Cold] = []
        for version, start in zip(versions, starts, strict=True):
            if asked.cold:
                works.append(Cold(version.label, on, start))
            else:
                process = stack.enter_context(contextlib.closing(start()))
                works.append(Warm(version.label, on, process))
        notes = tuple(place.about for place in places if place.about)
        how = "first calls of new processes" if asked.cold else "calls in running processes"
        yield Both((works[0], works[1]), starts, (*notes, f"timed: {how}"))
