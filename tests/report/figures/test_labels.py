"""Labels at the ends of curves."""

from __future__ import annotations

import itertools

import pytest

from pytest_scaling.report.figures.labels import spread, wrapped


def test_labels_with_room_stay_where_they_belong():
    assert spread([10, 50, 90], [10, 10, 10], 0, 100) == [10, 50, 90]


def test_crowded_labels_share_the_shift():
    assert spread([50, 50], [10, 10], 0, 100) == [45, 55]


@pytest.mark.parametrize(
    "wanted", [[95, 96, 97, 5], [0, 0, 0, 0], [100, 50, 52, 51], [40, 41, 60, 61]]
)
def test_labels_never_overlap_and_stay_inside_and_in_order(wanted):
    centres = spread(wanted, [12, 20, 12, 20], 0, 100)
    labels = sorted(zip(centres, [12, 20, 12, 20], strict=True))
    for (below, height_below), (above, height_above) in itertools.pairwise(labels):
        assert above - below >= (height_below + height_above) / 2 - 1e-9
    assert labels[0][0] - labels[0][1] / 2 >= -1e-9
    assert labels[-1][0] + labels[-1][1] / 2 <= 100 + 1e-9
    by_wish = sorted(range(4), key=lambda place: (wanted[place], place))
    assert by_wish == sorted(range(4), key=lambda place: centres[place])


def test_a_long_label_takes_even_lines():
    assert wrapped("logistic regression") == "logistic\nregression"
    assert wrapped("RBF-SVM") == "RBF-SVM"
    assert wrapped("a very long name of a learner").count("\n") == 2
