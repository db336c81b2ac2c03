"""The claims that a run has collected: which they are, and whether they fit each other.

The private names of pytest that have no public counterpart are used here and nowhere else: the
arguments of a test function, the fixtures behind a name, and the protocol of one item.
"""

from __future__ import annotations

import re
import unittest
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..spec.arguments import PROVIDED, STOPWATCH
from ..spec.declaration import Claim, claims_in, claims_of
from ..spec.errors import ClaimError
from .devices import device_of as parameter

if TYPE_CHECKING:
    from .session import Session

MISTAKE: pytest.StashKey[str] = pytest.StashKey()
UNFIT = {  # marks that a claim cannot honour
    "xfail": "but a verdict that is not expected is accepted in the ledger, with --claims-update",
    "flaky": "but its verdict is the same every time; remove the mark",
    "numerics": "but it trains in workers, whose numerics are fixed; remove the mark",
}
Fixtures = Mapping[str, Sequence[pytest.FixtureDef[Any]]]
SHARED = "scaling_claim"  # the parameter of a test that shares its body with others


def fixtures_behind(metafunc: pytest.Metafunc, name: str) -> Sequence[pytest.FixtureDef[Any]]:
    """The fixtures of a name that a test function can see, the one in force last."""
    return metafunc._arg2fixturedefs.get(name, ())


def put_behind(
    metafunc: pytest.Metafunc, name: str, fixtures: Sequence[pytest.FixtureDef[Any]]
) -> None:
    """Put these fixtures behind a name, for one test function."""
    metafunc._arg2fixturedefs[name] = tuple(fixtures)


def fixtures_of(of: pytest.Metafunc | pytest.Item) -> Fixtures:
    """The fixtures behind each name that a test can see, the one in force last."""
    if isinstance(of, pytest.Metafunc):
        return of._arg2fixturedefs
    info = getattr(of, "_fixtureinfo", None)  # a test that is no function has none
    return info.name2fixturedefs if info else {}


def users_of(name: str, fixtures: Fixtures) -> set[str]:
    """The names of the fixtures that use one of this name, whether directly or through others."""
    users: set[str] = set()
    news = {name}
    while news:
        users |= news
        news = {
            each
            for each, found in fixtures.items()
            if each not in users and any(not users.isdisjoint(one.argnames) for one in found)
        }
    return users - {name}


def item_of(request: pytest.FixtureRequest) -> pytest.Item:
    """The test for which a fixture is set up, whatever the fixture's scope."""
    item: pytest.Item = request._pyfuncitem
    return item


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
    """The claim that a test item carries, if any; one of its own for each set of parameters."""
    marker = item.get_closest_marker("claim")
    if marker is None or not marker.args:
        return None
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return parametrized(marker.args[0], (), [])
    claim: Claim = callspec.params.get(SHARED, marker.args[0])
    own = {SHARED, "device", *claim.given}
    values = [
        word(value, callspec.indices[name])
        for name, value in callspec.params.items()
        if name not in own
    ]
    return parametrized(claim, claims_of(getattr(item, "function", None)), values)


def parametrized(claim: Claim, beside: Sequence[Claim], values: Sequence[str]) -> Claim:
    """The claim for some values of `pytest.mark.parametrize`, which its id and text then name.

    beside: the claims of the same function, of which it may be a control.
    """
    if not values:
        return claim
    ending = re.sub(r"[^a-z0-9]+", "-", "-".join(values).lower()).strip("-") or "0"
    control_of = claim.control_of
    if control_of in {each.id for each in beside}:
        control_of = f"{control_of}-{ending}"
    text = f"{claim.text} [{', '.join(values)}]"
    return replace(claim, id=f"{claim.id}-{ending}", text=text, control_of=control_of)


def word(value: object, place: int) -> str:
    """A parameter in a word: itself or its name, else its place among the parameters."""
    if isinstance(value, (str, int, float)):
        return str(value)
    name = getattr(value, "name", None) or getattr(value, "__name__", None)
    return str(name or place)


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


def own_fixtures(item: pytest.Function) -> list[str]:
    """The arguments that neither this plugin nor the claim provides: fixtures of the user's."""
    claim = claim_of(item)
    known = (*PROVIDED, "device", *(claim.given if claim else ()))
    return [name for name in arguments_of(item) if name not in known]


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
    """Note what is wrong with claims; pytest.UsageError where the options do not fit them.

    An item with a mistake fails alone; a run that only collects ends with the first mistake. A
    worker of pytest-xdist cannot end the run: it leaves that to the controller.
    """
    claims = [claim for claim in map(claim_of, items) if claim is not None]
    session.claims = sum(not claim.is_control for claim in claims)
    for item in items:
        if (claim := claim_of(item)) is not None:
            directory = str(session.ledger(item.path.parent, "cpu").directory)
            session.catalogue.setdefault(directory, []).append(claim.id)
            session.controlled |= controlled_beside(item)
    for item, sentence in mistakes_in(items):
        if session.config.option.collectonly:
            raise pytest.UsageError(sentence)
        item.stash.setdefault(MISTAKE, sentence)
    try:
        check_tasks(session, claims)
    except pytest.UsageError as mistake:
        if not session.is_worker:
            raise
        session.mistake = mistake


def refuse(item: pytest.Item) -> None:
    """Fail a claim that was written in a way that cannot be judged, in one sentence."""
    if (sentence := item.stash.get(MISTAKE, None)) is not None:
        pytest.fail(sentence, pytrace=False)


def refuse_fixture(fixture: pytest.FixtureDef[Any]) -> None:
    """Fail what uses a fixture that carries a claim, which nobody would ever judge."""
    (claim, *_) = claims_of(fixture.func)
    pytest.fail(
        f"claim {claim.id!r} stands on the fixture {fixture.argname!r}, which is not a test; put "
        f"@claim on a plain test function",
        pytrace=False,
    )


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


def mistakes_in(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, str]]:
    """What is wrong with claims by themselves, and with claims next to each other."""
    first: dict[tuple[str, str], pytest.Item] = {}
    for item in items:
        claim = claim_of(item)
        if claim is None:
            continue
        if sentence := unfit(item, claim):
            yield item, sentence
        other = first.setdefault((claim.id, device_of(item)), item)
        if other.nodeid != item.nodeid:
            for each in (other, item):
                yield (
                    each,
                    f"two claims have the id {claim.id!r}, {place(other)} and {place(item)}; "
                    f"give one of them another id",
                )
        if claim.control_of == claim.id:
            yield item, f"claim {claim.id!r} is named as its own control"
        elif claim.control_of and claim.control_of not in ids_beside(item, items):
            yield (
                item,
                f"claim {claim.id!r}, {place(item)}, is named as a control of "
                f"{claim.control_of!r}, but its file has no claim of that id; "
                f"a control stands beside its claim",
            )


def unfit(item: pytest.Item, claim: Claim) -> str:
    """Why an item can never judge its claim, in one sentence; empty where it can."""
    what = f"claim {claim.id!r}, {place(item)},"
    if not __debug__:
        return (
            f"{what} cannot be judged under `python -O` or PYTHONOPTIMIZE, which takes asserts "
            f"out of modules; run it without"
        )
    if issubclass(getattr(item, "cls", None) or object, unittest.TestCase):
        return (
            f"{what} is a method of a unittest.TestCase, which gives it no fixtures; make it a "
            f"function, or a method of a plain class"
        )
    mark = next((name for name in UNFIT if item.get_closest_marker(name)), "")
    return f"{what} is marked {mark}, {UNFIT[mark]}" if mark else ""


def controlled_beside(item: pytest.Item) -> set[str]:
    """The ids of the claims in the file of a test item that have a control, selected or not."""
    module = item.getparent(pytest.Module)
    written = (*(claims_in(module.obj) if module else ()), claim_of(item))
    return {claim.control_of for claim in written if claim and claim.control_of}


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
