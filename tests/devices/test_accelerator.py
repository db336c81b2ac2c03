"""Timing work that is queued: without waiting, only the queueing is measured."""

import math

import pytest

from pytest_scaling.devices.accelerator import ClockError, Cpu, Queued, accelerator, timed
from tests.devices.conftest import SECONDS
from tests.devices.fake import LAUNCH


@pytest.mark.parametrize(
    ("name", "expected"),
    [("cpu", Cpu()), ("cuda:1", Queued("cuda:1")), ("mps", Queued("mps"))],
)
def test_a_name_stands_for_a_device(name, expected):
    assert accelerator(name) == expected


def test_a_timing_waits_for_the_work_and_not_for_what_came_before(machine):
    on = Queued("cuda:0")
    machine.kernel()  # the cold start
    on.synchronise()
    for _ in range(5):
        machine.kernel()  # still queued when the timing begins
    timing = timed(machine.kernel, on, machine.clock)
    assert timing.seconds == pytest.approx(SECONDS, rel=0.5)
    assert timing.on_device == pytest.approx(SECONDS, rel=0.5)
    assert timing.on_device <= timing.seconds


def test_the_events_stand_on_either_side_of_the_work_and_are_read_when_past(cuda):
    timed(lambda: cuda.kernel(SECONDS), Queued("cuda:0"), cuda.clock)
    order = ["synchronise", "event", "clock", "kernel", "event", "synchronise", "clock"]
    assert cuda.log == order


@pytest.mark.parametrize("forgotten", ["before", "after"])
def test_the_made_up_device_catches_a_synchronise_that_is_forgotten(cuda, forgotten):
    """What the tests above rely on: a wrong order gives a wrong number, or an error."""

    class Careless(Queued):
        waits = 0

        def synchronise(self):
            type(self).waits += 1
            if (self.waits == 1) != (forgotten == "before"):
                super().synchronise()

    cuda.kernel(SECONDS)
    if forgotten == "after":
        with pytest.raises(RuntimeError, match="not ready"):
            timed(lambda: cuda.kernel(SECONDS), Careless("cuda:0"), cuda.clock)
    else:
        timing = timed(lambda: cuda.kernel(SECONDS), Careless("cuda:0"), cuda.clock)
        assert timing.seconds > 1.9 * SECONDS


def test_an_event_that_is_recorded_too_early_gives_the_wrong_time(cuda):
    on = Queued("cuda:0")
    cuda.kernel(0)
    start = on.event()
    end = on.event()
    cuda.kernel(SECONDS)
    on.synchronise()
    assert on.between(start, end) < LAUNCH


def test_the_peak_of_memory_is_watched_from_when_it_is_forgotten(cuda):
    on = Queued("cuda:0")
    cuda.kernel(0, memory=1000)
    on.forget_peak()
    cuda.kernel(0, memory=10)
    assert on.peak_memory() == 10


def test_a_timing_below_zero_is_taken_again():
    readings = iter([5.0, 4.0, 6.0, 8.0])
    ran = []
    timing = timed(lambda: ran.append(1), Cpu(), lambda: next(readings))
    assert (timing.seconds, len(ran)) == (2.0, 2)


def test_a_clock_that_keeps_going_backwards_is_told_in_one_sentence():
    readings = iter(range(100, 0, -1))
    with pytest.raises(ClockError, match=r"^the clock went backwards 4 times in a row .* by 1 s"):
        timed(lambda: None, Cpu(), lambda: next(readings))


def test_the_host_needs_no_waiting():
    timing = timed(lambda: sum(range(1000)), Cpu())
    assert 0 < timing.seconds < math.inf
    assert Cpu().peak_memory() is None
