"""Much data and little data: who leads where (04:18 to 05:17)."""

from fixtures.learners import TRADITIONAL, large_network
from fixtures.lecture import LECTURE
from fixtures.tasks import friedman, mnist1d, poker_hand, poker_one_hot
from pytest_scaling import claim

MARGIN = 0.01  # of error: one test row in a hundred


@claim(
    "large-dominates",
    "With very much data a large network beats the traditional learners",
    source=LECTURE.at("05:01", "05:17"),
    strength="usually",
    smallest_effect=MARGIN,
    tasks=[mnist1d, poker_one_hot, poker_hand],
    learners=TRADITIONAL,
    beside=[friedman],  # near its Bayes error, where all good learners tie
)
def test_large_network_leads_when_data_is_plentiful(
    compare, task, learner, m_large, smallest_effect
):
    gap = compare(learner, large_network, metric="error", task=task, m=m_large)
    assert gap > smallest_effect


@claim(
    "large-dominates-with-little-data",
    "With little data a large network beats the traditional learners",
    source=LECTURE.at("04:18", "05:01"),
    strength="usually",
    smallest_effect=MARGIN,
    tasks=[mnist1d, poker_one_hot, poker_hand],
    learners=TRADITIONAL,
    beside=[friedman],
    control_of="large-dominates",
)
def test_large_network_does_not_lead_when_data_is_scarce(
    compare, task, learner, m_small, smallest_effect
):
    gap = compare(learner, large_network, metric="error", task=task, m=m_small)
    assert gap > smallest_effect
