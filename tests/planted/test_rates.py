"""Where the truth is known, the suite's claims come out as planted, at the required rates.

Every claim is the suite's own, read from claims/; only its tasks and learners are planted.
"""

import json
import os
from collections import Counter
from functools import cache

import pytest

from pytest_scaling.ledger.format import write
from tests.planted.rates import Rates, Stage, together
from tests.planted.truth import TRUTHS
from tests.planted.worlds import CHANCE_GAP

pytestmark = pytest.mark.bench

CLEAR, ON_THE_EDGE = 6, 40  # evaluations of a claim in a world, each with its own luck


@pytest.fixture(scope="module")
def rates(stage, tmp_path_factory):
    """The rates of one truth, measured once for all tests, also in other workers of xdist."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "planted-rates"
    folder.mkdir(exist_ok=True)

    @cache
    def measure(truth):
        file = folder / f"{truth.claim} {truth.world} {truth.tier}.json"
        if file.exists():
            counts, level = json.loads(file.read_text("utf-8"))
            return Rates(Counter(counts), level)
        replicates = ON_THE_EDGE if truth.letter == "B" else CLEAR
        found = stage(truth.world, truth.tier).rates(truth.claim, replicates)
        write(file, json.dumps([found.counts, found.level]))
        return found

    return measure


@pytest.mark.parametrize("truth", TRUTHS, ids=str)
def test_a_verdict_is_seldom_wrong_and_mostly_right_where_the_effect_is_large(truth, rates):
    assert rates(truth).faults(truth.letter) == []


def test_all_verdicts_on_effects_at_their_bound_are_wrong_at_most_at_the_level(rates):
    everything = together(rates(truth) for truth in TRUTHS if truth.letter == "B")
    assert everything.replicates > 2_000
    assert everything.faults("B") == []


@pytest.mark.parametrize("claim", ["details-decide", "details-outweigh-the-learner"])
def test_learners_that_are_alike_count_for_nothing_beside_two_settings(claim):
    """The mean of their absolute differences would not be nothing."""
    rates = Stage(CHANCE_GAP).rates(claim, 5 * ON_THE_EDGE)
    assert rates.faults("B") == []


def test_every_claim_of_the_suite_has_its_truth(stage):
    claims, planted = set(stage("lecture").claims), {truth.claim for truth in TRUTHS}
    assert claims - planted == set(), "give each a row in tests/planted/truth.md"
    assert planted - claims == set(), "these are no longer claims: take their rows away"


# Nothing is ever better than itself.
NEVER_TRUE = {
    "relu-gradient-survives-that-of-relu",
    "relu-converges-faster-than-itself",
    "faster-trains-bigger-than-itself",
}

# Its difference is nothing in every world but one, and varies too much for a quick tier to show it.
NEVER_REFUTED = {"iteration-speed-blind"}


def test_every_claim_is_true_in_some_world_and_false_in_another():
    letters = {}
    for truth in TRUTHS:
        letters.setdefault(truth.claim, set()).add(truth.letter)
    assert {claim for claim, found in letters.items() if "S" not in found} == NEVER_TRUE
    assert {claim for claim, found in letters.items() if "R" not in found} == NEVER_REFUTED
