"""The identity of a trial: what determines the result, all of it and nothing else."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

from pytest_scaling.statistics.interval import LOOKS
from pytest_scaling.trials import seeds
from pytest_scaling.trials import trial as trial_module
from pytest_scaling.trials.identity import tree_differences
from pytest_scaling.trials.rows import score as scoring
from pytest_scaling.trials.seeds import BLOCKS, blocks_for
from pytest_scaling.trials.trial import Arm
from tests.trials.toys import Centroids, Stripes, trial, with_other_libraries

CHANGES = {
    "task name": {"task": Stripes(name="bands")},
    "task version": {"task": Stripes(version=2)},
    "number of classes": {"task": Stripes(classes=3)},
    "learner name": {"learner": Centroids(name="means")},
    "learner version": {"learner": Centroids(version=2)},
    "settings": {"learner": Centroids(chosen={"power": 1})},
    "rows": {"m": 65},
    "block": {"block": 1},
    "replicate": {"replicate": 1},
    "seed offset": {"seed_offset": 1_000},
    "device class": {"device": "cuda"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_identity_changes_with_every_ingredient(change):
    assert trial(**change).identity != trial().identity
    assert trial(**change) != trial()


def test_the_identity_changes_with_its_schema(monkeypatch):
    before = trial().identity
    monkeypatch.setattr(trial_module, "IDENTITY_SCHEMA", 99)
    assert trial().identity != before


def test_the_identity_changes_with_the_scoring(monkeypatch):
    before = trial().identity
    monkeypatch.setattr(scoring, "score", lambda block, y_test, fit, seconds: [])
    assert trial().identity != before


def test_the_identity_changes_with_a_library_and_the_family_does_not(monkeypatch):
    identity, family = trial().identity, trial().family
    with_other_libraries(monkeypatch, numpy="0.0.1")
    assert trial().identity != identity
    assert trial().family == family


def test_a_family_shares_everything_but_seeds_code_and_libraries():
    @dataclass(frozen=True)
    class Centroids2(Centroids):
        def fit_predict(self, block, settings, device):
            return super().fit_predict(block, settings, "cpu")

    other = trial(1, learner=Centroids2())
    assert other.identity != trial(1).identity
    assert other.family == trial().family == trial(1).family
    for name, change in CHANGES.items():
        alike = name in ("block", "replicate", "seed offset")
        assert (trial(**change).family == trial().family) == alike


def test_learners_and_tasks_need_no_version():
    class Plain:
        name, chosen = "centroids", {"power": 2}
        settings, fit_predict = Centroids.settings, Centroids.fit_predict

    assert trial(learner=Plain()).family == trial().family
    assert trial(learner=Plain()).ingredients["learner"] == {"name": "centroids", "version": 1}


def test_settings_that_hold_an_address_are_named_in_one_sentence():
    arm = Arm(Centroids(chosen={"power": str(object())}), Stripes(), 16_384)
    with pytest.raises(ValueError, match="centroids on stripes with m = 16,384 hold <object obj"):
        _ = arm.settings


@pytest.mark.parametrize(
    "change",
    [
        {"learner": Centroids(label="means")},
        {"learner": Centroids(chosen={"power": 2})},
    ],
)
def test_words_do_not_change_the_identity(change):
    assert trial(**change) == trial()
    assert hash(trial(**change)) == hash(trial())


def test_devices_of_one_class_and_orders_of_settings_share_an_identity():
    assert trial(device="cuda:1") == trial(device="cuda")
    one, other = Centroids(chosen={"a": 1, "b": 2}), Centroids(chosen={"b": 2, "a": 1})
    assert trial(learner=one) == trial(learner=other)


def test_another_process_finds_the_same_identity():
    program = "from tests.trials.toys import trial; print(trial().identity)"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {trial().identity}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_settings_that_are_not_json_are_named_in_one_sentence(value):
    arm = Arm(Centroids(chosen={"power": value}), Stripes(), 16_384)
    with pytest.raises(ValueError, match="settings of centroids on stripes with m = 16,384"):
        _ = arm.settings


def test_a_missing_setting_passes_through():
    class Untuned(Centroids):
        def settings(self, task, m):
            raise LookupError("tune it first")

    with pytest.raises(LookupError, match="tune it first"):
        _ = trial(learner=Untuned()).identity


def test_a_look_is_made_of_whole_blocks():
    assert tuple(stop for _, stop in BLOCKS) == LOOKS
    for n in LOOKS:
        seeds = [s for block in blocks_for(n) for s in trial(block).seeds]
        assert seeds == list(range(n))
    with pytest.raises(ValueError, match="5, 7, 10, 14, 20, 30 seeds, not 6"):
        blocks_for(6)


def test_replicates_and_offsets_use_seeds_of_their_own():
    assert trial(1, replicate=2, seed_offset=1_000).seeds == (201_005, 201_006)


@pytest.mark.parametrize(
    "beyond", [{"seed_offset": -1}, {"seed_offset": 999_999}, {"replicate": 10}]
)
def test_no_trial_has_seeds_that_are_left_to_tuning(beyond):
    with pytest.raises(ValueError, match="a verdict's seeds are from 0 to 999,999; those beyond"):
        trial(**beyond)


def test_no_offset_that_is_taken_leads_to_the_seeds_of_a_replicate_or_of_tuning():
    assert seeds.MOST_SEEDS == LOOKS[-1]
    last = [trial(5, replicate=each, seed_offset=seeds.LARGEST_OFFSET) for each in range(10)]
    assert [each.seeds[-1] + 1 for each in last] == list(range(100_000, 1_000_001, 100_000))
    assert seeds.VERDICT_SEEDS == last[-1].seeds[-1] + 1


def test_a_trial_is_described_in_words():
    assert trial(m=16_384).description == "nearest centroid on stripes, m = 16,384, seeds 0-4"


def test_arms_are_equal_by_learner_task_rows_and_replicate():
    arm = trial().arm
    assert arm == replace(arm, learner=Centroids(label="other words"))
    assert len({arm, replace(arm, m=65), replace(arm, replicate=1)}) == 3
    assert arm != replace(arm, task=Stripes(version=2))


def test_the_cost_is_the_learners_own_where_it_has_one():
    class Cubic(Centroids):
        def cost(self, task, m):
            return float(m) ** 3

    assert trial(m=128).cost == 2 * trial(m=64).cost
    assert trial(m=64).cost < 1  # seconds, beside learners that say theirs
    assert trial(m=128, learner=Cubic()).cost == 8 * trial(m=64, learner=Cubic()).cost


def test_equal_trees_do_not_differ():
    tree = {"a": {"b": [1, 2.5, None]}, "c": [{"d": "e"}]}
    assert list(tree_differences(tree, {"c": [{"d": "e"}], "a": {"b": [1, 2.5, None]}})) == []


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, ("a.c", 2, 3)),
        ({"a": {"b": 1}}, {"a": {}}, ("a.b", 1, None)),
        ({}, {"a": 1}, ("a", None, 1)),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 3}]}, ("a[1].b", 2, 3)),
        ({"a": [[1, 2]]}, {"a": [[1, 3]]}, ("a[0][1]", 2, 3)),
        ({"a": [1, 2]}, {"a": [1]}, ("a", [1, 2], [1])),
        ({"a": {"b": 1}}, {"a": [1]}, ("a", {"b": 1}, [1])),
        ({"a": 1}, {"a": 1.0}, ("a", 1, 1.0)),
        ({"a": 1}, {"a": True}, ("a", 1, True)),
        ("a", "b", ("", "a", "b")),
    ],
)
def test_a_difference_of_trees_has_its_path_and_both_values(one, other, difference):
    (found,) = tree_differences(one, other)
    assert repr(found) == repr(difference)


def test_differences_of_trees_come_in_the_order_of_their_keys():
    found = tree_differences({"b": 1, "a": [1, 2]}, {"c": 1, "a": [3, 4]})
    assert [path for path, _, _ in found] == ["a[0]", "a[1]", "b", "c"]


def test_what_is_the_same_in_a_tree_can_be_said_otherwise():
    def roughly(one, other):
        return abs(one - other) < 0.1

    trees = {"a": [1.0, 2]}, {"a": [1.01, 3]}
    assert list(tree_differences(*trees, roughly)) == [("a[1]", 2, 3)]
