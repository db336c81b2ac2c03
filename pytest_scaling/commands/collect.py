"""Claims collected as pytest collects them, with the project's own conftest and settings."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from ..run.collection import claim_of
from ..run.session import Session, session_of
from ..spec.errors import ClaimError
from ..spec.protocols import SettingsError
from .parser import WORKING_DIRECTORY

T = TypeVar("T")
OK = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
# This package is in memory before pytest can rewrite its assertions, of which it has none.
# The plugin for lost exceptions, of which there are none, collects garbage twice at the end.
AS_IT_IS = (
    *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),
    *("-p", "no:unraisableexception"),
)


def default_paths() -> list[str]:
    """Where claims are by default: in `claims`, or in the current directory."""
    return ["claims"] if Path("claims").is_dir() else ["."]


@contextlib.contextmanager
def project_code() -> Iterator[None]:
    """While code of the project is imported: as `python -m pytest` would find it.

    What it prints goes where errors go.
    """
    sys.path[:0] = WORKING_DIRECTORY
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        if WORKING_DIRECTORY and sys.path[:1] == WORKING_DIRECTORY:
            del sys.path[0]


def collect(
    paths: Sequence[str],
    options: Sequence[str],
    describe: Callable[[Session, pytest.Function], T],
) -> list[T]:
    """The result of `describe` for every claim in these paths, in the order of the files.

    options: further options of pytest. Nothing is evaluated, and nothing but errors is printed.

    Raises pytest.UsageError, with one sentence per mistake, where a file cannot be imported or
    there are no claims. Raises SystemExit where pytest itself has printed what is wrong.
    """
    taker = Taker(describe)
    with project_code():
        status = pytest.main([*paths, *options, "--collect-only", *AS_IT_IS], plugins=[taker])
    if taker.mistakes:
        raise pytest.UsageError(*taker.mistakes)
    if status == pytest.ExitCode.USAGE_ERROR:
        raise SystemExit(int(status))
    where = " ".join(paths) if list(paths) != ["."] else "this folder"
    if status not in OK:
        raise pytest.UsageError(
            f"pytest could not collect {where} (exit code {int(status)}); "
            f"`python -m pytest --collect-only {' '.join(paths)}` shows why"
        )
    if not taker.taken:
        raise pytest.UsageError(f"there are no claims in {where}; a claim is a test with @claim")
    return taker.taken


class Taker(Generic[T]):
    """A plugin for one run of pytest: collects the claims, and keeps messages about errors."""

    def __init__(self, describe: Callable[[Session, pytest.Function], T]) -> None:
        self.taken: list[T] = []
        self.mistakes: list[str] = []
        self._describe = describe

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        if config.pluginmanager.has_plugin("terminalreporter"):
            config.pluginmanager.unregister(name="terminalreporter")  # nor a cost preview

    def pytest_exception_interact(
        self, node: pytest.Collector, call: pytest.CallInfo[Any], report: pytest.CollectReport
    ) -> None:
        assert call.excinfo is not None
        self.mistakes.append(broken(node, call.excinfo.value, report))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            if isinstance(item, pytest.Function) and claim_of(item) is not None:
                try:
                    self.taken.append(self._describe(session_of(session.config), item))
                except (ClaimError, pytest.UsageError) as mistake:
                    self.mistakes.append(str(mistake))
                except SettingsError as missing:
                    self.mistakes.append(f"{item.nodeid} cannot be laid out: {missing}")


def broken(node: pytest.Collector, error: BaseException, report: pytest.CollectReport) -> str:
    """Why a file cannot be collected, in one sentence."""
    if isinstance(error, ClaimError):
        return str(report.longrepr)
    cause = error.__cause__ or error if isinstance(error, pytest.Collector.CollectError) else error
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(cause.__traceback__)
        if frame.filename == str(node.path)
    ]
    place = f"{node.nodeid}:{lines[-1]}" if lines else node.nodeid
    words = (str(cause).splitlines() or [""])[0]
    return f"{place} cannot be imported: {type(cause).__name__}: {words}"
