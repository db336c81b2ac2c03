"""A worker process: what it prints, how long it may take, and what it leaves behind."""

import errno
import multiprocessing
import os
import subprocess
import sys
import time
import warnings
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_scaling.trials.result import TrialError
from pytest_scaling.trials.workers.payload import pack
from pytest_scaling.trials.workers.process import Process
from pytest_scaling.trials.workers.serve import LONGEST
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, trial

posix = pytest.mark.skipif(os.name != "posix", reason="reads process ids as POSIX has them")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def process():
    process = Process()
    yield process
    process.end()


@dataclass(frozen=True)
class Doing(Centroids):
    """Does something before it trains. file: where it may leave something."""

    what: object = None
    file: Path | None = None

    def fit_predict(self, block, settings, device):
        self.what(self.file)
        return super().fit_predict(block, settings, device)


def doing(what, file=None):
    return trial(learner=Doing(what=what, file=file))


def prints(file):
    print("in Python")
    os.write(1, b"in C\n")
    subprocess.run([sys.executable, "-c", "print('elsewhere')"], check=True)


def test_what_a_trial_prints_comes_with_its_results_and_not_with_those_of_the_next(process):
    trained = process.compute(pack(doing(prints)))
    assert trained.printed == "in Python\nin C\nelsewhere\n"
    assert trained.results == compute(trial())
    assert process.compute(pack(trial(1))).printed == ""


def test_much_that_is_printed_is_cut_off(process):
    trained = process.compute(pack(doing(lambda _: print("x" * 10**6))))
    assert trained.printed.endswith(f"x\n... and {10**6 + 1 - LONGEST:,} bytes more\n")
    assert len(trained.printed) < LONGEST + 100


def raises(file):
    print("about to fail")
    raise ZeroDivisionError("no rows")


def test_an_error_comes_with_its_place_in_the_users_code_and_what_was_printed(process):
    with pytest.raises(TrialError, match=r"ZeroDivisionError: no rows$") as caught:
        process.compute(pack(doing(raises)))
    error = caught.value
    places = error.frames.splitlines()
    assert places[0].startswith(f"{__file__}:")
    assert places[-1].strip() == 'raise ZeroDivisionError("no rows")'
    assert "worker.py" not in error.frames
    assert "worker.py" in error.traceback
    assert error.printed == "about to fail\n"
    assert process.compute(pack(trial())).results == compute(trial())


def test_a_learner_that_exits_fails_alone(process):
    with pytest.raises(TrialError, match=r"seeds 0-4: SystemExit: 3$"):
        process.compute(pack(doing(lambda _: sys.exit(3))))
    assert process.compute(pack(trial())).results == compute(trial())


def warns(file):
    for number in range(3):
        warnings.warn(f"message {number}", RuntimeWarning, stacklevel=1)
    warnings.simplefilter("ignore")
    warnings.warn("unheard", UserWarning, stacklevel=1)


def test_warnings_are_counted_by_category_and_place(process):
    for _ in range(2):  # a filter, or a registry, of one trial changes nothing for the next
        (warned,) = process.compute(pack(doing(warns))).warnings
        assert (warned.category, warned.message, warned.count) == (
            "RuntimeWarning",
            "message 0",
            3,
        )
        assert (warned.file, warned.base) == (__file__, "RuntimeWarning")


def test_a_trial_that_takes_too_long_is_ended_and_named(process):
    start = time.monotonic()
    with pytest.raises(TrialError) as caught:
        process.compute(pack(doing(lambda _: time.sleep(60)), 0.5))
    assert time.monotonic() - start < 20
    assert str(caught.value) == (
        "nearest centroid on stripes, m = 64, seeds 0-4 was ended after 0.5 s, the limit of "
        "--scaling-trial-timeout or of pytest-timeout."
    )
    assert process.ended


def crashes(file):
    os.write(2, b"first\nsomething broke\n")
    os._exit(7)


def test_a_process_that_ends_by_itself_leaves_its_last_words(process):
    with pytest.raises(BrokenExecutor, match=r"^something broke$"):
        process.compute(pack(doing(crashes)))


def starts(file):
    """Starts processes that would outlive it: in its group, and in a session of its own."""
    lasting = [sys.executable, "-c", "import time; time.sleep(600)"]
    both = [subprocess.Popen(lasting, start_new_session=own) for own in (False, True)]
    pool = multiprocessing.get_context("fork").Pool(1)
    sys.pool = pool  # which would end with its last reference
    file.write_text(" ".join(str(p.pid) for p in (*both, *pool._pool)))
    if file.name == "crash":
        os._exit(1)


def living(pids):
    states = {}
    for pid in pids:
        try:
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
    return [pid for pid, state in states.items() if state != "Z"]


@linux
@pytest.mark.parametrize("name", ["end", "crash"])
def test_nothing_that_a_learner_started_outlives_its_worker(process, tmp_path, name):
    file = tmp_path / name
    if name == "crash":
        with pytest.raises(BrokenExecutor):
            process.compute(pack(doing(starts, file)))
    else:
        process.compute(pack(doing(starts, file)))
        assert len(living(map(int, file.read_text().split()))) == 3
    process.end()
    pids = [int(pid) for pid in file.read_text().split()]
    end = time.monotonic() + 10
    while living(pids) and time.monotonic() < end:
        time.sleep(0.02)
    assert living(pids) == []


def locks(file):
    multiprocessing.get_context("spawn").Manager().Lock()


@linux
def test_no_semaphore_is_left_in_shared_memory(process):
    before = {*os.listdir("/dev/shm")}
    process.compute(pack(doing(locks)))
    process.end()
    assert {name for name in os.listdir("/dev/shm") if name.startswith("sem.mp")} <= before


def finds_no_room(file):
    raise OSError(errno.ENOSPC, "No space left on device")


def finds_no_shared_memory(file):
    raise RuntimeError("unable to allocate shared memory(shm) for file </torch_1>: (28)")


@pytest.mark.parametrize("what", [finds_no_room, finds_no_shared_memory])
def test_a_learner_that_finds_no_shared_memory_fails_with_a_remedy(process, what):
    with pytest.raises(TrialError, match=r"^[^\n]*; make room on .* in /dev/shm, [^\n]*\)$"):
        process.compute(pack(doing(what)))
    assert process.compute(pack(trial())).results == compute(trial())


def spawns(file):
    for way in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(way).Pool(1) as pool:
            assert pool.map(abs, [-1]) == [1]


@posix
def test_a_learner_may_start_processes_in_every_way(process):
    trained = process.compute(pack(doing(spawns)))
    assert trained.results == compute(trial())
    assert trained.printed == ""
