"""The figure: performance against the amount of labelled data (01:00 to 02:44).

Traditional learners improve for a while and then flatten; larger networks do better than
smaller ones where data are plentiful.
"""

from fixtures.learners import (
    large_network,
    linear_svm,
    logistic_regression,
    medium_network,
    rbf_svm,
    small_network,
)
from fixtures.lecture import LECTURE
from pytest_scaling import claim
from pytest_scaling.statistics.plateau import FLAT

MARGIN = 0.01  # of error: one test row in a hundred


@claim(
    "plateau",
    "Traditional learners improve with more data for a while, and then stop improving",
    source=LECTURE.at("01:00", "01:20", "02:13", "02:20"),
    strength="usually",
    smallest_effect=MARGIN,
    bounds={"flat": FLAT},
    parts=2,
    learners=[logistic_regression, linear_svm],
    beside=[rbf_svm],
)
def test_traditional_learners_improve_and_then_flatten(
    curve, task, learner, m_small, m_large, smallest_effect, bounds
):
    error = curve(learner, task=task)
    error.require_learning()
    assert error.gain(m_small, m_large // 2) > smallest_effect
    assert error.relative_gain(m_large // 2, m_large, bound="flat") < bounds.flat


@claim(
    "plateau-of-the-large-network",
    "A large network improves with more data for a while, and then stops improving",
    source=LECTURE.at("02:38", "02:44"),
    strength="usually",
    smallest_effect=MARGIN,
    bounds={"flat": FLAT},
    parts=2,
    learners=[large_network],
    control_of="plateau",
)
def test_the_large_network_does_not_flatten(
    curve, task, learner, m_small, m_large, smallest_effect, bounds
):
    error = curve(learner, task=task)
    error.require_learning()
    error.require_room(m_large)
    assert error.gain(m_small, m_large // 2) > smallest_effect
    assert error.relative_gain(m_large // 2, m_large, bound="flat") < bounds.flat


@claim(
    "size-orders-performance",
    "With much data a medium network beats a small one, and a large one beats the medium",
    source=LECTURE.at("02:22", "02:44"),
    strength="usually",
    smallest_effect=MARGIN,
)
def test_larger_networks_lead_when_data_is_plentiful(ranking, task, m_large, smallest_effect):
    order = ranking(small_network, medium_network, large_network, task=task, m=m_large)
    assert order.steps > smallest_effect


@claim(
    "size-orders-performance-with-little-data",
    "With little data a medium network beats a small one, and a large one beats the medium",
    source=LECTURE.at("04:18", "05:01"),
    strength="usually",
    smallest_effect=MARGIN,
    control_of="size-orders-performance",
)
def test_larger_networks_do_not_lead_when_data_is_scarce(ranking, task, m_small, smallest_effect):
    order = ranking(small_network, medium_network, large_network, task=task, m=m_small)
    assert order.steps > smallest_effect
