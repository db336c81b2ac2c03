"""One claim of a run: from its test item to its verdict, its record and its outcome."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..experiments.bodies.body import Body
from ..experiments.evaluation import ClaimResult, Evaluation
from ..ledger.format import WARNINGS
from ..ledger.gate import against
from ..ledger.registration.ingredients import Ingredients, hashes_of, ingredients
from ..ledger.registration.registration import Registration, Shelf
from ..ledger.registration.standing import Standing, changed_since, standing, stated
from ..spec.arguments import PROVIDED, STOPWATCH
from ..spec.declaration import Claim
from ..spec.errors import ClaimError
from ..spec.scope import Scope, missing_devices, scope
from ..trials.sources import Design, Retelling
from .collection import arguments_of, claim_of, device_of, takes_time
from .confirmation.result import outcome_of
from .devices import devices_of
from .options import OFFLINE, TIMINGS, Options
from .outcome import Outcome, outcome, properties
from .session import Session

if TYPE_CHECKING:
    from ..trials.sources import ResultSource

BEFORE = 0.25  # seconds before the end of a test's time at which it is said what it waits for
NOTICE: pytest.StashKey[threading.Timer] = pytest.StashKey()
RECORD: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
REGISTRATION: pytest.StashKey[Registration] = pytest.StashKey()  # of an item that is to confirm it


def evaluate(session: Session, item: pytest.Function) -> Outcome:
    """Judge the claim of a test item and compare its record with the ledger."""
    from ..ledger.record import record

    registration = item.stash.get(REGISTRATION, None)
    if registration:
        require_unchanged(session, item, registration)
    result, warned = result_of(session, item)
    claim, options = result.claim, session.options
    file = Path(os.path.relpath(item.path, session.config.rootpath)).as_posix()
    profile, timing = session.profile(device_of(item)), takes_time(item)
    stamp = registration.stamp if registration else None
    made = record(
        *(result, profile, file, session.tier),
        device=device_of(item),
        timing=timing,
        registration=stamp,
    )
    ledger = session.ledger(item.path.parent, device_of(item))
    row = ledger.row(claim.id)
    unheld = timing or options.strict  # which judges at levels that no row was judged at
    said = {WARNINGS: warned} if warned else {}
    held = None if unheld or registration else against(row, made, session.rows_in(ledger))
    stands = (
        stated(registration, made["verdict"], ())
        if registration
        else standing_of(session, item, result)
    )
    made = {**made, **said, "ledger": held, "confirmation": stands}
    item.stash[RECORD] = made
    item.user_properties += properties(made)
    if registration:
        return outcome_of(claim, made, registration)
    return outcome(claim, made, row, options.reason, options.update)


def standing_of(session: Session, item: pytest.Function, result: ClaimResult) -> Standing:
    """Whether a claim is confirmed, and whether that still holds."""

    def now(registration: Registration) -> Ingredients:
        return made_of(session, item, result, registration.ingredients["files"])

    ledger = session.ledger(item.path.parent, "cpu").directory
    return standing(ledger, session.tier.name, result.claim.id, now)


def made_of(
    session: Session, item: pytest.Function, planned: ClaimResult | Evaluation, files: Iterable[str]
) -> Ingredients:
    """What the verdict of an item's claim follows from, as a registration binds it.

    planned: what would be measured. files: paths from the folder beside which the ledger lies.
    """
    claim = claim_of(item)
    assert claim is not None
    home = Shelf.beside(session.ledger(item.path.parent, "cpu").directory).home
    return ingredients(claim, planned, session.tier, item.function, hashes_of(home, files))


def require_unchanged(session: Session, item: pytest.Function, registration: Registration) -> None:
    """Raise pytest.UsageError where a claim is no longer what was registered."""
    given = {name: item.funcargs.get(name) for name in arguments_of(item) if name not in PROVIDED}
    planned = evaluation(session, item, given, Design())
    now = made_of(session, item, planned, registration.ingredients["files"])
    if words := changed_since(registration, now):
        raise pytest.UsageError(words)


def result_of(session: Session, item: pytest.Function) -> tuple[ClaimResult, dict[str, int]]:
    """The verdict of an item's claim, from trials that are recalled or trained now.

    With it, how often their trainings have warned, by category.
    """
    given = {name: item.funcargs[name] for name in arguments_of(item) if name not in PROVIDED}
    source = Retelling(session.trials)
    with pending_named(session):
        result = evaluation(session, item, given, source).verdict()
    return result, dict(sorted(source.warned.items()))


@contextlib.contextmanager
def pending_named(session: Session) -> Iterator[None]:
    """Name the trial that a test has waited for, where pytest-timeout ends it meanwhile."""
    try:
        yield
    except pytest.fail.Exception as error:
        awaited = "; ".join(session.trials.training)
        if not awaited or "Timeout" not in str(error.msg):
            raise
        pytest.fail(f"{error.msg}: it has waited for {awaited}.", pytrace=False)


def announce(session: Session, item: pytest.Item, seconds: float) -> None:
    """Say, just before a test's time is over, which trial it waits for.

    Where its method is `thread`, pytest-timeout then shows the standard error and ends the process;
    of a worker of pytest-xdist, only what it has sent is seen: a warning.
    """

    def say() -> None:
        if not (awaited := "; ".join(session.trials.training)):
            return
        words = f"{item.name} has waited for {awaited}, and its time is over."
        if session.is_worker:
            kind = pytest.PytestWarning
            said = warnings.WarningMessage(kind(words), kind, str(item.path), 1)
            told = {"warning_message": said, "when": "runtest", "location": None}
            recorded = item.config.hook.pytest_warning_recorded
            recorded.call_historic(kwargs={**told, "nodeid": item.nodeid})
        else:
            print(words, file=sys.stderr, flush=True)

    item.stash[NOTICE] = timer = threading.Timer(max(seconds - BEFORE, 0.0), say)
    timer.daemon = True
    timer.start()


def be_silent(item: pytest.Item) -> None:
    """Take back what was to be said: the test has ended, or its time is counted anew."""
    if NOTICE in item.stash:
        item.stash[NOTICE].cancel()


def evaluation(
    session: Session, item: pytest.Function, given: dict[str, Any], source: ResultSource
) -> Evaluation:
    """The claim of a test item, ready to be judged; in a partial run without its alternatives."""
    claim = at_level(session, claim_of(item))
    arguments = arguments_of(item)
    if "learner" in arguments and not claim.learners:
        raise ClaimError(
            f"claim {claim.id!r} takes `learner` but names no learners; give learners=... to @claim"
        )

    def of(stated: Claim) -> Evaluation:
        return Evaluation(
            Body(item.obj, arguments, {**given, **stated.given}),
            scope_of(session, stated, arguments),
            source,
            session.tier,
            device_of(item),
            offset_of(session, item),
        )

    whole = of(claim)
    others = {} if whole.scope.partial else claim.alternatives
    return dataclasses.replace(
        whole, alternatives={name: of(claim.elsewhere(name)) for name in others}
    )


def offset_of(session: Session, item: pytest.Item) -> int:
    """What is added to every seed: of a run that replicates, or of a claim that is to confirm."""
    registration = item.stash.get(REGISTRATION, None)
    return registration.offset if registration else session.options.seed_offset


def scope_of(session: Session, claim: Claim, arguments: tuple[str, ...]) -> Scope:
    """The cells of a claim in this run."""
    skip = missing_devices(claim, devices_of(session.config))
    if STOPWATCH in arguments:
        skip = skip or without_times(session.options)
    return scope(claim, session.suite, session.tier, session.options.tasks, arguments, skip)


def without_times(options: Options) -> str:
    """Why a run takes no times; empty where it takes them."""
    if options.offline:
        return f"it takes times, and {OFFLINE.flag} takes none"
    if options.timings == "skip":
        return f"it takes times, and {TIMINGS.flag}=skip takes none"
    return ""


def at_level(session: Session, claim: Claim | None) -> Claim:
    """The claim, at a stricter level where the whole run shares one."""
    assert claim is not None
    if not session.options.strict:
        return claim
    from ..statistics.interval import strict_level

    shared = strict_level(max(session.claims, 1))
    return dataclasses.replace(claim, level=min(claim.level, shared))
