"""The figure as SVG and PNG."""

from __future__ import annotations

import struct
import sys
import warnings
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from pytest_scaling.report.error import ReportError
from pytest_scaling.report.figures.curves import for_a_slide, learning_curves
from pytest_scaling.report.figures.layout import labels_fit
from pytest_scaling.report.figures.palette import THEMES, channels, styles
from pytest_scaling.report.figures.slide import draw, drawing

LEARNERS = ["mlp-8", "mlp-64", "mlp-256", "ridge", "tree", "nearest"]


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


def test_where_labels_have_no_room_one_legend_names_every_learner(make):
    arms = [
        make.arm(f"learner{letter}", m, [0.3, 0.31], task=task)
        for letter in "abcdefgh"
        for m in (64, 256, 1024)
        for task in ("t1", "t2", "t3", "t4")
    ]
    panels = learning_curves([make.record("a", "supported", arms=arms)])
    assert not labels_fit(panels)
    (legend,) = draw(panels).legends
    named = [text.get_text() for text in legend.get_texts()]
    assert named == [f"learner{letter}" for letter in "abcdefgh"] + ["majority class"]


def test_labels_stand_at_the_ends_where_they_fit(panels):
    assert labels_fit(panels)
    figure = draw(panels)
    said = {text.get_text().replace("\n", " ") for text in figure.axes[0].texts}
    assert {"ridge regression", "small network", "large network", "majority class"} <= said
    assert figure.legends == []


def test_the_title_says_whose_curve_ends_highest(panels):
    title = draw(panels).texts[0].get_text()
    assert title == "On xor the large network ends highest"


def test_no_curve_is_no_figure():
    with pytest.raises(ValueError, match="at least one panel"):
        draw([])


def test_without_matplotlib_one_sentence_says_what_to_install(panels, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ReportError, match=r"matplotlib.*pip install pytest-scaling\[report\]"):
        draw(panels)


def luminance(colour: str) -> float:
    """Relative luminance as in WCAG 2.2."""
    shares = [value / 255 for value in channels(colour)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_curves_stand_out_from_the_ground(theme):
    names = [f"{kind}-{size}" for kind in "abc" for size in (1, 2, 3)]
    names += ["one", "two", "three", "four", "five", "six"]
    ground = THEMES[theme].ground
    weak = {
        name: style.colour
        for name, style in styles(names, theme).items()
        if contrast(style.colour, ground) < 3
    }
    assert weak == {}
    assert contrast(THEMES[theme].muted, ground) >= 4.5


def test_a_family_shares_a_solid_line_that_grows_and_others_differ_in_dash_and_marker():
    drawn = styles(LEARNERS, "light")
    family = [drawn[name] for name in ("mlp-8", "mlp-64", "mlp-256")]
    assert [style.dash for style in family] == [(), (), ()]
    assert family[0].width < family[1].width < family[2].width
    assert luminance(family[0].colour) > luminance(family[1].colour) > luminance(family[2].colour)
    others = [drawn[name] for name in ("ridge", "tree", "nearest")]
    assert len({style.dash for style in others} | {()}) == 4
    assert len({style.marker for style in others}) == 3


def test_a_dollar_in_a_name_is_a_dollar(make):
    arms = [make.arm("a", m, [0.3, 0.31], label=r"$\frac{$", task="$x") for m in (64, 256, 1024)]
    panels = learning_curves([make.record("a", "supported", arms=arms)])
    assert drawing(draw(panels, title="costs $1"), "", "").png
