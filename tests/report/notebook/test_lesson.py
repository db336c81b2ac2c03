"""A guess before the answer, a slider with and without ipywidgets, seeds and intervals drawn."""

import sys

import pytest

from pytest_scaling import ArchiveError, open_ledger
from pytest_scaling.report.figures.palette import styles
from pytest_scaling.report.notebook.lesson import (
    reveal,
    seed_by_seed,
    side_by_side,
    slider,
    standing,
)
from pytest_scaling.report.notebook.ranking import Standing, common_sizes, draw_standings

LEARNERS = ["oak", "elm"]


@pytest.fixture
def opened(ledger):
    return open_ledger(ledger)


@pytest.fixture
def without_widgets(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)


def test_a_guess_stands_above_a_fold_with_the_answers():
    html = reveal(" elms & <oaks> ", "they are <oaks>")._repr_html_()
    assert html.startswith("<p>Your guess: <b>elms &amp; &lt;oaks&gt;</b></p><details><summary>")
    assert html.endswith("<p>they are &lt;oaks&gt;</p></details>")


def test_guesses_by_question_are_shown_where_there_are_some():
    some = reveal({"with 16": "elm", "with 64": "  ", "with 256": "oak"})
    assert repr(some) == "Your guess: with 16: elm; with 256: oak"


@pytest.mark.parametrize("nothing", ["", "  ", {}, {"with 16": ""}])
def test_without_a_guess_the_student_is_asked_for_one(nothing):
    fold = reveal(nothing, "oaks")
    assert "No guess yet" in fold._repr_html_()
    assert "<details>" in fold._repr_html_()
    assert repr(fold).startswith("No guess yet")


def test_what_has_a_table_is_shown_as_one(opened):
    gap = opened.compare("elm", "oak", task="leaves", m=256)
    assert gap._repr_html_() in reveal("oak", gap)._repr_html_()


def test_a_standing_has_the_best_first(opened):
    with_much = standing(opened, "leaves", 256, LEARNERS)
    assert list(with_much.rows) == [("oak", "89.8%"), ("elm", "72.8%")]
    assert [row[0] for row in standing(opened, "leaves", 16, LEARNERS).rows] == ["elm", "oak"]


def test_who_was_not_measured_comes_last_and_is_named(opened):
    del opened.arms["leaves", "elm", 16]
    assert standing(opened, "leaves", 16, LEARNERS).rows[-1] == ("elm", "not measured")


@pytest.mark.parametrize(
    ("task", "m", "learner", "sentence"),
    [
        ("bark", 16, "elm", "no task 'bark'; it has leaves"),
        ("leaves", 17, "elm", "no m on leaves 17; it has 16, 64, 256"),
        ("leaves", 16, "ash", "no learner on leaves 'ash'; it has elm, oak"),
    ],
)
def test_what_was_not_measured_is_told(opened, task, m, learner, sentence):
    with pytest.raises(ArchiveError, match=sentence):
        standing(opened, task, m, [learner])
    if m != 17:
        with pytest.raises(ArchiveError, match=sentence):
            slider(opened, task, [learner])
        with pytest.raises(ArchiveError, match=sentence):
            seed_by_seed(opened, learner, "oak", task=task, m=m)


def test_an_m_counts_where_more_than_half_were_measured(opened):
    assert common_sizes(opened.arms, "leaves", LEARNERS) == [16, 64, 256]
    del opened.arms["leaves", "elm", 64]
    assert common_sizes(opened.arms, "leaves", LEARNERS) == [16, 256]


def test_without_ipywidgets_all_sizes_are_in_one_picture(opened, without_widgets):
    picture = slider(opened, "leaves", LEARNERS)
    assert picture.text == (
        "Accuracy on leaves with m = 16: elm 69.8% and oak 59.8%. "
        "Accuracy on leaves with m = 64: oak 72.8% and elm 71.8%. "
        "Accuracy on leaves with m = 256: oak 89.8% and elm 72.8%."
    )
    titles = [axes.get_title(loc="left") for axes in picture.figure.axes]
    assert titles == ["m = 16", "m = 64", "m = 256"]


def test_with_ipywidgets_moving_the_slider_changes_picture_and_words(opened):
    pytest.importorskip("ipywidgets")
    choice, image, words = slider(opened, "leaves", LEARNERS).children
    assert choice.options == ("16", "64", "256")
    before = image.value
    assert words.value == "Accuracy on leaves with m = 16: elm 69.8% and oak 59.8%."
    choice.value = "256"
    assert words.value == "Accuracy on leaves with m = 256: oak 89.8% and elm 72.8%."
    assert image.value != before
    choice.value = "16"
    assert image.value == before


def test_bars_have_the_colours_of_their_learners_and_the_length_of_their_accuracy(opened):
    each = Standing.of(opened.arms, "leaves", 256, LEARNERS)
    (axes,) = draw_standings([each]).figure.axes
    drawn = styles(LEARNERS, "light")
    bars = {round(bar.get_width(), 3): matplotlib_hex(bar) for bar in axes.patches}
    assert bars == {0.898: drawn["oak"].colour, 0.728: drawn["elm"].colour}


def matplotlib_hex(bar):
    from matplotlib.colors import to_hex

    return to_hex(bar.get_facecolor())


def test_two_learners_are_shown_seed_by_seed_with_their_ranges(opened):
    table = seed_by_seed(opened, "oak", "elm", task="leaves", m=16)
    assert table.heads == ("seed", "oak", "elm", "oak minus elm")
    assert table.rows[0] == ("0", "0.4000", "0.3000", "0.1000")
    assert table.rows[4] == ("4", "0.4040", "0.3040", "0.1000")
    assert table.rows[5] == ("largest minus smallest", "0.0040", "0.0040", "0.0000")


def test_intervals_are_drawn_to_scale_with_bound_and_verdict(opened):
    gaps = {
        f"m = {m}": opened.compare("elm", "oak", task="leaves", m=m, smallest_effect=0.05)
        for m in (16, 64, 256)
    }
    picture = side_by_side(gaps, left="elm better", right="oak better")
    (axes,) = picture.figure.axes
    bars = [line.get_xdata() for line in axes.lines if line.get_linewidth() == 7]
    for drawn, gap in zip(bars, gaps.values(), strict=True):
        assert list(drawn) == pytest.approx([100 * gap.interval.low, 100 * gap.interval.high])
    assert [label.get_text() for label in axes.get_yticklabels()] == list(gaps)
    said = [text.get_text() for text in axes.texts]
    assert said == ["✗ refuted", "? inconclusive", "✓ supported", "bound 5 points"]
    assert axes.get_xlabel().startswith("← elm better     |     oak better →\n")
    assert picture.text.endswith(f"; m = 256: {gaps['m = 256']}, supported.")


def test_without_verdicts_there_is_no_bound(opened):
    gap = opened.compare("elm", "oak", task="leaves", m=256)
    picture = side_by_side({"both": gap}, verdicts=False)
    assert list(picture.figure.axes[0].texts) == []
    assert "supported" not in picture.text
