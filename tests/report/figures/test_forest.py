"""The slide of one claim: all of its comparisons are on it, and none is outside."""

import itertools

import pytest

from pytest_scaling.experiments import units
from pytest_scaling.report.figures.comparisons import (
    MOST_LINES,
    Sides,
    forest_description,
    groups,
    lines,
    status,
)
from pytest_scaling.report.figures.forest import draw_forest


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
    assert sum("5 seeds" in text for text in said) == len(lines(claim))


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
    figure = draw_forest(record, "light", source="")
    said = {text.get_text() for text in texts(figure)}
    ((meaning, _),) = groups(lines(record))
    assert {f"\N{LEFTWARDS ARROW} {meaning.left}", f"{meaning.right} \N{RIGHTWARDS ARROW}"} <= said


def test_an_equivalence_shows_both_bounds(make):
    within = measured(make, operator="within", bound=0.05)
    record = make.record("it", "supported", make.cell("supported", within))
    (axes,) = draw_forest(record, "light", source="").axes
    drawn = [list(line.get_xdata()) for line in axes.lines]
    assert [0.05, 0.05] in drawn
    assert [-0.05, -0.05] in drawn
    assert "bound ± 5.0 points" in forest_description(record)


def test_an_open_interval_reaches_the_edge_and_is_said_to_be_open(make):
    race = measured(make, unit="ratio of steps", value=0.7, low=0.4, high=None)
    record = make.record("it", "supported", make.cell("supported", race))
    (axes,) = draw_forest(record, "light", source="").axes
    assert [0.4, axes.get_xlim()[1]] in [list(line.get_xdata()) for line in axes.lines]
    assert "2.01x [1.49x, ∞], 5 seeds" in forest_description(record)


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


@pytest.mark.parametrize(
    ("measured", "unit", "name", "meaning"),
    [
        (
            ["ridge - large network, 64", "tree - large network, 64"],
            "error",
            "xor: large network vs ridge, m = 64",
            Sides("rival better", "large network better", "percentage points"),
        ),
        (
            ["small network - large network, 64"],
            "error",
            "xor: large network vs small network, m = 64",
            Sides("small network better", "large network better", "percentage points"),
        ),
        (
            ["small - medium, 64", "medium - large, 64"],
            "error",
            "xor: medium vs small, m = 64",
            Sides("second-named better", "first-named better", "percentage points"),
        ),
        (
            ["large network - large network, 256 - 8,192"],
            "error",
            "xor: large network, m = 256 to 8,192",
            Sides("error rises", "error falls", "percentage points"),
        ),
        (
            ["relative fall, 4,096 to 8,192"],
            "relative fall of the error",
            "xor: relative fall, 4,096 to 8,192",
            Sides("error rises", "error falls", "per cent of itself"),
        ),
        (
            ["sigmoid / ReLU, 256"],
            "ratio of steps",
            "xor: sigmoid / ReLU, m = 256",
            Sides(
                "fewer steps with sigmoid", "more steps with sigmoid", "ratio of steps, logarithmic"
            ),
        ),
        (
            ["measured over predicted, 8,192"],
            "ratio",
            "xor: measured over predicted, 8,192",
            Sides("less than predicted", "more than predicted", "ratio, logarithmic"),
        ),
        (
            ["settings - (ridge - large network), 256"],
            "error",
            "xor: settings \N{MINUS SIGN} (ridge \N{MINUS SIGN} large network), 256",
            Sides("less", "more", "percentage points"),
        ),
    ],
)
def test_the_axis_says_in_words_which_way_is_which(make, measured, unit, name, meaning):
    cells = [make.cell("supported", measured_as(make, each, unit)) for each in measured]
    record = make.record("it", "supported", *cells)
    ((told, own),) = groups(lines(record))
    assert told == meaning
    assert own[0].name == name


def measured_as(make, measured, unit):
    return make.evidence(measured=measured, unit=unit)


def test_a_reversal_names_the_task_of_each_line(make):
    rows = [
        make.evidence(measured=f"ridge - large network, {task}, 256", operator="reverses beyond")
        for task in ("xor", "earth")
    ]
    arms = [make.arm("ridge", 256, [0.1], task=task) for task in ("xor", "earth")]
    record = make.record("it", "supported", make.cell("supported", *rows, task=""), arms=arms)
    assert [line.task for line in lines(record)] == ["xor", "earth"]
    assert lines(record)[0].what == "large network vs ridge, m = 256"


def test_an_interval_that_is_far_out_is_cut_off_with_an_arrow_and_ruins_no_axis(make):
    far = make.evidence(
        measured="relative fall, 64 to 128",
        unit="relative fall of the error",
        value=0.1,
        low=-2.345,  # a fall of -943 %
        high=0.4,
        samples=[-2.5, 0.1, 0.3],
    )
    near = far | {"low": 0.05, "high": 0.2, "samples": [0.1, 0.1]}
    record = make.record("it", "inconclusive", make.cell("inconclusive", far, near))
    figure = draw_forest(record, "light", source="")
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    assert low > -0.3
    assert high - low < 0.6
    arrows = [line for line in axes.lines if line.get_marker() == "<"]
    assert [list(line.get_xdata()) for line in arrows] == [[low]]
    assert any("-943" in text.get_text().replace("\N{MINUS SIGN}", "-") for text in texts(figure))
    assert any("arrow: it goes on" in text.get_text() for text in texts(figure))


def test_what_fails_and_what_is_open_is_named_with_its_tasks(make):
    def cell(verdict, task, **more):
        return make.cell(
            verdict, measured(make, verdict=verdict, seeds_range=[20, 35], **more), task=task
        )

    record = make.record(
        "it",
        "refuted",
        cell("supported", "a"),
        cell("refuted", "b"),
        cell("refuted", "c"),
        cell("inconclusive", "d"),
        make.cell("refuted", measured(make, verdict="refuted"), task="beside", counted=False),
        make.cell("not applicable", task="e"),
    )
    assert status(record) == [
        "Fails: large network vs ridge, m = 64 (b and c).",
        "Open: large network vs ridge, m = 64 (d); 20 to 35 seeds would decide it, 8 times in 10.",
        "Not applicable: e.",
    ]


def test_where_all_holds_nothing_is_named(make):
    assert status(make.record("it", "supported", make.cell("supported", measured(make)))) == []
