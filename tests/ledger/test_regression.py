"""A record compared with its row: what is a regression, what is only a note, what is suspected."""

import copy
import inspect

import pytest

from pytest_scaling import equivalent
from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import Evaluation
from pytest_scaling.ledger.environment import Profile
from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.ledger.record import record
from pytest_scaling.ledger.regression import compare, level_for, suspects
from pytest_scaling.ledger.watched.errors import errors
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.scope import scope
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, TIERS, planted, swinging
from tests.report.citation.conftest import renewed

QUICK = TIERS["quick"]
PROFILE = Profile("cpu", "x86_64", "quick")


def body(compare, task, smallest_effect):
    assert compare(POOR, GOOD, task=task, m=64) > smallest_effect


def heard(bench, offset=0, *, body=body, **header):
    bounds = {"alike": (-EFFECT, EFFECT)}
    claim = Claim("it", "It is so", smallest_effect=EFFECT, bounds=bounds, tasks=(TASK,), **header)
    laid = scope(claim, (), QUICK, None, ("task",))
    arguments = tuple(inspect.signature(body).parameters)
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


def test_a_verdict_that_is_no_longer_reached_fails_with_the_seeds_that_it_would_take(row):
    open_now = heard(planted(good=0.1, poor=swinging(0.13, 0.04)), offset=500)
    words = dict(found(row(heard(CLEAR)), open_now))["verdict"]
    assert words.startswith("xor was supported and is inconclusive; 31 seeds or more ")


BARELY = planted(good=0.1, poor=swinging(0.179, 0.0205))  # supported with ten seeds


def kinds_of(row, new):
    return [kind for kind, words in found(row, new) if "inconclusive" in words]


def test_the_case_of_a_verdict_that_is_barely_reached_is_what_it_says():
    made = heard(BARELY)
    assert (made["verdict"], made["cells"][0]["evidence"][0]["n"]) == ("supported", 10)


@pytest.mark.parametrize(
    ("error", "kind"), [(0.178, "note"), (0.176, "note"), (0.168, "verdict"), (0.15, "verdict")]
)
def test_rounding_elsewhere_excuses_only_a_verdict_that_is_missed_by_little(row, error, kind):
    new = elsewhere(heard(planted(good=0.1, poor=swinging(error, 0.0235))), numpy="9.0")
    assert new["verdict"] == "inconclusive"
    assert kinds_of(row(heard(BARELY)), new) == [kind]


def test_sampling_that_was_given_up_before_the_row_was_decided_is_excused_by_luck(row):
    old = heard(BARELY)
    new = elsewhere(old, numpy="9.0")
    (cell,) = new["cells"]
    cell["evidence"][0] |= {
        "seeds": [0, 1, 2, 3, 4],
        "samples": old["cells"][0]["evidence"][0]["samples"][:5],
    }
    cell["evidence"][0]["samples"][0] -= 0.001
    for each in (cell, cell["evidence"][0]):
        each["verdict"] = "inconclusive"
    assert kinds_of(row(old), new) == ["note"]


def test_nothing_excuses_a_lost_verdict_where_libraries_and_machine_are_the_same(row):
    new = heard(planted(good=0.1, poor=swinging(0.178, 0.0235)))
    assert kinds_of(row(heard(BARELY)), new) == ["verdict"]


def test_luck_on_other_seeds_excuses_a_lost_verdict_unless_the_effect_has_weakened(row):
    for error, spread, kind in ((0.17, 0.06, "note"), (0.115, 0.03, "verdict")):
        new = heard(planted(good=0.1, poor=swinging(error, spread)), offset=1_000)
        assert kinds_of(row(heard(BARELY)), new) == [kind]


def test_a_control_that_is_no_longer_refuted_fails_too(row):
    old = heard(planted(good=0.1, poor=0.1), control_of="that")
    new = heard(planted(good=0.1, poor=swinging(0.14, 0.05)), control_of="that")
    assert (old["verdict"], new["verdict"]) == ("refuted", "inconclusive")
    assert kinds_of(row(old), new) == ["verdict"]


def alike(compare, task, bounds):
    assert equivalent(compare(POOR, GOOD, task=task, m=64, bound="alike"), bounds.alike)


@pytest.mark.parametrize(
    ("now", "found_out"), [(0.11, False), (0.12, False), (0.13, True), (0.07, True)]
)
def test_an_equivalence_that_moved_apart_fails_though_it_is_still_supported(row, now, found_out):
    """The bound is 0.05: half of it matters, on either side."""
    old, new = (
        heard(planted(good=0.1, poor=swinging(error, 0.001)), offset, body=alike)
        for error, offset in ((0.1, 0), (now, 1_000))
    )
    assert new["verdict"] == "supported"
    words = dict(found(row(old), new)).get("effect", "")
    assert words.startswith("what was alike moved apart: error of poor minus good") is found_out


@pytest.mark.parametrize("offset", [0, 1_000])
@pytest.mark.parametrize(("level", "spread"), [(0.01, 0.001), (0.01 / 47 / 20, 0.01)])
def test_an_error_that_rises_in_both_arms_fails_though_the_contrast_holds(
    row, offset, level, spread
):
    """As with a network that went from .003 to .076 on another machine, and its rival with it."""
    was = planted(good=swinging(0.003, 0.001), poor=swinging(0.203, 0.001))
    now = planted(good=swinging(0.076, spread), poor=swinging(0.276, spread))
    new = elsewhere(heard(now, offset), numpy="9.0")
    words = [words for kind, words in found(row(heard(was)), new, level) if kind == "error"]
    assert [each.partition(" on xor")[0] for each in words] == [
        "the error rose: median error of good",
        "the error rose: median error of poor",
    ]
    assert words[0].partition("m = 64, ")[2].startswith("was 0.004")


def test_an_error_of_a_function_that_rises_is_told_without_a_task():
    was, now = (heard(planted(good=low, poor=swinging(low + 0.2, 0.001))) for low in (0.1, 0.2))
    for made in (was, now):
        for arm in made["arms"]:
            arm.update(task="", m=0)
    assert [each.sentence for each in errors(was, now, 0.01)] == [
        "the error rose: median error of good, was 0.1000 and is 0.2000",
        "the error rose: median error of poor, was 0.3010 and is 0.4010",
    ]


def test_an_error_that_fell_is_only_told(row):
    was, now = (planted(good=low, poor=swinging(low + 0.2, 0.001)) for low in (0.2, 0.1))
    new = elsewhere(heard(now), numpy="9.0")
    fell = [kind for kind, words in found(row(heard(was)), new) if "the error fell" in words]
    assert fell == ["note", "note"]


def test_a_rise_of_less_than_the_smallest_effect_or_of_one_seed_is_none(row):
    def collapsed(seed):
        return 0.5 if seed == 3 else 0.1

    for good in (0.14, collapsed):
        new = elsewhere(heard(planted(good=good, poor=swinging(0.4, 0.01))), numpy="9.0")
        old = heard(planted(good=0.1, poor=swinging(0.4, 0.01)))
        assert "error" not in [kind for kind, _ in found(row(old), new)]


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
    more = heard(planted(good=0.05, poor=swinging(0.3, 0.01)), offset=1_000)
    kinds = found(row(heard(CLEAR)), more)
    assert [kind for kind, _ in kinds] == ["note", "note"]
    assert kinds[0][1].startswith("the effect grew: ")


def test_a_control_may_lose_its_effect(row):
    old, less = (
        heard(planted(good=0.1, poor=swinging(error, 0.01)), offset, control_of="that")
        for error, offset in ((0.5, 0), (0.3, 1_000))
    )
    assert [kind for kind, _ in found(row(old), less)] == ["note"]  # the error of its rival fell


def test_other_numbers_for_the_same_seeds_on_the_same_machine_fail(row):
    new = heard(planted(good=0.1, poor=swinging(0.301, 0.01)))
    ((kind, words),) = found(row(heard(CLEAR)), new)
    assert kind == "samples"
    assert words.startswith("error of poor on xor, m = 64, seed 0, was 0.31 and is 0.311 (and 6 ")


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


def test_the_level_is_shared_by_the_rows_of_a_profile_and_their_comparisons_and_arms(row):
    one = row(heard(CLEAR))
    assert level_for(one, 1) == pytest.approx(0.01 / 3)
    assert level_for(one, 50) == pytest.approx(0.0002 / 3)
    one.record["cells"][0]["evidence"] *= 2
    assert level_for(one, 50) == pytest.approx(0.0002 / 4)
