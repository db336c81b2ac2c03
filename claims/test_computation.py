"""Computation: what it is good for (03:30 to 03:42, 05:28 to 05:41 and 07:17 to 09:15).

A bigger network helps only as far as there is computation to train it, on any device; an
algorithm that needs fewer operations trains bigger networks in the same time; and experiments that
return sooner find better networks.

Computation is counted in floating point operations of the matrix products of training, six for
every weight and row of a step, so that no verdict depends on how busy a machine is. Claims with
`in-seconds` in their names accompany these forms: a stopwatch takes their times on the machine at
hand, and their verdicts are not in the ledger.
"""

import math
from dataclasses import replace

from fixtures.learners import (
    few_steps_of_a_tiny_network,
    few_steps_of_a_very_large_network,
    large_network,
    middle_in_budget,
    middle_in_ten_budgets,
    middle_to_time,
    narrow_in_budget,
    narrow_relu_to_target,
    narrow_sigmoid_to_target,
    narrow_to_time,
    one_design_of_every_width,
    random_search,
    relu_reach,
    sigmoid_reach,
    small_network,
    wide_in_budget,
    wide_in_ten_budgets,
    wide_relu_to_target,
    wide_sigmoid_to_target,
    wide_to_time,
)
from fixtures.lecture import LECTURE
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_one_hot import poker_one_hot
from fixtures.tasks.xor import xor
from pytest_scaling import claim, control, equivalent

MARGIN = 0.01  # of error: one test row in a hundred
ALIKE = (-MARGIN, MARGIN)
TWICE = math.log(2)  # in width or rows: "bigger" means at least twice as large
ROWS_TO_REACH = 4_096  # the most that the series of rows goes up to
NOTICEABLE = math.log(1.1)  # in time: a tenth more
FIXED_TIME = 0.1  # seconds of training
BATCHES_TO_TIME = 4_096  # rows of which the batches of a timed training are taken
BLOCKS = 9  # of the stopwatch where a factor of several is expected
ROWS_OF_SEARCH = 4_096  # a quarter fits and chooses designs, the others judge them
SEARCH_TIME = 0.3  # seconds that a search for a design may take
TIMES_FASTER = 10


@claim(
    "only-up-to-a-point-in-compute",
    "Within a fixed amount of computation a bigger network helps only up to a point",
    source=LECTURE.at("03:30", "03:42"),
    smallest_effect=MARGIN,
    tasks=[mnist1d],
)
def test_within_a_budget_the_error_falls_with_width_and_rises_again(
    compare, task, m_large, smallest_effect
):
    fall = compare(narrow_in_budget, middle_in_budget, task=task, m=m_large)
    rise = compare(wide_in_budget, middle_in_budget, task=task, m=m_large)
    assert fall > smallest_effect
    assert rise > smallest_effect


@claim(
    "only-up-to-a-point-in-ten-times-the-compute",
    "Within ten times that amount the same step to a bigger network still does harm",
    source=LECTURE.at("03:30", "03:42"),
    smallest_effect=MARGIN,
    tasks=[mnist1d],
    control_of="only-up-to-a-point-in-compute",
)
def test_within_ten_budgets_the_bigger_network_no_longer_loses(
    compare, task, m_large, smallest_effect
):
    rise = compare(wide_in_ten_budgets, middle_in_ten_budgets, task=task, m=m_large)
    assert rise > smallest_effect


@claim(
    "only-up-to-a-point-in-seconds",
    "Within a fixed time a bigger network helps only up to a point",
    source=LECTURE.at("03:30", "03:42"),
    smallest_effect=MARGIN,
    tasks=[mnist1d],
)
def test_within_a_fixed_time_the_error_falls_with_width_and_rises_again(
    compare, stopwatch, task, m_large, smallest_effect
):
    timed = (narrow_to_time, middle_to_time, wide_to_time)
    seconds = stopwatch.seconds(*timed, task=task, m=BATCHES_TO_TIME)
    narrow, middle, wide = (
        network.within(FIXED_TIME, taken) for network, taken in zip(timed, seconds, strict=True)
    )
    fall = compare(narrow, middle, task=task, m=m_large)
    rise = compare(wide, middle, task=task, m=m_large)
    assert fall > smallest_effect
    assert rise > smallest_effect


@claim(
    "only-up-to-a-point-in-seconds-without-its-steps",
    "With as few steps as the big network has time for, a smaller one is still better than it",
    source=LECTURE.at("03:30", "03:42"),
    smallest_effect=MARGIN,
    tasks=[mnist1d],
    control_of="only-up-to-a-point-in-seconds",
)
def test_with_as_few_steps_the_smaller_network_no_longer_wins(
    compare, stopwatch, task, m_large, smallest_effect
):
    timed = (narrow_to_time, middle_to_time, wide_to_time)
    *_, seconds = stopwatch.seconds(*timed, task=task, m=BATCHES_TO_TIME)
    wide = wide_to_time.within(FIXED_TIME, seconds)
    middle = replace(middle_to_time, steps=wide.steps)
    rise = compare(wide, middle, task=task, m=m_large)
    assert rise > smallest_effect


@claim(
    "cpu-or-gpu",
    "A check that results carry over between devices: trained on a CPU or on a GPU, a large "
    "network errs alike",
    source=LECTURE.at("05:28", "05:41"),
    bounds={"alike": ALIKE},
    tasks=[mnist1d],
    devices=("cpu", "cuda"),
    given={"on_cpu": large_network},
)
@control(
    "cpu-or-gpu-with-another-network",
    "A small network trained on a CPU and a large one on a GPU err alike",
    given={"on_cpu": small_network},
)
def test_the_device_makes_no_difference_to_the_error(compare, on_cpu, task, m_large, bounds):
    gap = compare(
        on_cpu,
        large_network,
        devices=("cpu", "cuda"),
        task=task,
        m=m_large,
        bound="alike",
    )
    assert equivalent(gap, bounds.alike)


@claim(
    "cpu-or-gpu-in-seconds",
    "A very large network trains at least twice as fast on a GPU as on one core of the CPU",
    source=LECTURE.at("05:28", "05:41"),
    smallest_effect=TWICE,
    tasks=[mnist1d],
    devices=("cpu", "cuda"),
    given={"network": few_steps_of_a_very_large_network},
)
@control(
    "cpu-or-gpu-in-seconds-when-tiny",
    "A tiny network trains at least twice as fast on a GPU as on one core of the CPU",
    given={"network": few_steps_of_a_tiny_network},
)
def test_a_network_trains_faster_on_a_gpu(stopwatch, network, task, smallest_effect):
    ratio = stopwatch(network, network, devices=("cpu", "cuda"), task=task, m=BATCHES_TO_TIME)
    assert ratio > smallest_effect


@claim(
    "faster-trains-bigger",
    "With ReLU, gradient descent trains bigger networks, and on more data, in the same time",
    source=LECTURE.at("07:17", "07:42"),
    strength="usually",
    smallest_effect=TWICE,
    tasks=[mnist1d, poker_one_hot, friedman],
)
def test_relu_trains_larger_networks_on_more_rows_within_a_budget(compare, task, smallest_effect):
    width, rows = (
        compare(relu_reach, sigmoid_reach, metric=metric, task=task, m=ROWS_TO_REACH)
        for metric in ("log_largest_width", "log_largest_m")
    )
    assert width > smallest_effect
    assert rows > smallest_effect


@claim(
    "faster-trains-bigger-than-itself",
    "With ReLU, gradient descent trains bigger networks, and on more data, than with ReLU",
    source=LECTURE.at("07:17", "07:42"),
    strength="usually",
    smallest_effect=TWICE,
    tasks=[mnist1d, poker_one_hot, friedman],
    control_of="faster-trains-bigger",
)
def test_relu_trains_no_larger_networks_than_itself(compare, task, smallest_effect):
    width, rows = (
        compare(relu_reach, relu_reach, metric=metric, task=task, m=ROWS_TO_REACH, disjoint=True)
        for metric in ("log_largest_width", "log_largest_m")
    )
    assert width > smallest_effect
    assert rows > smallest_effect


@claim(
    "faster-trains-bigger-in-seconds",
    "In the time in which the sigmoid trains a network, ReLU trains one of twice the width",
    source=LECTURE.at("07:17", "07:42"),
    strength="usually",
    smallest_effect=NOTICEABLE,
    tasks=[mnist1d, poker_one_hot, friedman],
    given={"narrow": narrow_sigmoid_to_target, "wide": wide_relu_to_target},
)
@control(
    "faster-trains-bigger-in-seconds-the-other-way-round",
    "In the time in which ReLU trains a network, the sigmoid trains one of twice the width",
    strength="always",
    tasks=[mnist1d],
    given={"narrow": narrow_relu_to_target, "wide": wide_sigmoid_to_target},
)
def test_twice_the_width_is_trained_in_less_time(stopwatch, narrow, wide, task, smallest_effect):
    ratio = stopwatch(narrow, wide, task=task, m=ROWS_TO_REACH, blocks=BLOCKS)
    assert ratio > smallest_effect


@claim(
    "iteration-speed",
    "When experiments return ten times sooner, more ideas are tried and a better network is found",
    source=LECTURE.at("07:42", "09:15"),
    strength="usually",
    smallest_effect=MARGIN,
    tasks=[mnist1d, xor],
    given={"best_of": "error_of_best_of_{}"},
)
@control(
    "iteration-speed-blind",
    "When experiments return ten times sooner, choosing among more of them blindly finds a better "
    "network",
    given={"best_of": "error_of_blind_best_of_{}"},
)
def test_ten_times_the_trials_find_a_better_network(compare, best_of, task, smallest_effect):
    gain = compare(
        random_search,
        random_search,
        metric=(best_of.format(3), best_of.format(30)),
        task=task,
        m=ROWS_OF_SEARCH,
    )
    assert gain > smallest_effect


@claim(
    "iteration-speed-in-seconds",
    "In the same time a better network is found where experiments return ten times sooner",
    source=LECTURE.at("07:42", "09:15"),
    smallest_effect=MARGIN,
    tasks=[mnist1d],
    given={"best_of": "error_of_best_of_{}"},
)
@control(
    "iteration-speed-in-seconds-blind",
    "In the same time blind choice finds a better network where experiments return ten times "
    "sooner",
    given={"best_of": "error_of_blind_best_of_{}"},
)
def test_at_ten_times_the_speed_a_better_network_is_found_in_the_same_time(
    compare, stopwatch, best_of, task, smallest_effect
):
    (taken,) = stopwatch.seconds(one_design_of_every_width, task=task, m=ROWS_OF_SEARCH)
    few = one_design_of_every_width.designs_within(SEARCH_TIME / TIMES_FASTER, taken)
    many = one_design_of_every_width.designs_within(SEARCH_TIME, taken)
    gain = compare(
        random_search,
        random_search,
        metric=(best_of.format(few), best_of.format(many)),
        task=task,
        m=ROWS_OF_SEARCH,
    )
    assert gain > smallest_effect
