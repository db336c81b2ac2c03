"""The stopwatch: how many times as long one piece of work takes as another, and how many seconds.

Two are warmed up, then take turns in blocks of A B B A, and every block gives the logarithm of
one ratio. The result is an estimate like any other, with blocks instead of seeds. Seconds are the
least of several rounds in which all take turns: not an estimate, but what a body needs to know to
give learners the same time. Timings depend on the machine and its other load: they are evidence of
one run, are never stored, and never enter the ledger.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..devices.accelerator import accelerator
from ..devices.timing import Timed, Work, interleave, stood_still, turns
from ..spec.errors import ClaimError
from ..spec.traits import in_tier, version
from ..trials.result import in_one_line
from .estimate import Estimate, Unmeasured
from .one_look.processes import Asked
from .one_look.timings import TimingError, alone, design, judged
from .one_look.versions import packed
from .one_look.versions_ratio import is_versions, versions_ratio

if TYPE_CHECKING:
    from ..devices.timing import Ratios
    from ..spec.protocols import Learner, Task
    from .sampling import Sampler

    Side = Learner | Callable[..., object]

T = TypeVar("T")
ROUNDS = 3  # of which the fastest counts where seconds are asked for
TAKEN: dict[tuple[object, ...], Taken] = {}  # by what was asked for


class Taken(NamedTuple):
    """The seconds of some sides, and the sides themselves, so that none is mistaken for another."""

    seconds: tuple[float, ...]
    sides: tuple[Side, ...]


# In a claim.


@dataclass(frozen=True)
class Stopwatch:
    """What the fixture `stopwatch` is in the body of a claim."""

    sampler: Sampler

    def __call__(
        self,
        rival: Any,
        learner: Any,
        *,
        task: Task | None = None,
        m: int | None = None,
        devices: tuple[str, str] = ("", ""),
        bound: str = "smallest_effect",
        blocks: int | None = None,
        args: tuple[Any, ...] = (),
        same: Callable[[Any, Any], bool] | None = None,
        call: str = "",
        cold: bool = False,
    ) -> Estimate:
        """Log ratio of the seconds that `rival` takes to those that `learner` takes.

        Both are learners, which train on m rows of a task, or functions, or versions of the code,
        `revision(...)` or `environment(...)`. They take turns in blocks of A B B A after a warm-up;
        one numeric thread each. devices: where each of them runs. The number of blocks is fixed;
        they are the unit of replication. args: what functions are called with; each call has a copy
        of its own, and copying is not timed. same: tells whether both returned the same, as
        numpy.array_equal does: otherwise one that does nothing would be fastest. call: the function
        that each version runs in a process of its own, as in "package.module:function". cold: time
        the first call of a new process, not later ones.

        Raises ClaimError where they did not, and where args cannot be handed to them.
        """
        sides = (in_tier(rival, self.sampler.tier), in_tier(learner, self.sampler.tier))
        if is_versions(sides, task, m, devices):
            asked = Asked(call, packed(args), cold)
            return versions_ratio(self.sampler, sides, asked, same, bound=bound, blocks=blocks)
        check_args(sides, args, call or cold)
        if same is not None and self.sampler.clock is not None:
            check_same(*sides, same, args)
        return ratio(
            self.sampler,
            sides,
            task=task,
            m=m,
            devices=devices,
            bound=bound,
            blocks=blocks,
            args=args,
        )

    def seconds(
        self, *sides: Side, task: Task | None = None, m: int | None = None, rounds: int = ROUNDS
    ) -> tuple[float, ...]:
        """Seconds that each of these learners or functions takes, in the order given.

        Measured after a warm-up, with one numeric thread, waiting for the claim's device: the least
        of several rounds in which all take turns, as whatever disturbs a timing only adds to it.
        Learners train on m rows of the first seed of a task. This is not an estimate: a body may
        give learners as much work as fits into the same time, and compare them. The same request
        in the same run, as by a claim's control, gets the same answer. While a run is only being
        planned nothing is timed, and every value is nan.

        Raises ClaimError where there is nothing to time, and TimingError where timing fails.
        """
        if not sides or rounds < 1:
            raise ClaimError(
                f"stopwatch.seconds() needs at least one learner or function and one round; it was "
                f"given {len(sides)} and rounds={rounds}"
            )
        sides = tuple(in_tier(side, self.sampler.tier) for side in sides)
        device, seed = self.sampler.device, self.sampler.seed_offset
        clock = self.sampler.clock
        if clock is None:
            return (math.nan,) * len(sides)
        asked = (tuple(map(identity_of, sides)), task and task.name, m, device, seed, rounds, clock)
        if asked not in TAKEN:
            works = [work_of(side, name_of(side), device, task, m, seed) for side in sides]
            least = tuple(map(min, alone(lambda: turns(works, rounds, clock), seed)))
            if min(least) <= 0:
                raise TimingError(stood_still(works[least.index(min(least))]))
            TAKEN[asked] = Taken(least, sides)
        return TAKEN[asked].seconds


def ratio(
    sampler: Sampler,
    sides: tuple[Side, Side],
    *,
    task: Task | None,
    m: int | None,
    devices: tuple[str, str],
    bound: str,
    blocks: int | None,
    args: tuple[Any, ...] = (),
) -> Estimate:
    """Log ratio of the seconds of the first side to those of the second.

    In every block both learners are trained on the rows of a new seed, drawn beforehand.
    """
    where = [device or sampler.device for device in devices]
    names = tuple(map(name_of, sides))
    if len(set(where)) > 1:
        names = tuple(f"{name} on {device}" for name, device in zip(names, where, strict=True))
    rows = f" on {task.name}, m = {m:,}" if task is not None and m is not None else ""
    designed = design(sampler, names, rows, bound=bound, blocks=blocks)
    if sampler.clock is None:
        return Unmeasured(**designed)
    first_seed = sampler.seed_offset

    def pair(block: int) -> tuple[Work, Work]:
        works = [
            work_of(side, name, device, task, m, first_seed + block, args)
            for side, name, device in zip(sides, names, where, strict=True)
        ]
        return works[0], works[1]

    ratios = measure(pair, designed["most_seeds"], sampler.clock, first_seed)
    return judged(designed, ratios, first_seed)


def check_args(sides: tuple[Side, Side], args: tuple[Any, ...], of_versions: object) -> None:
    """Raise ClaimError where arguments cannot be handed to both sides, a copy for each call.

    of_versions: whether there are arguments that only versions take.
    """
    if of_versions:
        raise ClaimError("call=... and cold=... are for revisions and environments")
    if not isinstance(args, tuple):
        raise ClaimError(
            f"args=... is a tuple of what both functions are called with, as in args=(rows,), and "
            f"no {type(args).__name__}"
        )
    if args and any(hasattr(side, "fit_predict") for side in sides):
        raise ClaimError("args=... is what two functions are called with, and a learner is none")
    try:
        copy.deepcopy(args)
    except Exception as error:
        raise ClaimError(
            f"args=... cannot be copied for each call ({in_one_line(error)}); let the functions "
            f"make what cannot be copied"
        ) from None


def check_same(
    rival: Side, learner: Side, same: Callable[[Any, Any], bool], args: tuple[Any, ...] = ()
) -> None:
    """Raise ClaimError unless two functions return the same; learners have no result to compare."""
    results = [
        side(*copy.deepcopy(args))
        for side in (rival, learner)
        if not hasattr(side, "fit_predict") and callable(side)
    ]
    if len(results) < 2:
        raise ClaimError("same=... compares what two functions return, and a learner is none")
    if not same(*results):
        raise ClaimError(
            f"{name_of(rival)} and {name_of(learner)} do not return the same, so it means nothing "
            f"which of them is faster; let both do the whole work and return its result"
        )


def measure(
    pair: Callable[[int], tuple[Timed, Timed]], blocks: int, clock: Callable[[], float], seed: int
) -> Ratios:
    """Interleave both sides of every pair, as `alone` has it."""
    return alone(lambda: interleave(pair, blocks, clock), seed)


def name_of(side: Side) -> str:
    """A learner's label, or the name of a function."""
    named = getattr(side, "label", None) or getattr(side, "name", None)
    return str(named or getattr(side, "__name__", "the work"))


def identity_of(side: Any) -> object:
    """What distinguishes a learner, as in the identity of a trial; a function is itself."""
    if hasattr(side, "fit_predict"):
        from ..trials.fingerprint.fingerprint import fingerprint

        return side.name, version(side), fingerprint(side).code  # timing may change its data
    try:
        hash(side)
    except TypeError:  # an object that is called and compared by its contents
        return id(side)
    return side


def work_of(
    side: Side,
    name: str,
    device: str,
    task: Task | None,
    m: int | None,
    seed: int,
    args: tuple[Any, ...] = (),
) -> Work:
    """A function with its arguments, or the training of a learner on the rows of a seed."""
    if not hasattr(side, "fit_predict"):
        if not callable(side):
            raise ClaimError(f"the stopwatch times learners and functions, not {side!r}")
        return Work(name, side, accelerator(device), args)
    if task is None or m is None:
        raise ClaimError(f"the stopwatch needs task=... and m=... to train {name}")
    learner: Any = side
    block, settings = training_set(task, m, seed), learner.settings(task.name, m)

    def train() -> None:
        try:
            learner.fit_predict(block, settings, device)
        except Exception as error:
            raise TimingError(
                f"{name} on {task.name}, m = {m:,}, seed {seed}, could not be timed: "
                f"{in_one_line(error)}"
            ) from error

    return Work(name, train, accelerator(device))


def training_set(task: Task, m: int, seed: int) -> Any:
    """The rows of one seed, with only one row to label, so that labelling takes no time."""
    from ..spec.protocols import Block
    from ..trials.rows.draws import draws_of_process

    x, y = draws_of_process().training(task, seed, m)
    own = (
        x[None].copy(),
        y[None].copy(),
        x[None, :1].copy(),
    )  # what one side does to them is its own
    return Block(task.name, task.classes, (seed,), *own)
