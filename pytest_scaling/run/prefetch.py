"""Prefetch: run the claims' bodies for the trials they ask for, before any of them is judged.

A body is plain code that asks for one measurement after another. Running it with what is already
known shows what it will need next, so the first looks of all claims train at once, then
the second looks of those that are undecided, and so on: the pool is never idle while anything is
left to train. A prefetch decides nothing. The real run that follows finds its trials done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from ..spec.traits import has_cost
from ..trials.sources import Plan
from .collection import MISTAKE, claim_of, device_of, own_fixtures
from .evaluate import evaluation
from .interruption import deferred
from .options import options_of
from .resources import limit_for
from .session import Session

if TYPE_CHECKING:
    from ..trials.trial import Trial


PAUSE = 0.5  # seconds between signs of life


@dataclass
class Part:
    """One claim in the prefetch, the trials it has asked for, and those it still waits for."""

    item: pytest.Function
    asked: dict[str, Trial] = field(default_factory=dict)
    awaited: list[Trial] = field(default_factory=list)

    def waits(self, session: Session) -> bool:
        """Whether a trial is still to come; each that has come is looked at once."""
        while self.awaited and not session.trials.pending(self.awaited[-1]):
            self.awaited.pop()
        return bool(self.awaited)


def is_due(session: pytest.Session) -> bool:
    """Whether pytest is about to run the bodies of tests."""
    option = session.config.option
    broken = session.testsfailed and not option.continue_on_collection_errors
    here = options_of(session.config).workers == 0  # and in the test that a debugger stops in
    return not (here or broken or option.collectonly or option.setuponly or option.setupplan)


def can_prefetch(item: pytest.Item) -> bool:
    """Whether a body will run, and needs nothing but what this plugin provides."""
    if not isinstance(item, pytest.Function) or claim_of(item) is None or MISTAKE in item.stash:
        return False
    if any(item.get_closest_marker(name) for name in ("skip", "skipif")):
        return False
    return not own_fixtures(item)


def needs(session: Session, item: pytest.Function) -> dict[str, Trial]:
    """The trials that a claim will ask for next and that are not there yet."""
    plan = Plan(session.trials)
    try:
        ready = evaluation(session, item, {"device": device_of(item)}, plan)
    except Exception:  # the real run reports it
        return {}
    if ready.body.measures:
        ready.prefetch()
    return plan.missing


def check_names(session: Session, items: Iterable[pytest.Item]) -> None:
    """Note where two learners or tasks share a name, in a worker, which runs only some claims."""
    for item in items:
        if can_prefetch(item) and isinstance(item, pytest.Function):
            needs(session, item)
    if session.trials.names.clash:
        session.mistake = pytest.UsageError(session.trials.names.clash)


def prefetch(
    session: Session,
    items: Iterable[pytest.Item],
    tick: Callable[[int, int, str], None] = lambda ready, claims, now: None,
) -> None:
    """Train what the claims need, as one pool of work.

    tick(claims ready, claims, id of the one in hand) shows life.

    Raises pytest.UsageError where there is nothing left to train with, or where two learners or
    tasks share a name.
    """
    parts = [
        Part(item) for item in items if can_prefetch(item) and isinstance(item, pytest.Function)
    ]
    waiting = list(parts)
    while waiting:
        with deferred():  # the first evaluation loads libraries
            waiting, wanted = advance(session, waiting)
        if session.trials.lost:
            raise pytest.UsageError(str(session.trials.lost))
        if session.trials.names.clash:
            raise pytest.UsageError(session.trials.names.clash)
        if not waiting:
            return
        if wanted:
            session.trials.request(wanted, limits(parts))
        tick(len(parts) - len(waiting), len(parts), in_hand(session, waiting))
        session.trials.wait(PAUSE)


def in_hand(session: Session, waiting: Sequence[Part]) -> str:
    """The id of the first claim that waits for what is being trained; empty where none does."""
    training = set(session.trials.training)
    for part in waiting if training else ():
        if any(
            each.description in training for trial in part.asked.values() for each in trial.parts
        ):
            claim = claim_of(part.item)
            return claim.id if claim else ""
    return ""


def advance(session: Session, waiting: Sequence[Part]) -> tuple[list[Part], list[Trial]]:
    """The parts that still wait, and the trials to request for them."""
    still: list[Part] = []
    wanted: dict[str, Trial] = {}
    for part in waiting:
        if part.waits(session):
            still.append(part)
            continue
        missing = needs(session, part.item)
        fresh = {
            identity: trial for identity, trial in missing.items() if identity not in part.asked
        }
        if fresh:  # what was asked for before and is missing has failed: the real run reports it
            part.asked |= fresh
            part.awaited = list(fresh.values())
            wanted |= fresh
            still.append(part)
    return still, list(wanted.values())


def limits(parts: Iterable[Part]) -> dict[str, float]:
    """Seconds that trials may take, by identity: the most that a test gives that asks for them."""
    found: dict[str, float] = {}
    for part in parts:
        if limit := limit_for(part.item):
            for identity in part.asked:
                found[identity] = max(limit, found.get(identity, 0.0))
    return found


def cost_preview(session: Session, items: Iterable[pytest.Item]) -> str:
    """A cost preview: what a run would train first, for --collect-only.

    It says how long that takes if every learner states its cost.
    """
    claims = [item for item in items if can_prefetch(item) and isinstance(item, pytest.Function)]
    missing: dict[str, Trial] = {}
    for item in claims:
        missing |= needs(session, item)
    if clash := session.trials.names.clash:
        return f"claims: {len(claims)}, which cannot run: {clash}"
    learners = sum(len(trial.seeds) for trial in missing.values())
    stated = missing and all(has_cost(trial.arm.learner) for trial in missing.values())
    rough = sum(trial.cost for trial in missing.values())
    takes = f", roughly {rough / 60:,.1f} min of one core" if stated else ""
    return (
        f"claims: {len(claims)}; their first looks would train {len(missing)} trials "
        f"({learners} learners{takes}); the rest is stored"
    )
