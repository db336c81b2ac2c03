"""Taking times: turns, warm-ups, blocks, and useless clocks."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from pytest_scaling.devices.accelerator import ClockError, Cpu, Queued
from pytest_scaling.devices.timing import SHORTEST, Work, interleave, turns
from pytest_scaling.spec.protocols import Fit
from tests.experiments.bench import experiment, planted


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


def test_the_ratio_of_known_times_comes_out():
    assert ratios(Host(), 0.3, 0.1).logs == pytest.approx([math.log(3)] * 9)


def test_the_sides_take_turns_a_b_b_a_and_then_the_other_way_round():
    host = Host()
    ratios(host, 1, 1, blocks=2)
    assert "".join(host.log[-8:]) == "abbabaab"


def test_the_cold_start_is_told_and_does_not_count():
    found = ratios(Host(cold=60.0), 0.2, 0.1)
    assert found.cold == pytest.approx((60.2, 60.1))
    assert found.logs == pytest.approx([math.log(2)] * 9)


def test_work_that_is_too_short_for_the_clock_is_repeated():
    found = ratios(Host(), SHORTEST / 10, SHORTEST * 2)
    assert found.times[0] >= 10
    assert found.times[1] == 1
    assert found.logs == pytest.approx([math.log(0.05)] * 9)


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "went backwards"), (0, "stood still while a was timed")]
)
def test_a_clock_that_goes_backwards_or_stands_still_ends_it_with_a_sentence(seconds, words):
    host = Host()
    with pytest.raises(ClockError, match=words):
        interleave(lambda block: (host.work("a", seconds), host.work("b", 1)), 9, host.clock)


def test_a_timing_that_is_taken_again_has_new_copies_of_its_arguments():
    host, found, jumps = Host(), [], iter([-9, 1])

    def sort(rows):
        found.append(tuple(rows))
        rows.sort()
        host.now += next(jumps)

    assert Work("sort", sort, Cpu(), ([2, 1],)).seconds(1, host.clock) == 1
    assert found == [(2, 1), (2, 1)]


def test_a_kernel_is_timed_to_its_end_on_a_device(machine):
    """Twice the kernels take twice the time, though queueing them takes next to none."""

    def pair(block):
        def two():
            machine.kernel()
            machine.kernel()

        on = Queued("cuda:0")
        return Work("two", two, on), Work("one", machine.kernel, on)

    logs = interleave(pair, 5, machine.clock).logs
    assert sorted(logs)[2] == pytest.approx(math.log(2), abs=0.2)


def test_all_works_take_turns_there_and_back_after_their_cold_starts_and_warm_ups():
    host = Host(cold=60.0)
    found = turns([host.work(name, 1 + place) for place, name in enumerate("abc")], 3, host.clock)
    assert found == [[1.0] * 3, [2.0] * 3, [3.0] * 3]
    assert "".join(host.log[-9:]) == "abccbaabc"


def test_seconds_of_a_kernel_run_from_an_idle_device_to_its_end(machine):
    works = [
        Work("one", machine.kernel, Queued("cuda:0")),
        Work("two", lambda: [machine.kernel(), machine.kernel()], Queued("cuda:0")),
    ]
    one, two = turns(works, 3, machine.clock)
    assert min(one) == pytest.approx(0.004, rel=0.3)
    assert min(two) == pytest.approx(2 * min(one), rel=0.2)


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


@dataclass
class Nap:
    """Callable and, being compared by its contents, without a hash."""

    host: Host
    ran: int = 0

    def __call__(self):
        self.ran += 1
        self.host.now += 0.01


@dataclass
class Hot:
    """A device that tells, look after look, why it is slowed down."""

    reasons: list[tuple[str, ...]]
    device: str = "cuda:0"

    synchronise = event = Cpu.synchronise

    def between(self, start, end):
        return 0.0

    def slowed(self):
        return self.reasons.pop(0) if self.reasons else ()


def test_a_block_of_a_device_that_was_slowed_down_is_dropped_and_taken_again():
    host, heat = Host(), ("heat, by the driver",)
    looks = [(), heat, (), ()]  # before and after the first block, and after it again
    hot = Hot(looks)

    def run():
        host.now += 0.9 if len(looks) == 3 else 0.3  # in the first block it is hot

    found = interleave(lambda block: (Work("a", run, hot), host.work("b", 0.1)), 3, host.clock)
    assert found.dropped == ("cuda:0 is slowed down by heat, by the driver",)
    assert found.logs == pytest.approx([math.log(3)] * 3)


def test_a_device_that_stays_slowed_down_ends_it_with_a_sentence():
    host, hot = Host(), Hot([("heat, by the hardware",)] * 100)

    def pair(block):
        return Work("a", lambda: setattr(host, "now", host.now + 1), hot), host.work("b", 1)

    with pytest.raises(ClockError, match="cuda:0 is slowed down by heat, by the hardware during"):
        interleave(pair, 3, host.clock)
