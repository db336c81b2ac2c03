"""A trial that runs out of memory is trained again one seed at a time, as another trial."""

import pickle
from contextlib import closing
from dataclasses import dataclass, replace

import pytest

from pytest_scaling.trials.execution import Trials
from pytest_scaling.trials.result import MemoryShortage, TrialError
from pytest_scaling.trials.store.store import Store
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, InProcess, trial

CUDA = "CUDA out of memory. Tried to allocate 20.00 GiB."
CPU = "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"


@dataclass(frozen=True)
class Greedy(Centroids):
    """Has memory for so many seeds at once."""

    error: object = MemoryError
    affords: int = 1

    def fit_predict(self, block, settings, device):
        if len(block.seeds) > self.affords:
            raise self.error
        return super().fit_predict(block, settings, device)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "trials.db") as opened:
        yield opened


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError(CUDA), RuntimeError(CPU)])
def test_the_seeds_are_trained_one_at_a_time(store, error):
    asked = trial(learner=Greedy(error=error))
    with closing(Trials(store, workers=1, pool=InProcess)) as trials:
        (results,) = trials.results([asked])
        assert not trials.pending(asked)
        assert trials.computed == 1
    assert [result.seed for result in results] == list(asked.seeds)
    assert trials.notices == [
        "nearest centroid on stripes, m = 64, seeds 0-4: memory ran out with all seeds at once; "
        "they were trained one at a time, as a separate trial."
    ]


def test_it_is_a_trial_of_its_own_identity(store):
    whole = trial(learner=Greedy())
    single = replace(whole, one_at_a_time=True)
    assert whole.identity != single.identity
    assert whole.ingredients.items() <= single.ingredients.items()
    with closing(Trials(store, workers=1, pool=InProcess)) as trials:
        trials.results([whole])
    assert store.get(whole.identity, whole.seeds) is None
    assert store.get(single.identity, single.seeds) == compute(single)


def test_the_next_run_recalls_it_and_says_so_again(store):
    asked = trial(learner=Greedy())
    with closing(Trials(store, workers=1, pool=InProcess)) as trials:
        first = trials.results([asked])
    with closing(Trials(store, workers=1, offline=True)) as trials:
        assert trials.results([asked]) == first
        assert "memory ran out" in trials.notices[0]


def test_a_seed_that_does_not_fit_by_itself_is_told(store):
    asked = trial(learner=Greedy(affords=0, error=RuntimeError(CUDA)))
    with (
        closing(Trials(store, workers=1, pool=InProcess)) as trials,
        pytest.raises(TrialError, match=r"seeds 0-4, one at a time: RuntimeError: CUDA out of"),
    ):
        trials.results([asked])


def test_other_errors_are_not_taken_for_it(store):
    asked = trial(learner=Greedy(error=RuntimeError("shapes do not fit")))
    with (
        closing(Trials(store, workers=1, pool=InProcess)) as trials,
        pytest.raises(TrialError, match="shapes do not fit"),
    ):
        trials.results([asked])
    assert trials.notices == []


def test_the_shortage_reaches_the_controller_from_another_process():
    error = pickle.loads(pickle.dumps(MemoryShortage("message")))
    assert isinstance(error, MemoryShortage)
    assert str(error) == "message"
