"""Resplits: seeds that divide one finite data set anew share rows, so they are not independent.

The mean over resplits does not converge to that of the population, however many there are: it
keeps the luck of the data set. Nadeau and Bengio (Machine Learning 52, 2003) estimate its variance
as (1/n + test rows / training rows) s^2 instead of s^2 / n; `sequential` takes the second term as
`overlap`. The evidence remains that of one data set, with an interval as wide as its luck may be.
"""

import math


def overlap(test_rows: int, train_rows: int) -> float:
    """Return what resplitting adds to 1/n in the variance of a mean, in squared deviations.

    test_rows: size of each test part. train_rows: all the other rows of the data set, also where a
    learner trains on fewer of them: what the seeds share is mostly their test rows, and the size
    of the training set is not what limits them.

    Raises ValueError for a number of rows below 1.
    """
    for rows, part in ((test_rows, "test"), (train_rows, "training")):
        if not 1 <= rows < math.inf:
            raise ValueError(f"The {part} part of a resplit needs at least 1 row, not {rows}.")
    return test_rows / train_rows
