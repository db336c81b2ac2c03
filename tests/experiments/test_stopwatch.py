"""The stopwatch of a claim: log ratios of times, and seconds."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from pytest_scaling.devices.accelerator import Cpu
from pytest_scaling.devices.timing import Work, interleave
from pytest_scaling.experiments.stopwatch import TimingError
from pytest_scaling.spec.errors import ClaimError
from pytest_scaling.spec.protocols import Fit
from tests.experiments.bench import experiment, planted
from tests.trials.toys import Stripes


class Host:
    """A host whose clock moves only by the work that is done."""

    def __init__(self, cold=0.0):
        self.now, self.log, self.cold = 0.0, [], cold

    def work(self, name, seconds):
        def run():
            first = name not in self.log
            self.log.append(name)
            self.now += seconds + self.cold * first

        return Work(name, run, Cpu())

    def clock(self):
        return self.now


def ratios(host, a, b, blocks=9):
    return interleave(lambda block: (host.work("a", a), host.work("b", b)), blocks, host.clock)


# In a claim.


@dataclass(frozen=True)
class Sleeper:
    """A learner that takes its time and learns nothing."""

    name: str
    seconds: float
    host: Host
    seen: list = field(default_factory=list)
    version: int = 1

    def settings(self, task, m):
        return {}

    def fit_predict(self, block, settings, device):
        self.seen.append((block.seeds, block.x.shape, block.x_test.shape, device))
        self.host.now += self.seconds
        return Fit(None, np.zeros(1, dtype=bool))


def stage(clock, **claim):
    made = experiment(planted(), smallest_effect=math.log(2), **claim)
    made.clock = clock
    return made


def test_learners_are_timed_on_the_same_rows_of_a_new_seed_in_every_block():
    host = Host()
    slow, fast = Sleeper("slow", 0.01, host), Sleeper("fast", 0.002, host)
    made = stage(host.clock)
    ratio = made.stopwatch(slow, fast, task=Stripes(), m=64, blocks=9)
    assert ratio > math.log(2)
    assert ratio.replication == "block"
    assert ratio.seeds == tuple(range(9)) == tuple(sorted({s for (s,), *_ in slow.seen}))
    assert {row[1:] for row in slow.seen} == {((1, 64, 3), (1, 1, 3), "cpu")}
    assert "time of slow over fast on stripes, m = 64 is" in made.evidence.decisions[0].sentence


def test_a_comparison_that_is_not_so_is_refuted():
    host = Host()
    same = Sleeper("same", 0.003, host)
    assert not stage(host.clock).stopwatch(same, same, task=Stripes(), m=64) > math.log(2)


def test_what_one_side_does_to_its_rows_does_not_reach_the_other():
    host, seen = Host(), []

    @dataclass(frozen=True)
    class Spoils(Sleeper):
        def fit_predict(self, block, settings, device):
            block.x[:] = 9
            return super().fit_predict(block, settings, device)

    @dataclass(frozen=True)
    class Looks(Sleeper):
        def fit_predict(self, block, settings, device):
            seen.append(float(block.x.max()))
            return super().fit_predict(block, settings, device)

    stage(host.clock).stopwatch(
        Spoils("spoils", 0.01, host), Looks("looks", 0.01, host), task=Stripes(), m=64, blocks=9
    )
    assert max(seen) <= 1


def test_functions_that_do_not_return_the_same_are_not_compared():
    host = Host()

    def works():
        host.now += 1
        return np.arange(3)

    def idles():
        host.now += 0.1

    watch = stage(host.clock).stopwatch
    with pytest.raises(ClaimError, match="works and idles do not return the same, so it means"):
        watch(works, idles, same=np.array_equal)
    with pytest.raises(ClaimError, match="compares what two functions return"):
        watch(works, Sleeper("sleeper", 1, host), task=Stripes(), m=64, same=np.array_equal)
    assert watch(works, works, same=np.array_equal).value == 0


class Slow(list):
    """Rows that take an hour to copy."""

    def __init__(self, rows, host):
        super().__init__(rows)
        self.host = host

    def __deepcopy__(self, memo):
        self.host.now += 3600
        return Slow(self, self.host)


def test_each_call_has_a_copy_of_the_arguments_and_copying_is_not_timed():
    host, found = Host(), []

    def sorts(rows, order):
        found.append((tuple(rows), order))
        rows.sort()
        host.now += 0.003
        return rows

    def sorts_slowly(rows, order):
        host.now += 0.003
        return sorts(rows, order)

    rows = Slow([3, 1, 2], host)
    ratio = stage(host.clock).stopwatch(
        sorts_slowly, sorts, args=(rows, "up"), same=lambda a, b: a == b
    )
    assert set(found) == {((3, 1, 2), "up")}
    assert rows == [3, 1, 2]
    assert ratio.samples == pytest.approx((math.log(2),) * 15)


def test_a_short_function_is_repeated_on_copies_that_are_few():
    host, alive = Host(), []

    class Counted:
        def __deepcopy__(self, memo):
            alive.append(1)
            return self

    def glances(_):
        host.now += 1e-7

    stage(host.clock).stopwatch(glances, glances, args=(Counted(),), blocks=3)
    assert 3 * 4 * 100 < len(alive) <= 3 * 4 * 100 + 2 * 250


def test_arguments_that_nobody_can_take_or_copy_are_told():
    host = Host()
    watch = stage(host.clock).stopwatch
    with pytest.raises(ClaimError, match=r"as in args=\(rows,\), and no list$"):
        watch(len, len, args=[1, 2])
    with pytest.raises(ClaimError, match="called with, and a learner is none"):
        watch(len, Sleeper("sleeper", 1, host), args=(1,))
    with pytest.raises(ClaimError, match=r"cannot be copied for each call \(TypeError: .*gener"):
        watch(len, len, args=((x for x in "ab"),))


def test_a_bound_that_looks_like_a_ratio_is_doubted():
    host = Host()
    made = experiment(planted(), smallest_effect=5)
    made.clock = host.clock
    same = Sleeper("same", 0.003, host)
    assert made.stopwatch(same, same, task=Stripes(), m=64).notes[1] == (
        "smallest_effect is 5, a logarithm: 148 times as long; for 5 times, declare math.log(5), "
        "or smallest_ratio=5"
    )
    assert len(stage(host.clock).stopwatch(same, same, task=Stripes(), m=64).notes) == 1


def test_nothing_is_timed_while_a_run_is_planned():
    ran = []
    made = stage(clock=None)
    assert made.stopwatch(lambda: ran.append(1), lambda: ran.append(1)) > math.log(2)
    assert ran == []


def test_the_seconds_of_learners_are_in_their_order_and_what_disturbs_one_does_not_count():
    host, disturbances = Host(), iter([1, 1, 1, 1, 7, 1, 5])

    @dataclass(frozen=True)
    class Disturbed(Sleeper):
        def fit_predict(self, block, settings, device):
            self.host.now += self.seconds * next(disturbances) - self.seconds
            return super().fit_predict(block, settings, device)

    slow, fast = Disturbed("slow", 0.03, host), Sleeper("fast", 0.004, host)
    seconds = stage(host.clock).stopwatch.seconds(slow, fast, task=Stripes(), m=64)
    assert seconds == pytest.approx((0.03, 0.004))
    assert set(slow.seen) == {((0,), (1, 64, 3), (1, 1, 3), "cpu")}


def test_seconds_are_taken_on_the_claims_device_and_seeds():
    host = Host()
    learner, made = Sleeper("one", 0.01, host), stage(host.clock)
    made.device, made.seed_offset = "cuda:0", 30

    class Idle(Cpu):
        waits = 0

        def synchronise(self):
            Idle.waits += 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pytest_scaling.experiments.stopwatch.accelerator", Idle)
        made.stopwatch.seconds(learner, task=Stripes(), m=64)
    assert {(seeds, device) for seeds, *_, device in learner.seen} == {((30,), "cuda:0")}
    assert Idle.waits == 2 * len(learner.seen)


def test_seconds_of_learners_are_taken_once_in_a_run():
    host = Host()
    learner = Sleeper("one", 0.01, host)
    first, second = (
        stage(host.clock).stopwatch.seconds(learner, task=Stripes(), m=64) for _ in range(2)
    )
    seen = len(learner.seen)
    assert first == second
    assert stage(host.clock).stopwatch.seconds(learner, task=Stripes(), m=64) == first
    assert len(learner.seen) == seen
    stage(host.clock).stopwatch.seconds(learner, task=Stripes(), m=32)
    assert len(learner.seen) == 2 * seen


def test_seconds_make_no_evidence():
    host = Host()
    made = stage(host.clock)
    made.stopwatch.seconds(Sleeper("one", 0.01, host), task=Stripes(), m=64)
    assert made.evidence.decisions == []
    assert made.arms == {}


@dataclass
class Nap:
    """Callable and, being compared by its contents, without a hash."""

    host: Host
    ran: int = 0

    def __call__(self):
        self.ran += 1
        self.host.now += 0.01


def test_callables_without_a_hash_are_told_apart_and_remembered():
    host = Host()
    one, other = Nap(host), Nap(host)
    first = stage(host.clock).stopwatch.seconds(one)
    ran = one.ran
    assert stage(host.clock).stopwatch.seconds(one) == first
    assert one.ran == ran
    stage(host.clock).stopwatch.seconds(other)
    assert other.ran == ran


def test_seconds_are_not_numbers_while_a_run_is_planned():
    ran = []
    one, two = stage(clock=None).stopwatch.seconds(lambda: ran.append(1), lambda: ran.append(2))
    assert math.isnan(one)
    assert math.isnan(two)
    assert ran == []


@pytest.mark.parametrize(
    ("sides", "rounds", "words"),
    [
        ((), 3, r"at least one learner or function and one round; it was given 0 and rounds=3$"),
        ((print,), 0, "given 1 and rounds=0$"),
        ((3,), 1, "times learners and functions, not 3$"),
        ((Sleeper("s", 0, Host()),), 1, r"needs task=\.\.\. and m=\.\.\. to train s$"),
    ],
)
def test_seconds_of_what_cannot_be_timed_are_told(sides, rounds, words):
    with pytest.raises(ClaimError, match=words):
        stage(Host().clock).stopwatch.seconds(*sides, rounds=rounds)


@pytest.mark.parametrize(("step", "words"), [(0, "stood still while work"), (-1, "went backwards")])
def test_seconds_by_a_broken_clock_are_told(step, words):
    host = Host()

    def work():
        host.now += step

    with pytest.raises(TimingError, match=words):
        stage(host.clock).stopwatch.seconds(work)


def test_the_interval_keeps_the_level_of_the_claim_and_the_stricter_one_for_refuting():
    host, random = Host(), np.random.default_rng(0)

    def work():
        host.now += 0.01 * random.uniform(1, 2)

    made = stage(host.clock)
    made.statements = 20
    ratio = made.stopwatch(work, work)
    ordered = sorted(ratio.samples)
    assert (ratio.interval.low, ratio.interval.high) == (ordered[2], ordered[12])
    assert (ratio.refuting.low, ratio.refuting.high) == (ordered[1], ordered[13])


def test_the_generators_and_flags_are_as_they_were():
    import random

    random.seed(4)
    np.random.seed(4)
    before = random.getstate(), np.random.get_state()[1].tolist()
    host = Host()

    def draw():
        random.random()
        np.random.random()
        host.now += 1

    stage(host.clock).stopwatch(draw, draw, blocks=3)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_a_learner_that_fails_is_told_in_one_sentence():
    class Broken(Sleeper):
        def fit_predict(self, block, settings, device):
            raise ValueError("no\nreason")

    broken = Broken("broken", 0, Host())
    with pytest.raises(
        TimingError, match=r"^broken on stripes, m = 64, seed 0, .*: ValueError: no reason$"
    ):
        stage(Host().clock).stopwatch(broken, broken, task=Stripes(), m=64)


def test_a_function_that_raises_shows_its_own_error():
    with pytest.raises(ZeroDivisionError):
        stage(Host().clock).stopwatch(lambda: 1 / 0, lambda: None)


@pytest.mark.parametrize(
    ("side", "words"),
    [(Sleeper("s", 0, Host()), r"needs task=\.\.\. and m=\.\.\. to train s"), (3, "not 3")],
)
def test_what_cannot_be_timed_is_told(side, words):
    with pytest.raises(ClaimError, match=words):
        stage(Host().clock).stopwatch(side, side)
