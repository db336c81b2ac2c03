"""The slide of one claim: all of its comparisons are on it, and none is outside."""

import itertools

import pytest

from pytest_scaling.experiments import units
from pytest_scaling.report.figures.comparisons import MOST_LINES, forest_description, lines
from pytest_scaling.report.figures.forest import AXIS, draw_forest


def measured(make, **more):
    return make.evidence(**{"measured": "ridge - large network, 64"} | more)


def texts(figure):
    found = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text for text in found if text.get_text()]


LONG = "a task with a name that is quite long"
UNITS = ("error", "relative fall of the error", "ratio of times")


@pytest.fixture
def claim(make):
    """The record of a claim with comparisons in three units, most of them of a long name."""
    rows = [measured(make, unit=unit) for unit in UNITS]
    return make.record(
        "large-leads",
        "supported",
        make.cell("supported", *rows, task=LONG),
        make.cell("supported", *rows, task=LONG, learner="gradient boosting"),
        make.cell("refuted", measured(make, verdict="refuted"), counted=False),
        text="A sentence that is so long that it takes more than one line " * 2,
    )


@pytest.fixture
def crowd(make):
    """As many comparisons as a slide takes."""
    cells = [make.cell("supported", measured(make), task=LONG) for _ in range(MOST_LINES)]
    return make.record("crowd", "supported", *cells)


@pytest.mark.parametrize("which", ["claim", "crowd"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_text_leaves_the_slide_or_covers_another(request, which, theme):
    figure = draw_forest(request.getfixturevalue(which), theme, source="a source")
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in texts(figure)]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert all(box.y0 >= 0 and box.y1 <= figure.bbox.y1 for box in boxes)
    assert [(a, b) for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)] == []


def test_every_unit_has_an_axis_of_its_own_and_each_comparison_a_line(claim):
    figure = draw_forest(claim, "light", source="")
    assert len(figure.axes) == len(UNITS)
    said = [text.get_text() for text in texts(figure)]
    assert sum("n = 5" in text for text in said) == len(lines(claim))


def test_the_interval_is_drawn_where_it_is(make):
    record = make.record("it", "supported", make.cell("supported", measured(make)))
    (axes,) = draw_forest(record, "light", source="").axes
    drawn = [list(line.get_xdata()) for line in axes.lines]
    assert [0.119, 0.142] in drawn
    assert [0.01, 0.01] in drawn
    assert [0.12, 0.13, 0.13, 0.13, 0.14] in drawn
    assert [0.131] in drawn


@pytest.mark.parametrize("unit", [unit for unit in units.UNITS if unit != "exact statement"])
def test_any_unit_can_be_drawn(make, unit):
    record = make.record("it", "supported", make.cell("supported", measured(make, unit=unit)))
    (axes,) = draw_forest(record, "light", source="").axes
    assert axes.get_xlabel() == AXIS.get(unit, unit)


def test_an_equivalence_shows_both_bounds(make):
    within = measured(make, operator="within", bound=0.05)
    record = make.record("it", "supported", make.cell("supported", within))
    (axes,) = draw_forest(record, "light", source="").axes
    drawn = [list(line.get_xdata()) for line in axes.lines]
    assert [0.05, 0.05] in drawn
    assert [-0.05, -0.05] in drawn
    assert "bound ± 0.0500" in forest_description(record)


def test_an_open_interval_reaches_the_edge_and_is_said_to_be_open(make):
    race = measured(make, unit="ratio of steps", value=0.7, low=0.4, high=None)
    record = make.record("it", "supported", make.cell("supported", race))
    (axes,) = draw_forest(record, "light", source="").axes
    assert [0.4, axes.get_xlim()[1]] in [list(line.get_xdata()) for line in axes.lines]
    assert "2.01x [1.49x, ∞], n = 5" in forest_description(record)


def test_a_claim_decided_exactly_has_no_slide(run):
    assert draw_forest(run[-1], "light", source="") is None


def test_where_there_are_too_many_lines_those_beside_are_left_out_and_that_is_said(make):
    many = [
        make.cell("supported", measured(make), task=f"task {n}", counted=n < 3)
        for n in range(MOST_LINES + 1)
    ]
    record = make.record("it", "supported", *many)
    said = [text.get_text() for text in draw_forest(record, "light", source="").texts]
    assert len(lines(record)) == 3
    assert f"{MOST_LINES - 2} comparisons beside it are left out" in " ".join(said)


def test_names_tell_cells_apart_by_their_learner(make):
    record = make.record(
        "it",
        "supported",
        *(
            make.cell("supported", measured(make, measured="fall, 64 to 128"), learner=name)
            for name in ("ridge", "tree")
        ),
    )
    assert [line.name for line in lines(record)] == [
        "xor, ridge: fall, 64 to 128",
        "xor, tree: fall, 64 to 128",
    ]
