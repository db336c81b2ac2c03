"""A record compared with its row: what is a regression, what is only a note, what is suspected."""

import copy

import pytest

from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import Evaluation
from pytest_scaling.ledger.environment import Profile
from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.ledger.record import record
from pytest_scaling.ledger.regression import compare, level_for, suspects
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.scope import scope
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, TIERS, planted, swinging
from tests.report.citation.conftest import renewed

QUICK = TIERS["quick"]
PROFILE = Profile("cpu", "x86_64", "quick")


def body(compare, task, smallest_effect):
    assert compare(POOR, GOOD, task=task, m=64) > smallest_effect


def heard(bench, offset=0, **header):
    claim = Claim("it", "It is so", smallest_effect=EFFECT, tasks=(TASK,), **header)
    laid = scope(claim, (), QUICK, None, ("task",))
    arguments = ("compare", "task", "smallest_effect")
    result = Evaluation(Body(body, arguments), laid, bench, QUICK, "cpu", offset).verdict()
    return record(result, PROFILE, "test_it.py", QUICK)


@pytest.fixture
def row(tmp_path):
    """Make the row of a record."""

    def make(made):
        ledger = Ledger(tmp_path, PROFILE.name)
        ledger.write(made, "so it was")
        return ledger.row("it")

    return make


def found(row, new, level=0.01):
    return [(each.kind, each.sentence) for each in compare(row, new, level)]


def elsewhere(made, **libraries):
    """The same record from a machine with other libraries."""
    made = copy.deepcopy(made)
    made["environment"]["libraries"] |= libraries
    return made


CLEAR = planted(good=0.1, poor=swinging(0.3, 0.01))


def test_the_same_again_is_no_finding(row):
    assert found(row(heard(CLEAR)), heard(CLEAR)) == []


def test_a_claim_that_was_not_applicable_is_told_once_it_is_heard(row):
    never = renewed({**heard(CLEAR), "verdict": "not applicable"})
    assert found(row(never), never) == []
    words = "it was not applicable and is evaluated for the first time"
    assert found(row(never), heard(CLEAR)) == [("note", words)]


def test_other_seeds_are_compared_by_their_means(row):
    assert found(row(heard(CLEAR)), heard(CLEAR, offset=1_000)) == []


def test_another_protocol_fails_and_says_what_changed(row):
    ((kind, words),) = found(row(heard(CLEAR)), heard(CLEAR, level=0.005))
    assert kind == "protocol"
    assert words.startswith("its protocol changed: level was 0.01 and is 0.005 (and ")


def test_a_verdict_that_turned_fails(row):
    turned = planted(good=0.3, poor=0.1)
    kinds = found(row(heard(CLEAR)), heard(turned, offset=500))
    assert kinds[0] == ("verdict", "xor was supported and is refuted")


def test_a_verdict_that_is_no_longer_reached_is_told_with_the_seeds_that_it_would_take(row):
    open_now = heard(planted(good=0.1, poor=swinging(0.17, 0.1)), offset=500)
    notes = [words for kind, words in found(row(heard(CLEAR)), open_now) if kind == "note"]
    (words,) = [words for words in notes if "inconclusive" in words]
    assert words.startswith("xor was supported and is inconclusive; about ")


@pytest.mark.parametrize("offset", [0, 1_000])
@pytest.mark.parametrize(
    ("now", "shrank"),
    [(0.3, False), (0.27, False), (0.26, False), (0.245, True), (0.2, True)],
)
def test_an_effect_that_lost_a_quarter_and_a_smallest_effect_fails(row, now, shrank, offset):
    """The effect was 0.2: a quarter of it is as much as the smallest effect, 0.05."""
    new = elsewhere(heard(planted(good=0.1, poor=swinging(now, 0.01)), offset), numpy="9.0")
    kinds = found(row(heard(CLEAR)), new)
    assert ("effect" in [kind for kind, _ in kinds]) is shrank
    if shrank:
        words = dict(kinds)["effect"]
        assert words.startswith(
            "the effect shrank: error of poor minus good on xor, m = 64 was 0.2"
        )


def test_a_loss_that_chance_explains_is_none(row):
    noisy = planted(good=0.1, poor=swinging(0.5, 0.15))
    less = planted(good=0.1, poor=swinging(0.38, 0.15))
    assert [k for k, _ in found(row(heard(noisy)), heard(less, 1_000)) if k != "note"] == []


def test_a_large_effect_may_lose_less_than_a_quarter(row):
    big, less = (planted(good=0.05, poor=swinging(error, 0.001)) for error in (0.6, 0.5))
    assert found(row(heard(big)), heard(less, 1_000)) == []


def test_an_effect_that_grew_is_only_told(row):
    more = heard(planted(good=0.1, poor=swinging(0.5, 0.01)), offset=1_000)
    ((kind, words),) = found(row(heard(CLEAR)), more)
    assert kind == "note"
    assert words.startswith("the effect grew: ")


def test_a_control_may_lose_its_effect(row):
    old, less = (
        heard(planted(good=0.1, poor=swinging(error, 0.01)), offset, control_of="that")
        for error, offset in ((0.5, 0), (0.3, 1_000))
    )
    assert found(row(old), less) == []


def test_other_numbers_for_the_same_seeds_on_the_same_machine_fail(row):
    new = heard(planted(good=0.1, poor=swinging(0.301, 0.01)))
    ((kind, words),) = found(row(heard(CLEAR)), new)
    assert kind == "samples"
    assert words.startswith("error of poor on xor, m = 64, seed 0, was 0.31 and is 0.311 (and 4 ")


def test_other_numbers_with_another_library_are_compared_by_their_means(row):
    new = elsewhere(heard(planted(good=0.1, poor=swinging(0.301, 0.01))), numpy="9.0")
    ((kind, words),) = found(row(heard(CLEAR)), new)
    assert kind == "note"
    assert words.startswith("numpy was ")
    assert words.endswith(" and is 9.0")


def test_another_version_of_the_plugin_alone_does_not_excuse_other_numbers(row):
    new = elsewhere(
        heard(planted(good=0.1, poor=swinging(0.301, 0.01))), **{"pytest-scaling": "9.0"}
    )
    assert [kind for kind, _ in found(row(heard(CLEAR)), new)] == ["samples"]


def test_code_library_machine_and_seeds_are_told_apart(row):
    old = heard(CLEAR)
    same_samples = copy.deepcopy(old)
    other = heard(planted(good=0.1, poor=swinging(0.301, 0.01)))
    machine = copy.deepcopy(other)
    machine["environment"]["cpu"] = "another"
    assert "protocol has changed" in suspects(old, heard(CLEAR, level=0.005))
    assert "the way they are judged differs" in suspects(old, same_samples)
    assert "the library or the machine differs: numpy was" in suspects(
        old, elsewhere(other, numpy="9.0")
    )
    assert "the library or the machine differs: cpu was" in suspects(old, machine)
    assert "the seeds differ" in suspects(old, heard(CLEAR, offset=100))
    assert "so the code differs" in suspects(old, other)


def test_the_level_is_shared_by_the_rows_of_a_profile_and_their_comparisons(row):
    one = row(heard(CLEAR))
    assert level_for(one, 1) == 0.01
    assert level_for(one, 50) == pytest.approx(0.0002)
    one.record["cells"][0]["evidence"] *= 2
    assert level_for(one, 50) == pytest.approx(0.0001)
