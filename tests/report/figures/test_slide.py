"""The figure as SVG and PNG."""

from __future__ import annotations

import itertools
import struct
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.text import Text
from PIL import Image

from pytest_scaling.report.archive import open_ledger
from pytest_scaling.report.error import ReportError
from pytest_scaling.report.figures.composition import figure_panels
from pytest_scaling.report.figures.curves import for_a_slide, learning_curves
from pytest_scaling.report.figures.palette import THEMES
from pytest_scaling.report.figures.plan import Annotation, FigurePlan
from pytest_scaling.report.figures.slide import description, draw, drawing

CLAIMS = Path(__file__).parents[3] / "claims"
PLAN = FigurePlan(
    title="The figure",
    claims=(
        Annotation("large-leads", "A", "The large one leads", on="large network"),
        Annotation("tie", "B", "They tie", on="small network"),
        Annotation("absent", "C", "Nobody measured this"),
    ),
)


def words(figure) -> list[str]:
    """All texts on a slide, each in one line."""
    found = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text.get_text().replace("\n", " ") for text in found]


@pytest.fixture
def panels(run):
    return for_a_slide(learning_curves(run))


def test_the_same_records_give_the_same_bytes(panels):
    first, second = (drawing(draw(panels), "title", "words") for _ in range(2))
    assert first == second


def test_words_of_any_script_and_dollars_are_drawn_where_warnings_are_errors(panels):
    odd = "costs $5_a^ and $7 \\alpha, 神经网络"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = drawing(draw(panels, title=odd, source=odd), odd, odd)
    assert f'<title id="figure_title">{odd}</title>' in made.svg


def test_the_svg_can_be_read_aloud_and_bears_no_date(panels):
    root = ElementTree.fromstring(drawing(draw(panels), "A < B & C", "In <words>").svg)
    assert root.get("role") == "img"
    assert [root[0].text, root[1].text] == ["A < B & C", "In <words>"]
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
    assert root.find(".//{*}metadata") is None


def test_the_png_has_the_shape_of_a_slide(panels):
    width, height = struct.unpack(">II", drawing(draw(panels, "dark"), "", "").png[16:24])
    assert width * 9 == height * 16
    assert width >= 1920


def test_settings_of_the_reader_neither_change_nor_matter(panels):
    plain = drawing(draw(panels), "", "")
    with mpl.rc_context({"font.size": 3, "lines.linewidth": 9, "svg.hashsalt": "mine"}):
        before = dict(mpl.rcParams)
        odd = drawing(draw(panels), "", "")
        assert dict(mpl.rcParams) == before
    assert odd == plain


def crowd(make, amount: int):
    """One task with many learners that all end at about the same height."""
    arms = [
        make.arm(f"learner {number}", m, [0.3 + number / 1000, 0.31])
        for number in range(amount)
        for m in (64, 256, 1024)
    ]
    return learning_curves([make.record("a", "supported", arms=arms)])


@pytest.mark.parametrize("amount", [2, 8, 20])
def test_every_curve_is_named_at_its_end_and_no_name_covers_another(make, amount):
    figure = draw(crowd(make, amount))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    named = [text for text in axes.texts if text.get_text().startswith("learner")]
    boxes = [Text.get_window_extent(text) for text in named]
    assert len(named) == amount
    assert figure.legends == []
    assert all(0 <= box.y0 and box.y1 <= figure.bbox.y1 for box in boxes)
    inner = [mpl.transforms.Bbox.from_extents(b.x0, b.y0 + 1, b.x1, b.y1 - 1) for b in boxes]
    assert [(a, b) for a, b in itertools.combinations(inner, 2) if a.overlaps(b)] == []


def test_one_task_is_large_and_the_others_are_small_on_one_scale(make):
    arms = [
        make.arm(name, m, [error], task=task)
        for task, error in (("a", 0.4), ("b", 0.3), ("c", 0.1))
        for name in ("x", "y")
        for m in ((64, 256, 1024, 4096) if task == "b" else (64, 256, 1024))
    ]
    figure = draw(learning_curves([make.record("it", "supported", arms=arms)]))
    large, *small = figure.axes
    assert large.get_position().height > 2 * small[0].get_position().height
    assert len({axes.get_ylim() for axes in small}) == len({axes.get_xlim() for axes in small}) == 1
    assert any(text.startswith("One of three tasks: b,") for text in words(figure))


def test_a_curve_that_ends_early_says_so(make):
    arms = [make.arm("x", m, [0.3]) for m in (64, 256, 1024)]
    arms += [make.arm("svm", m, [0.2]) for m in (16, 64, 256)]
    panels = learning_curves([make.record("it", "supported", arms=arms)])
    assert "up to 256" in words(draw(panels))
    plan = FigurePlan(ends={"svm": "too costly beyond"})
    assert "too costly beyond 256" in words(draw(panels, plan=plan))
    assert "up to 1,024" not in words(draw(panels))


def test_letters_have_the_verdict_and_the_time_of_their_claims(panels, run):
    run[0]["cells"][0]["evidence"][0]["arms"] = [8, 7]
    said = words(draw(panels, records=run, plan=PLAN))
    assert {"The large one leads", "supported · 5:01", "inconclusive · 5:01"} <= set(said)
    assert said.count("A ✓") == 2  # in the key, and beside the curve that the claim looks at
    assert said.count("B ?") == 1  # the claim has no arms, so that it stands nowhere
    assert not any("Nobody" in text for text in said)


def test_the_title_counts_the_verdicts_of_the_letters(panels, run):
    title = draw(panels, records=run, plan=PLAN).texts[0].get_text()
    assert title == "The figure: one of two claims holds and one is open"


def test_the_title_without_letters_says_whose_curve_ends_highest(panels):
    title = draw(panels).texts[0].get_text()
    assert title == "The large network ends highest on xor"


@pytest.mark.parametrize("theme", THEMES)
def test_the_lecture_s_figure_keeps_its_words_on_the_sheet_and_apart(theme):
    """The committed ledger of the quick tier, as the report draws it."""
    rows = [*open_ledger(CLAIMS / "ledger", "quick").rows.values()]
    plan = FigurePlan.beside(CLAIMS)
    shown = figure_panels(learning_curves(rows), rows, plan)
    figure = draw(shown, theme, records=rows, plan=plan, source="a source")
    figure.draw_without_rendering()
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    boxes = [(t.get_text(), Text.get_window_extent(t)) for t in texts if t.get_text()]
    assert all(0 <= box.x0 and box.x1 <= figure.bbox.x1 for _, box in boxes)
    assert all(0 <= box.y0 and box.y1 <= figure.bbox.y1 for _, box in boxes)
    covered = [(a, b) for (a, x), (b, y) in itertools.combinations(boxes, 2) if x.overlaps(y)]
    assert covered == []


def test_the_figure_of_the_readme_is_that_of_the_ledger():
    """A PNG holds its description, with every end and verdict: it is that of the rows of today.

    `python -m pytest_scaling report --ledger claims/ledger --profile quick --to report` draws it.
    """
    rows = [*open_ledger(CLAIMS / "ledger", "quick").rows.values()]
    plan = FigurePlan.beside(CLAIMS)
    text = description(figure_panels(learning_curves(rows), rows, plan), rows, plan)
    with Image.open(CLAIMS.parent / "docs" / "figure.png") as opened:
        assert opened.size == (2560, 1440)
        assert opened.text["Description"] == text


def test_no_curve_is_no_figure():
    with pytest.raises(ValueError, match="at least one panel"):
        draw([])


def test_without_matplotlib_one_sentence_says_what_to_install(panels, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ReportError, match=r"matplotlib.*pip install pytest-scaling\[report\]"):
        draw(panels)


def test_a_dollar_in_a_name_is_a_dollar(make):
    arms = [make.arm("a", m, [0.3, 0.31], label=r"$\frac{$", task="$x") for m in (64, 256, 1024)]
    panels = learning_curves([make.record("a", "supported", arms=arms)])
    assert drawing(draw(panels, title="costs $1"), "", "").png
