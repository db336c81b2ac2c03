"""Whatever a learner leaves changed in its process, the next trial finds the same state."""

import decimal
import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pytest_scaling.spec.protocols import Fit
from pytest_scaling.trials.workers.payload import pack
from pytest_scaling.trials.workers.state import PIECES, State, restore, snapshot
from pytest_scaling.trials.workers.worker import run
from tests.trials.toys import Centroids, trial


def leave_folder():
    os.chdir("/")


def leave_environment():
    os.environ["LEFT_BEHIND"] = "1"


def leave_precision():
    decimal.getcontext().prec = 5


def leave_errors():
    np.seterr(all="ignore")


def leave_print_options():
    np.set_printoptions(precision=2)


def leave_umask():
    os.umask(0)


def leave_collector():
    gc.disable()


def leave_recursion():
    sys.setrecursionlimit(sys.getrecursionlimit() + 1)


def leave_path():
    sys.path.insert(0, "/somewhere")


def leave_handler():
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def leave_streams():
    sys.stdout = sys.stderr


LEFT = {
    leave_folder: "the working directory",
    leave_environment: "the environment",
    leave_precision: "the decimal context",
    leave_errors: "numpy's errstate",
    leave_print_options: "numpy's print options",
    leave_umask: "the umask",
    leave_collector: "the garbage collector",
    leave_recursion: "the recursion limit",
    leave_path: "sys.path",
    leave_handler: "the handlers of signals",
    leave_streams: "the standard streams",
}


@pytest.fixture
def state():
    """The state of this process, which is restored at the end."""
    before = snapshot()
    state = State()
    state.accept_imports()
    state.reset()
    assert state.take() == ()
    yield state
    restore(before)


@pytest.mark.parametrize("leave", LEFT, ids=lambda leave: leave.__name__)
def test_what_is_left_changed_is_set_back_and_told_once(state, leave):
    state.accept_imports()  # pytest has put the phase of the test into the environment
    before = snapshot()
    leave()
    assert snapshot() != before
    state.reset()
    assert snapshot() == before
    assert state.take() == (LEFT[leave],)
    assert state.take() == ()
    assert not state.spoiled


def test_what_modules_set_while_they_are_imported_stays(state, monkeypatch):
    monkeypatch.setenv("SET_AT_IMPORT", "1")
    state.accept_imports()
    state.reset()
    assert os.environ["SET_AT_IMPORT"] == "1"
    assert state.take() == ()


class Careless(Centroids):
    """Leaves the state of its process changed, and says what it found."""

    def fit_predict(self, block, settings, device):
        found = np.geterr()["divide"] == "warn" and decimal.getcontext().prec == 28
        leave_errors()
        leave_precision()
        fit = super().fit_predict(block, settings, device)
        return Fit(fit.labels, fit.diverged, {"fresh": np.full(len(block.seeds), float(found))})


def test_a_trial_finds_the_same_state_whatever_ran_before(state):
    for _ in range(2):
        trained = run(pack(trial(learner=Careless())))
        assert {result.metrics["fresh"] for result in trained.results} == {1.0}
        assert trained.left == ("the decimal context", "numpy's errstate")


def test_every_piece_has_a_name_of_its_own():
    names = [piece.name for piece in PIECES]
    assert len({*names}) == len(names)


TORCH = """
import torch
from pytest_scaling.trials.workers.state import State

state = State()
state.reset()
assert state.take() == ()
torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(False)
torch.autocast("cpu").__enter__()
torch.set_float32_matmul_precision("medium")
torch.autograd.set_detect_anomaly(True)
state.reset()
print(*state.take(), sep="; ")
assert torch.get_default_dtype() is torch.float32
assert torch.get_default_device().type == "cpu"
assert torch.is_grad_enabled() and not torch.is_autocast_enabled("cpu")
assert not state.spoiled
mode = torch.inference_mode()
mode.__enter__()
state.reset()
assert state.spoiled
"""


def test_the_state_of_torch_is_set_back_and_what_cannot_be_spoils_the_process(monkeypatch):
    monkeypatch.delenv("PYTHONPATH")  # here it hides torch
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", TORCH], capture_output=True, text=True, check=False, cwd=root
    )
    if "No module named 'torch'" in done.stderr:
        pytest.skip("needs torch")
    assert done.stderr == ""
    assert done.stdout.strip() == (
        "torch's default dtype; torch's default device; torch's grad mode; torch's autocast; "
        "torch's precision of float32 products; torch's anomaly mode"
    )
