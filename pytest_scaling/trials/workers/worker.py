"""The process that computes trials: one thread, flushed denormals, the same bits every time."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from ...devices.numerics import STRICT, set_determinism, single_threaded
from ...spec.protocols import Block
from ..result import MemoryShortage, SeedResult, TrialError
from .draws import draws_of_process
from .score import score

if TYPE_CHECKING:
    from ...spec.protocols import Labels
    from ..trial import Trial
    from .payload import Payload


PARENT_CHECK = 0.5  # seconds between looks whether the controller is still there


def compute(trial: Trial) -> tuple[SeedResult, ...]:
    """Draw the rows of every seed, train the learner on them and score its labels.

    The result depends on nothing that this process did before. Raises TrialError, in one
    sentence, where the task or the learner breaks its promise or raises; MemoryShortage where
    there was too little memory.
    """
    with single_threaded():
        try:
            return tuple(
                result for seeds in trial.batches for result in compute_batch(trial, seeds)
            )
        except TrialError as error:
            raise TrialError(f"{trial.description}: {error}") from error
        except Exception as error:
            kind = MemoryShortage if out_of_memory(error) else TrialError
            raise kind(failure(trial.description, error)) from error


def compute_batch(trial: Trial, seeds: tuple[int, ...]) -> tuple[SeedResult, ...]:
    """The results of the seeds of a trial that are trained together."""
    start_afresh(trial)
    block, y_test = draw(trial, seeds)
    start_afresh(trial)  # whether rows were drawn or remembered leaves no trace
    started = time.perf_counter()
    fit = trial.arm.learner.fit_predict(block, trial.arm.settings, trial.device)
    return tuple(score(block, y_test, fit, time.perf_counter() - started))


def out_of_memory(error: Exception) -> bool:
    """Whether an error says that there was too little memory; if so, some is given back."""
    said = str(error).lower()
    short = isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError)
        and any(words in said for words in ("out of memory", "can't allocate memory"))
    )
    torch = sys.modules.get("torch")
    if short and torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    return short


def failure(description: str, error: BaseException) -> str:
    """One sentence about an exception that ended a trial."""
    text = " ".join(str(error).split())
    return f"{description}: {type(error).__name__}" + (f": {text}" if text else ".")


def start_afresh(trial: Trial) -> None:
    """Put the global state that numeric code may read to where every trial finds it."""
    luck = int(trial.identity[:8], 16)
    random.seed(luck)
    np.random.seed(luck)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(luck)
        set_determinism(torch, STRICT)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = False


def draw(trial: Trial, seeds: tuple[int, ...]) -> tuple[Block, Labels]:
    """The block of some seeds of a trial, and the labels of its test rows, (seeds, N)."""
    task, draws = trial.arm.task, draws_of_process()
    training = [draws.training(task, seed, trial.arm.m) for seed in seeds]
    test = [draws.test(task, seed, trial.test_rows) for seed in seeds]
    if len({x.shape for x, _ in test}) > 1 or len({x.shape[1] for x, _ in training + test}) > 1:
        raise TrialError(
            f"Task {task.name} must have as many columns and test rows for one seed as for another"
        )
    x, y = (np.stack(part) for part in zip(*training, strict=True))
    x_test, y_test = (np.stack(part) for part in zip(*test, strict=True))
    return Block(task.name, task.classes, seeds, x, y, x_test), y_test


def run(payload: Payload) -> tuple[SeedResult, ...]:
    """Compute a trial that arrives from another process."""
    return compute(payload.open())


def prepare(controller: int) -> None:
    """Make this process a worker: Ctrl-C is its controller's affair, whose end is also its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError):  # no restart for the rows that a worker keeps
        from joblib.externals.loky import process_executor

        process_executor._USE_PSUTIL = False
    if os.name == "posix":
        threading.Thread(target=end_with, args=(controller,), daemon=True).start()


def end_with(controller: int) -> None:
    """End this process soon after its controller has ended, whatever it is doing."""
    while os.getppid() == controller:
        time.sleep(PARENT_CHECK)
    os._exit(1)
