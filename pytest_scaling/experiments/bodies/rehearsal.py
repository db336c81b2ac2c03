"""Rehearsals: whether a body may be judged by all its comparisons together.

A body is a list of statements joined by "and", written as assertions. It runs to its end whatever
its comparisons come to, and is judged by all of them. So it must make the same comparisons whatever
they come to, and end at every one that is false: that is tried before anything is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from ...spec.errors import ClaimError

if TYPE_CHECKING:
    from ...spec.scope import Cell
    from ..estimate import Decision, Evidence
    from ..experiment import Experiment
    from .body import Body


def check_asserted(
    body: Body,
    plan: Callable[[int], Experiment],
    cell: Cell,
    questions: Sequence[tuple[Decision, ...]] | None = None,
) -> None:
    """Raise ClaimError where a body would go on after a comparison that is false.

    plan: measurements that know nothing yet; of the questions that the body asks, the one of the
    given number is answered by no, and none for zero. questions: what it asks where all are
    answered by yes; None where that is not known yet.
    """
    if questions is None:
        first = plan(0)
        body.rehearse(first, cell)
        questions = first.evidence.asked
    for number, (decision, *_) in enumerate(questions, 1):
        denied = plan(number)
        if not ends_by_assertion(body, denied, cell) or len(denied.evidence.asked) > number:
            raise ClaimError(
                f"claim {denied.claim.id!r} did not assert a comparison: {decision.about}, "
                f"{decision.operator} {decision.bound_name}; assert every comparison, and write < "
                f"for `not` >"
            )


def ends_by_assertion(body: Body, experiment: Experiment, cell: Cell) -> bool:
    try:
        body.run(experiment, cell)
    except AssertionError:
        return True
    except (Exception, pytest.skip.Exception, pytest.fail.Exception):
        return False
    return False


def check_complete(id: str, evidence: Evidence, planned: int | None) -> None:
    """Raise ClaimError where a body has ended without asserting all that was planned.

    planned: how many statements; None where that does not matter.
    """
    if not evidence.decisions:
        raise ClaimError(
            f"claim {id!r} ended without a comparison; its body must assert an estimate against a "
            f"bound, or exact(...)"
        )
    for each in evidence.decisions:
        if not evidence.was_asked(each):
            raise ClaimError(
                f"claim {id!r} made a comparison and did not assert it: {each.sentence}; write "
                f"`assert` before every comparison"
            )
    made = evidence.statements + evidence.left_out
    if planned is not None and made != planned and max(made, planned) > 1:
        raise ClaimError(
            f"claim {id!r} has made another number of comparisons ({made}) than was planned "
            f"({planned}): which ones a body makes must not depend on what it has measured, and "
            f"all that is measured is nan while it is planned; compare the same whatever comes out"
        )
