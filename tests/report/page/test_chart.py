"""Drawings of the page: where points and seeds are, and what the axes say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_scaling.report.figures.composition import Composition, Letter, Zone
from pytest_scaling.report.figures.curves import Curve, Panel, Point, beside, without
from pytest_scaling.report.figures.palette import Style
from pytest_scaling.report.figures.placement import Box
from pytest_scaling.report.page.chart import (
    LARGE,
    NARROW,
    PILL,
    ChartScale,
    charts,
    large,
    seed_lines,
    words_of_levels,
)

STYLES = {"net": Style("#000000", 2.0, "o")}
KEYS = {"net": "learner_0"}


def curve(*points: Point) -> Curve:
    return Curve("net", "net", points)


def drawn(*points: Point, view="accuracy", **more):
    (chart,) = charts([Panel("xor", (curve(*points),), **more)], STYLES, KEYS, view)
    return chart


def halving() -> tuple[Point, ...]:
    return tuple(
        Point.over_seeds(m, [error, error]) for m, error in ((64, 0.4), (128, 0.2), (256, 0.1))
    )


def test_more_is_to_the_right_and_better_is_higher():
    dots = drawn(*halving()).traces[0].dots
    assert [dot.x for dot in dots] == sorted({dot.x for dot in dots})
    assert [dot.y for dot in dots] == sorted({dot.y for dot in dots}, reverse=True)


def test_a_power_law_is_a_straight_line_where_both_axes_are_logarithmic():
    first, second, third = drawn(*halving(), view="error").traces[0].dots
    assert second.x - first.x == pytest.approx(third.x - second.x, abs=0.2)
    assert second.y - first.y == pytest.approx(third.y - second.y, abs=0.2)
    assert third.y > first.y  # less error is lower there


def test_a_plain_axis_shows_m_as_it_is():
    first, second, third = drawn(*halving(), view="plain").traces[0].dots
    assert third.x - second.x == pytest.approx(2 * (second.x - first.x), abs=0.2)


def test_a_seed_is_not_drawn_through_sizes_where_it_was_not_run():
    scale = ChartScale("accuracy", (64, 512), (0.0, 1.0))
    points = [
        Point.over_seeds(64, [0.4, 0.5], [0, 1]),
        Point.over_seeds(128, [0.3], [0]),
        Point.over_seeds(256, [0.2, 0.2], [0, 1]),
        Point.over_seeds(512, [0.1, 0.1], [0, 1]),
    ]
    zero, one = seed_lines(curve(*points), scale)
    assert len(zero.split()) == 4
    assert one.split() == [f"{scale.x(m):g},{scale.y(e):g}" for m, e in ((256, 0.2), (512, 0.1))]


def test_the_best_and_the_laziest_learner_are_levels():
    chart = drawn(*halving(), bayes_error=0.05, majority_error=0.5)
    best, laziest = chart.levels
    assert (best.text, laziest.text) == ("best possible", "majority class")
    assert best.at < min(dot.y for dot in chart.traces[0].dots)
    assert laziest.at > max(dot.y for dot in chart.traces[0].dots)


@pytest.mark.parametrize(
    ("view", "across", "up"),
    [
        ("accuracy", ["64", "128", "256"], ["60%", "65%", "70%", "75%", "80%", "85%", "90%"]),
        ("plain", ["64", "128", "192", "256"], None),
        ("error", ["64", "128", "256"], ["0.1", "0.2", "0.3"]),
    ],
)
def test_the_axes_have_round_numbers(view, across, up):
    chart = drawn(*halving(), view=view)
    assert [tick.text for tick in chart.x_ticks] == across
    if up:
        assert set(up) & {tick.text for tick in chart.y_ticks}
    assert len(chart.y_ticks) <= 8


def test_a_point_says_its_value_interval_and_seeds():
    point = Point.over_seeds(1024, [0.1, 0.12, 0.08])
    (dot,) = drawn(point).traces[0].dots
    assert dot.text == "net, m = 1,024: 90.0% [85.0%, 95.0%], 3 seeds"


def test_learners_that_never_count_stand_beside_the_claims(make):
    records = [
        make.record(
            "a",
            "supported",
            make.cell(learner="named"),
            make.cell(learner="other", counted=False),
            make.cell(learner="named", task="digits", counted=False),
        )
    ]
    assert beside(records) == {"other"}
    panel = Panel("xor", (Curve("named", "named", ()), Curve("other", "other", ())))
    assert [c.label for p in without([panel], beside(records)) for c in p.curves] == ["named"]
    assert without([Panel("xor", panel.curves[1:])], {"other"}) == []


def test_a_logarithmic_axis_has_no_level_at_zero_and_begins_below_the_least_mean():
    chart = drawn(*halving(), Point.over_seeds(512, [0.0, 0.0]), view="error", bayes_error=0.0)
    assert chart.levels == ()
    assert [tick.text for tick in chart.y_ticks] == ["0.1", "0.2", "0.3"]
    third, none = chart.traces[0].dots[2:]
    assert none.y == pytest.approx(chart.sheet.bottom)
    assert third.y < none.y


LABELS = {"net": "network", "tree": "tree"}
BOTH = {"net": Style("#000000", 2.0, "o"), "tree": Style("#000000", 2.0, "s", (5, 2))}
CLASSES = {"net": "learner_0", "tree": "learner_1"}


@pytest.fixture
def composed() -> Composition:
    """Two curves, of which one ends early, a claim on one of them, and one about little data."""

    def line(name: str, *errors: float) -> Curve:
        points = zip((64, 256, 1024, 4096), errors, strict=False)
        return Curve(name, LABELS[name], tuple(Point.over_seeds(m, [e, e]) for m, e in points))

    panel = Panel("xor", (line("net", 0.5, 0.3, 0.2, 0.1), line("tree", 0.4, 0.35, 0.32)))
    grows = Letter("grows", "A", "It grows", "supported", "1:00", "", "network", (1024, 4096))
    unclear = Letter("unclear", "B", "Unclear", "supported", "4:00", "", "", ())
    zone = Zone(256, "order not well defined", "B")
    return Composition(
        panel, (), "A title", (grows, unclear), zone, ends={"tree": "too slow beyond"}
    )


@pytest.mark.parametrize("sheet", [LARGE, NARROW])
def test_the_large_chart_names_its_curves_and_shades_the_zone(composed, sheet):
    chart = large(composed, BOTH, CLASSES, "accuracy", sheet)
    assert [(name.text, name.note) for name in chart.names] == [
        ("network", ""),
        ("tree", "too slow beyond 1,024"),
    ]
    assert all(sheet.right < name.at[0] < sheet.width for name in chart.names)
    assert chart.shade.to == chart.traces[0].dots[1].x
    assert "up to m = 256" in chart.shade.text


@pytest.mark.parametrize("sheet", [LARGE, NARROW])
def test_letters_stand_by_their_curve_and_in_the_zone(composed, sheet):
    chart = large(composed, BOTH, CLASSES, "accuracy", sheet)
    on_curve, in_zone = chart.marks
    first, last = (chart.traces[0].dots[place].x for place in (0, 3))
    assert first < on_curve.x <= last
    assert sheet.left < in_zone.x < chart.shade.to
    assert on_curve.icon == "✓"
    assert "supported" in on_curve.text


@pytest.mark.parametrize("sheet", [LARGE, NARROW])
def test_the_words_of_the_best_possible_are_free_of_the_zone_and_of_letters(composed, sheet):
    """Where the curves come close to it, at the head of the chart."""
    on_curve, in_zone = composed.letters
    errors = zip((64, 256, 1024, 4096), (0.5, 0.14, 0.13, 0.1), strict=True)
    early = Curve("net", "network", tuple(Point.over_seeds(m, [e, e]) for m, e in errors))
    hero = replace(composed.hero, curves=(early, composed.hero.curves[1]), bayes_error=0.09)
    near = replace(composed, hero=hero, letters=(replace(on_curve, sizes=(256, 512)), in_zone))
    chart = large(near, BOTH, CLASSES, "accuracy", sheet)
    (words,) = words_of_levels(chart)
    assert words.x - words.width / 2 > chart.shade.to
    assert not any(words.overlaps(Box(mark.x, mark.y, *PILL)) for mark in chart.marks)


def test_on_other_axes_there_are_names_but_no_letters(composed):
    for view in ("plain", "error"):
        chart = large(composed, BOTH, CLASSES, view)
        assert chart.marks == ()
        assert len(chart.names) == 2


def test_small_charts_are_on_one_scale_where_that_is_asked_for():
    panels = [
        Panel(task, (curve(*(Point.over_seeds(m, [e]) for m, e in points)),))
        for task, points in (("a", ((64, 0.4), (128, 0.3))), ("b", ((128, 0.2), (512, 0.1))))
    ]
    alike = charts(panels, STYLES, KEYS, alike=True)
    assert alike[0].y_ticks == alike[1].y_ticks
    assert alike[0].x_ticks == alike[1].x_ticks
    assert alike[0].traces[0].dots[1].x == alike[1].traces[0].dots[0].x
    own = charts(panels, STYLES, KEYS)
    assert own[0].y_ticks != own[1].y_ticks
