"""The future: the forces that made deep learning better are still at work (09:28 to 10:14).

A forecast is a power law with a floor, c + a * m**-b, fitted to six sizes of the training set, each
twice the one before, up to half of m_large. It is made from the same seeds that are then measured
at m_large. The claim is not applicable where half of m_large already brings the error within MARGIN
of the Bayes error. Where curves fall faster than a power law the law itself fails, and predicts
too little: the second claim has its own row for that.
"""

from fixtures.learners import large_network, logistic_regression
from fixtures.lecture import LECTURE
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_one_hot import poker_one_hot
from fixtures.tasks.teacher import teacher
from pytest_scaling import FLAT, TOLERANCE, all_of, claim, equivalent

MARGIN = 0.01  # of error: one test row in a hundred
GENERATED = [mnist1d, poker_one_hot, friedman, teacher]


@claim(
    "forces-continue",
    "The forces still work: a further gain is predicted, and it comes",
    source=LECTURE.at("09:28", "10:14"),
    strength="usually",
    smallest_effect=MARGIN,
    bounds={"flat": FLAT, "far": TOLERANCE},
    tasks=GENERATED,
)
def test_the_large_network_goes_on_as_predicted(curve, forecast, task, m_large, bounds):
    error = curve(large_network, task=task)
    error.require_room(m_large // 2)
    predicted = forecast(large_network, task=task, m=m_large)
    gained = error.relative_gain(m_large // 2, m_large, bound="flat")
    assert all_of(predicted.gain(bound="flat"), gained) > bounds.flat
    assert predicted.miss(bound="far") < bounds.far


@claim(
    "forces-continue-for-logistic-regression",
    "For logistic regression a further gain is predicted, and it comes",
    source=LECTURE.at("02:13", "02:20"),
    strength="usually",
    smallest_effect=MARGIN,
    bounds={"flat": FLAT, "far": TOLERANCE},
    tasks=GENERATED,
    control_of="forces-continue",
)
def test_logistic_regression_has_nothing_more_to_gain(curve, forecast, task, m_large, bounds):
    error = curve(logistic_regression, task=task)
    error.require_learning()
    predicted = forecast(logistic_regression, task=task, m=m_large)
    assert predicted.gain(bound="flat") > bounds.flat
    assert error.relative_gain(m_large // 2, m_large, bound="flat") > bounds.flat
    assert predicted.miss(bound="far") < bounds.far


@claim(
    "forces-continue-by-a-law",
    "The large network improves by a power law: the error is what the law predicts",
    source=LECTURE.at("09:28", "10:14"),
    strength="usually",
    bounds={"far": (-TOLERANCE, TOLERANCE)},
    tasks=GENERATED,
)
def test_the_error_is_what_a_power_law_predicts(forecast, task, m_large, bounds):
    predicted = forecast(large_network, task=task, m=m_large)
    assert equivalent(predicted.miss(bound="far"), bounds.far)


@claim(
    "forces-continue-by-standing-still",
    "The large network stands still: the error is what it was with half the data",
    source=LECTURE.at("09:28", "10:14"),
    strength="usually",
    bounds={"far": (-TOLERANCE, TOLERANCE)},
    tasks=GENERATED,
    control_of="forces-continue-by-a-law",
)
def test_the_error_is_not_what_it_was(curve, task, m_large, bounds):
    error = curve(large_network, task=task)
    assert equivalent(error.relative_gain(m_large // 2, m_large, bound="far"), bounds.far)
