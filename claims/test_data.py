"""Labelled data, little and plenty: what counts as data, and who leads where (03:45 to 05:17).

The axis of the figure counts labelled examples. With few of them the order of the learners is not
well defined: hand-crafted features and details decide. With very many, large networks dominate.

m is the number of training rows; m_small and m_large are the ends of the tier's range, m_middle
its middle. All differences are paired by seed, on the same rows. worst_settings and best_settings
are the medium network with two of eight ordinary settings, named for each task on other seeds.
few_labels is the medium network with the labels of m_small rows and features learnt from all m.
"""

from fixtures.learners import (
    BESIDE_THE_LECTURE,
    TRADITIONAL,
    best_settings,
    few_labels,
    large_network,
    linear_svm,
    logistic_regression,
    medium_network,
    nudged_settings,
    rbf_svm,
    worst_settings,
)
from fixtures.lecture import LECTURE
from fixtures.tasks.clusters import clusters
from fixtures.tasks.earth import earth
from fixtures.tasks.flights import flights
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_counts import poker_counts
from fixtures.tasks.poker_hand import poker_hand
from fixtures.tasks.poker_one_hot import poker_one_hot
from fixtures.tasks.words import words
from fixtures.tasks.words_pairs import words_pairs
from fixtures.tasks.xor import xor
from pytest_scaling import claim, control

MARGIN = 0.01  # of error: one test row in a hundred
FIRST_NAMED = (mnist1d, poker_one_hot, poker_hand)  # to which large-dominates was once confined
REAL = (earth, flights, words)
ORDERED = (mnist1d, poker_one_hot, xor, earth, flights, words)  # on which two learners are ordered
MADE_BY_HAND = {poker_one_hot: poker_counts, words: words_pairs}  # features of the same rows


# Verdicts on the earlier forms, with labels in random order, had been seen before this one. Form,
# tasks and learner were chosen on tuning seeds; there xor, where single runs break through with 256
# labels and others do not, was too noisy to count.
@claim(
    "labelled-data",
    "What counts is labelled examples: further rows are worth less without their labels",
    source=LECTURE.at("03:45", "04:12"),
    strength="always",
    smallest_effect=MARGIN,
    tasks=[mnist1d, poker_one_hot, friedman],
)
@control(
    "labelled-data-in-clusters",
    "Further rows are worth less without their labels where the classes are clusters",
    tasks=[clusters],
)
def test_further_rows_are_worth_less_without_their_labels(
    compare, interaction, task, m_small, m_large, smallest_effect
):
    labels = compare(few_labels, medium_network, task=task, m=m_large)
    more_than_rows = interaction(few_labels, medium_network, task=task, m=(m_small, m_large))
    assert labels > smallest_effect
    assert more_than_rows > smallest_effect


@claim(
    "small-m-order-undefined",
    "With little data the order of the learners is not well defined: it depends on the task",
    source=LECTURE.at("04:18", "05:01"),
    smallest_effect=MARGIN,
    tasks=ORDERED,
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
    tasks=ORDERED,
    learners=[rbf_svm],
    control_of="small-m-order-undefined",
)
def test_the_order_does_not_reverse_when_data_is_plentiful(
    reversal, tasks, learner, m_large, smallest_effect
):
    order = reversal(learner, large_network, tasks=tasks, m=m_large)
    assert order > smallest_effect


# The words are those of what has been measured from the start: verdicts had been seen before they
# were changed. words was added without a look at any.
@claim(
    "features-decide",
    "With little data hand-crafted features decide: an SVM with them beats a large network without "
    "them, and a large network with them beats an SVM without them",
    source=LECTURE.at("04:30", "04:52"),
    strength="sometimes",
    smallest_effect=MARGIN,
    tasks=list(MADE_BY_HAND),
)
def test_features_outweigh_the_learner_when_data_is_scarce(compare, task, m_small, smallest_effect):
    raw, made_by_hand = task, MADE_BY_HAND[task]
    svm_leads = compare(large_network, rbf_svm, task=(raw, made_by_hand), m=m_small)
    network_leads = compare(rbf_svm, large_network, task=(raw, made_by_hand), m=m_small)
    assert svm_leads > smallest_effect
    assert network_leads > smallest_effect


@claim(
    "features-decide-with-much-data",
    "With much data hand-crafted features still decide: they improve a large network",
    source=LECTURE.at("05:01", "05:17"),
    strength="sometimes",
    smallest_effect=MARGIN,
    tasks=[poker_one_hot],  # words-pairs has too many columns for as many rows
    control_of="features-decide",
)
def test_features_matter_no_more_when_data_is_plentiful(compare, task, m_large, smallest_effect):
    raw, made_by_hand = task, MADE_BY_HAND[task]
    gain = compare(large_network, large_network, task=(raw, made_by_hand), m=m_large)
    assert gain > smallest_effect


# The second, stronger claim was the only one, and its verdicts had been seen, before the first was
# made of what the lecture says.
@claim(
    "details-decide",
    "With little data performance also depends on smaller details: two ordinary settings of one "
    "network differ",
    source=LECTURE.at("04:59", "05:05"),
    strength="usually",
    smallest_effect=MARGIN,
    given={"settings": worst_settings},
)
@control(
    "details-decide-by-a-nudge",
    "With little data performance also depends on a learning rate that is higher by a fiftieth",
    given={"settings": nudged_settings},
)
def test_details_matter_when_data_is_scarce(compare, settings, task, m_small, smallest_effect):
    gap = compare(settings, best_settings, task=task, m=m_small)
    assert gap > smallest_effect


@claim(
    "details-outweigh-the-learner",
    "With little data two ordinary settings of one network differ by more than the learners do",
    source=LECTURE.at("04:59", "05:05"),
    strength="usually",
    smallest_effect=MARGIN,
    given={"rival": rbf_svm},
)
@control(
    "details-decide-where-a-line-fails",
    "With little data ordinary settings of one network differ by more than a linear learner and a "
    "network do where the classes are not linearly separable",
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


# Verdicts on three tasks named by hand had been seen before the rule of room took their place.
@claim(
    "large-dominates",
    "With plenty of data a large network beats the traditional learners",
    source=LECTURE.at("05:01", "05:17"),
    strength="usually",
    smallest_effect=MARGIN,
    learners=TRADITIONAL,
    beside=BESIDE_THE_LECTURE,
    alternatives={
        "the three tasks first named": {"tasks": FIRST_NAMED},
        "real data": {"tasks": REAL},
        "linear rivals": {"learners": [logistic_regression, linear_svm]},
        "all rivals": {"learners": [*TRADITIONAL, *BESIDE_THE_LECTURE]},
    },
    given={"m": "m_large"},
)
@control(
    "large-dominates-with-little-data",
    "With little data a large network beats the traditional learners",
    source=LECTURE.at("04:18", "05:01"),
    given={"m": "m_small"},
)
def test_large_network_leads(compare, curve, task, learner, m, smallest_effect):
    curve(learner, task=task).require_room(m)
    gap = compare(learner, large_network, metric="error", task=task, m=m)
    assert gap > smallest_effect
