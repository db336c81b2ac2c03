"""Skewed differences and mixtures: verdicts stay right about the typical seed.

The error rates are those of a bound that is exactly at the median, or at the mean, of differences
of which no handful of seeds shows the shape.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from pytest_scaling.statistics.interval import LOOKS, median_rank, paired_interval
from pytest_scaling.statistics.student import lower_tail
from tests.statistics.conftest import sample_until_decided

REPETITIONS = 8_000
LEVEL, CAPS = 0.01, (10, 20, 30)
FIRST_LOOK = 7
LEDGER = Path(__file__).parents[2] / "claims" / "ledger"


def exponential(random, shape):
    return random.exponential(1.0, shape)


def lognormal(random, shape):
    return np.exp(0.5 * random.standard_normal(shape))


def breaking_through(jump, spread):
    """One seed in three breaks through, by `jump`; all have luck of their own."""

    def draw(random, shape):
        return jump * (random.random(shape) < 1 / 3) + spread * random.standard_normal(shape)

    return draw


def normal(random, shape):
    return random.standard_normal(shape)


SHAPES = {
    "normal": normal,
    "exponential": exponential,
    "log-normal": lognormal,
    "one in three breaks through": breaking_through(1.0, 0.05),
    "one in three breaks through, noisy": breaking_through(1.0, 0.3),
    "one in three breaks through, far": breaking_through(3.0, 0.3),
    "one in three collapses": lambda *args: -breaking_through(1.0, 0.3)(*args),
}


def at(bound, draw, seed=41):
    """Differences (REPETITIONS, 30) moved so that their median or mean is zero."""
    random = np.random.default_rng(seed)
    many = draw(random, 1_000_000)
    return draw(random, (REPETITIONS, LOOKS[-1])) - bound(many)


def errors(differences, cap, *, level=LEVEL, **options):
    """How often zero is called too low, and too high."""
    stopped = sample_until_decided(differences, level=level, cap=cap, **options)
    return np.mean(stopped.high < 0), np.mean(stopped.low > 0)


def band(level):
    return level + 3 * math.sqrt(level * (1 - level) / REPETITIONS)


@pytest.mark.parametrize("cap", CAPS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_median_is_called_wrongly_in_at_most_twice_the_level_whatever_the_shape(shape, cap):
    differences = at(np.median, SHAPES[shape])
    wrong = errors(differences, cap, median=True, first_look=FIRST_LOOK)
    assert max(wrong) <= band(2 * LEVEL)


def test_student_s_t_alone_calls_the_median_wrongly_many_times_the_level():
    """What the rule was before: nothing but the mean, judged from 5 seeds on."""
    through = at(np.median, SHAPES["one in three breaks through"])
    assert max(errors(through, 20)) > 0.2
    assert max(errors(through, 30)) > 0.5
    assert max(errors(at(np.median, exponential), 30)) > 0.03


@pytest.mark.parametrize(
    ("shape", "lower"),
    [("exponential", (0.069, 0.091, 0.098)), ("log-normal", (0.035, 0.051, 0.057))],
)
def test_the_mean_of_skewed_differences_is_beyond_student_s_t(shape, lower):
    """Why a verdict speaks of the typical seed: no rule for few seeds repairs it."""
    differences = at(np.mean, SHAPES[shape])
    for cap, expected in zip(CAPS, lower, strict=True):
        assert errors(differences, cap)[0] == pytest.approx(expected, abs=0.009)


@pytest.mark.parametrize("level", [0.025, 0.01, 0.005, 0.0025, 0.001])
@pytest.mark.parametrize("cap", CAPS)
def test_symmetric_differences_keep_the_level(level, cap):
    differences = at(lambda many: 0.0, normal)
    wrong = errors(differences, cap, level=level, median=True, first_look=FIRST_LOOK)
    assert max(wrong) <= band(level)


@pytest.mark.parametrize(
    ("effect", "seeds", "by_10", "by_20"),  # in deviations; mean number of seeds with at most 20
    [(0.7, 17.7, 0.14, 0.42), (1, 14.7, 0.35, 0.79), (1.5, 10.0, 0.77, 0.99), (3, 7.1, 1, 1)],
)
def test_the_power_for_symmetric_differences_is_as_promised(effect, seeds, by_10, by_20):
    differences = at(lambda many: -effect, normal)
    quick, standard = (
        sample_until_decided(differences, cap=cap, median=True, first_look=FIRST_LOOK)
        for cap in (10, 20)
    )
    assert np.mean(quick.low > 0) == pytest.approx(by_10, abs=0.02)
    assert np.mean(standard.low > 0) == pytest.approx(by_20, abs=0.02)
    assert standard.seeds.mean() == pytest.approx(seeds, abs=0.3)


def samples_of_the_ledger():
    """Floor and differences of every comparison that went to 10 seeds or more, each once."""
    found = {}
    for file in sorted(LEDGER.rglob("*.json")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            for each in cell["evidence"]:
                samples = tuple(each.get("samples", ()))
                outcomes = set(samples) <= {-1, 0, 1}
                if len(samples) >= 10 and "replication" not in each and not outcomes:
                    found[samples] = each["noise_floor"] or 0.0
    return found


def test_stored_differences_bootstrapped_are_called_wrongly_in_at_most_twice_the_level():
    random = np.random.default_rng(43)
    worst = []
    for samples, floor in samples_of_the_ledger().items():
        drawn = random.choice(np.array(samples), (2_000, 20)) - np.median(samples)
        noisy = drawn + floor / 10 * random.standard_normal(drawn.shape)
        wrong = errors(noisy, 20, median=True, first_look=FIRST_LOOK)
        worst.append(max(wrong))
    assert len(worst) > 80
    assert max(worst) <= 0.02 + 4 * math.sqrt(0.02 * 0.98 / 2_000)  # the largest of so many
    assert np.mean(worst) <= 0.012


def chance_of_one_sided_looks(ranks, looks):
    """How often, at some look, fewer than its rank of the seeds lie below their median."""
    chances, wrong, n = {0: 1.0}, 0.0, 0
    for look, rank in zip(looks, ranks, strict=True):
        fresh = look - n
        after = {}
        for below, chance in chances.items():
            for more in range(fresh + 1):
                weight = chance * math.comb(fresh, more) / 2**fresh
                after[below + more] = after.get(below + more, 0.0) + weight
        wrong += sum(chance for below, chance in after.items() if below < rank)
        chances = {below: chance for below, chance in after.items() if below >= rank}
        n = look
    return wrong


@pytest.mark.parametrize(("cap", "chance"), [(10, 0.0147), (20, 0.0201), (30, 0.0211)])
def test_no_distribution_can_make_a_median_wrong_more_often_than_the_ranks_permit(cap, chance):
    looks = [n for n in LOOKS if FIRST_LOOK <= n <= cap]
    ranks = [median_rank(n, LEVEL) for n in looks]
    assert chance_of_one_sided_looks(ranks, looks) == pytest.approx(chance, abs=1e-4)


def test_two_clusters_of_equal_weight_are_why_there_is_no_look_at_five_seeds():
    random = np.random.default_rng(44)
    clusters = (
        (random.random((REPETITIONS, 30)) < 0.5)
        - 0.5
        + 0.01 * random.standard_normal((REPETITIONS, 30))
    )
    assert max(errors(clusters, 10, median=True)) > 0.028
    assert max(errors(clusters, 10, median=True, first_look=FIRST_LOOK)) <= band(0.0147)


def test_the_ranks_are_those_of_the_sign_test():
    assert [median_rank(n, LEVEL) for n in LOOKS] == [1, 1, 2, 3, 5, 8]
    for n in (10, 14, 20, 30):
        assert lower_tail(median_rank(n, LEVEL) - 1, n) <= 1.1 * LEVEL
    assert median_rank(10, 0.001) == 1  # the outermost, where no rank keeps the level


def test_the_interval_encloses_those_of_the_mean_and_of_the_median():
    samples = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 9.0]
    mean = paired_interval(samples, lower_level=LEVEL, upper_level=LEVEL, median=False)
    both = paired_interval(samples, lower_level=LEVEL, upper_level=LEVEL)
    assert (both.low, both.high) == (mean.low, mean.high)  # wide enough
    parted = [*np.linspace(0.0, 0.1, 12), *np.linspace(5.0, 5.1, 8)]
    mean = paired_interval(parted, lower_level=LEVEL, upper_level=LEVEL, median=False)
    both = paired_interval(parted, lower_level=LEVEL, upper_level=LEVEL)
    assert both.high == sorted(parted)[-5] > mean.high
    assert both.low == sorted(parted)[4] < mean.low


def test_seeds_that_overlap_widen_the_limits_of_the_median_as_those_of_the_mean():
    samples = [*np.linspace(0.0, 1.0, 9), 30.0]
    ends = [
        paired_interval(samples, lower_level=LEVEL, upper_level=LEVEL, overlap=overlap)
        for overlap in (0.0, 0.3)
    ]
    assert ends[1].low < ends[0].low
    assert ends[1].high > ends[0].high
