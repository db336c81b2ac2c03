"""The tuned settings, as they are committed: complete, inside their spaces, and fair."""

import math
import shlex

import pytest

from fixtures import tune
from fixtures.learners import (
    BUDGETED,
    REACHES,
    TRADITIONAL,
    gradient_boosting,
    huge_network,
    large_network,
    nearest_neighbours,
    nystroem_svm,
    rbf_svm,
)
from fixtures.learners.descent import Descent
from fixtures.learners.network import Network
from fixtures.learners.tuned import tuned_settings, tuned_task
from fixtures.learners.variant import ORDINARY
from fixtures.spaces import (
    BEYOND_QUICK,
    FEWEST_STEPS,
    GRID,
    MOST_STEPS,
    QUICK_ROWS,
    RIDGE,
    TRIALS,
    candidates,
    rounds_of_boosting,
    space_of,
)
from fixtures.subjects import LEARNERS, VARIANTS, afforded, curve, subjects
from fixtures.tasks import TASKS
from fixtures.tasks.digits import digits
from fixtures.tasks.fetched import Fetched
from fixtures.tasks.friedman import friedman
from fixtures.tasks.linear import linear
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_hand import poker_hand
from fixtures.tasks.xor import xor
from fixtures.tiers import EARLY, M_SMALL, TIERS
from fixtures.tune import COMMITTED, seeds_for, tuning_seeds
from pytest_scaling.spec.protocols import SettingsError
from pytest_scaling.trials.seeds import BLOCKS, LARGEST_OFFSET
from pytest_scaling.trials.trial import Arm, Trial
from tests.materials.tasks import PRESENT

QUICK = TIERS["quick"]
NEEDED = {task for tier in COMMITTED for task, _, _ in subjects(TIERS[tier])}
TUNED = [task for task in TASKS if task in NEEDED and not isinstance(task, Fetched)]
LACKING = [task for task in TASKS if task not in PRESENT]
REPLICATES = range(max(tier.draws for tier in TIERS.values()))  # that the suite uses
OFFSETS = (0, 30, 1_000, LARGEST_OFFSET)  # of --seed-offset

each_task = pytest.mark.parametrize("task", TUNED, ids=lambda task: task.name)
each_tier = pytest.mark.parametrize("tier", COMMITTED)
each_learner = pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)


def choices(task):
    """(learner, m, rows that candidates were compared with, choice) of all tuned on a task."""
    for learner in LEARNERS:
        for m, choice in tuned_task(task.name).get("learners", {}).get(learner.name, {}).items():
            yield learner, int(m), choice.get("tuned_at", int(m)), choice


def as_compared(learner, settings):
    """The settings that were searched together: not what the machine or the rows decide."""
    left_out = {"intelex", "rounds", *({"steps"} if isinstance(learner, Network) else ())}
    return {name: value for name, value in settings.items() if name not in left_out}


def steps_as_tuned(learner, m, rows, choice):
    """Those of the rows that candidates were compared with."""
    more = BEYOND_QUICK if m > QUICK_ROWS >= rows else 1
    return choice["settings"]["steps"] / more


def doubled(first, most):
    """first, twice that, and so on up to most."""
    return [first * 2**times for times in range(20) if first * 2**times <= most]


@each_tier
@each_task
def test_a_tier_finds_settings_for_every_task_and_learner_that_it_needs(task, tier):
    missing = []
    for needed, learner, m in subjects(TIERS[tier]):
        try:
            if needed == task:
                learner.settings(task.name, m)
        except SettingsError as error:
            missing.append(str(error))
    assert not missing


@each_task
def test_every_choice_is_a_candidate_of_its_learner(task):
    outside = []
    for learner, m, rows, choice in choices(task):
        space = [as_compared(learner, each) for each in candidates(learner, rows)]
        if as_compared(learner, choice["settings"]) not in space:
            outside.append(f"{learner.name} at {m}: {choice['settings']}")
    assert not outside


@each_task
def test_the_steps_of_a_network_are_the_fewest_doubled_up_to_what_its_width_affords(task):
    wrong = []
    for learner, m, rows, choice in choices(task):
        if isinstance(learner, Network):
            most = MOST_STEPS[learner.width] * (BEYOND_QUICK if rows > QUICK_ROWS else 1)
            if steps_as_tuned(learner, m, rows, choice) not in doubled(FEWEST_STEPS, most):
                wrong.append(f"{learner.name} at {m}: {choice['settings']['steps']} steps")
    assert not wrong


@each_task
def test_a_choice_at_the_edge_of_its_space_is_marked_and_no_other(task):
    wrong = []
    for learner, m, rows, choice in choices(task):
        settings = choice["settings"]
        searched = {} if learner in VARIANTS else GRID[space_of(learner)]
        edges = {
            name
            for name, values in searched.items()
            if settings[name] in (min(values), max(values)) and not isinstance(values[0], str)
        }
        if isinstance(learner, Network):
            most = MOST_STEPS[learner.width] * (BEYOND_QUICK if rows > QUICK_ROWS else 1)
            if steps_as_tuned(learner, m, rows, choice) in (FEWEST_STEPS, most):
                edges.add("steps")
        if set(choice["at_edge"]) != edges:
            wrong.append(f"{learner.name} at {m}: {choice['at_edge']}, not {edges}")
    assert not wrong


TOLD = {"settings", "score", "seeds", "trials", "at_edge"}
WORST = {Descent: math.log(4 * tune.MOST_RACE_STEPS)}


@each_task
def test_every_choice_tells_how_it_was_found(task):
    for learner, m, rows, choice in choices(task):
        where = (learner.name, m)
        assert set(choice) == TOLD | ({"tuned_at"} if rows < m else set()), where
        assert choice["trials"] == len(candidates(learner, rows)), where
        assert choice["seeds"] == len(seeds_for(learner, rows)), where
        if learner in REACHES:  # twice the logarithm of so many units and rows
            assert -30 < choice["score"] < 0, where
        else:
            assert 0 <= choice["score"] <= WORST.get(type(learner), 1), where


@each_task
def test_candidates_were_compared_with_as_many_rows_as_the_rules_say(task):
    wrong = [
        f"{learner.name} at {m}: with {rows} rows"
        for learner, m, rows, _ in choices(task)
        if rows != afforded((task, learner, m))
    ]
    assert not wrong


@each_task
def test_a_choice_that_was_taken_over_is_that_of_fewer_rows(task):
    for learner, m, rows, choice in choices(task):
        there = tuned_task(task.name)["learners"][learner.name][str(rows)]
        settings = dict(choice["settings"])
        if isinstance(learner, Network):
            settings["steps"] = steps_as_tuned(learner, m, rows, choice)
        if "rounds" in settings:
            settings["rounds"] //= rounds_of_boosting(m) // rounds_of_boosting(rows)
        assert settings == there["settings"], (learner.name, m)
        assert choice["score"] == there["score"], (learner.name, m)


@each_task
def test_a_file_of_settings_names_its_task_its_command_and_its_versions(task):
    content = tuned_task(task.name)
    assert content["task"] == task.name
    assert content["command"] == f"python -m fixtures.tune --task {task.name}"
    assert set(content["versions"]) == {"numpy", "scikit-learn", "torch"}
    assert set(content["learners"]) <= {each.name for each in LEARNERS}


@each_learner
def test_every_learner_has_the_same_number_of_candidates(learner):
    for m in (*QUICK.sizes, 65_536):
        space = candidates(learner, m)
        assert len(space) == (len(ORDINARY) if learner in VARIANTS else TRIALS)
        assert all(list(space).count(each) == 1 for each in space)


def test_the_values_of_every_setting_ascend_so_that_their_ends_are_its_edges():
    for space in GRID.values():
        for values in space.values():
            if not isinstance(values[0], str):
                assert sorted(set(values)) == list(values)


def test_the_candidates_of_the_rbf_svm_lie_along_a_ridge():
    """Every value is tried, and the widest kernels with a larger C than the narrowest."""
    space = candidates(rbf_svm, 256)
    for name, values in GRID["rbf-svm"].items():
        assert {each[name] for each in space} == set(values)
    widest, narrowest = RIDGE[min(RIDGE)], RIDGE[max(RIDGE)]
    assert max(widest) > max(narrowest)
    assert sum(map(len, RIDGE.values())) == TRIALS


def rows_of(tier, task, learner):
    """The numbers of rows that are tuned for a tier."""
    return [m for *which, m in subjects(TIERS[tier]) if which == [task, learner]]


def test_the_rows_follow_from_the_sizes_that_task_and_learner_can_afford():
    assert rows_of("quick", mnist1d, rbf_svm) == [EARLY, 256, 1_024, 2_048, 4_096]
    assert rows_of("standard", mnist1d, rbf_svm) == [EARLY, 256, 1_024, 4_096, 8_192]
    assert rows_of("quick", mnist1d, nystroem_svm) == []
    assert rows_of("standard", mnist1d, nystroem_svm) == [16_384, 32_768, 65_536]
    assert rows_of("quick", poker_hand, rbf_svm) == []
    assert rows_of("standard", poker_hand, rbf_svm) == [EARLY, 256, 1_024, 4_096, 8_192]
    most = digits.most_rows
    assert rows_of("quick", digits, huge_network) == [most]
    whole = [m for _, _, m in curve(TIERS["standard"], digits, nearest_neighbours)]
    assert sorted(whole) == [256, most // 2, 1_024, most]
    assert rows_of("standard", mnist1d, huge_network) == []


def test_the_forecasts_have_their_halvings():
    sizes = {"quick": [512, 2_048], "standard": [2_048]}  # beside those of the tier
    for tier, halvings in sizes.items():
        assert set(halvings) <= set(rows_of(tier, friedman, large_network))
        assert not set(halvings) & set(rows_of(tier, friedman, TRADITIONAL[1]))


def test_a_subject_is_named_once():
    for tier in COMMITTED:
        named = subjects(TIERS[tier])
        assert len(set(named)) == len(named)


def test_fewer_rows_serve_only_where_all_would_take_too_long():
    learners = (large_network, nystroem_svm, rbf_svm, nearest_neighbours, gradient_boosting)
    most = [65_536, 8_192, 4_096, 4_096, 1_024]
    assert [afforded((mnist1d, learner, 65_536)) for learner in learners] == most
    for learner, rows in zip(learners, most, strict=True):
        assert afforded((mnist1d, learner, rows // 2)) == rows // 2
    assert afforded((mnist1d, BUDGETED[0], 65_536)) == 65_536


def test_tasks_of_longer_tiers_are_tuned_at_every_fourth_size():
    for m, rows in {227: 227, 256: 256, 719: 256, 4_096: 4_096, 32_768: 16_384}.items():
        assert afforded((xor, large_network, m)) == rows
    assert afforded((xor, rbf_svm, 16_384)) == 4_096
    assert afforded((xor, nystroem_svm, 65_536)) == 8_192
    assert afforded((linear, large_network, 65_536)) == 65_536
    assert [afforded((poker_hand, large_network, m)) for m in (32_768, 65_536)] == [16_384, 65_536]
    all_rows = digits.most_rows
    assert [afforded((digits, each, all_rows)) for each in (large_network, rbf_svm)] == [
        all_rows,
        1_024,
    ]


@pytest.mark.parametrize("seed_offset", OFFSETS)
@pytest.mark.parametrize("replicate", REPLICATES)
def test_no_seed_that_tunes_ever_judges(replicate, seed_offset):
    tuning = {seed for m in (1, *QUICK.sizes, 10**6) for seed in tuning_seeds(m)}
    for block in range(len(BLOCKS)):
        arm = Arm(large_network, friedman, M_SMALL, replicate)
        trial = Trial(arm, block, seed_offset=seed_offset)
        assert not tuning & set(trial.seeds)


def test_fewer_rows_are_tuned_on_more_seeds():
    seeds = {m: len(tuning_seeds(m)) for m in (64, 1_024, 4_096, 8_192, 65_536)}
    assert seeds == {64: 8, 1_024: 8, 4_096: 4, 8_192: 2, 65_536: 2}


def test_missing_settings_are_one_sentence_with_the_command_that_makes_them(monkeypatch):
    with pytest.raises(SettingsError) as error:
        tuned_settings("network-256", "mnist1d", 3_333)
    before, command, after = str(error.value).split("`")
    assert before == (
        "no tuned settings for network-256 on mnist1d with 3,333 rows; make them with "
    )
    assert after == ""
    assert tuned_with(command, monkeypatch) == [("mnist1d", "network-256", 3_333)]


@each_learner
@pytest.mark.parametrize("task", PRESENT, ids=lambda task: task.name)
def test_the_command_takes_every_learner_and_task_by_name(task, learner, monkeypatch):
    with pytest.raises(SettingsError) as error:
        tuned_settings(learner.name, task.name, 7)
    command = str(error.value).split("`")[1]
    assert tuned_with(command, monkeypatch) == [(task.name, learner.name, 7)]


def test_without_arguments_the_command_tunes_everything(monkeypatch):
    tuned = tuned_with("python -m fixtures.tune", monkeypatch)
    assert len(set(tuned)) == len(tuned)
    assert set(tuned) == {
        (task.name, learner.name, m)
        for tier in COMMITTED
        for task, learner, m in subjects(TIERS[tier])
        if task not in LACKING
    }


def test_with_a_tier_the_command_tunes_what_that_needs(monkeypatch):
    tuned = tuned_with("python -m fixtures.tune --tier standard --task xor", monkeypatch)
    assert tuned == [
        (task.name, learner.name, m)
        for task, learner, m in subjects(TIERS["standard"])
        if task is xor
    ]


def tuned_with(command, monkeypatch):
    """(task, learner, m) of what a command would tune, in order; nothing is trained or written."""
    python, *arguments = shlex.split(command)
    assert [python, *arguments[:2]] == ["python", "-m", "fixtures.tune"]
    written = []
    monkeypatch.setattr(tune, "choice_for", lambda subject, workers: {})
    monkeypatch.setattr(tune, "write", lambda *choice: written.append(choice[:3]))
    assert tune.main([*arguments[2:], "--workers", "1"]) == 0
    return written


def test_a_learner_reads_what_was_committed_for_its_task_and_rows():
    read = 0
    for task in TASKS:
        for learner, m, _, choice in choices(task):
            settings = dict(learner.settings(task.name, m))
            if "intelex" in settings:  # says which library trains here
                settings["intelex"] = choice["settings"]["intelex"]
            assert settings == choice["settings"]
            read += 1
    assert read > 0
