"""The rate of one arm has an interval that is exact at every look and keeps its level over all."""

import numpy as np
import pytest
from scipy.stats import binom

from pytest_scaling.statistics.interval import LOOKS, rate_interval


def outcomes(count, n):
    return [1] * count + [0] * (n - count)


def chance_of_ever_excluding(rate, level, side):
    """The exact chance that a limit lies beyond the true rate at any look, by its counts."""
    alive, seen, wrong = np.array([1.0]), 0, 0.0
    for n in LOOKS:
        step = binom.pmf(np.arange(n - seen + 1), n - seen, rate)
        alive, seen = np.convolve(alive, step), n
        for count in range(n + 1):
            found = rate_interval(outcomes(count, n), level)
            if (found.low > rate) if side == "low" else (found.high < rate):
                wrong += alive[count]
                alive[count] = 0.0
    return wrong


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize("level", [0.01, 0.0025])
def test_a_rate_on_the_bound_is_called_either_way_at_most_at_the_level(level, side):
    worst = max(chance_of_ever_excluding(rate, level, side) for rate in np.linspace(0.02, 0.98, 49))
    assert 0.3 * level < worst <= level


def test_all_successes_leave_a_lower_limit():
    found = rate_interval([1] * 10, 0.01)
    assert (found.mean, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.0022 ** (1 / 10))


@pytest.mark.parametrize("values", [[1], [0, 1, 2], [0.5, 1]])
def test_what_is_no_outcome_is_refused(values):
    with pytest.raises(ValueError, match="Outcomes must be at least 2 of 0 and 1"):
        rate_interval(values, 0.01)
