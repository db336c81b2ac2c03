"""Labelled data, little and plenty: what counts as data, and who leads where (03:45 to 05:17).

The axis of the figure counts labelled examples. With few of them the order of the learners is not
well defined: hand-crafted features and details decide. With very many, large networks dominate.

m is the number of training rows; m_small and m_large are the ends of the tier's range, m_middle
its middle. All differences are paired by seed, on the same rows. worst_settings and best_settings
are the medium network with two of eight ordinary settings, named for each task on other seeds.
"""

from fixtures.learners import (
    BESIDE_THE_LECTURE,
    TRADITIONAL,
    best_settings,
    large_network,
    logistic_regression,
    medium_network,
    rbf_svm,
    worst_settings,
)
from fixtures.lecture import LECTURE
from fixtures.tasks.earth import earth
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.permuted import permuted
from fixtures.tasks.poker_counts import poker_counts
from fixtures.tasks.poker_hand import poker_hand
from fixtures.tasks.poker_one_hot import poker_one_hot
from fixtures.tasks.xor import xor
from pytest_scaling import claim, control, equivalent

MARGIN = 0.01  # of error: one test row in a hundred
ALIKE = (-0.02, 0.02)  # of error: as good as guessing


@claim(
    "labelled-data",
    "What counts is labelled examples: without their labels more of them are of no use",
    source=LECTURE.at("03:45", "04:12"),
    strength="always",
    smallest_effect=MARGIN,
    bounds={"alike": ALIKE},
    tasks=[mnist1d, xor],
)
def test_examples_without_their_labels_are_of_no_use(
    compare, task, m_small, m_middle, m_large, smallest_effect, bounds
):
    for m in (m_middle, m_large):
        over_guessing = compare(
            medium_network,
            medium_network,
            metric=("error", "majority_error"),
            task=permuted(task),
            m=m,
            bound="alike",
        )
        assert equivalent(over_guessing, bounds.alike)
    ends = (m_small, m_large)
    assert compare(medium_network, medium_network, task=task, m=ends) > smallest_effect


@claim(
    "labelled-data-with-labels",
    "Labelled examples are of no use",
    source=LECTURE.at("03:45", "04:12"),
    strength="always",
    bounds={"alike": ALIKE},
    tasks=[mnist1d, xor],
    control_of="labelled-data",
)
def test_examples_with_their_labels_are_of_use(compare, task, m_middle, m_large, bounds):
    for m in (m_middle, m_large):
        over_guessing = compare(
            medium_network,
            medium_network,
            metric=("error", "majority_error"),
            task=task,
            m=m,
            bound="alike",
        )
        assert equivalent(over_guessing, bounds.alike)


@claim(
    "small-m-order-undefined",
    "With little data the order of the learners is not well defined: it depends on the task",
    source=LECTURE.at("04:18", "05:01"),
    smallest_effect=MARGIN,
    tasks=[mnist1d, poker_one_hot, xor],
)
def test_the_order_reverses_between_tasks_when_data_is_scarce(
    reversal, tasks, m_small, smallest_effect
):
    order = reversal(rbf_svm, large_network, tasks=tasks, m=m_small)
    assert order > smallest_effect


@claim(
    "small-m-order-undefined-with-much-data",
    "With much data the order of the learners depends on the task",
    source=LECTURE.at("05:01", "05:17"),
    smallest_effect=MARGIN,
    tasks=[mnist1d, poker_one_hot, xor],
    learners=[rbf_svm],
    control_of="small-m-order-undefined",
)
def test_the_order_does_not_reverse_when_data_is_plentiful(
    reversal, tasks, learner, m_large, smallest_effect
):
    order = reversal(learner, large_network, tasks=tasks, m=m_large)
    assert order > smallest_effect


@claim(
    "features-decide",
    "With little data hand-made features decide: with them an SVM beats a large network, "
    "and without them it loses to one",
    source=LECTURE.at("04:30", "04:52"),
    strength="sometimes",
    smallest_effect=MARGIN,
)
def test_features_outweigh_the_learner_when_data_is_scarce(compare, m_small, smallest_effect):
    raw, made_by_hand = poker_one_hot, poker_counts
    svm_leads = compare(large_network, rbf_svm, task=(raw, made_by_hand), m=m_small)
    network_leads = compare(rbf_svm, large_network, task=(raw, made_by_hand), m=m_small)
    assert svm_leads > smallest_effect
    assert network_leads > smallest_effect


@claim(
    "features-decide-with-much-data",
    "With much data hand-made features still decide: they improve a large network",
    source=LECTURE.at("05:01", "05:17"),
    strength="sometimes",
    smallest_effect=MARGIN,
    control_of="features-decide",
)
def test_features_matter_no_more_when_data_is_plentiful(compare, m_large, smallest_effect):
    raw, made_by_hand = poker_one_hot, poker_counts
    gain = compare(large_network, large_network, task=(raw, made_by_hand), m=m_large)
    assert gain > smallest_effect


@claim(
    "details-decide",
    "With little data performance also depends on smaller details: ordinary settings of one "
    "network differ by more than the learners do",
    source=LECTURE.at("04:59", "05:05"),
    strength="usually",
    smallest_effect=MARGIN,
    given={"rival": rbf_svm},
)
@control(
    "details-decide-where-a-line-fails",
    "With little data ordinary settings of one network differ by more than a linear learner and a "
    "network do where no line parts the classes",
    strength="always",
    tasks=[xor],
    given={"rival": logistic_regression},
)
def test_details_outweigh_the_learner_when_data_is_scarce(
    spread, rival, task, m_small, smallest_effect
):
    learners = (rival, large_network)
    excess = spread(worst_settings, best_settings, against=learners, task=task, m=m_small)
    assert excess > smallest_effect


@claim(
    "large-dominates",
    "With very much data a large network beats the traditional learners",
    source=LECTURE.at("05:01", "05:17"),
    strength="usually",
    smallest_effect=MARGIN,
    tasks=[mnist1d, poker_one_hot, poker_hand],
    learners=TRADITIONAL,
    # friedman: near its Bayes error all good learners tie; earth: two coordinates and a coastline
    beside=[friedman, earth, *BESIDE_THE_LECTURE],
    given={"m": "m_large"},
)
@control(
    "large-dominates-with-little-data",
    "With little data a large network beats the traditional learners",
    source=LECTURE.at("04:18", "05:01"),
    beside=[friedman, earth],
    given={"m": "m_small"},
)
def test_large_network_leads(compare, task, learner, m, smallest_effect):
    gap = compare(learner, large_network, metric="error", task=task, m=m)
    assert gap > smallest_effect
