"""Results of other code are kept where a first block shows the same bits, and only there."""

import json
from dataclasses import dataclass

import pytest

from pytest_scaling.trials.identity import canonical, sha256
from pytest_scaling.trials.store.relatives import relatives
from pytest_scaling.trials.store.row import write_row
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, InProcess, Stripes, trial, with_other_libraries

BLOCKS = range(4)


@dataclass(frozen=True)
class Rewritten(Centroids):
    """The same results by other code."""

    def fit_predict(self, block, settings, device):
        return super().fit_predict(block, dict(settings), device)


@dataclass(frozen=True)
class Corrected(Centroids):
    """Other results by other code."""

    def fit_predict(self, block, settings, device):
        return super().fit_predict(block, {"power": 1}, device)


def asked(learner, **more):
    return [trial(block, learner=learner, **more) for block in BLOCKS]


@pytest.fixture
def stored(run):
    """The store has every block of a learner."""
    return run(pool=InProcess).results(asked(Centroids()))


def counts(trials):
    return trials.computed, trials.recalled


def test_code_of_the_same_results_trains_its_first_block_and_keeps_the_rest(run, stored):
    trials = run(pool=InProcess)
    assert trials.results(asked(Rewritten())) == stored
    assert counts(trials) == (1, 3)
    assert trials.notices == [
        "the code of learner centroids changed; the first block gave the same bits, so "
        "3 other stored trials of it may be kept"
    ]
    for learner in (Rewritten(), Centroids()):
        again = run(pool=None)
        assert again.results(asked(learner)) == stored
        assert counts(again) == (0, 4)
        assert again.notices == []


def test_code_of_other_results_is_trained_again_and_the_run_says_so(run, store, stored):
    trials = run(pool=InProcess)
    found = trials.results(asked(Corrected()))
    assert found == [compute(one) for one in asked(Corrected())] != stored
    assert counts(trials) == (4, 0)
    (since,) = {each.created[:10] for each in relatives(store, trial(9 % 6, learner=Corrected()))}
    assert trials.notices == [
        f"the code of learner centroids changed since {since}, and its results differ; "
        f"4 stored trials will be trained again where needed"
    ]


def test_a_later_block_waits_for_the_first_that_nobody_asked_for(run, stored):
    trials = run(pool=InProcess)
    assert trials.results(asked(Rewritten())[2:3]) == stored[2:3]
    assert counts(trials) == (1, 1)
    changed = run(pool=InProcess)
    assert changed.results(asked(Corrected())[2:3]) != stored[2:3]
    assert counts(changed) == (2, 0)


def test_without_a_first_block_nothing_is_adopted(run, stored):
    run(pool=InProcess).results([trial(2, m=20)])
    trials = run(pool=InProcess)
    trials.results([trial(2, m=20, learner=Rewritten())])
    assert counts(trials) == (1, 0)


def test_blocks_of_two_earlier_codes_are_not_mixed(run, stored):
    run(pool=InProcess).results(asked(Corrected()))
    trials = run(pool=InProcess)
    assert trials.results(asked(Rewritten())) == stored
    assert counts(trials) == (1, 3)


def test_a_failure_of_the_first_block_fails_those_that_wait(run, stored):
    @dataclass(frozen=True)
    class Broken(Centroids):
        def fit_predict(self, block, settings, device):
            raise ValueError("no")

    trials = run(pool=InProcess)
    with pytest.raises(RuntimeError, match="ValueError: no"):
        trials.results(asked(Broken()))
    while trials.in_flight:
        trials.wait(1)
    assert trials.computed == 0


def test_two_runs_at_once_check_once(run, stored):
    first, second = run(pool=InProcess), run(pool=InProcess)
    for trials in (first, second):
        trials.request(asked(Rewritten()))
    assert first.results(asked(Rewritten())) == second.results(asked(Rewritten())) == stored
    assert first.computed + second.computed == 1


def test_a_first_block_that_another_run_stores_meanwhile_is_heeded(run, stored, monkeypatch):
    """After this run has looked for it, and before it decides what to train."""
    first, second = run(pool=InProcess), run(pool=InProcess)
    hold = second._memory.hold

    def too_late(*arguments):
        first.results(asked(Rewritten())[:1])
        return hold(*arguments)

    monkeypatch.setattr(second._memory, "hold", too_late)
    assert second.results(asked(Rewritten())) == stored
    assert (first.computed, second.computed) == (1, 0)


def test_a_task_and_a_library_are_checked_alike(run, stored, monkeypatch):
    @dataclass(frozen=True)
    class Same(Stripes):
        def draw(self, seed, m):
            return self._rows(int(seed), m)

    trials = run(pool=InProcess)
    assert trials.results(asked(Centroids(), task=Same())) == stored
    assert trials.notices[0].startswith("the code of task stripes changed; the first block gave")
    with_other_libraries(monkeypatch, numpy="99.0")
    monkeypatch.setattr("pytest_scaling.trials.execution.forget", lambda: None)
    newer = run(pool=InProcess)
    assert newer.results(asked(Centroids())) == stored
    assert counts(newer) == (1, 3)
    assert " to 99.0, for centroids on stripes) changed; the first block" in newer.notices[0]


def test_what_an_older_version_stored_is_checked_too(run, store, stored):
    connection = store._connection
    for one, results in zip(asked(Centroids()), stored, strict=True):
        ingredients = {**one.ingredients, "schema": 1, "metrics": 1}
        del ingredients["code"]
        text = canonical(ingredients)
        identity = sha256(json.loads(text))
        changes = (identity, text, one.identity)
        connection.execute(
            "UPDATE trials SET identity = ?, ingredients = ? WHERE identity = ?", changes
        )
        connection.execute("DELETE FROM results WHERE identity = ?", (one.identity,))
        rows = [(identity, *write_row(identity, result)) for result in results]
        connection.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    trials = run(pool=InProcess)
    assert trials.results(asked(Centroids())) == stored
    assert counts(trials) == (1, 3)
    assert trials.notices[0].startswith("what identifies trials of centroids on stripes changed;")


@pytest.mark.parametrize("pattern", ["centroids", "cent*"])
def test_a_fresh_learner_is_trained_again_and_replaces_what_is_stored(run, store, stored, pattern):
    damaged = run(pool=InProcess)
    other = trial(learner=Centroids(name="means"))
    damaged.results([other])
    trials = run(pool=InProcess, fresh=(pattern,))
    assert trials.results([*asked(Centroids()), other])[:4] == stored
    assert counts(trials) == (4, 1)
    assert trials.results(asked(Centroids())) == stored
    assert trials.computed == 4
    assert counts(run(pool=None)) == (0, 0)
    assert run(pool=None).results(asked(Centroids())) == stored


def test_a_fresh_learner_adopts_nothing(run, stored):
    trials = run(pool=InProcess, fresh=("*",))
    assert trials.results(asked(Rewritten())) == stored
    assert counts(trials) == (4, 0)
