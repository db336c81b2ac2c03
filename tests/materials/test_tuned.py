"""The committed settings: complete, made by their commands, and fair."""

import math
import shlex

import pytest

from fixtures import landscape, law, tune
from fixtures.learners import (
    REACHES,
    TRADITIONAL,
    huge_network,
    large_network,
    nearest_neighbours,
    nystroem_svm,
    rbf_svm,
)
from fixtures.learners.descent import Descent
from fixtures.learners.tuned import tuned_settings, tuned_task
from fixtures.learners.variant import ORDINARY
from fixtures.spaces import GRID, RATES, SPACES, TRIALS, candidates, family, values_of
from fixtures.subjects import LEARNERS, VARIANTS, curve, has_law, subjects, tabled
from fixtures.tasks import TASKS
from fixtures.tasks.digits import digits
from fixtures.tasks.fetched import Fetched
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_hand import poker_hand
from fixtures.tasks.xor import xor
from fixtures.tiers import EARLY, M_SMALL, TIERS
from fixtures.tune import COMMITTED, seeds_for, tuning_seeds
from pytest_scaling.spec.protocols import SettingsError
from pytest_scaling.spec.traits import in_tier
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
without_law = [each for each in LEARNERS if family(each) not in SPACES]
with_law = [each for each in LEARNERS if family(each) in SPACES]


def choices(task):
    """(learner, m, choice) of all that the tables of a task have."""
    for learner in LEARNERS:
        for m, choice in tuned_task(task.name).get("learners", {}).get(learner.name, {}).items():
            yield learner, int(m), choice


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
def test_the_laws_are_those_that_the_landscapes_give(task):
    rows = landscape.read(task.name)
    for name, committed in tuned_task(task.name).get("laws", {}).items():
        learners = [each for each in LEARNERS if family(each) == name]
        own = [row for row in rows if row.learner in {each.name for each in learners}]
        assert law.law(task.name, learners, own) == committed, name


@each_task
def test_tables_hold_what_has_no_law_and_nothing_else(task):
    needed = {
        (learner.name, m)
        for tier in COMMITTED
        for where, learner, m in tabled(TIERS[tier])
        if where == task
    }
    assert {(learner.name, m) for learner, m, _ in choices(task)} == needed


@each_task
def test_every_choice_is_a_candidate_of_its_learner(task):
    outside = [
        f"{learner.name} at {m}: {choice['settings']}"
        for learner, m, choice in choices(task)
        if choice["settings"] not in candidates(learner, task.name, m)
    ]
    assert not outside


@each_task
def test_a_choice_at_the_edge_of_its_space_is_marked_and_no_other(task):
    wrong = []
    for learner, m, choice in choices(task):
        searched = {} if learner in VARIANTS else values_of(learner)
        edges = {
            name
            for name, values in searched.items()
            if choice["settings"][name] in (min(values), max(values))
        }
        if set(choice["at_edge"]) != edges:
            wrong.append(f"{learner.name} at {m}: {choice['at_edge']}, not {edges}")
    assert not wrong


WORST = {Descent: math.log(4 * tune.MOST_RACE_STEPS)}


@each_task
def test_every_choice_tells_how_it_was_found(task):
    for learner, m, choice in choices(task):
        where = (learner.name, m)
        assert set(choice) == {"settings", "score", "seeds", "trials", "at_edge"}, where
        assert choice["trials"] == len(candidates(learner, task.name, m)), where
        assert choice["seeds"] == len(seeds_for(learner, m)), where
        if learner in REACHES:  # twice the logarithm of so many units and rows
            assert -30 < choice["score"] < 0, where
        else:
            assert 0 <= choice["score"] <= WORST.get(type(learner), 1), where


@each_task
def test_a_file_with_tables_names_its_task_its_command_and_its_versions(task):
    content = tuned_task(task.name)
    if "learners" in content:
        assert content["task"] == task.name
        assert content["command"] == f"python -m fixtures.tune --task {task.name}"
        assert set(content["versions"]) == {"numpy", "scikit-learn", "torch"}


@pytest.mark.parametrize("learner", without_law, ids=lambda learner: learner.name)
def test_every_learner_that_has_a_table_has_the_same_number_of_candidates(learner):
    space = candidates(learner, "mnist1d", M_SMALL)
    assert len(space) == (len(ORDINARY) if learner in VARIANTS else TRIALS)
    assert all(list(space).count(each) == 1 for each in space)


def test_the_values_of_every_setting_ascend_so_that_their_ends_are_its_edges():
    for space in (
        *GRID.values(),
        *SPACES.values(),
        {f"width {w}": rates for w, rates in RATES.items()},
    ):
        for values in space.values():
            if values and not isinstance(values[0], str):
                assert sorted(set(values)) == list(values)


def rows_of(tier, task, learner):
    """The numbers of rows whose settings a tier reads."""
    learner = in_tier(learner, TIERS[tier])
    return [m for *which, m in subjects(TIERS[tier]) if which == [task, learner]]


def test_the_rows_follow_from_the_sizes_that_task_and_learner_can_afford():
    assert rows_of("quick", mnist1d, rbf_svm) == [EARLY, 256, 1_024, 2_048, 4_096]
    assert rows_of("standard", mnist1d, rbf_svm) == [EARLY, 256, 1_024, 4_096, 8_192]
    assert rows_of("quick", mnist1d, nystroem_svm) == []
    assert rows_of("standard", mnist1d, nystroem_svm) == [16_384]
    assert rows_of("quick", poker_hand, rbf_svm) == []
    assert rows_of("standard", poker_hand, rbf_svm) == [EARLY, 256, 1_024, 4_096, 8_192]
    most = digits.most_rows
    assert [rows_of(tier, digits, huge_network) for tier in COMMITTED] == [[most], [most]]
    whole = [m for _, _, m in curve(TIERS["standard"], digits, nearest_neighbours)]
    assert sorted(whole) == [256, most // 2, 1_024, most]
    assert rows_of("standard", mnist1d, huge_network) == []


def test_the_forecasts_have_their_halvings():
    sizes = {"quick": [512], "standard": [512, 2_048]}  # beside those of the tier
    for tier, halvings in sizes.items():
        assert set(halvings) <= set(rows_of(tier, friedman, large_network))
        assert not set(halvings) & set(rows_of(tier, friedman, TRADITIONAL[1]))


def test_a_subject_is_named_once():
    for tier in COMMITTED:
        named = subjects(TIERS[tier])
        assert len(set(named)) == len(named)


def test_data_that_run_out_have_tables_and_learners_over_many_rows_have_laws():
    assert has_law(mnist1d, large_network)
    assert has_law(xor, rbf_svm)
    assert not has_law(digits, large_network)
    assert not has_law(mnist1d, REACHES[0])


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


def missing(learner, task, m, **options):
    """The sentence about settings that nobody made, and the command that it names."""
    with pytest.raises(SettingsError) as error:
        tuned_settings(learner, task, m, **options)
    before, command, after = str(error.value).split("`")
    assert after == ""
    return before, command


def test_missing_settings_are_one_sentence_with_the_command_that_makes_them(monkeypatch):
    before, command = missing("descent-relu", "mnist1d", 3_333)
    assert before == (
        "no tuned settings for descent-relu on mnist1d with 3,333 rows; make them with "
    )
    assert tuned_with(command, monkeypatch) == [("mnist1d", "descent-relu", 3_333)]


@pytest.mark.parametrize("learner", without_law, ids=lambda learner: learner.name)
@pytest.mark.parametrize("task", PRESENT, ids=lambda task: task.name)
def test_the_command_takes_every_learner_and_task_by_name(task, learner, monkeypatch):
    _, command = missing(learner.name, task.name, 7)
    assert tuned_with(command, monkeypatch) == [(task.name, learner.name, 7)]


@pytest.mark.parametrize("learner", with_law, ids=lambda learner: learner.name)
def test_a_missing_law_is_made_by_measuring_a_landscape_and_fitting_it(learner, monkeypatch):
    monkeypatch.setattr("fixtures.learners.tuned.tuned_task", lambda task: {})
    _, command = missing(learner.name, "mnist1d", 7, law=family(learner))
    first, second = (shlex.split(each) for each in command.split(" && "))
    measured, fitted = [], []
    monkeypatch.setattr(landscape, "measure", lambda *what: measured.append(what[:3]))
    assert first[:3] == ["python", "-m", "fixtures.landscape"]
    assert landscape.main([*first[3:], "--workers=1"]) == 0
    assert {(task, each) for task, each, _ in measured} == {(mnist1d, learner)}
    assert second[:3] == ["python", "-m", "fixtures.law"]
    monkeypatch.setattr(law, "read", lambda task: fitted.append(task) or [])
    assert law.main(second[3:]) == 0
    assert fitted == ["mnist1d"]


def test_where_data_run_out_a_network_has_a_table_instead_of_a_law(monkeypatch):
    network = large_network
    _, command = missing(network.name, digits.name, 7, law=family(network))
    assert tuned_with(command, monkeypatch) == [(digits.name, network.name, 7)]


def test_without_arguments_the_command_tunes_everything(monkeypatch):
    tuned = tuned_with("python -m fixtures.tune", monkeypatch)
    assert len(set(tuned)) == len(tuned)
    assert set(tuned) == {
        (task.name, learner.name, m)
        for tier in COMMITTED
        for task, learner, m in tabled(TIERS[tier])
        if task not in LACKING
    }


def test_with_a_tier_the_command_tunes_what_that_needs(monkeypatch):
    tuned = tuned_with("python -m fixtures.tune --tier standard --task mnist1d", monkeypatch)
    assert tuned == [
        (task.name, learner.name, m)
        for task, learner, m in tabled(TIERS["standard"])
        if task is mnist1d
    ]


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
            assert learner.settings(task.name, m) == choice["settings"]
            read += 1
    assert read > 0
