"""What is known not to hold: pinned, so that nobody believes it is gone."""

import pytest

from tests.planted.rates import Stage
from tests.planted.worlds import COLLAPSE, COLLAPSE_WITH_WARNING

pytestmark = pytest.mark.bench

REPLICATES = 100
CLAIM = "features-decide"  # false where one seed in ten collapses, by the mean


def three_standard_errors(share):
    return 3 * (share * (1 - share) / REPLICATES) ** 0.5


@pytest.mark.parametrize(
    ("world", "first_look"),
    [
        pytest.param(COLLAPSE, 7, id="at 7 seeds"),
        pytest.param(COLLAPSE_WITH_WARNING, 10, id="at 10, where learners say that they collapse"),
    ],
)
def test_a_collapse_in_one_seed_of_ten_goes_unseen_as_often_as_all_seeds_are_clean(
    world, first_look
):
    unseen = 0.9**first_look
    rates = Stage(world).rates(CLAIM, REPLICATES)
    assert rates.share("supported") == pytest.approx(unseen, abs=three_standard_errors(unseen))
    assert rates.counts["refuted"] == 0


def test_a_collapse_that_is_seen_is_counted_in_the_evidence():
    stage = Stage(COLLAPSE)
    results = [stage.evaluate(CLAIM, f"{CLAIM}/{number}") for number in range(20)]
    undecided = [result for result in results if result.verdict == "inconclusive"]
    assert len(undecided) > 2
    for result in undecided:
        (unsure,) = (each for each in result.cells[0].decisions if each.verdict == "inconclusive")
        assert "runs diverged and count as the majority class" in " ".join(unsure.estimate.notes)


def test_dropping_the_collapses_would_support_the_claim_every_time(monkeypatch):
    """In fact the suite scores them as the majority class."""
    monkeypatch.setattr("tests.planted.laboratory.score", score_without_collapses)
    assert Stage(COLLAPSE).rates(CLAIM, 20).share("supported") == 1


def score_without_collapses(block, y_test, fit, seconds):
    from dataclasses import replace

    from pytest_scaling.trials.rows.score import score

    return score(block, y_test, replace(fit, diverged=fit.diverged & False), seconds)
