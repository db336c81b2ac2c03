"""Measuring: which seeds are asked for, when it stops, and the result."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from pytest_scaling.experiments.estimate import Inconclusive, Unmeasured, equivalent
from pytest_scaling.experiments.units import ERROR, LOG_RATIO, LOG_STEPS, NUMBER
from pytest_scaling.spec.errors import ClaimError
from pytest_scaling.spec.traits import label, largest_m
from pytest_scaling.statistics.interval import paired_interval
from pytest_scaling.statistics.verdict import Verdict
from pytest_scaling.trials.seeds import REPLICATE_STRIDE
from pytest_scaling.trials.sources import NotYet
from pytest_scaling.trials.trial import Arm
from tests.experiments.bench import (
    EFFECT,
    GOOD,
    MAJORITY,
    POOR,
    TASK,
    TIERS,
    Bench,
    Modest,
    Name,
    experiment,
    planted,
    swinging,
)

CLEAR = planted(good=0.1, poor=0.3)
OPEN = planted(good=0.1, poor=swinging(0.17, 0.02))


def gap(measuring, **options):
    return measuring.compare(POOR, GOOD, task=TASK, m=64, **options)


@pytest.mark.parametrize(
    ("tier", "most", "spread"), [("quick", 10, 0.02), ("standard", 20, 0.025), ("full", 30, 0.033)]
)
def test_an_undecided_estimate_is_sampled_to_the_cap_of_its_tier(tier, most, spread):
    measured = gap(experiment(planted(good=0.1, poor=swinging(0.17, spread)), tier=tier))
    assert (measured.n, measured.most_seeds) == (most, most)
    assert measured.seeds == tuple(range(most))


@dataclass(frozen=True)
class Graded(Name):
    """A learner that is the good one in the quick tier and the poor one in others."""

    def in_tier(self, tier):
        return GOOD if tier == "quick" else POOR


@pytest.mark.parametrize(("tier", "gain"), [("quick", 0.2), ("standard", 0.0)])
def test_every_measurement_takes_the_learner_that_the_tier_means(tier, gain):
    measuring = experiment(CLEAR, tier=tier)
    measured = measuring.compare(POOR, Graded("graded"), task=TASK, m=64)
    assert measured.value == pytest.approx(gain)
    meant = GOOD if tier == "quick" else POOR
    assert {arm.learner for arm in measuring.arms} == {POOR, meant}
    curve = measuring.curve(Graded("graded"), task=TASK)
    assert curve.learner == meant


def test_what_cannot_be_decided_is_given_up():
    assert gap(experiment(planted(good=0.1, poor=swinging(0.17, 0.1)))).n == 7


def test_sampling_looks_at_seven_and_ten_seeds():
    bench = replace(OPEN, asked=[])
    gap(experiment(bench))
    looks = [sorted({seed for trial in asked for seed in trial.seeds}) for asked in bench.asked]
    assert looks == [list(range(7)), list(range(10))]
    assert [len(asked) for asked in bench.asked] == [4, 6]  # blocks of both arms


def test_a_clear_estimate_is_looked_at_once():
    measured = gap(experiment(CLEAR))
    assert measured.n == 7
    assert measured.value == pytest.approx(0.2)
    assert measured.about == "error of poor minus good on xor, m = 64"
    assert measured.measured == "poor - good, 64"


def test_sampling_goes_on_until_the_refuting_interval_is_decided_too():
    supported_at_once = planted(good=0.1, poor=swinging(0.22, 0.025))
    assert gap(experiment(supported_at_once)).n == 7
    assert gap(experiment(supported_at_once, refute=1e-6)).n > 7


def test_intervals_are_at_the_levels_of_the_cell_and_share_refutation_among_statements():
    joining = experiment(CLEAR, support=0.005, refute=0.008)
    joining.statements = 4
    measured = gap(joining)
    floor = math.sqrt(200) / 1_000  # test rows that one of the two gets right
    for interval, level in ((measured.interval, 0.005), (measured.refuting, 0.002)):
        assert interval == paired_interval(
            measured.samples, lower_level=level, upper_level=level, noise_floor=floor
        )
    assert (measured.level, measured.refute_level) == (0.005, 0.002)


def test_a_learner_that_may_collapse_is_first_looked_at_with_ten_seeds():
    fragile = Name("fragile", may_collapse=True)
    measuring = experiment(planted(good=0.1, fragile=0.5))
    assert measuring.looks([Arm(GOOD, TASK, 64)]) == [7, 10]
    assert measuring.looks([Arm(GOOD, TASK, 64), Arm(fragile, TASK, 64)]) == [10]
    assert measuring.compare(fragile, GOOD, task=TASK, m=64).n == 10


def test_an_offset_is_added_to_every_seed():
    measuring = experiment(CLEAR)
    measuring.seed_offset = 500
    assert gap(measuring).seeds == tuple(range(500, 507))


def test_an_arm_keeps_the_most_seeds_that_were_asked_of_it():
    measuring = experiment(planted(good=0.1, poor=swinging(0.17, 0.02), bad=0.5))
    gap(measuring)
    measuring.compare(Name("bad"), GOOD, task=TASK, m=64)
    seeds = {arm.learner.name: len(results) for arm, results in measuring.arms.items()}
    assert seeds == {"poor": 10, "good": 10, "bad": 7}


def test_sampling_goes_by_the_bound_that_the_measurement_names():
    measuring = experiment(CLEAR, bounds={"tight": 0.186})
    assert (gap(measuring).n, gap(measuring, bound="tight").n) == (7, 10)
    assert gap(measuring, bound="tight").bounds == {"tight": 0.186}


def test_a_bound_that_is_not_declared_cannot_be_measured_by():
    with pytest.raises(ClaimError, match="the bound 'flat' but declares smallest_effect; declare"):
        gap(experiment(CLEAR), bound="flat")
    with pytest.raises(ClaimError, match="the bound 'smallest_effect' but declares none;"):
        gap(experiment(CLEAR, smallest_effect=None))


def test_an_unknown_metric_is_told_with_those_that_there_are():
    with pytest.raises(
        ClaimError, match="no metric 'beauty'; these trials have error, majority_error"
    ):
        gap(experiment(CLEAR), metric="beauty")


def test_measuring_without_judging_gives_one_value_for_each_seed_of_the_first_look():
    measuring = experiment(planted(good=swinging(0.1, 0.01)))
    values = measuring.measure(GOOD, "error", task=TASK, m=64)
    assert values == [0.11, 0.09, 0.11, 0.09, 0.11, 0.09, 0.11]
    assert measuring.evidence.decisions == []


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        (True, Verdict.SUPPORTED),
        (0, Verdict.REFUTED),
        (np.array([True, True]), Verdict.SUPPORTED),
        (np.array([True, False]), Verdict.REFUTED),
    ],
)
def test_an_exact_statement_is_evidence_at_once(holds, verdict):
    measuring = experiment(CLEAR)
    decision = measuring.exact(holds, "all hold")
    assert decision.verdict == verdict
    assert bool(decision) == (verdict == Verdict.SUPPORTED)
    assert measuring.evidence.decisions == [decision]


def test_steps_of_a_ranking_compare_each_learner_with_the_one_before_it():
    errors = {"bad": 0.5, "poor": 0.3, "good": 0.1}
    learners = [Name(name) for name in errors]
    steps = experiment(planted(**errors)).ranking(*learners, task=TASK, m=256).steps
    assert [each.measured for each in steps.estimates] == ["bad - poor, 256", "poor - good, 256"]
    assert steps > EFFECT


def test_a_ranking_measures_the_curves_of_its_learners():
    measuring = experiment(CLEAR)
    measuring.ranking(POOR, GOOD, task=TASK, m=256)
    assert sorted({arm.m for arm in measuring.arms}) == list(TIERS["quick"].sizes)


def test_a_step_is_left_out_where_the_task_is_used_up_before_it():
    easy = Name("easy", bayes_error=0.09)
    errors = {"poor": 0.3, "good": 0.1, "best": 0.09}
    ranking = experiment(planted(**errors)).ranking(*map(Name, errors), task=easy, m=256)
    assert [each.measured for each in ranking.steps.estimates] == ["poor - good, 256"]
    used_up = experiment(planted(**errors)).ranking(Name("good"), Name("best"), task=easy, m=256)
    with pytest.raises(pytest.skip.Exception, match="on easy even good is at the Bayes error"):
        _ = used_up.steps


def racing(slow, fast, cap=1_000.0):
    """A bench of two learners that report the steps they took."""
    steps = {"slow": slow, "fast": fast}
    return Bench(
        lambda arm, seed: 0.0,
        metrics=lambda arm, seed: {"steps": float(steps[arm.learner.name](seed)), "cap": cap},
    )


def race(bench, **options):
    measuring = experiment(bench, smallest_effect=math.log(2))
    return measuring.race(slow=Name("slow"), fast=Name("fast"), task=TASK, m=64, **options)


def test_a_race_is_the_logarithm_of_the_ratio_of_steps():
    measured = race(racing(lambda seed: 800, lambda seed: 100 + seed))
    assert measured.samples == pytest.approx([math.log(800 / (100 + seed)) for seed in range(7)])
    assert measured.unit is LOG_STEPS
    assert measured.notes == ()
    assert measured > math.log(2)


def test_runs_that_never_arrive_are_counted_and_block_a_refutation():
    measured = race(racing(lambda seed: 2_000 if seed == 3 else 100, lambda seed: 100))
    assert measured.notes == ("1 of 20 runs never arrived",)
    assert measured.interval.high == math.inf
    assert (measured > math.log(2)).verdict == Verdict.INCONCLUSIVE


def test_a_race_of_a_learner_with_itself_can_have_seeds_of_its_own_for_each():
    bench = racing(lambda seed: 100, lambda seed: 100)
    race(bench, disjoint=True)
    assert [trial.seeds[0] for trial in bench.asked[0]] == [0, 5, 100_000, 100_005]


class Unready:
    """A result source where nothing is known yet."""

    def results(self, trials):
        raise NotYet


def test_while_a_run_is_planned_every_comparison_passes_and_is_noted_without_figures():
    measuring = experiment(Unready())
    estimate = gap(measuring)
    assert isinstance(estimate, Unmeasured)
    assert estimate > EFFECT
    assert estimate < EFFECT
    assert estimate.equivalent(EFFECT)
    assert measuring.ranking(POOR, GOOD, task=TASK, m=64).steps > EFFECT
    assert all(map(math.isnan, measuring.measure(GOOD, "error", task=TASK, m=64)))
    noted = measuring.evidence.decisions
    assert [each.operator for each in noted] == [">", "<", "within", ">"]
    assert {each.estimate.n for each in noted} == {0}


def test_a_learner_is_called_by_its_label():
    assert label(Name("svm", label="support vectors")) == "support vectors"
    assert label(type("Plain", (), {"name": "plain"})()) == "plain"


def test_a_learner_that_sets_no_limit_affords_every_size():
    assert largest_m(GOOD, TIERS["quick"]) is None
    assert largest_m(None, TIERS["quick"]) is None
    assert largest_m(Modest("modest", most_rows=300), TIERS["quick"]) == 300


def test_an_experiment_is_named_by_its_claim_where_pytest_shows_it():
    assert repr(experiment(CLEAR)) == "<experiment of the claim 'it'>"


def test_the_arms_of_a_comparison_may_differ_in_task_rows_and_metric():
    bench = Bench(lambda arm, seed: {"xor": 0.3, "other": 0.1}[arm.task.name] / arm.m * 64)
    other = Name("other")
    tasks = experiment(bench).compare(GOOD, GOOD, task=(TASK, other), m=64)
    assert tasks.value == pytest.approx(0.2)
    assert tasks.about == "error of good on xor, m = 64 minus good on other, m = 64"
    rows = experiment(bench).compare(GOOD, GOOD, task=TASK, m=(64, 128))
    assert rows.value == pytest.approx(0.15)
    assert rows.measured == "good - good, 64 - 128"
    metrics = experiment(bench).compare(
        GOOD, GOOD, task=TASK, m=64, metric=("error", "majority_error")
    )
    assert metrics.value == pytest.approx(0.3 - MAJORITY)
    assert metrics.about == "error minus majority error of good on xor, m = 64"
    assert len({trial.arm for trial in bench.asked[-1]}) == 1


def test_an_arm_is_compared_with_itself_on_other_seeds():
    bench = planted(good=lambda seed: 0.3 if seed >= 100_000 else 0.1)
    measured = experiment(bench).compare(GOOD, GOOD, task=TASK, m=64, disjoint=True)
    assert measured.value == pytest.approx(-0.2)


def test_arms_train_on_devices_of_their_own():
    bench = replace(CLEAR, asked=[])
    measured = experiment(bench).compare(GOOD, GOOD, task=TASK, m=64, devices=("cpu", "cuda"))
    assert {trial.device for trial in bench.asked[0]} == {"cpu", "cuda"}
    assert measured.n == 7
    assert "on cuda" in measured.about


@pytest.mark.parametrize(
    ("metric", "unit"),
    [("log_change", LOG_RATIO), ("error", ERROR), ("error_of_best", ERROR), ("loss", NUMBER)],
)
def test_the_unit_follows_from_the_metric(metric, unit):
    bench = Bench(None, metrics=lambda arm, seed: {metric: 1.0})
    measured = experiment(bench).compare(GOOD, POOR, metric=metric, task=TASK, m=64)
    assert measured.unit is unit


def test_an_equivalence_is_sampled_by_both_signs():
    bench = planted(good=0.2, poor=swinging(0.168, 0.02))  # near -0.05, the lower bound
    bounds = {"alike": (-EFFECT, EFFECT)}
    both = experiment(bench, bounds=bounds).compare(POOR, GOOD, task=TASK, m=64, bound="alike")
    assert both.n == 10
    assert not equivalent_or_none(both)
    one = experiment(bench).compare(POOR, GOOD, task=TASK, m=64)
    assert one.n == 7
    with pytest.raises(ClaimError, match=r"one sign; declare bounds=\{'smallest_effect': \(-0.05"):
        equivalent(one, EFFECT)


def equivalent_or_none(estimate):
    return equivalent(estimate, EFFECT).verdict is Verdict.SUPPORTED


def test_an_interaction_takes_four_arms():
    errors = {("poor", 64): 0.4, ("good", 64): 0.35, ("poor", 256): 0.3, ("good", 256): 0.1}
    bench = Bench(lambda arm, seed: errors[arm.learner.name, arm.m])
    measured = experiment(bench).interaction(POOR, GOOD, task=TASK, m=(64, 256))
    assert measured.value == pytest.approx(0.15)
    assert bool(measured > EFFECT)


def spread_over(bench, *against, tier="quick"):
    """How much further `ill` is from `well` than two learners from each other."""
    ill, well = Name("ill"), Name("well")
    return experiment(bench, tier=tier).spread(ill, well, against=against, task=TASK, m=64)


@pytest.mark.parametrize("against", [(POOR, GOOD), (GOOD, POOR)])
def test_a_spread_is_held_against_the_gap_of_two_learners_whichever_of_them_leads(against):
    far = spread_over(planted(well=0.1, ill=0.4, good=0.2, poor=0.3), *against)
    assert sorted(each.value for each in far.estimates) == pytest.approx([0.2, 0.4])
    assert bool(far > EFFECT)
    near = spread_over(planted(well=0.1, ill=0.3, good=0.1, poor=0.3), *against)
    assert not bool(near > EFFECT)


def test_a_seed_of_a_spread_stands_for_as_many_training_sets_as_the_tier_says():
    def lucky(seed):
        return 0.4 + 0.1 * (seed // REPLICATE_STRIDE % 2)  # every other replicate errs more

    bench = planted(well=0.1, ill=lucky, good=0.2, poor=0.2)
    one, many = (
        spread_over(bench, POOR, GOOD, tier=tier).estimates[0] for tier in ("quick", "standard")
    )
    assert one.value == pytest.approx(0.3)
    assert many.value == pytest.approx(0.35)
    replicates = [arm.replicate for arm in many.arms if arm.learner.name == "ill"]
    assert replicates == list(range(TIERS["standard"].draws))
    assert many.floor < one.floor


def turned(**differences):
    """The reversal over tasks on which `poor` errs by so much more than `good`."""
    bench = Bench(
        lambda arm, seed: 0.3 + (differences[arm.task.name] if arm.learner is POOR else 0)
    )
    return experiment(bench).reversal(POOR, GOOD, tasks=list(map(Name, differences)), m=64)


def test_an_order_reverses_where_the_signs_differ_beyond_the_bound():
    assert bool(turned(one=0.2, two=-0.2, three=0.0) > EFFECT)
    assert not bool(turned(one=0.2, two=0.0, three=0.3) > EFFECT)
    assert not bool(turned(one=-0.2, two=0.0) > EFFECT)


def test_a_reversal_that_is_not_decided_says_so():
    with pytest.raises(Inconclusive, match="open whether the order reverses"):
        bool(turned_by_chance() > EFFECT)


def turned_by_chance():
    bench = Bench(lambda arm, seed: 0.3 + ((-1) ** seed * 0.2 + 0.05 if arm.learner is POOR else 0))
    return experiment(bench).reversal(POOR, GOOD, tasks=[Name("one"), Name("two")], m=64)


def test_a_reversal_takes_two_tasks():
    with pytest.raises(pytest.skip.Exception, match="between two tasks, and this run has 1"):
        turned(one=0.2)


def power_law(exponent, floor=0.0, top=0.4, jump=0.0):
    def error(arm, seed):
        wobble = 1 + 0.01 * np.random.default_rng(seed).standard_normal()
        known = floor + top * (arm.m / 256) ** -exponent
        return (known + (jump if arm.m == 16_384 else 0)) * wobble

    return experiment(Bench(error), bounds={"flat": 0.03, "far": 0.14}).forecast(
        GOOD, task=TASK, m=16_384
    )


def test_a_forecast_is_fitted_to_six_sizes_and_held_against_the_seventh():
    predicted = power_law(0.3)
    assert predicted.sizes == (256, 512, 1_024, 2_048, 4_096, 8_192)
    assert predicted.gain(bound="flat").value == pytest.approx(0.3 * math.log(2), abs=0.05)
    assert bool(predicted.gain(bound="flat") > 0.03)
    assert predicted.miss(bound="far").value == pytest.approx(0, abs=0.05)
    missed = power_law(0.3, jump=0.1)
    assert bool(missed.miss(bound="far") > 0.14)


def test_a_flat_curve_has_no_further_gain():
    assert not bool(power_law(1.0, floor=0.3, top=0.0).gain(bound="flat") > 0.03)
