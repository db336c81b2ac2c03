"""Bodies of several statements with planted effects: what is false is found behind what is open."""

import inspect
from collections import Counter

import numpy as np
import pytest

from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import Evaluation
from pytest_scaling.experiments.quantities import JUDGED_BY, Rule
from pytest_scaling.ledger.controls import doubt, status_of, with_controls
from pytest_scaling.ledger.environment import Profile
from pytest_scaling.ledger.record import record
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.scope import scope
from pytest_scaling.statistics.scope import CellLevels
from tests.experiments.bench import EFFECT, TASK, TIERS, Bench, Name
from tests.planted.rates import Rates, band

pytestmark = pytest.mark.bench

QUICK, PROFILE = TIERS["quick"], Profile("cpu", "x86_64", "quick")
BASE = Name("base")
SPREAD = 0.6  # of a smallest effect, over seeds
AT_THE_BOUND, LARGE, NONE = 1.0, 5.0, -3.0  # effects, in smallest effects
LEVEL = 0.01


def learners(*effects):
    return tuple(Name(f"learner-{number}") for number, _ in enumerate(effects))


def bench(effects, replicate):
    """Every learner errs less than the base by its effect, each seed with luck of its own."""
    effect_of = dict(zip((each.name for each in learners(*effects)), effects, strict=True))

    def error(arm, seed):
        if arm.learner is BASE:
            return 0.5
        number = [*effect_of].index(arm.learner.name)
        luck = np.random.default_rng([replicate, number, seed]).normal() * SPREAD
        return float(np.clip(0.5 - (effect_of[arm.learner.name] + luck) * EFFECT, 0, 1))

    return Bench(error)


def heard(effects, replicate, declared=None, rule=JUDGED_BY, **header):
    names = learners(*effects)

    def body(compare, task, smallest_effect):
        for learner in names:
            assert compare(BASE, learner, task=task, m=64) > smallest_effect

    arguments = tuple(inspect.signature(body).parameters)
    claim = Claim(header.pop("id", "it"), "It is", smallest_effect=EFFECT, tasks=(TASK,), **header)
    laid = scope(claim, (), QUICK, None, arguments)
    made = Body(body, arguments)
    return Evaluation(
        made, laid, bench(effects, replicate), QUICK, "cpu", 0, rule, declared
    ).verdict()


def rates(effects, replicates, declared=None, rule=JUDGED_BY):
    results = (heard(effects, number, declared, rule) for number in range(replicates))
    return Rates(Counter(str(each.verdict) for each in results), LEVEL)


@pytest.mark.parametrize("effects", [(AT_THE_BOUND, NONE), (NONE, AT_THE_BOUND)])
def test_a_false_statement_refutes_before_and_behind_one_that_is_open(effects):
    assert rates(effects, 40).faults("R") == []


def test_a_body_that_ends_at_the_first_open_comparison_would_hide_the_false_one():
    assert rates((AT_THE_BOUND, NONE), 40, declared=2).faults("R") != []


def test_two_true_statements_are_supported():
    assert rates((LARGE, LARGE), 40).faults("S") == []


def test_eight_comparisons_are_wrong_no_more_often_than_one():
    """All are at the bound: refuting any refutes the claim, so a shared level is used up."""
    assert rates([AT_THE_BOUND] * 8, 300).faults("B") == []


def test_eight_comparisons_that_do_not_share_the_level_would_be_wrong_too_often(monkeypatch):
    unshared = CellLevels(LEVEL, 8 * LEVEL)
    monkeypatch.setattr("pytest_scaling.experiments.evaluation.levels_of", lambda scope: unshared)
    found = rates([AT_THE_BOUND] * 8, 300, rule=Rule.MEAN)
    assert found.share("refuted") > band(LEVEL, 300)


@pytest.mark.parametrize(
    ("effect", "word"),
    [(NONE, ""), (AT_THE_BOUND, "control undecided"), (LARGE, "not trustworthy")],
)
def test_a_supported_claim_is_as_trustworthy_as_its_planted_control(effect, word):
    words = Counter()
    for number in range(40):
        results = (
            heard((LARGE,), number, id="it"),
            heard((effect,), number, id="control", control_of="it"),
        )
        made = with_controls([record(each, PROFILE, "test_it.py", QUICK) for each in results])
        words[doubt(made[0], status_of(made[1:]))] += 1
    assert words[word] >= 0.75 * words.total()
    if effect != NONE:
        assert words[""] / words.total() <= band(LEVEL, words.total())
