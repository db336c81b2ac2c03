"""The claims that a run has collected: which they are, and whether they fit each other.

The private names of pytest that have no public counterpart are used here and nowhere else: the
arguments of a test function, the fixtures behind a name, and the protocol of one item.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ..spec.arguments import STOPWATCH
from ..spec.declaration import Claim, ClaimError, claims_in, claims_of
from .devices import device_of as parameter
from .session import Session

SHARED = "scaling_claim"  # the parameter of a test that shares its body with others


def fixtures_behind(metafunc: pytest.Metafunc, name: str) -> Sequence[pytest.FixtureDef[Any]]:
    """The fixtures of a name that a test function can see, the one in force last."""
    return metafunc._arg2fixturedefs.get(name, ())


def put_behind(
    metafunc: pytest.Metafunc, name: str, fixtures: Sequence[pytest.FixtureDef[Any]]
) -> None:
    """Put these fixtures behind a name, for one test function."""
    metafunc._arg2fixturedefs[name] = tuple(fixtures)


def run_item(item: pytest.Item) -> list[pytest.TestReport]:
    """Set up, call and tear down one item, without reporting it."""
    from _pytest.runner import runtestprotocol

    return runtestprotocol(item, log=False)


def say_mistake(collector: pytest.Collector, report: pytest.CollectReport) -> None:
    """Replace the traceback of a ClaimError by its message, with the line."""
    raised = report.call.excinfo if hasattr(report, "call") else None
    if raised is None or not isinstance(raised.value, ClaimError):
        return
    lines = [entry.lineno + 1 for entry in raised.traceback if entry.path == collector.path]
    place = f"{collector.path.name}:{lines[-1]}" if lines else collector.path.name
    report.longrepr = f"{place}: {raised.value}"


def claim_of(item: pytest.Item) -> Claim | None:
    """The claim that a test item carries, if any."""
    marker = item.get_closest_marker("claim")
    if marker is None or not marker.args:
        return None
    callspec = getattr(item, "callspec", None)
    claim: Claim = callspec.params.get(SHARED, marker.args[0]) if callspec else marker.args[0]
    return claim


def share_body(metafunc: pytest.Metafunc) -> None:
    """Make a test of each claim that shares the body of a function, or gives it arguments."""
    claims = claims_of(metafunc.function)
    names = list(dict.fromkeys(name for claim in claims for name in claim.given))
    if len(claims) < 2 and not names:
        return
    metafunc.fixturenames.append(SHARED)
    metafunc.parametrize(
        [SHARED, *names],
        [
            pytest.param(claim, *(claim.given.get(name) for name in names), id=claim.id)
            for claim in claims
        ],
        indirect=[SHARED],
    )


def arguments_of(item: pytest.Function) -> tuple[str, ...]:
    """The names of the arguments of a test function."""
    return tuple(item._fixtureinfo.argnames)


def takes_time(item: pytest.Item) -> bool:
    """Whether a claim's verdict depends on the machine's speed: its body has a stopwatch."""
    return STOPWATCH in getattr(item, "fixturenames", ())


def keywords_of(item: pytest.Item) -> set[str]:
    """The ids that select a claim: its own, and that of the claim it is a control of."""
    claim = claim_of(item)
    return {name for name in (claim and claim.id, claim and claim.control_of) if name}


def device_of(item: pytest.Item) -> str:
    """The device that a claim's item is judged on."""
    return parameter(item) or "cpu"


def check(session: Session, items: list[pytest.Item]) -> None:
    """Raise pytest.UsageError where the claims do not fit each other or the options.

    A worker of pytest-xdist cannot end the run that way: it leaves that to the controller.
    """
    claims = [claim for claim in map(claim_of, items) if claim is not None]
    session.claims = sum(not claim.is_control for claim in claims)
    for item in items:
        if (claim := claim_of(item)) is not None:
            directory = str(session.ledger(item.path.parent, "cpu").directory)
            session.catalogue.setdefault(directory, []).append(claim.id)
    try:
        check_claims(items)
        check_tasks(session, claims)
    except pytest.UsageError as mistake:
        if not session.is_worker:
            raise
        session.mistake = mistake


def check_store(session: Session, items: list[pytest.Item]) -> None:
    """Note where a worker of pytest-xdist cannot open the store, before its first test."""
    if session.mistake is None and any(claim_of(item) for item in items):
        try:
            _ = session.trials  # opens the store
        except pytest.UsageError as mistake:
            session.mistake = mistake


def check_tasks(session: Session, claims: Sequence[Claim]) -> None:
    """Raise pytest.UsageError where a task was asked for that no claim has."""
    own = [task for claim in claims for task in (*(claim.tasks or ()), *claim.beside)]
    known = dict.fromkeys(task.name for task in (*session.suite, *own) if hasattr(task, "draw"))
    for name in session.options.tasks or ():
        if name not in known:
            raise pytest.UsageError(f"there is no task {name!r}; use {', '.join(known)}")


def check_claims(items: list[pytest.Item]) -> None:
    """Raise pytest.UsageError where two items share a claim's id, or a control has no claim."""
    first: dict[tuple[str, str], pytest.Item] = {}
    for item in items:
        claim = claim_of(item)
        if claim is None:
            continue
        other = first.setdefault((claim.id, device_of(item)), item)
        if other.nodeid != item.nodeid:
            raise pytest.UsageError(
                f"two claims have the id {claim.id!r}, {place(other)} and {place(item)}; "
                f"give one of them another id"
            )
        if claim.control_of == claim.id:
            raise pytest.UsageError(f"claim {claim.id!r} is named as its own control")
        if claim.control_of and claim.control_of not in ids_beside(item, items):
            raise pytest.UsageError(
                f"claim {claim.id!r}, {place(item)}, is named as a control of "
                f"{claim.control_of!r}, but its file has no claim of that id; "
                f"a control stands beside its claim"
            )


def ids_beside(item: pytest.Item, items: list[pytest.Item]) -> set[str]:
    """The ids of the claims in the file of a test item, including those not selected."""
    module = item.getparent(pytest.Module)
    written = claims_in(module.obj) if module else ()
    collected = (claim_of(other) for other in items if other.path == item.path)
    return {claim.id for claim in (*written, *collected) if claim}


def place(item: pytest.Item) -> str:
    """Where a test is, as in "test_big[cpu] at test_size.py:12"."""
    path, line, _ = item.reportinfo()
    return f"{item.name} at {Path(path).name}:{(line or 0) + 1}"
