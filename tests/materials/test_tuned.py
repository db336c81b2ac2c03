"""The tuned settings, as they are committed: complete, inside their grids, and fair."""

import math
import shlex

import pytest

from fixtures import tune
from fixtures.learners import large_network, rbf_svm
from fixtures.learners.descent import Descent
from fixtures.learners.network import Network
from fixtures.learners.tuned import tuned_settings, tuned_task
from fixtures.tasks import TASKS, friedman
from fixtures.tune import (
    FEWEST_STEPS,
    GRID,
    LEARNERS,
    MOST_STEPS,
    TRIALS,
    grid_of,
    tuning_seeds,
)
from pytest_scaling.tier import M_SMALL, TIERS
from pytest_scaling.trials.block import SettingsError
from pytest_scaling.trials.trial import BLOCKS, Arm, Trial

QUICK = TIERS["quick"]
QUICK_TASKS = [task for task in TASKS if "quick" in getattr(task, "tiers", ["quick"])]
REPLICATES = (0, 1)  # that the suite uses: `race(..., disjoint=True)` takes the second
OFFSETS = (0, 30, 1_000, 800_000)  # of --seed-offset

each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
each_quick_task = pytest.mark.parametrize("task", QUICK_TASKS, ids=lambda task: task.name)
each_learner = pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)


def choices(task):
    """(learner, m, choice) of everything that was tuned on a task."""
    for learner in LEARNERS:
        for m, choice in tuned_task(task.name).get("learners", {}).get(learner.name, {}).items():
            yield learner, int(m), choice


def afforded(learner):
    """The numbers of rows at which the quick tier needs a learner; the last doubling included."""
    if isinstance(learner, Descent):
        return [M_SMALL]
    largest = getattr(learner, "largest_m", None)
    sizes = QUICK.reach(largest("quick") if largest else None)
    return sorted({*sizes, sizes[-1] // 2})


def doubled(first, most):
    """first, twice that, and so on up to most."""
    return [first * 2**times for times in range(20) if first * 2**times <= most]


@each_learner
@each_quick_task
def test_the_quick_tier_finds_settings_for_every_learner(task, learner):
    missing = []
    for m in afforded(learner):
        try:
            learner.settings(task.name, m)
        except SettingsError:
            missing.append(m)
    assert not missing, f"run `python -m fixtures.tune --task {task.name} --learner {learner.name}`"


@each_task
def test_every_choice_is_a_candidate_of_its_learner(task):
    outside = [
        f"{learner.name} at {m}: {name} = {choice['settings'].get(name)}"
        for learner, m, choice in choices(task)
        for name, values in grid_of(learner).items()
        if choice["settings"].get(name) not in values
    ]
    assert not outside


@each_task
def test_a_choice_holds_what_its_learner_reads_and_nothing_else(task):
    for learner, m, choice in choices(task):
        fixed = {"steps"} if isinstance(learner, Network) else set()
        fixed |= {"intelex"} if learner is rbf_svm else set()
        assert set(choice["settings"]) == set(grid_of(learner)) | fixed, (learner.name, m)


@each_task
def test_the_steps_of_a_network_are_the_fewest_doubled_up_to_what_its_width_affords(task):
    wrong = [
        f"{learner.name} at {m}: {choice['settings']['steps']} steps"
        for learner, m, choice in choices(task)
        if isinstance(learner, Network)
        and choice["settings"]["steps"] not in doubled(FEWEST_STEPS, MOST_STEPS[learner.width])
    ]
    assert not wrong


@each_task
def test_a_choice_at_the_edge_of_its_space_is_marked_and_no_other(task):
    wrong = []
    for learner, m, choice in choices(task):
        settings = choice["settings"]
        at_edge = [
            name
            for name, values in grid_of(learner).items()
            if settings[name] in (min(values), max(values))
        ]
        if isinstance(learner, Network):
            at_edge += ["steps"] * (settings["steps"] == MOST_STEPS[learner.width])
        if choice["at_edge"] != at_edge:
            wrong.append(f"{learner.name} at {m}: {choice['at_edge']}, not {at_edge}")
    assert not wrong


@each_task
def test_every_choice_tells_how_it_was_found(task):
    for learner, m, choice in choices(task):
        where = (learner.name, m)
        assert set(choice) == {"settings", "score", "seeds", "trials", "at_edge"}, where
        assert choice["trials"] == TRIALS, where
        assert choice["seeds"] == len(tuning_seeds(m)), where
        worst = math.log(4 * tune.MOST_RACE_STEPS) if isinstance(learner, Descent) else 1
        assert 0 <= choice["score"] <= worst, where


@each_task
def test_a_file_of_settings_names_its_task_its_command_and_its_versions(task):
    content = tuned_task(task.name)
    if content:
        assert content["task"] == task.name
        assert content["command"] == f"python -m fixtures.tune --task {task.name}"
        assert set(content["versions"]) == {"numpy", "scikit-learn", "torch"}
    assert set(content.get("learners", {})) <= {each.name for each in LEARNERS}


def test_every_learner_has_the_same_number_of_candidates():
    for learner in LEARNERS:
        for m in QUICK.sizes:
            assert len(list(tune.candidates(learner, m))) == TRIALS
    for space in GRID.values():
        for values in space.values():
            assert sorted(set(values)) == list(values)  # ascending, so that its ends are its edges


@each_learner
def test_the_command_tunes_at_the_rows_that_the_quick_tier_uses(learner):
    assert list(tune.rows_for(learner, None)) == afforded(learner)


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
@each_task
def test_the_command_takes_every_learner_and_task_by_name(task, learner, monkeypatch):
    with pytest.raises(SettingsError) as error:
        tuned_settings(learner.name, task.name, 7)
    command = str(error.value).split("`")[1]
    assert tuned_with(command, monkeypatch) == [(task.name, learner.name, 7)]


def test_without_arguments_the_command_tunes_everything(monkeypatch):
    tuned = tuned_with("python -m fixtures.tune", monkeypatch)
    assert {(task, learner) for task, learner, _ in tuned} == {
        (task.name, learner.name) for task in TASKS for learner in LEARNERS
    }
    assert [m for task, name, m in tuned if (task, name) == ("mnist1d", "rbf-svm")] == afforded(
        rbf_svm
    )


def tuned_with(command, monkeypatch):
    """(task, learner, m) of what a command would tune, in order; nothing is trained or written."""
    python, *arguments = shlex.split(command)
    assert [python, *arguments[:2]] == ["python", "-m", "fixtures.tune"]
    written = []
    monkeypatch.setattr(tune, "tune", lambda problem, learner, workers: {})
    monkeypatch.setattr(tune, "write", lambda *choice: written.append(choice[:3]))
    assert tune.main([*arguments[2:], "--workers", "1"]) == 0
    return written


def test_a_learner_reads_what_was_committed_for_its_task_and_rows():
    read = 0
    for task in TASKS:
        for learner, m, choice in choices(task):
            settings = dict(learner.settings(task.name, m))
            if learner is rbf_svm:  # says which library trains here
                settings["intelex"] = choice["settings"]["intelex"]
            assert settings == choice["settings"]
            read += 1
    assert read > 0
