"""Runs that pytest-xdist spreads: what a worker sends, and what the controller makes of it.

One of the two plugins is registered, in the process that it is for, and none without pytest-xdist.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import pytest

from .presence import heard

if TYPE_CHECKING:
    from .session import Tally


class Message(TypedDict):
    """What a worker sends at its end: plain values, since it is another process."""

    tally: Tally | None
    mistake: str | None
    catalogue: dict[str, list[str]]  # ids of the claims that it collected, by ledger
    deselected: int


class Worker:
    """The hooks of a worker: it hears claims, and sends what came of them."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take every test out where the claims cannot be heard; the controller then ends the run.

        All workers find the same mistake, so that they go on to agree on what they collected.
        """
        claims = heard(session.config)
        if claims is None:
            return
        claims.check_store(session.items)
        if claims.mistake:
            session.items.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        claims = heard(item.config)
        if claims is not None:  # sent with every test: a worker may be killed before its end
            report.claim_tally = claims.own_tally()  # type: ignore[attr-defined]
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        claims = heard(session.config)
        if claims is not None:
            mistake = str(claims.mistake) if claims.mistake else None
            message = Message(
                tally=claims.own_tally(),
                mistake=mistake,
                catalogue=claims.catalogue,
                deselected=claims.deselected,
            )
            session.config.workeroutput["scaling"] = message  # type: ignore[attr-defined]


class Controller:
    """The hooks of the process that hands out the tests and hears none of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._places: dict[str, int] = {}  # of tests in the order of collection, by node id

    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._places = self._places or {id: place for place, id in enumerate(ids)}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        from .progress import Heartbeat

        with Heartbeat(self._config):
            done = yield
        claims = heard(self._config)
        if claims is not None and claims.mistake:
            raise claims.mistake
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        tally = getattr(report, "claim_tally", None)
        if tally is not None:
            from .session import session_of

            session_of(self._config).tallies[worker_of(report.node)] = tally

    def pytest_testnodedown(self, node: Any, error: object) -> None:
        message: Message | None = getattr(node, "workeroutput", {}).get("scaling")
        if message is not None:
            self._take(worker_of(node), message)
        elif error and (claims := heard(self._config)) is not None:
            claims.lost.append(worker_of(node))

    def _take(self, worker: str, message: Message) -> None:
        from .session import session_of

        claims = session_of(self._config)
        if message["tally"] is not None:
            claims.tallies[worker] = message["tally"]
        claims.catalogue |= message["catalogue"]  # of all workers the same
        claims.deselected = message["deselected"]
        if message["mistake"] is not None:
            claims.mistake = pytest.UsageError(message["mistake"])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Put the records in the order of collection: until now they are in that of arrival."""
        claims = heard(self._config)
        if claims is not None:
            claims.sort_records(self._places)


def worker_of(node: Any) -> str:
    """The name of a worker, as in "gw0"."""
    return str(node.gateway.id)


def register(config: pytest.Config) -> None:
    """Register the plugin for this process, where pytest-xdist spreads the run."""
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Worker(), "scaling-worker")
    elif config.getoption("dist", "no") != "no":
        config.pluginmanager.register(Controller(config), "scaling-controller")
