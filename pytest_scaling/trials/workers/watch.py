"""What a training says besides its results: its warnings, and the places where it raised."""

from __future__ import annotations

import builtins
import contextlib
import linecache
import sysconfig
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..result import Warned

MOST = 20  # places whose warnings are told
LONGEST = 500  # characters of a message
UNSTEADY = (ImportWarning, ResourceWarning)  # that depend on what ran before in the process
PACKAGE = str(Path(__file__).parents[2])
LIBRARIES = tuple({PACKAGE, *(sysconfig.get_path(p) for p in ("stdlib", "purelib", "platlib"))})


class Warnings:
    """The warnings of a training, one for each place and category, and how often each came."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, int], Warned] = {}
        self._counts: dict[tuple[str, str, int], int] = {}

    @property
    def found(self) -> tuple[Warned, ...]:
        return tuple(
            Warned(w.category, w.base, w.message, w.file, w.line, self._counts[key])
            for key, w in self._first.items()
        )

    def add(self, message: Warning | str, category: type[Warning], file: str, line: int) -> None:
        """Take note of a warning."""
        key = (category.__name__, file, line)
        self._counts[key] = self._counts.get(key, 0) + 1
        if key not in self._first and len(self._first) < MOST:
            words = " ".join(str(message).split())[:LONGEST]
            self._first[key] = Warned(name_of(category), base_of(category), words, file, line)


def name_of(category: type[Warning]) -> str:
    """The name of a category, with its module where it is not one of Python's own."""
    module = category.__module__
    return category.__qualname__ if module == "builtins" else f"{module}.{category.__qualname__}"


def base_of(category: type[Warning]) -> str:
    """The nearest of Python's own categories."""
    return next(base.__name__ for base in category.__mro__ if hasattr(builtins, base.__name__))


@contextlib.contextmanager
def collected_warnings() -> Iterator[Warnings]:
    """Collect every warning, whatever ran before in the process; the filters are then restored."""
    collected = Warnings()

    def show(message: Any, category: Any, filename: str, lineno: int, *_: Any) -> None:
        collected.add(message, category, filename, lineno)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        for category in UNSTEADY:
            warnings.simplefilter("ignore", category)
        warnings.showwarning = show  # type: ignore[assignment]
        yield collected


def own_frames(error: BaseException) -> str:
    """Where an error was raised, in the user's own files: place and line of code of each call.

    Where none is the user's own, the place where it was raised.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith((*LIBRARIES, "<frozen"))]
    lines = []
    for frame in own or frames[-1:]:
        code = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
        lines.append(f"{frame.filename}:{frame.lineno}: in {frame.name}")
        lines += [f"    {code}"] if code else []
    return "\n".join(lines)


def whole_traceback(error: BaseException) -> str:
    """The traceback of an error and of its causes, as Python prints it."""
    return "".join(traceback.format_exception(error)).rstrip()
