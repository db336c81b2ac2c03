"""Test rows that all seeds share keep their luck, and values without spread are no certainty."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from pytest_scaling.experiments.estimate import equivalent
from pytest_scaling.spec.errors import ClaimError
from pytest_scaling.trials.result import SeedResult
from pytest_scaling.trials.rows.shared import fixed_test_rows
from pytest_scaling.trials.trial import Arm
from tests.experiments.bench import GOOD, POOR, TASK, Bench, Name, experiment

ROWS = 1_000
RUNS = 200


@dataclass(frozen=True)
class Judged(Name):
    """A task with test rows, the same for all seeds or not."""

    fixed: bool = True

    def test_set(self, seed):
        x = np.random.default_rng(0 if self.fixed else seed).random((ROWS, 2))
        return x, (x[:, 0] > 0.5).astype(int)


@dataclass
class Luck:
    """Two learners that are equally good on the population, each better on rows of its own.

    A row is easy or hard for a learner, which its training then meets or misses by chance. fixed:
    whether all seeds have the same rows.
    """

    run: int
    fixed: bool = True
    chances: dict = field(default_factory=dict)

    def results(self, trials):
        return [tuple(self.result(t.arm, seed) for seed in t.seeds) for t in trials]

    def result(self, arm, seed):
        rows = 0 if self.fixed else seed + 1
        who = (GOOD, POOR).index(arm.learner)
        hard = np.random.default_rng([self.run, rows, who]).random(ROWS) < 0.2
        missed = np.random.default_rng([self.run, seed, who, 9]).random(ROWS) < 0.8
        right = ~(hard & missed)
        error = float(np.mean(~right))
        metrics = {"error": error, "majority_error": 0.5}
        return SeedResult(seed, metrics, np.packbits(right).tobytes(), ROWS, False, 0.0)


def told_apart(fixed, tier, runs=RUNS):
    """In how many runs one of two equal learners is shown to be worse by a hair."""
    task, found = Judged("judged", fixed=fixed), 0
    for run in range(runs):
        made = experiment(Luck(run, fixed), tier=tier, smallest_effect=1e-4)
        gap = made.compare(POOR, GOOD, task=task, m=64)
        found += (gap > 1e-4).verdict == "supported"
    return found


@pytest.mark.parametrize("tier", ["quick", "full"])
@pytest.mark.parametrize("fixed", [True, False])
def test_equal_learners_are_told_apart_in_one_run_of_a_hundred_at_most(fixed, tier):
    assert told_apart(fixed, tier) <= 6  # of 200; a level of 0.01 gives more in 1 of 200 tests


def test_a_clear_difference_on_fixed_test_rows_is_found_and_says_what_it_is_about():
    @dataclass
    class Worse(Luck):
        def result(self, arm, seed):
            found = super().result(arm, seed)
            if arm.learner is POOR:
                wrong = np.random.default_rng([seed, 3]).random(ROWS) < 0.2
                right = np.unpackbits(np.frombuffer(found.correct, np.uint8), count=ROWS) & ~wrong
                found.metrics["error"] = float(1 - right.mean())
                found = SeedResult(
                    seed, found.metrics, np.packbits(right).tobytes(), ROWS, False, 0.0
                )
            return found

    gap = experiment(Worse(0)).compare(POOR, GOOD, task=Judged("judged"), m=64)
    assert (gap > 0.05).verdict == "supported"
    assert gap.notes == ("all seeds are judged on the same 1,000 test rows",)


def results(fixed, n=5):
    return tuple(Luck(7, fixed).result(Arm(GOOD, TASK, 64), seed) for seed in range(n))


def test_a_task_with_fresh_rows_is_not_even_asked():
    class Asked(Judged):
        def test_set(self, seed):
            raise AssertionError

    assert not fixed_test_rows(Arm(GOOD, Asked("asked"), 64), results(fixed=False))
    assert fixed_test_rows(Arm(GOOD, Judged("judged"), 64), results(fixed=True))


def test_rows_that_only_seem_to_be_the_same_are_fresh():
    judged = Judged("judged", fixed=False)
    assert not fixed_test_rows(Arm(GOOD, judged, 64), results(fixed=True))


# Values without spread, and values of two kinds.


def measured(one, other):
    """A bench with a metric of each of the two learners, a number or a function of the seed."""
    values = {GOOD.name: one, POOR.name: other}

    def metrics(arm, seed):
        value = values[arm.learner.name]
        return {"score": float(value(seed) if callable(value) else value)}

    return Bench(None, metrics=metrics)


def score(one, other, tier="quick", **claim):
    return experiment(measured(one, other), tier=tier, **claim).compare(
        GOOD, POOR, metric="score", task=TASK, m=64
    )


def test_one_value_for_every_seed_is_no_estimate():
    with pytest.raises(ClaimError) as caught:
        score(0.52, 0.50)
    assert str(caught.value) == (
        "score of good minus poor on xor, m = 64 is 0.02 for every one of 10 seeds, so nothing is "
        "known about its spread; state a fact with exact(...), or let the learner measure what "
        "depends on the seed"
    )


def test_a_metric_that_a_diverged_seed_lacks_is_no_estimate_and_does_not_stop_others():
    def metrics(arm, seed):
        lost = arm.learner is POOR and seed == 2
        return {"score": float(seed), "other": seed % 3 + 1.0} | ({"loss": 1.0} if not lost else {})

    made = experiment(Bench(None, lambda arm, seed: seed == 2, metrics))
    with pytest.raises(ClaimError) as caught:
        made.compare(POOR, GOOD, metric="loss", task=TASK, m=64)
    assert str(caught.value) == (
        "training diverged on seed 2, whose 'loss' is no finite number; let the learner return the "
        "worst value for it, or compare errors, where a diverged seed counts as the majority class"
    )
    assert made.compare(POOR, GOOD, metric=("score", "other"), task=TASK, m=64).n >= 5


def test_arms_that_agree_on_every_seed_refute_a_difference_and_support_nothing():
    gap = score(lambda seed: seed + 2, lambda seed: seed + 2)
    assert gap.n == 10
    assert (gap > 0.05).verdict == "refuted"
    with pytest.raises(ClaimError, match="values without any spread support nothing"):
        assert gap < 0.05
    alike = score(3, 3, smallest_effect=None, bounds={"smallest_effect": (-0.05, 0.05)})
    with pytest.raises(ClaimError, match="values without any spread support nothing"):
        assert equivalent(alike, 0.05)


def test_equal_errors_keep_the_noise_of_their_test_rows():
    gap = experiment(Bench(lambda arm, seed: 0.1)).compare(POOR, GOOD, task=TASK, m=64)
    assert gap.interval.half_width > 0
    assert (gap < 0.05).verdict == "supported"


@pytest.mark.parametrize("tier", ["quick", "full"])
@pytest.mark.parametrize(
    ("rate", "bound"), [(0.75, 0.8), (0.85, 0.85), (0.5, 0.5), (0.3, 0.3), (0.1, 0.1)]
)
def test_successes_are_seldom_taken_for_another_rate_than_theirs(rate, bound, tier):
    verdicts = []
    for run in range(300):
        lucky = np.random.default_rng([run, 1]).random(30) < rate
        gap = score(lambda seed, lucky=lucky: lucky[seed], 0, tier, smallest_effect=bound)
        verdicts.append((gap > bound).verdict)
    assert verdicts.count("supported") <= 8  # of 300
    assert verdicts.count("refuted") <= 8 + 300 * (rate < bound)


@dataclass(frozen=True)
class Parts(Name):
    """A task whose seeds are splits of one data set."""

    resplit: bool = True
    most_rows: int = 100


def test_a_learner_that_labels_nothing_has_no_interval_on_splits_of_one_data_set():
    made = experiment(measured(lambda seed: seed + 1.5, 0))
    with pytest.raises(ClaimError) as caught:
        made.compare(GOOD, POOR, metric="score", task=Parts("parts"), m=64)
    assert str(caught.value) == (
        "good labels no test rows of parts, whose seeds are splits of one data set, so nobody "
        "knows how much the luck of its seeds is shared; let it label them, or measure on a task "
        "that draws new rows for each seed"
    )


@dataclass
class Labelling(Bench):
    """Learners that label 50 test rows and measure something of their own."""

    def result(self, arm, seed):
        found = super().result(arm, seed)
        right = np.packbits(np.ones(50, dtype=bool)).tobytes()
        return SeedResult(seed, found.metrics | {"error": 0.0}, right, 50, False, 0.0)


def test_a_metric_beside_labels_is_judged_with_the_overlap_of_the_splits():
    bench = measured(lambda seed: 2 + seed % 3, 0)
    gaps = [
        experiment(Labelling(None, metrics=bench.metrics), smallest_effect=0.5).compare(
            GOOD, POOR, metric="score", task=task, m=64
        )
        for task in (Parts("parts"), TASK)
    ]
    split, fresh = (gap.interval for gap in gaps)
    assert (split.overlap, fresh.overlap) == (0.5, 0)
    assert split.half_width > fresh.half_width
    outcomes = measured(lambda seed: seed % 2, 0).metrics
    with pytest.raises(ClaimError, match="0 and 1 whose seeds share rows have no exact interval"):
        experiment(Labelling(None, metrics=outcomes)).compare(
            GOOD, POOR, metric="score", task=Parts("parts"), m=64
        )


@dataclass(frozen=True)
class Sharing(Name):
    """A learner whose score is a share of something."""

    shares: tuple[str, ...] = ("score",)


def test_shares_that_are_zero_in_every_seed_refute_a_small_one_if_they_are_declared():
    shared = experiment(measured(0, 0), smallest_effect=0.01)
    one, other = Sharing("good"), Sharing("poor")
    gap = shared.compare(one, other, metric="score", task=TASK, m=64)
    assert (gap > 0.01).verdict == "refuted"
    assert gap.n == 10


@pytest.mark.parametrize("value", [0, 1])
def test_outcomes_that_are_the_same_in_every_seed_do_not_refute_a_small_difference(value):
    gap = score(value, value, "full", smallest_effect=0.01)
    assert (gap > 0.01).verdict == "inconclusive"
    assert gap.interval.low < -0.2
    assert gap.interval.high > 0.2
    assert "0 and 1 are judged as failure and success; a learner that measures a share" in str(
        gap.notes
    )


@pytest.mark.parametrize("tier", ["quick", "full"])
@pytest.mark.parametrize(("rate", "other"), [(0.02, 0), (0.03, 0.01), (1, 0.98), (0.5, 0.49)])
def test_a_small_difference_of_rates_is_seldom_refuted(rate, other, tier):
    verdicts = []
    for run in range(100):
        lucky = np.random.default_rng([run, 1]).random((2, 30))
        one, two = (lucky[0] < rate).tolist(), (lucky[1] < other).tolist()
        gap = score(one.__getitem__, two.__getitem__, tier, smallest_effect=0.01)
        verdicts.append((gap > 0.01).verdict)
    assert verdicts.count("refuted") <= 4  # of 100


def test_success_against_failure_in_every_seed_is_shown_but_not_for_certain():
    gap = score(1, 0, "full", smallest_effect=0.3)
    assert (gap.n, gap.value) == (20, 1)
    assert 0.3 < gap.interval.low < 0.5
    assert gap.interval.high == 1
    assert (gap > 0.3).verdict == "supported"
