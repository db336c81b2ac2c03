"""Computing a trial: one thread, flushed denormals, the same bits every time."""

from __future__ import annotations

import errno
import random
import sys
import time
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...devices.kinds import in_use
from ...devices.numerics import (
    STRICT,
    Numerics,
    numerics,
    set_determinism,
    set_tf32,
    single_threaded,
)
from ...spec import traits
from ...spec.errors import ClaimError
from ...spec.protocols import Block
from ..result import MemoryShortage, SeedResult, Trained, TrialError, in_one_line
from ..rows.draws import draws_of_process
from ..rows.judged import judged_too, result_of
from ..rows.score import score
from .state import restore, snapshot, state_of_process
from .watch import collected_warnings, own_frames, whole_traceback

if TYPE_CHECKING:
    from ...spec.protocols import Labels, SeedRunner, Task
    from ..trial import Trial
    from .payload import Payload
    from .state import State


def compute(trial: Trial, state: State | None = None) -> tuple[SeedResult, ...]:
    """Draw the rows of every seed, train the learner on them and score its labels.

    The result depends on nothing that this process did before, where the state of the process is
    given, which is then set back before every training. Raises TrialError, in one
    sentence, where the task or the learner breaks its contract or raises; MemoryShortage where
    there was too little memory.
    """
    with single_threaded():
        try:
            return tuple(
                result for seeds in trial.batches for result in compute_batch(trial, seeds, state)
            )
        except (TrialError, ClaimError) as error:
            kind = type(error) if isinstance(error, TrialError) else TrialError
            raise kind(f"{trial.description}: {error}") from error
        except (Exception, SystemExit) as error:
            kind = MemoryShortage if out_of_memory(error) else TrialError
            failure = kind(f"{trial.description}: {in_one_line(error)}{advice(error)}")
            failure.frames, failure.traceback = own_frames(error), whole_traceback(error)
            raise failure from error


def compute_batch(
    trial: Trial, seeds: tuple[int, ...], state: State | None
) -> tuple[SeedResult, ...]:
    """The results of the seeds of a trial that are trained together."""
    arm = trial.arm
    if traits.judges_itself(arm.learner, arm.task):
        return tuple(of_seed(trial, seed, state) for seed in seeds)
    start_afresh(trial, state)
    block, y_test = draw(trial, seeds)
    draws_of_process().check_fresh(task_of(trial), seeds, block.x, block.x_test)
    start_afresh(trial, state)  # whether rows were drawn or remembered makes no difference
    started = time.perf_counter()
    fit = arm.learner.fit_predict(block, arm.settings, trial.device)
    results = tuple(score(block, y_test, fit, time.perf_counter() - started))
    return results if arm.metric is None else judged_too(arm.metric, results, block, y_test, fit)


def of_seed(trial: Trial, seed: int, state: State | None) -> SeedResult:
    """The result of one seed of an arm that judges itself: a function, or an estimator on data.

    Global random numbers start from the seed, so that all arms find the same.
    """
    start_afresh(trial, state, luck=seed)
    arm, started = trial.arm, time.perf_counter()
    runner: SeedRunner = arm.learner  # type: ignore[assignment]  # as judges_itself has found
    outcome = runner.run_seed(seed, arm.task, arm.m, arm.metric, trial.device, trial.test_rows)
    return result_of(seed, outcome, time.perf_counter() - started)


def advice(error: BaseException) -> str:
    """What to do about an error that is not the learner's own, after its words; or nothing."""
    message = str(error).lower()
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if full or "no space left" in message or "shared memory" in message:
        return (
            "; make room on the disk of temporary files and in /dev/shm, which shared memory and "
            "semaphores need (a container gets a larger one by --shm-size)"
        )
    return ""


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was too little memory; if so, some is given back."""
    message = str(error).lower()
    short = isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError)
        and any(words in message for words in ("out of memory", "can't allocate memory"))
    )
    torch = sys.modules.get("torch")
    if short and torch is not None:
        for _, module in in_use(torch):
            module.empty_cache()
    return short


def start_afresh(trial: Trial, state: State | None, luck: int | None = None) -> None:
    """Set the global state that numeric code may read to what every trial finds.

    luck: seeds the global random numbers, instead of the trial's own.
    """
    if state is not None:
        state.reset()
    luck = trial.luck if luck is None else luck
    random.seed(luck)
    np.random.seed(luck)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(luck)
        set_determinism(torch, STRICT)
        for backend in (torch.backends.cuda.matmul, torch.backends.cudnn):
            set_tf32(backend, False)
        torch.backends.cudnn.benchmark = False


def draw(trial: Trial, seeds: tuple[int, ...]) -> tuple[Block, Labels]:
    """The block of some seeds of a trial, and the labels of its test rows, (seeds, N)."""
    task, draws = task_of(trial), draws_of_process()
    training = [draws.training(task, seed, trial.arm.m) for seed in seeds]
    test = [draws.test(task, seed, trial.test_rows) for seed in seeds]
    if len({x.shape for x, _ in test}) > 1 or len({x.shape[1] for x, _ in training + test}) > 1:
        raise TrialError(
            f"Task {task.name} must have as many columns and test rows for one seed as for another"
        )
    x, y = (np.stack(part) for part in zip(*training, strict=True))
    x_test, y_test = (np.stack(part) for part in zip(*test, strict=True))
    names = draws.names(task)
    return Block(task.name, task.classes, seeds, x, y, x_test, names), y_test


def task_of(trial: Trial) -> Task:
    """The task of a trial, which only functions of a seed have not."""
    assert trial.arm.task is not None
    return trial.arm.task


def run(payload: Payload) -> Trained:
    """Compute a trial that arrives from another process."""
    trial = payload.open()
    state_of_process().accept_imports()
    return train(trial)


def train(trial: Trial) -> Trained:
    """Compute a trial, and find out what it warned of and which state of the process it changed.

    Raises TrialError as `compute` does.
    """
    state = state_of_process()
    state.take()
    with collected_warnings() as warned:
        try:
            results = compute(trial, state)
        finally:
            state.reset()
    return Trained(results, warned.found, left=state.take())


def train_here(trial: Trial) -> Trained:
    """Compute a trial in this process, which is a user's own, and leave its state as it was.

    Learner and task are copies, as in another process: training may change what they hold.
    The traceback of a TrialError leads to where the learner raised it, for a debugger.
    """
    state_of_process.cache_clear()
    before = snapshot()
    arm = replace(trial.arm, learner=deepcopy(trial.arm.learner), task=deepcopy(trial.arm.task))
    state_of_process().accept_imports()
    try:
        with numerics(Numerics(seed=0)):
            return train(replace(trial, arm=arm))
    except TrialError as error:
        cause = error.__cause__
        raise error.with_traceback(cause.__traceback__ if cause else None) from None
    finally:
        restore(before)
