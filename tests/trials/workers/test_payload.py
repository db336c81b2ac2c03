"""A worker computes what was asked for, or says why it cannot."""

import importlib
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from pytest_scaling.trials.result import TrialError
from pytest_scaling.trials.workers.payload import pack
from pytest_scaling.trials.workers.worker import compute, run
from tests.trials.toys import Centroids, Stripes, trial, with_other_libraries


def test_a_trial_arrives_as_it_was_sent():
    assert pack(trial()).open() == trial()
    assert run(pack(trial())).results == compute(trial())


def test_a_worker_with_another_version_of_a_library_says_so(monkeypatch):
    payload = pack(trial())
    here = trial().ingredients["versions"]
    with_other_libraries(monkeypatch, numpy="0.0.1", torch="0.0.2")
    with pytest.raises(TrialError) as caught:
        payload.open()
    assert str(caught.value) == (
        "nearest centroid on stripes, m = 64, seeds 0-4 would be a different trial on a worker: "
        f'versions.numpy is "0.0.1" there, not "{here["numpy"]}", '
        'versions.torch is "0.0.2" there, not null; '
        "give the workers the same libraries and the same checkout."
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learner": Centroids(version=2)}, "learner.version is 2 there, not 1"),
        ({"task": Stripes(version=3)}, "task.version is 3 there, not 1"),
        ({"learner": Centroids(chosen={"power": 1})}, "settings.power is 1 there, not 2"),
        ({"learner": Centroids(chosen={"power": 2.0})}, r"settings.power is 2\.0 there, not 2"),
        ({"block": 1}, r"seeds is \[5, 6\] there, not \[0, 1, 2, 3, 4\]"),
    ],
)
def test_a_worker_with_another_checkout_says_so(change, message):
    other = replace(pack(trial()), pickled=pack(trial(**change)).pickled)
    with pytest.raises(TrialError, match=message):
        other.open()


ELSEWHERE = """
import pickle, sys
from pytest_scaling.trials.result import TrialError
payload = pickle.loads(sys.stdin.buffer.read())
try:
    print(payload.open().description)
except TrialError as error:
    print(error)
"""


@pytest.fixture
def theirs(tmp_path, monkeypatch):
    """The payload of a trial whose learner is in a module that only this process finds."""
    source = "from tests.trials.toys import Centroids\nclass Theirs(Centroids): pass\n"
    (tmp_path / "their_learners.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield pack(trial(learner=importlib.import_module("their_learners").Theirs()))
    del sys.modules["their_learners"]


def opened_elsewhere(payload):
    """What another process says that does not find the module by itself."""
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=pickle.dumps(payload),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def test_a_worker_finds_modules_where_the_sender_does(theirs):
    assert opened_elsewhere(theirs) == trial().description


def test_a_worker_without_the_code_says_what_is_missing(theirs):
    assert opened_elsewhere(replace(theirs, path=())) == (
        "nearest centroid on stripes, m = 64, seeds 0-4 cannot be read by a worker: "
        "ModuleNotFoundError: No module named 'their_learners'; "
        "a worker needs the code of the claims on its PYTHONPATH."
    )


def test_a_module_goes_along_as_soon_as_a_worker_would_not_find_it(theirs, tmp_path, monkeypatch):
    assert "their_learners" not in theirs.by_value
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry != str(tmp_path)])
    learner = sys.modules["their_learners"].Theirs()
    assert "their_learners" in pack(trial(learner=learner)).by_value
