"""How much faster is a function that leaves its loop to numpy?"""

import numpy as np

from pytest_scaling import claim, control

ROWS = np.random.default_rng(0).random((60, 3))


def in_a_loop(rows):
    """The distance of every row to every other one."""
    found = np.empty((len(rows), len(rows)))
    for i, one in enumerate(rows):
        for j, other in enumerate(rows):
            found[i, j] = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
    return found


def at_once(rows):
    return np.sqrt(np.square(rows[:, None] - rows[None]).sum(2))


@claim(
    "at-once-is-faster",
    "Distances are found at least five times faster without a loop, and are the same",
    smallest_ratio=5,
    given={"new": at_once},
)
@control(
    "a-loop-is-faster",
    "Distances are found at least five times faster with the same loop",
    given={"new": in_a_loop},
)
def test_distances_are_found_faster(stopwatch, new, smallest_effect):
    ratio = stopwatch(in_a_loop, new, args=(ROWS,), same=np.allclose)
    assert ratio > smallest_effect
