"""Which tasks count is decided before the seeds that are judged, and not by them."""

from dataclasses import replace

import pytest

from tests.planted.rates import Stage
from tests.planted.world import Law, World, flat
from tests.planted.worlds import LECTURE, MARGIN

pytestmark = pytest.mark.bench

CLAIM = "logistic-regression-keeps-improving"
REPLICATES = 80

# Logistic regression improves on one task of three and stands still on two, where it beats the
# majority class by exactly what it takes to count. So the claim, about two in three, is false.
BORDERLINE = World(
    "borderline",
    {**LECTURE.errors, "logistic-regression": Law(0.6, 0.0, 0.3)},
    on={
        task: {"logistic-regression": flat(0.5 - MARGIN)} for task in ("friedman", "poker-one-hot")
    },
)


def test_a_task_that_counts_is_not_lost_by_the_luck_of_some_seeds():
    assert Stage(BORDERLINE).rates(CLAIM, REPLICATES).faults("R") == []


def test_where_nothing_is_known_a_verdict_is_about_the_tasks_that_some_seeds_let_count():
    """Each of the two is left out half of the time, and where both are, the third supports it."""
    rates = Stage(replace(BORDERLINE, known=False)).rates(CLAIM, REPLICATES)
    three_standard_errors = 3 * (0.25 * 0.75 / REPLICATES) ** 0.5
    assert rates.share("supported") == pytest.approx(0.25, abs=three_standard_errors)
