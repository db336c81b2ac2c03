"""The state of a process that a learner may leave changed: every trial starts from the same.

A piece of state is a row of a table: how it is read and how it is set. Libraries that nobody has
imported are left alone. What a learner replaces in the code of a library is beyond this.
"""

from __future__ import annotations

import gc
import importlib
import locale
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGCHLD", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)
DEVICES = ("cpu", "cuda")  # that autocast is known for


class Piece(NamedTuple):
    """A piece of state.

    name: in words. library: the module that it belongs to. start: what every trial finds; without
    it, what the process had at its first trial. of_modules: what a module sets while it is
    imported stays, as it does wherever that module is imported.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]
    library: str = "sys"
    start: Callable[[], Any] | None = None
    of_modules: bool = False


class State:
    """The pieces of state of this process, as the next trial shall find them.

    spoiled: a piece could not be set back, so that this process must train nothing more.
    """

    def __init__(self) -> None:
        self.spoiled = False
        self._start: dict[str, Any] = {}
        self._changed: dict[str, None] = {}
        self._modules = len(sys.modules)

    def accept_imports(self) -> None:
        """Keep what modules have set while they were imported, where that is theirs to set."""
        self._start |= {piece.name: piece.read() for piece in PIECES if piece.of_modules}
        self._modules = len(sys.modules)

    def reset(self) -> None:
        """Set back what has changed, and remember it for `take`."""
        imported = len(sys.modules) > self._modules
        for piece in PIECES:
            if piece.library not in sys.modules:
                continue
            now = piece.read()
            if piece.name not in self._start:
                self._start[piece.name] = piece.start() if piece.start else now
            wanted = self._start[piece.name]
            if now == wanted:
                continue
            piece.write(wanted)
            self.spoiled = self.spoiled or piece.read() != wanted
            if not (imported and piece.of_modules):  # else it may be a library's, not a learner's
                self._changed[piece.name] = None

    def take(self) -> tuple[str, ...]:
        """The names of the pieces that were found changed since the last call."""
        changed, self._changed = tuple(self._changed), {}
        return changed


@cache
def state_of_process() -> State:
    """The one state that the trials of this process share."""
    return State()


def snapshot() -> Mapping[Piece, Any]:
    """All pieces as they are now, for `restore`."""
    return {piece: piece.read() for piece in PIECES if piece.library in sys.modules}


def restore(pieces: Mapping[Piece, Any]) -> None:
    """Set pieces to what a snapshot holds."""
    for piece, value in pieces.items():
        if piece.read() != value:
            piece.write(value)


def numpy() -> Any:
    return sys.modules["numpy"]


def torch() -> Any:
    return sys.modules["torch"]


def working_directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def umask() -> int:
    found = os.umask(0o22)
    os.umask(found)
    return found


def set_environment(wanted: Mapping[str, str]) -> None:
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted)


def handlers() -> tuple[Any, ...]:
    return tuple(signal.getsignal(number) for number in SIGNALS)


def set_handlers(wanted: tuple[Any, ...]) -> None:
    if threading.current_thread() is threading.main_thread():
        for number, handler in zip(SIGNALS, wanted, strict=True):
            if handler is not None:  # not from Python
                signal.signal(number, handler)


def set_streams(wanted: tuple[Any, Any]) -> None:
    sys.stdout, sys.stderr = wanted


def decimal_context() -> tuple[Any, ...]:
    """The arguments of a decimal context, without the flags, which any division may raise."""
    context = sys.modules["decimal"].getcontext()
    *shape, _, traps = context.__reduce__()[1]
    return (*shape, [], traps)


def set_decimal_context(wanted: tuple[Any, ...]) -> None:
    decimal = sys.modules["decimal"]
    decimal.setcontext(decimal.Context(*wanted))


def autocast() -> list[tuple[bool, Any]]:
    try:
        return [(torch().is_autocast_enabled(d), torch().get_autocast_dtype(d)) for d in DEVICES]
    except TypeError:  # torch below 2.4
        return []


def plain_autocast() -> list[tuple[bool, Any]]:
    return [(False, dtype) for dtype in (torch().bfloat16, torch().float16)[: len(autocast())]]


def set_autocast(wanted: list[tuple[bool, Any]]) -> None:
    for device, (enabled, dtype) in zip(DEVICES, wanted, strict=False):
        torch().set_autocast_enabled(device, enabled)
        torch().set_autocast_dtype(device, dtype)
    torch().clear_autocast_cache()


def leave_inference(wanted: bool) -> None:
    """Nothing sets this mode back but the object that set it: a new process has to train."""


def set_anomaly_mode(wanted: bool) -> None:
    torch().autograd.set_detect_anomaly(wanted)


def drawing() -> dict[str, Any]:
    """The settings of matplotlib, its backend among them, without choosing one."""
    return dict.copy(sys.modules["matplotlib"].rcParams)


def set_drawing(wanted: dict[str, Any]) -> None:
    matplotlib: Any = sys.modules["matplotlib"]
    dict.update(matplotlib.rcParams, wanted)
    if "matplotlib.pyplot" in sys.modules and isinstance(wanted["backend"], str):
        importlib.import_module("matplotlib.pyplot").switch_backend(wanted["backend"])


PIECES = (
    Piece("the environment", lambda: dict(os.environ), set_environment, of_modules=True),
    Piece(
        "sys.path",
        lambda: list(sys.path),
        lambda v: sys.path.__setitem__(slice(None), v),
        of_modules=True,
    ),
    Piece("the handlers of signals", handlers, set_handlers, of_modules=True),
    Piece("the working directory", working_directory, os.chdir),
    Piece("the umask", umask, os.umask),
    Piece(
        "the locale",
        lambda: locale.setlocale(locale.LC_ALL),
        lambda v: locale.setlocale(locale.LC_ALL, v),
    ),
    Piece("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Piece("the garbage collector", gc.isenabled, lambda v: gc.enable() if v else gc.disable()),
    Piece("the standard streams", lambda: (sys.stdout, sys.stderr), set_streams),
    Piece("the decimal context", decimal_context, set_decimal_context, "decimal"),
    Piece("numpy's errstate", lambda: numpy().geterr(), lambda v: numpy().seterr(**v), "numpy"),
    Piece(
        "numpy's print options",
        lambda: numpy().get_printoptions(),
        lambda v: numpy().set_printoptions(**v),
        "numpy",
    ),
    Piece(
        "torch's default dtype",
        lambda: torch().get_default_dtype(),
        lambda v: torch().set_default_dtype(v),
        "torch",
        lambda: torch().float32,
    ),
    Piece(
        "torch's default device",
        lambda: torch().get_default_device(),
        lambda v: torch().set_default_device(None if v.type == "cpu" else v),
        "torch",
        lambda: torch().device("cpu"),
    ),
    Piece(
        "torch's grad mode",
        lambda: torch().is_grad_enabled(),
        lambda v: torch().set_grad_enabled(v),
        "torch",
        lambda: True,
    ),
    Piece(
        "torch's inference mode",
        lambda: torch().is_inference_mode_enabled(),
        leave_inference,
        "torch",
        lambda: False,
    ),
    Piece("torch's autocast", autocast, set_autocast, "torch", plain_autocast),
    Piece(
        "torch's precision of float32 products",
        lambda: torch().get_float32_matmul_precision(),
        lambda v: torch().set_float32_matmul_precision(v),
        "torch",
        lambda: "highest",
    ),
    Piece(
        "torch's anomaly mode",
        lambda: torch().is_anomaly_enabled(),
        set_anomaly_mode,
        "torch",
        lambda: False,
    ),
    Piece("matplotlib's settings", drawing, set_drawing, "matplotlib"),
)
