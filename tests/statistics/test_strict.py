"""Strict mode: no wrong verdict in a whole suite, with 95 % confidence."""

import numpy as np
import pytest

from pytest_scaling.statistics.interval import FAMILY_WISE, per_look_level, strict_level


def test_the_claims_of_a_suite_share_its_level():
    assert strict_level(1) == FAMILY_WISE == 0.05
    assert strict_level(20) == 0.0025
    assert per_look_level(strict_level(20)) == 0.0005  # tabulated, not interpolated


@pytest.mark.parametrize("claims", [0, -1])
def test_a_suite_without_claims_has_no_level(claims):
    with pytest.raises(ValueError, match="at least 1 claim"):
        strict_level(claims)


@pytest.mark.parametrize("claims", [2, 20])
def test_a_suite_of_claims_that_are_all_on_their_bound_errs_anywhere_at_most_at_its_level(
    claims, until_decided, normal, at_most
):
    strict = np.zeros(20_000, dtype=bool)
    for claim in range(claims):
        stopped = until_decided(normal(0, seed=1_400 + claim), level=strict_level(claims))
        strict |= stopped.low > 0
    assert FAMILY_WISE / 2 < strict.mean() <= at_most(FAMILY_WISE)


def test_a_suite_at_the_default_level_errs_somewhere_in_one_run_of_six(until_decided, normal):
    default = np.zeros(20_000, dtype=bool)
    for claim in range(20):
        default |= until_decided(normal(0, seed=1_500 + claim), level=0.01).low > 0
    assert default.mean() == pytest.approx(1 / 6, abs=0.02)
