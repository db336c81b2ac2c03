"""A run computes each trial once, wherever and in whatever order it is asked for."""

import importlib.util
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from pytest_scaling.trials.execution import OfflineError, Trials
from pytest_scaling.trials.result import TrialError
from pytest_scaling.trials.store.leases import Leases
from pytest_scaling.trials.store.store import Store
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, InProcess, Returns, lines, trial

ASKED = [trial(block, m=m) for m in (64, 20) for block in range(3)]


@pytest.fixture(scope="module")
def expected():
    return [compute(one) for one in ASKED]


def test_a_second_run_computes_nothing(run, expected):
    first = run(pool=InProcess)
    assert first.results(ASKED) == expected
    assert (first.computed, first.recalled, first.in_flight) == (6, 0, 0)
    second = run(pool=None)
    assert second.results(ASKED) == expected
    assert second.results(ASKED) == expected
    assert (second.computed, second.recalled) == (0, 6)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_the_same_bits_for_any_number_of_workers_and_any_order(run, expected, workers):
    trials = run(workers)
    order = ASKED[::-1] if workers == 2 else ASKED[3:] + ASKED[:3]
    trials.request(order[:2])
    trials.results(order)
    assert trials.results(ASKED) == expected
    assert trials.computed == len(ASKED)


def test_the_most_expensive_of_all_that_wait_starts_first(run, tmp_path):
    log = tmp_path / "log"
    first = trial(m=10, learner=Centroids(log=log, name="first", pause=0.5))
    small, *large = [trial(m=m, learner=Centroids(log=log)) for m in (30, 60, 90)]
    trials = run(pool=InProcess)
    trials.request([first])
    while not lines(log):
        time.sleep(0.01)
    trials.request([small])
    trials.request(large)
    trials.results([small, *large])
    assert [int(line.split()[1]) for line in lines(log)] == [10, 90, 60, 30]


def test_waiting_ends_when_a_trial_has_ended(run):
    trials = run()
    assert not trials.wait(5)
    slow = trial(learner=Centroids(pause=0.3))
    trials.request([slow])
    assert trials.pending(slow)
    assert trials.in_flight == 1
    assert not trials.wait(0.01)
    assert trials.wait(30)
    assert not trials.pending(slow)
    assert trials.known(slow) == compute(slow)
    assert not trials.wait(5)


def test_a_learner_that_raises_fails_its_own_trial_only(run):
    bad = trial(learner=Returns(ValueError("no")))
    trials = run(pool=InProcess)
    with pytest.raises(TrialError, match=r"^returns on stripes, .* seeds 0-4: ValueError: no$"):
        trials.results([trial(), bad])
    trials.wait()
    assert trials.results([trial()]) == [compute(trial())]
    assert trials.known(bad) is None
    trials.request([bad])
    assert not trials.pending(bad)
    assert trials.computed == 1


def test_a_failure_in_a_worker_process_keeps_its_sentence(run):
    with pytest.raises(TrialError, match=r"seeds 0-4: ValueError: no$"):
        run().results([trial(learner=Returns(ValueError("no")))])


def test_what_cannot_be_sent_to_a_worker_is_told_in_one_sentence(run):
    locked = trial(learner=Returns(threading.Lock()))
    with pytest.raises(TrialError, match=r"returns on stripes.* cannot be computed: TypeError"):
        run(pool=InProcess).results([locked])


def test_offline_recalls_and_names_what_is_missing(run, expected):
    run(pool=InProcess).results(ASKED[:2])
    offline = run(offline=True, pool=None)
    assert offline.results(ASKED[:2]) == expected[:2]
    offline.request(ASKED)
    assert offline.in_flight == 0
    with pytest.raises(OfflineError, match=r"m = 64, seeds 7-9: .*`--claims-offline`"):
        offline.results(ASKED)


def test_a_learner_that_no_worker_can_import_goes_along_by_value(run, tmp_path, expected):
    file = tmp_path / "test_of_somebody_else.py"
    file.write_text(
        "from tests.trials.toys import Centroids, Stripes\n"
        "from pytest_scaling.spec.protocols import Fit\n"
        "def words(): return 'theirs'\n"
        "class Theirs(Centroids):\n"
        "    def fit_predict(self, block, settings, device):\n"
        "        assert words() == 'theirs'\n"
        "        return super().fit_predict(block, settings, device)\n"
    )
    spec = importlib.util.spec_from_file_location("test_of_somebody_else", file)
    module = sys.modules["test_of_somebody_else"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        assert run().results([trial(learner=module.Theirs())]) == expected[:1]
    finally:
        del sys.modules["test_of_somebody_else"]


def test_a_killed_worker_is_replaced_and_its_trials_are_run_again(run, tmp_path):
    log = tmp_path / "log"
    arms = [trial(block, learner=Centroids(log=log, crashes=1)) for block in range(3)]
    assert run(2).results(arms) == [compute(trial(block)) for block in range(3)]


def test_a_trial_that_kills_every_worker_is_given_up_and_harms_no_other(run, tmp_path):
    deadly = trial(learner=Centroids(log=tmp_path / "log", crashes=9, name="deadly"))
    trials = run()
    trials.request([deadly, trial()])
    with pytest.raises(TrialError, match="seeds 0-4: its worker process was lost 3 times"):
        trials.results([deadly])
    assert len(lines(tmp_path / "log")) == 3
    assert trials.results([trial()]) == [compute(trial())]


def test_two_runs_of_one_process_compute_once(run, tmp_path):
    log = tmp_path / "log"
    arms = [trial(block, learner=Centroids(log=log, pause=0.1)) for block in range(4)]
    first, second = run(pool=InProcess), run(pool=InProcess)
    first.request(arms)
    second.request(arms)
    assert first.results(arms) == second.results(arms)
    assert first.computed + second.computed == len(lines(log)) == 4
    assert first.recalled + second.recalled == 4


CONTROLLER = """
import sys
from contextlib import closing
from pathlib import Path
from pytest_scaling.trials.execution import Trials
from pytest_scaling.trials.store.store import Store
from tests.trials.toys import Centroids, trial
path, log = map(Path, sys.argv[1:])
arms = [trial(block, learner=Centroids(log=log, pause=0.2)) for block in range(6)]
with Store(path) as store, closing(Trials(store, workers=1)) as trials:
    trials.results(arms)
    print(trials.computed, trials.recalled)
"""


def controller(path, log, **options):
    command = [sys.executable, "-W", "error", "-c", CONTROLLER, path, log]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


def test_two_processes_compute_once(path, tmp_path):
    log = tmp_path / "log"
    both = [controller(path, log) for _ in range(2)]
    counts = [[int(n) for n in one.communicate(timeout=60)[0].split()] for one in both]
    assert [computed + recalled for computed, recalled in counts] == [6, 6]
    assert sum(computed for computed, _ in counts) == len(lines(log)) == 6


def test_a_killed_controller_loses_no_stored_trial_and_the_next_goes_on(path, run, tmp_path):
    log = tmp_path / "log"
    one = controller(path, log)
    with Store(path) as store:
        while store.count() < 3:
            time.sleep(0.02)
        one.kill()
        one.communicate()
        stored = store.count()
        assert 3 <= stored < 6
        connection = sqlite3.connect(path)  # as if its leases had lapsed
        connection.execute("UPDATE leases SET expires = expires - 30")
        connection.commit()
        connection.close()
        with closing(Trials(store, workers=1, pool=InProcess)) as trials:
            asked = [trial(block, learner=Centroids(log=log, pause=0.2)) for block in range(6)]
            before = len(lines(log))
            found = trials.results(asked)
            assert (trials.recalled, trials.computed) == (stored, 6 - stored)
        assert store.notices == []
    time.sleep(1)
    assert before <= stored + 2  # its workers ended with it
    assert len(lines(log)) <= before + (6 - stored) + 1
    assert found == [compute(one) for one in asked]


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a process group on POSIX")
def test_ctrl_c_ends_controller_and_workers_and_keeps_what_is_done(path, tmp_path):
    log = tmp_path / "log"
    one = controller(path, log, stderr=subprocess.PIPE, start_new_session=True)
    while len(lines(log)) < 3:
        time.sleep(0.02)
    os.killpg(one.pid, signal.SIGINT)
    _, printed = one.communicate(timeout=5)
    assert printed.rstrip().endswith("KeyboardInterrupt")
    assert printed.count("Traceback") == 1
    with Store(path) as store:
        assert 2 <= store.count() < 6
        leases = Leases(store, "next")
        assert all(leases.acquire(trial(block).identity) for block in range(6))


def test_a_lease_of_a_dead_process_lapses_and_the_trial_is_computed(store, run):
    Leases(store, "dead").acquire(trial().identity, seconds=0.5)
    trials = run(pool=InProcess)
    trials.request([trial(), trial(1)])
    assert trials.results([trial(1)])
    assert trials.pending(trial())
    assert trials.results([trial()]) == [compute(trial())]


def test_closing_keeps_what_is_done_gives_back_leases_and_is_quick(run, store, tmp_path):
    log = tmp_path / "log"
    arms = [trial(block, learner=Centroids(log=log, pause=0.3)) for block in range(6)]
    trials = run()
    trials.request(arms)
    trials.wait()
    start = time.monotonic()
    trials.close()
    trials.close()
    assert time.monotonic() - start < 2
    assert trials.in_flight == 0
    assert 1 <= store.count() == trials.computed < 6
    leases = Leases(store, "next")
    assert all(leases.acquire(arm.identity) for arm in arms)


def test_who_waits_when_a_run_is_closed_is_told_so(run):
    trials, raised = run(), []

    def wait():
        with pytest.raises(TrialError, match="the run was closed before it was computed"):
            trials.results([trial(learner=Centroids(pause=30))])
        raised.append(True)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not trials.in_flight:
        time.sleep(0.01)
    trials.close()
    waiting.join()
    assert raised
    with pytest.raises(RuntimeError, match="cannot start in a run that is closed"):
        trials.request([trial(1)])


def test_a_store_that_fails_leaves_the_run_its_results(run, store, monkeypatch):
    monkeypatch.setattr("pytest_scaling.trials.store.database.PATIENCE", 0.05)
    with (
        Store(store.path) as impatient,
        closing(Trials(impatient, workers=1, pool=InProcess)) as trials,
    ):
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert trials.results([trial()]) == [compute(trial())]
        (notice,) = trials.notices
        assert "cannot be written" in notice
        other.close()
    assert store.count() == 0


def test_importing_the_execution_imports_no_numeric_library():
    program = (
        "import sys, pytest_scaling.trials.execution, pytest_scaling.trials.trial\n"
        "print({'numpy', 'torch', 'scipy', 'joblib', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
