"""Blocks of a task that are small enough for a test."""

import numpy as np
from scipy.special import ndtri

from pytest_scaling.spec.protocols import Block

CHANCE = (
    0.001  # that a test of chance fails although nothing is wrong, had its seed been drawn anew
)


def largest_z(comparisons: int) -> float:
    """The most that `comparisons` standard normal deviations reach but for CHANCE (Bonferroni)."""
    return float(ndtri(1 - CHANCE / (2 * comparisons)))


def block_of(task, m, *, seeds=(0, 1), test_rows=200) -> Block:
    """The training rows and the first test rows of some seeds."""
    training = [task.draw(seed, m) for seed in seeds]
    x, y = (np.stack(part) for part in zip(*training, strict=True))
    x_test = np.stack([task.test_set(seed)[0][:test_rows] for seed in seeds])
    return Block(task.name, task.classes, tuple(seeds), x, y, x_test)


def labels_of(task, *, seeds=(0, 1), test_rows=200):
    """The labels (seeds, test_rows) that belong to the test rows of `block_of`."""
    return np.stack([task.test_set(seed)[1][:test_rows] for seed in seeds])


def scattered(rows, columns, classes, *, seeds=1, random=0, test_rows=50) -> Block:
    """Normal features around one centre per class: (seeds, rows, columns)."""
    generator = np.random.default_rng(random)
    centres = 2 * generator.standard_normal((seeds, classes, columns))
    y = generator.integers(0, classes, (seeds, rows + test_rows))
    x = np.take_along_axis(centres, y[:, :, None], axis=1) + generator.standard_normal(
        (seeds, rows + test_rows, columns)
    )
    x = x.astype(np.float32)
    return Block("scattered", classes, tuple(range(seeds)), x[:, :rows], y[:, :rows], x[:, rows:])
