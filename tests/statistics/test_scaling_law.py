"""Scaling laws, and what they predict for one more doubling."""

import math

import numpy as np
import pytest
from scipy.optimize import nnls

from pytest_scaling.statistics.interval import Interval, interval_ends, paired_interval
from pytest_scaling.statistics.plateau import smoothed
from pytest_scaling.statistics.scaling_law import (
    LEAST_SEEDS,
    TOLERANCE,
    WIDENING,
    fit,
    forecast,
    forecast_all,
    miss,
)
from pytest_scaling.statistics.student import upper_quantile
from pytest_scaling.statistics.verdict import Verdict, judge_below, judge_equivalent

SIZES = [256, 512, 1_024, 2_048, 4_096, 8_192]
TARGET = 16_384
ROWS = 10_000
LOOKS = (5, 7, 10)  # those of the quick tier
BOTH = {"lower_level": 0.01, "upper_level": 0.01}

LAWS = {  # floor, scale, exponent
    "with a floor": (0.06, 3.0, 0.6),
    "without a floor": (0.0, 1.5, 0.35),
    "with hardly a floor": (0.01, 1.5, 0.35),
    "nearly flat": (0.15, 0.3, 0.5),
    "flat": (0.15, 0.0, 0.5),
}


def law(floor, scale, exponent):
    """Return errors at the sizes and at the target, (7,)."""
    return floor + scale * np.array([*SIZES, TARGET], dtype=float) ** -exponent


def measured(errors, n, seed, *, noise=0.03, repetitions=1):
    """Error rates (repetitions, 7, n) around `errors`, (7,), on test sets of 10,000 rows.

    noise: of one training, as a share of the error; three tenths of its variance are the seed's,
    the same at all sizes.
    """
    random = np.random.default_rng(seed)
    own = random.normal(0, math.sqrt(0.7), (repetitions, 7, n))
    shared = random.normal(0, math.sqrt(0.3), (repetitions, 1, n))
    rates = errors[:, None] * (1 + noise * (own + shared))
    return random.binomial(ROWS, np.clip(rates, 0, 1)) / ROWS


def samples_at(errors, n):
    """Return samples of the relative gain and of the miss, both (repetitions, n)."""
    seen = smoothed(errors[..., :n], ROWS, axes=3)
    ahead = forecast_all(SIZES, seen[:, :-1], TARGET)
    return ahead.relative_gain, ahead.log_ratio(seen[:, -1])


@pytest.mark.parametrize("each", LAWS.values(), ids=LAWS)
def test_a_curve_that_follows_a_law_is_fitted_exactly(each):
    floor, scale, exponent = each
    found = fit(SIZES, law(*each)[:-1])
    assert found.floor == pytest.approx(floor, abs=1e-6)
    assert found.error(TARGET) == pytest.approx(law(*each)[-1], rel=1e-6)
    if scale:
        assert found.scale == pytest.approx(scale, rel=1e-3)
        assert found.exponent == pytest.approx(exponent, rel=1e-4)


def test_a_curve_that_rises_is_fitted_by_a_constant():
    found = fit(SIZES, [0.10, 0.11, 0.12, 0.13, 0.14, 0.15])
    assert found.scale == 0
    assert found.error(TARGET) == found.floor == pytest.approx(0.12, abs=0.005)


def test_a_curve_that_falls_ever_faster_is_fitted_without_a_floor():
    found = fit(SIZES, [0.50, 0.49, 0.46, 0.40, 0.28, 0.12])
    assert found.floor == 0
    assert found.scale > 0


def test_no_other_floor_scale_and_exponent_fit_better():
    random = np.random.default_rng(121)
    for _ in range(20):
        errors = law(*random.uniform([0, 0, 0.1], [0.1, 2, 1]))[:-1] * random.normal(1, 0.1, 6)
        found = fit(SIZES, errors)
        loss = sum((1 - found.error(m) / e) ** 2 for m, e in zip(SIZES, errors, strict=True))
        for exponent in np.geomspace(0.02, 4, 400):
            powers = (np.array(SIZES) / SIZES[-1]) ** -exponent
            _, root = nnls(np.stack([1 / errors, powers / errors], 1), np.ones(6))
            assert loss <= root**2 + 1e-7


def test_the_samples_of_a_forecast_have_it_as_their_mean():
    errors = measured(law(*LAWS["with a floor"]), 10, seed=122)[0]
    ahead = forecast(SIZES, errors[:-1], TARGET, ROWS)
    means = smoothed(errors, ROWS, axes=2).mean(1)
    found = fit(SIZES, means[:-1])
    assert ahead.predicted == pytest.approx(found.error(TARGET), rel=1e-6)
    assert ahead.relative_gain.mean() == pytest.approx(math.log(means[-2] / ahead.predicted))
    missed = miss(SIZES, errors[:-1], TARGET, errors[-1], ROWS)
    assert missed.mean() == pytest.approx(math.log(means[-1] / ahead.predicted))


def test_the_samples_spread_as_the_forecast_does_when_whole_seeds_are_drawn_again():
    n = 10
    errors = measured(law(*LAWS["with a floor"]), n, seed=123)
    drawn = np.random.default_rng(124).integers(n, size=(2_000, n))
    again = smoothed(errors[0], ROWS, axes=2)[:, drawn].transpose(1, 0, 2)  # (2000, 7, n)
    predicted = forecast_all(SIZES, again[:, :-1], TARGET).predicted
    bootstrap = np.log(again[:, -1].mean(1) / predicted).std() * math.sqrt(n / (n - 1))
    (_, missed) = samples_at(errors, n)
    standard_error = missed.std(ddof=1) / math.sqrt(n)
    assert standard_error == pytest.approx(WIDENING * bootstrap, rel=0.1)


@pytest.fixture(scope="module", params=LAWS)
def forecasts(request):
    """True relative gain; by look: means and deviations of gain and miss, each (20000,)."""
    truth = law(*LAWS[request.param])
    looks = {n: [] for n in LOOKS}
    for i in range(8):
        errors = measured(truth, LOOKS[-1], seed=(125, i), repetitions=2_500)
        for n in LOOKS:
            looks[n].append([(s.mean(1), s.std(1, ddof=1)) for s in samples_at(errors, n)])
    return math.log(truth[-2] / truth[-1]), {
        n: np.concatenate(parts, axis=2) for n, parts in looks.items()
    }


@pytest.mark.bench
@pytest.mark.parametrize("level", [0.025, 0.01, 0.0025])
def test_a_forecast_under_its_law_errs_on_either_side_at_most_at_the_level(
    level, forecasts, at_most
):
    gain, looks = forecasts
    for quantity, truth in enumerate((gain, 0.0)):
        ends = [
            interval_ends(*looks[n][quantity], n, lower_level=level, upper_level=level)
            for n in LOOKS
        ]
        assert np.mean(np.any([low > truth for low, _ in ends], axis=0)) <= at_most(level)
        assert np.mean(np.any([high < truth for _, high in ends], axis=0)) <= at_most(level)


@pytest.mark.bench
@pytest.mark.parametrize("n", [5, 10])
def test_a_single_interval_of_the_miss_covers_what_it_says_but_not_much_more(n, forecasts):
    _, looks = forecasts
    mean, sd = looks[n][1]
    covered = np.mean(abs(mean) <= upper_quantile(0.05, n - 1) * sd / math.sqrt(n))
    assert 0.90 <= covered <= 0.99


@pytest.mark.bench
def test_a_forecast_that_rests_on_a_floor_of_zero_is_no_more_certain_than_others():
    truth = law(*LAWS["with hardly a floor"])
    errors = measured(truth, 10, seed=131, repetitions=3_000)
    means = smoothed(errors, ROWS, axes=3).mean(2)
    resting = [fit(SIZES, each[:-1]).floor == 0 for each in means]
    gains, _ = samples_at(errors[resting], 10)
    assert len(gains) > 300
    reach = upper_quantile(0.05, 9) * gains.std(1, ddof=1) / math.sqrt(10)
    assert np.mean(abs(gains.mean(1) - math.log(truth[-2] / truth[-1])) <= reach) >= 0.9


@pytest.mark.parametrize("n", [5, 10])
def test_a_power_law_without_the_floor_that_there_is_covers_badly(n):
    errors = measured(law(*LAWS["with a floor"]), n, seed=126, repetitions=5_000)
    logs = np.log(errors)
    centred = np.log(SIZES) - np.log(SIZES).mean()
    slopes = np.einsum("k,rkn->rn", centred, logs[:, :-1]) / (centred @ centred)
    predicted = logs[:, :-1].mean(1) + slopes * (math.log(TARGET) - np.log(SIZES).mean())
    misses = logs[:, -1] - predicted
    reach = upper_quantile(0.05, n - 1) * misses.std(1, ddof=1) / math.sqrt(n)
    assert np.mean(abs(misses.mean(1)) <= reach) < 0.4
    assert misses.mean() > 0  # it is too optimistic


def falling_faster(n, repetitions):
    """Errors (repetitions, 7, n) of a learner that breaks through: slow at first, then steep."""
    sizes = np.array([*SIZES, TARGET], dtype=float)
    return measured(0.5 / (1 + (sizes / 4_000) ** 1.5), n, seed=127, repetitions=repetitions)


def test_a_curve_that_falls_faster_than_a_power_law_refutes_the_law_and_keeps_the_promise(
    at_most,
):
    gains, misses = samples_at(falling_faster(10, repetitions=200), 10)
    verdicts = [
        (judge_equivalent(interval, TOLERANCE), judge_below(interval, TOLERANCE))
        for interval in (paired_interval(values, **BOTH) for values in misses)
    ]
    assert verdicts.count((Verdict.REFUTED, Verdict.SUPPORTED)) > 190
    assert np.all(gains.mean(1) > 0)


@pytest.mark.bench
def test_a_promise_that_is_broken_by_the_tolerance_is_called_kept_at_most_at_the_level(at_most):
    truth = law(*LAWS["with a floor"])
    truth[-1] *= math.exp(TOLERANCE)
    errors = measured(truth, 10, seed=128, noise=0.06, repetitions=20_000)
    _, misses = samples_at(errors, 10)
    mean, sd = misses.mean(1), misses.std(1, ddof=1)
    low, high = interval_ends(mean, sd, 10, **BOTH)
    assert np.mean(high < TOLERANCE) <= at_most(0.01)
    inside = (low <= 0) & (high >= 0) & ((high - low) / 2 < TOLERANCE)
    assert inside.mean() > 0.05  # "the measured error lies in the interval" has no such level


def test_a_promise_is_kept_where_the_law_holds_and_broken_where_progress_ends():
    truth = law(*LAWS["with a floor"])
    kept = samples_at(measured(truth, 10, seed=129, repetitions=200), 10)[1]
    truth = law(*LAWS["without a floor"])
    truth[-1] = 1.2 * truth[-2]
    broken = samples_at(measured(truth, 10, seed=130, repetitions=200), 10)[1]
    for samples, verdict in ((kept, Verdict.SUPPORTED), (broken, Verdict.REFUTED)):
        given = [judge_below(paired_interval(each, **BOTH), TOLERANCE) for each in samples]
        assert given.count(verdict) > 150


def test_errors_of_zero_make_a_finite_forecast():
    errors = np.zeros((7, 5))
    errors[0] = 0.1
    for samples in (
        forecast(SIZES, errors[:-1], TARGET, 1_000).relative_gain,
        miss(SIZES, errors[:-1], TARGET, errors[-1], 1_000),
    ):
        assert np.isfinite(samples).all()


CURVE = np.tile(law(*LAWS["with a floor"])[:, None], (1, 5))


def test_equal_seeds_make_a_certain_forecast_that_a_noise_floor_widens():
    samples = miss(SIZES, CURVE[:-1], TARGET, CURVE[-1], ROWS)
    assert np.ptp(samples) < 1e-9
    floored = paired_interval(samples, noise_floor=0.02, **BOTH)
    assert isinstance(floored, Interval)
    assert floored.half_width > 0.04


@pytest.mark.parametrize(
    ("sizes", "errors", "target", "reason"),
    [
        (SIZES[1:], CURVE[1:-1], TARGET, "at least 6 sizes, not 5"),
        (SIZES, CURVE[:-1, :4], TARGET, f"at least {LEAST_SEEDS} seeds, not 4"),
        (SIZES, CURVE[:-2], TARGET, "errors at 5 sizes, but 6 sizes"),
        (SIZES, CURVE[:-1], TARGET + 1, "at most 2 times"),
        (SIZES, CURVE[:-1], SIZES[-1], "at most 2 times"),
        (SIZES[::-1], CURVE[:-1], TARGET, "must be positive and ascend"),
        ([0, *SIZES[1:]], CURVE[:-1], TARGET, "must be positive and ascend"),
        (SIZES, CURVE[:-1] + 1, TARGET, "between 0 and 1"),
        (SIZES, CURVE[:-1] * math.nan, TARGET, "NaN"),
        (SIZES, CURVE[:-1, 0], TARGET, "2 axes"),
    ],
)
def test_curves_that_allow_no_forecast_are_refused(sizes, errors, target, reason):
    with pytest.raises(ValueError, match=reason):
        forecast(sizes, errors, target, ROWS)


def test_a_measurement_of_other_seeds_is_refused():
    with pytest.raises(ValueError, match="paired by seed"):
        miss(SIZES, CURVE[:-1], TARGET, CURVE[-1, :4], ROWS)


@pytest.mark.parametrize(
    ("sizes", "errors", "reason"),
    [
        ([1, 2], [0.2, 0.1], "at least 3 sizes"),
        ([1, 2, 4], [0.2, 0.1, 0.0], "must be positive"),
        ([1, 2, 4], [0.2, 0.1], "errors at 2 sizes"),
    ],
)
def test_errors_that_determine_no_law_are_refused(sizes, errors, reason):
    with pytest.raises(ValueError, match=reason):
        fit(sizes, errors)
