"""What a Dask worker does with a trial; whole runs on a cluster are in tests/acceptance."""

import os
from concurrent.futures import CancelledError

import pytest
from distributed import KilledWorker

from pytest_scaling.trials.result import TrialError
from pytest_scaling.trials.workers.cluster import Processes, trial_error
from pytest_scaling.trials.workers.payload import pack
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, Returns, lines, trial


@pytest.fixture
def processes():
    """The processes of a Dask worker, ended with the test."""
    processes = Processes()
    yield processes
    for pool in processes._idle:
        pool.stop()


def always():
    return True


def pids(log):
    return [int(line.split()[2]) for line in lines(log)]


def test_trials_follow_each_other_in_one_process_apart_from_the_dask_worker(processes, tmp_path):
    log = tmp_path / "log"
    for block in range(2):
        sent = pack(trial(block, learner=Centroids(log=log)))
        assert processes.compute(sent, always).results == compute(trial(block))
    with pytest.raises(TrialError, match=r"ValueError: no$"):
        processes.compute(pack(trial(learner=Returns(ValueError("no")))), always)
    processes.compute(pack(trial(2, learner=Centroids(log=log))), always)
    (pid,) = set(pids(log))
    assert pid != os.getpid()


def test_a_process_that_is_killed_is_replaced(processes, tmp_path):
    log = tmp_path / "log"
    sent = pack(trial(learner=Centroids(log=log, crashes=1)))
    assert processes.compute(sent, always).results == compute(trial())
    assert len(set(pids(log))) == 2


def test_a_trial_that_kills_every_process_is_given_up(processes, tmp_path):
    sent = pack(trial(learner=Centroids(log=tmp_path / "log", crashes=9)))
    with pytest.raises(TrialError, match="seeds 0-4: its worker process was lost 3 times"):
        processes.compute(sent, always)
    assert len(lines(tmp_path / "log")) == 3


def test_a_trial_that_is_no_longer_wanted_is_ended(processes, tmp_path):
    log = tmp_path / "log"
    sent = pack(trial(learner=Centroids(log=log, pause=60)))
    with pytest.raises(CancelledError):
        processes.compute(sent, lambda: not lines(log))
    with pytest.raises(ProcessLookupError):
        os.kill(pids(log)[0], 0)


def test_a_trial_that_dask_gave_up_is_told_in_the_words_of_a_local_one():
    error = trial_error(pack(trial()), KilledWorker("key", None, 3))
    assert str(error) == (
        "nearest centroid on stripes, m = 64, seeds 0-4: its worker process was lost 4 times, "
        "as happens when memory runs out or a library crashes."
    )


def test_a_dask_worker_without_this_package_is_told_in_one_sentence():
    error = trial_error(pack(trial()), ModuleNotFoundError("No module named\n'pytest_scaling'"))
    assert str(error) == (
        "nearest centroid on stripes, m = 64, seeds 0-4 cannot be computed by a Dask worker: "
        "ModuleNotFoundError: No module named 'pytest_scaling'"
    )
