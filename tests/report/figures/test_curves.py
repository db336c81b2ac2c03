"""Learning curves: gathered from records, averaged over seeds."""

from __future__ import annotations

import pytest

from pytest_scaling.report.figures.curves import (
    figure_title,
    for_a_slide,
    hero,
    learning_curves,
)


def test_a_point_is_the_mean_over_seeds_with_its_t_interval(make):
    errors = [0.10, 0.12, 0.14, 0.16, 0.18]
    (panel,) = learning_curves([make.record("a", "supported", arms=[make.arm("x", 64, errors)])])
    (point,) = panel.curves[0].points
    # By hand: sd = sqrt(0.004 / 4), t(0.975, 4) = 2.776445, half-width = t * sd / sqrt(5).
    half_width = 2.776445 * 0.0316227766 / 2.2360679775
    assert (point.m, point.n) == (64, 5)
    assert point.mean == pytest.approx(0.14)
    assert point.low == pytest.approx(0.14 - half_width, abs=1e-6)
    assert point.high == pytest.approx(0.14 + half_width, abs=1e-6)


def test_an_interval_stays_within_possible_errors(make):
    arms = [make.arm("x", 64, [0.0, 0.1]), make.arm("y", 64, [1.0, 0.9])]
    (panel,) = learning_curves([make.record("a", "supported", arms=arms)])
    assert panel.curves[0].end.low == 0.0
    assert panel.curves[1].end.high == 1.0


def test_one_seed_has_no_band(make):
    (panel,) = learning_curves([make.record("a", "supported", arms=[make.arm("x", 64, [0.3])])])
    end = panel.curves[0].end
    assert (end.low, end.mean, end.high, end.n) == (0.3, 0.3, 0.3, 1)


def test_of_an_arm_in_several_records_the_one_with_the_most_seeds_counts(make):
    records = [
        make.record("a", "supported", arms=[make.arm("x", 64, [0.5] * 5)]),
        make.record("b", "supported", arms=[make.arm("x", 64, [0.2] * 7)]),
        make.record("c", "supported", arms=[make.arm("x", 64, [0.9] * 7)]),
    ]
    (panel,) = learning_curves(records)
    assert (panel.curves[0].end.mean, panel.curves[0].end.n) == (pytest.approx(0.2), 7)


def test_replicates_and_arms_without_an_error_are_left_out(make):
    arms = [
        make.arm("x", 64, [0.5, 0.5]),
        make.arm("x", 64, [0.1] * 9, replicate=1),
        make.arm("racer", 64, [], metrics={"steps": [10.0, None]}),
    ]
    (panel,) = learning_curves([make.record("a", "supported", arms=arms)])
    assert [(curve.learner, curve.end.mean) for curve in panel.curves] == [("x", 0.5)]


def test_sizes_ascend_and_reference_levels_are_gathered(make):
    arms = [make.arm("x", m, [0.3, 0.3], bayes_error=0.06) for m in (1024, 64, 256)]
    arms[0]["metrics"]["majority_error"] = [0.4, 0.6]
    (panel,) = learning_curves([make.record("a", "supported", arms=arms)])
    assert [point.m for point in panel.curves[0].points] == [64, 256, 1024]
    assert panel.bayes_error == 0.06
    assert panel.majority_error == pytest.approx(0.5)


def test_the_order_of_records_does_not_matter(run):
    assert learning_curves(run) == learning_curves(run[::-1])


def test_a_slide_leaves_out_stumps_and_nearly_empty_panels(make):
    sizes = (64, 256, 1024)
    arms = [make.arm(name, m, [0.3]) for name in ("x", "y", "z") for m in sizes]
    arms += [make.arm("stump", m, [0.3]) for m in sizes[:2]]
    arms += [make.arm("x", m, [0.3], task="digits") for m in sizes]
    panels = learning_curves([make.record("a", "supported", arms=arms)])
    assert [panel.task for panel in panels] == ["digits", "xor"]
    (kept,) = for_a_slide(panels)
    assert [curve.learner for curve in kept.curves] == ["x", "y", "z"]


def test_without_curves_there_is_no_slide(make):
    assert learning_curves([make.record("a", "supported")]) == []
    assert for_a_slide([]) == []


def one_panel(make, *errors, task="xor"):
    arms = [make.arm(f"learner {n}", 64, each, task=task) for n, each in enumerate(errors)]
    return learning_curves([make.record("a", "supported", arms=arms)])[0]


def leaders(make, *errors):
    return [curve.learner for curve in one_panel(make, *errors).leaders]


def test_leaders_are_those_whose_ends_are_not_clear_of_the_best(make):
    assert leaders(make, [0.30, 0.31, 0.32], [0.10, 0.11, 0.13]) == ["learner 1"]
    assert leaders(make, [0.10, 0.20, 0.31], [0.11, 0.19, 0.29]) == ["learner 1", "learner 0"]
    assert leaders(make, [0.1, 0.1]) == ["learner 0"]


def test_ends_are_compared_on_the_same_seeds(make):
    """Two bands that overlap, and yet one is below the other on every seed by as much."""
    assert leaders(make, [0.10, 0.20, 0.30], [0.090, 0.191, 0.2895]) == ["learner 1"]


HIGH, LOW, NEAR = [0.30, 0.31, 0.33], [0.10, 0.11, 0.13], [0.11, 0.12, 0.10]


@pytest.mark.parametrize(
    ("tasks", "title"),
    [
        ([(HIGH, LOW)], "The learner 1 ends highest on a"),
        ([(LOW, NEAR)], "The learner 1 ties with the learner 0 for the highest end on a"),
        ([(HIGH, LOW), (HIGH, LOW)], "The learner 1 ends highest on both tasks"),
        (
            [(HIGH, LOW), (HIGH, LOW), (HIGH, LOW, NEAR)],
            "The learner 1 ends highest on two of three tasks, and ties with the learner 2 on c",
        ),
        (
            [(HIGH, LOW), (HIGH, LOW), (LOW, HIGH)],
            "The learner 1 ends highest on two of three tasks",
        ),
        (
            [(HIGH, LOW), (LOW, HIGH)],
            "No learner ends highest, alone or tied, on more than one of two tasks",
        ),
        (
            [(LOW, NEAR, HIGH)] * 2,
            "The learner 1 ties with the learner 0 for the highest end on both tasks",
        ),
        (
            # highest or tied everywhere: that no learner is alone is no difference between tasks
            [(HIGH, LOW, NEAR), (NEAR, LOW, HIGH), (HIGH, LOW)],
            "The learner 1 ends highest on one of three tasks, and ties with others on two",
        ),
        ([(LOW,)], "Performance against the amount of labelled data"),
    ],
)
def test_the_title_says_who_ends_highest_and_where_it_is_a_tie(make, tasks, title):
    panels = [
        one_panel(make, *errors, task=task) for task, errors in zip("abc", tasks, strict=False)
    ]
    assert figure_title(panels) == title


def test_the_task_that_is_shown_large_has_the_most_curves_then_points_then_comes_first(make):
    def arms(task, *learners, sizes=(64, 256, 1024)):
        return [make.arm(name, m, [0.3], task=task) for name in learners for m in sizes]

    fullest = arms("d", "x", "y", "z")
    longest = arms("c", "x", "y", sizes=(64, 256, 1024, 4096))
    equal = [*arms("a", "x", "y"), *arms("b", "x", "y")]

    def shown(*every):
        return hero(learning_curves([make.record("it", "supported", arms=[*every])])).task

    assert shown(*equal, *longest, *fullest) == "d"
    assert shown(*equal, *longest) == "c"
    assert shown(*equal) == "a"
