"""Interactions: how much more one arm gains on another with plenty of data than with little."""

import numpy as np

ROWS = 2_000  # of each test set
MARGIN = 0.01  # error


def gaps(interaction, seed, repetitions=20_000):
    """Error of the weak arm minus the strong, (2, repetitions, 30), with little and plenty of data.

    The four arms share what a seed's draw does to all of them, each size has its own luck, and
    the noise is larger with little data. The gap with little data is half the margin.
    """
    random = np.random.default_rng(seed)
    shape = (repetitions, 30)
    draw = random.normal(0, 0.02, shape)
    measured = []
    for gap, noise in ((MARGIN / 2, 0.02), (MARGIN / 2 + interaction, 0.005)):
        luck = random.normal(0, noise, shape)
        arms = [0.2 + gap + draw + luck, 0.2 + draw + luck + random.normal(0, noise, shape)]
        weak, strong = (random.binomial(ROWS, np.clip(arm, 0, 1)) / ROWS for arm in arms)
        measured.append(weak - strong)
    return np.array(measured)


def test_an_interaction_as_large_as_the_margin_is_called_either_way_at_most_at_the_level(
    until_decided, at_most
):
    little, much = gaps(MARGIN, seed=111)
    stopped = until_decided(much - little, bounds=(MARGIN,))
    assert np.mean(stopped.low > MARGIN) <= at_most(0.01)
    assert np.mean(stopped.high < MARGIN) <= at_most(0.01)
    assert np.mean((stopped.low > MARGIN) | (stopped.high < MARGIN)) > 0.012  # and it is used


def test_a_gap_with_much_data_and_none_found_with_little_is_no_interaction(until_decided):
    little, much = gaps(MARGIN, seed=112)
    found, missed = (until_decided(each, bounds=(MARGIN,)) for each in (much, little))
    fallacy = np.mean((found.low > MARGIN) & (missed.low <= MARGIN))
    assert fallacy > 0.15  # where the interaction is as large as the margin, not larger


def test_an_interaction_beyond_the_margin_is_found(until_decided):
    little, much = gaps(5 * MARGIN, seed=113)
    assert np.mean(until_decided(much - little, bounds=(MARGIN,)).low > MARGIN) > 0.95
