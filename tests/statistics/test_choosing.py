"""What choosing among forms after a look at their seeds costs, and what fresh seeds repair.

Every form is false by the least that there is: its true effect lies at the bound.
"""

import numpy as np
import pytest

FORMS = (1, 3, 10, 30)


def supported(until_decided, forms, repetitions=8_000, seed=18):
    """Whether each form was supported on its seeds: (repetitions, forms)."""
    random = np.random.default_rng([seed, forms])
    gains = random.normal(0.0, 1.0, (repetitions * forms, 30))
    return (until_decided(gains).low > 0).reshape(repetitions, forms)


@pytest.mark.parametrize(("forms", "share"), [(1, 0.01), (3, 0.03), (10, 0.095), (30, 0.26)])
def test_the_best_of_many_forms_is_supported_far_more_often_than_the_level_says(
    until_decided, forms, share
):
    assert supported(until_decided, forms).any(axis=1).mean() == pytest.approx(share, rel=0.2)


@pytest.mark.parametrize("forms", FORMS)
def test_on_fresh_seeds_the_chosen_form_keeps_its_level(until_decided, forms):
    explored = supported(until_decided, forms)
    chosen = explored.argmax(axis=1)  # the first that is supported, else the first
    fresh = supported(until_decided, forms, seed=19)
    confirmed = fresh[np.arange(len(chosen)), chosen]
    assert confirmed.mean() <= 0.01 + 3 * np.sqrt(0.01 * 0.99 / len(chosen))
    assert (explored.any(axis=1) & confirmed).mean() < 0.005  # both, where nothing is true
