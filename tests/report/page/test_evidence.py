"""Intervals as drawings: scales, bounds, and the side that a claim asserts."""

from __future__ import annotations

import itertools
import math

import pytest

from pytest_scaling.report.page.cards import cards
from pytest_scaling.report.page.effects import effects
from pytest_scaling.report.page.evidence import Scale, scales, strip


def test_a_scale_holds_zero_bounds_limits_and_seeds(make):
    rows = [make.evidence(value=0.2, low=0.1, high=0.3, samples=[0.05, 0.4], bound=-0.1)]
    assert (scales(rows)["error"].low, scales(rows)["error"].high) == (-0.1, 0.4)
    bare = scales(rows, with_seeds=False)["error"]
    assert (bare.low, bare.high) == (-0.1, 0.3)


@pytest.mark.parametrize(
    ("operator", "bounds", "claimed"),
    [
        (">", (74.0,), (74.0, 100.0)),
        ("<", (74.0,), (0.0, 74.0)),
        ("within", (26.0, 74.0), (26.0, 74.0)),
        ("reverses beyond", (26.0, 74.0), None),
    ],
)
def test_the_claimed_side_is_that_of_the_operator(make, operator, bounds, claimed):
    drawn = strip(make.evidence(operator=operator, bound=0.5), Scale("error", -1.0, 1.0))
    assert (drawn.bounds, drawn.claimed) == (bounds, claimed)
    assert drawn.zero == 50.0


def test_an_interval_without_an_end_reaches_the_end_of_the_drawing(make):
    row = make.evidence(high=None)
    drawn = strip(row, scales([row])["error"])
    assert (drawn.open_below, drawn.open_above, drawn.high) == (False, True, 98.0)


def test_a_limit_that_is_far_out_is_cut_with_an_arrow_and_the_others_keep_their_room(make):
    unit = "relative fall of the error"
    near = [make.evidence(unit=unit, value=v, low=v - 0.05, high=v + 0.05) for v in (0.1, 0.3)]
    far = make.evidence(unit=unit, value=0.2, low=-math.log1p(9.43), high=0.25)  # -943 %
    scale = scales([*near, far, *near])[unit]
    assert scale.low > -0.5
    drawn = strip(far, scale)
    assert (drawn.low, drawn.open_below, drawn.open_above) == (2.0, True, False)
    ordinary = strip(near[1], scale)
    assert (ordinary.open_below, ordinary.open_above) == (False, False)
    assert ordinary.high - ordinary.low > 15  # per cent of the width
    assert drawn.value - drawn.zero > 30


def test_seeds_beyond_the_drawing_are_not_drawn_at_its_edge(make):
    drawn = strip(make.evidence(samples=[0.1, 5.0]), Scale("error", 0.0, 0.2))
    assert len(drawn.seeds) == 1


def test_numbers_on_an_axis_keep_apart():
    ticks = Scale("relative fall of the error", -2.0, 2.0).ticks
    assert "0%" in [tick.text for tick in ticks]
    assert all(b.at - a.at >= 12 for a, b in itertools.pairwise(ticks))


@pytest.mark.parametrize(
    ("scale", "texts"),
    [
        (Scale("error", -0.1, 0.3), ["\N{MINUS SIGN}0.1", "0", "0.1", "0.2", "0.3"]),
        (Scale("ratio", math.log(0.5), math.log(20)), ["0.5x", "1x", "2x", "5x", "10x", "20x"]),
        (Scale("ratio of steps", 0.0, math.log(5)), ["1x", "2x", "5x"]),
        (Scale("relative fall of the error", -0.1, 1.5), ["0%", "25%", "50%", "75%"]),
        (Scale("number", 0.0, 0.0), ["0"]),
    ],
)
def test_ticks_are_round_in_the_unit_that_is_read(scale, texts):
    assert [tick.text for tick in scale.ticks] == texts


def test_the_forest_plot_has_the_comparisons_that_count_by_unit(run):
    plots = effects(cards(run))
    assert [plot.title for plot in plots] == ["Differences of error", "Ratios of steps"]
    drawn = {g.card.anchor: len(g.lines) for plot in plots for g in plot.groups}
    assert drawn == {"large-leads": 1, "tie": 1, "fooled": 1}
