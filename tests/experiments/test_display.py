"""Results are displayed in a notebook: as a small table, and on matplotlib's axes."""

import math
from dataclasses import replace

import pytest

from pytest_scaling.experiments.units import LOG_RATIO
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, experiment, planted, swinging


@pytest.fixture
def gap():
    lab = experiment(planted(poor=swinging(0.4, 0.01), good=0.2))
    return lab.compare(POOR, GOOD, metric="error", task=TASK, m=64)


def test_an_estimate_shows_effect_interval_seeds_and_bound(gap):
    html = gap._repr_html_()
    assert f"<td>[{gap.interval.low:.4f}, {gap.interval.high:.4f}]</td>" in html
    assert f"<th scope='row'>seeds</th><td>{gap.n}</td>" in html
    assert f"<td>{EFFECT:.4f}</td>" in html


def test_words_from_outside_are_escaped(gap):
    html = replace(gap, about="<b>", notes=("a & b",))._repr_html_()
    assert "&lt;b&gt;" in html
    assert "a &amp; b" in html


def test_an_estimate_draws_its_seeds_mean_interval_and_bound(gap):
    ax = gap.plot()
    lines = {line.get_label(): list(line.get_xdata()) for line in ax.lines}
    assert lines["interval"] == [gap.interval.low, gap.interval.high]
    assert lines["mean"] == [gap.value]
    assert lines["seeds"] == list(gap.samples)
    assert lines["smallest effect"] == [EFFECT, EFFECT]
    assert gap.plot(ax) is ax


def test_a_logarithm_is_drawn_as_the_ratio_that_it_is(gap):
    ax = replace(gap, unit=LOG_RATIO).plot()
    assert ax.xaxis.get_major_formatter()(math.log(2), 0) == "2x"


def test_a_limit_without_end_is_drawn_to_the_outermost_seed(gap):
    ax = replace(gap, interval=replace(gap.interval, high=math.inf)).plot()
    assert list(ax.lines[0].get_xdata()) == [gap.interval.low, max(gap.samples)]


def test_a_decision_shows_its_verdict_and_asks_for_no_truth(gap):
    assert "<td>supported</td>" in (gap > EFFECT)._repr_html_()
    undecided = experiment(planted(poor=swinging(0.25, 0.2), good=0.2))
    decision = undecided.compare(POOR, GOOD, metric="error", task=TASK, m=64) > EFFECT
    assert "<td>inconclusive</td>" in decision._repr_html_()


def test_a_curve_shows_and_draws_every_size_and_seed():
    curve = experiment(planted(good=swinging(0.2, 0.01))).curve(GOOD, task=TASK)
    ax = curve.plot()
    mean, *seeds = ax.lines
    assert tuple(mean.get_xdata()) == curve.sizes
    assert [list(line.get_ydata()) for line in seeds] == list(curve.errors.values())
    assert f"<th scope='row'>m = {curve.sizes[0]:,}</th>" in curve._repr_html_()
    assert curve.plot(ax) is ax
