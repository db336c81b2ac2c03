"""Runs under pytest-xdist: what a worker sends, and what the controller does with it.

One of the two plugins is registered, in the process that it is for, and none without pytest-xdist.
"""

from __future__ import annotations

import pickle
import shutil
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import pytest

from ...devices.locks import reserved
from ..collection import check_store
from ..devices import accelerator_of, devices_of
from ..interruption import deferred
from ..options import is_worker, options_of
from ..prefetch import check_names, is_due
from ..session import session_if_any
from .timing_locks import (
    FOLDER,
    TimingLocks,
    arrange,
    benchmarks_of,
    is_timing,
    locks_folder,
    revive_benchmarks,
    take_benchmarks,
)

if TYPE_CHECKING:
    from ..resources import Tally


class Message(TypedDict):
    """What a worker sends at its end: plain values, since it is another process."""

    tally: Tally | None
    mistake: str | None
    catalogue: dict[str, list[str]]  # ids of the claims that it collected, by ledger
    controlled: set[str]  # ids of the claims that have a control
    deselected: int
    checks: bytes  # pickled: recalled trials that are worth a spot check
    benchmarks: bytes | None


class Worker:
    """The hooks of a worker: it evaluates claims, and sends the results."""

    def __init__(self, config: pytest.Config) -> None:
        self._accelerators = [device for device in devices_of(config) if device != "cpu"]
        self._locks: TimingLocks | None = None
        if options_of(config).timings == "serial" and (folder := locks_folder(config)) is not None:
            self._locks = TimingLocks(folder, config.workerinput["workerid"])  # type: ignore[attr-defined]

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        if self._locks is not None:
            revive_benchmarks(session.config)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        arrange(items, config)
        if not any(map(is_timing, items)):
            self._locks = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Wait for the lock of a timing, and for the GPU that a test uses."""
        device = accelerator_of(item, self._accelerators)
        with ExitStack() as held:
            if device is not None:
                held.enter_context(reserved([device], lambda sentence: None))
            if self._locks is not None:
                lock = self._locks.alone if is_timing(item) else self._locks.beside
                held.enter_context(lock())
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take every test out where the claims cannot be judged; the controller then ends the run.

        All workers find the same mistake, so they still agree on what they collected.
        """
        claims = session_if_any(session.config)
        if claims is None:
            return
        check_store(claims, session.items)
        if claims.mistake is None and is_due(session):
            with deferred():  # this loads libraries
                check_names(claims, session.items)
        if claims.mistake:
            session.items.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        claims = session_if_any(item.config)
        if claims is not None:  # sent with every test: a worker may be killed before its end
            report.claim_tally = claims.own_tally()  # type: ignore[attr-defined]
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        claims, config = session_if_any(session.config), session.config
        message = Message(
            tally=claims.own_tally() if claims else None,
            mistake=str(claims.mistake) if claims and claims.mistake else None,
            catalogue=claims.catalogue if claims else {},
            controlled=claims.controlled if claims else set(),
            deselected=claims.deselected if claims else 0,
            checks=pickle.dumps(claims.to_check() if claims else []),
            benchmarks=benchmarks_of(config) if self._locks is not None else None,
        )
        config.workeroutput["scaling"] = message  # type: ignore[attr-defined]


class Controller:
    """The hooks of the process that hands out the tests and evaluates none of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._places: dict[str, int] = {}  # of tests in the order of collection, by node id
        self._locks: Path | None = None  # the folder of the timing locks

    def pytest_sessionstart(self) -> None:
        if options_of(self._config).timings == "serial":
            self._locks = Path(tempfile.mkdtemp(prefix="pytest-scaling-"))
            revive_benchmarks(self._config)

    def pytest_configure_node(self, node: Any) -> None:
        if self._locks is not None and is_local(node):
            node.workerinput[FOLDER] = str(self._locks)

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """A scheduler of ours where there are GPUs and the user has chosen no other."""
        accelerators = [device for device in devices_of(config) if device != "cpu"]
        if not accelerators or config.getoption("dist") != "load":
            return None
        from .scheduling import DeviceScheduling

        return DeviceScheduling(config, log, accelerators)

    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._places = self._places or {id: place for place, id in enumerate(ids)}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        from ..progress import Heartbeat

        with Heartbeat(self._config):
            done = yield
        claims = session_if_any(self._config)
        if claims is not None and claims.mistake:
            raise claims.mistake
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        tally = getattr(report, "claim_tally", None)
        if tally is not None:
            from ..session import session_of

            session_of(self._config).tallies[worker_of(report.node)] = tally

    def pytest_testnodedown(self, node: Any, error: object) -> None:
        message: Message | None = getattr(node, "workeroutput", {}).get("scaling")
        if message is not None:
            self._take(worker_of(node), message, local=is_local(node))
        elif error and (claims := session_if_any(self._config)) is not None:
            claims.lost.append(worker_of(node))

    def _take(self, worker: str, message: Message, *, local: bool) -> None:
        if message["benchmarks"] is not None:
            take_benchmarks(self._config, message["benchmarks"])
        if not message["catalogue"] and message["mistake"] is None:
            return  # a run without claims
        from ..session import session_of

        claims = session_of(self._config)
        if message["tally"] is not None:
            claims.tallies[worker] = message["tally"]
        claims.catalogue |= message["catalogue"]  # of all workers the same
        claims.controlled |= message["controlled"]
        claims.deselected = message["deselected"]
        if local:  # elsewhere are other processors, which may round differently
            claims.checks += pickle.loads(message["checks"])
        if message["mistake"] is not None:
            claims.mistake = pytest.UsageError(message["mistake"])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Put the records in the order of collection: they came in the order of arrival."""
        claims = session_if_any(self._config)
        if claims is not None:
            claims.sort_records(self._places)

    def pytest_unconfigure(self) -> None:
        if self._locks is not None:
            shutil.rmtree(self._locks, ignore_errors=True)


def worker_of(node: Any) -> str:
    """The name of a worker, as in "gw0"."""
    return str(node.gateway.id)


def is_local(node: Any) -> bool:
    """Whether a worker is a process of this machine."""
    return bool(node.gateway.spec.popen)


def register(config: pytest.Config) -> None:
    """Register the plugin for this process, where pytest-xdist distributes the run."""
    if is_worker(config):
        config.pluginmanager.register(Worker(config), "scaling-worker")
    elif config.getoption("dist", "no") != "no":
        config.pluginmanager.register(Controller(config), "scaling-controller")
