"""Does Adam come further than gradient descent where coordinates differ in scale?

No data and no library of networks: a function of a seed that returns what it reached.
"""

import numpy as np

from pytest_scaling import arm, claim

STEPS, DIMENSIONS = 300, 20


@arm
def reached(seed, *, optimiser, spread=1_000.0) -> float:
    """Common logarithm of a noisy quadratic's value after so many steps."""
    rng = np.random.default_rng(seed)
    scales = np.geomspace(1, spread, DIMENSIONS)
    x, first, second = rng.normal(size=DIMENSIONS), np.zeros(DIMENSIONS), np.zeros(DIMENSIONS)
    for step in range(1, STEPS + 1):
        slope = scales * x + 0.1 * rng.normal(size=DIMENSIONS)
        if optimiser == "sgd":
            x = x - slope / spread
            continue
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        x = x - 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return float(np.log10(scales @ x**2))


@arm
def arrives(seed) -> bool:
    """Whether Adam ends below one."""
    return reached(seed, optimiser="adam") < 0


@claim(
    "adam-beats-sgd",
    "With coordinates of very different scales Adam ends ten times lower than gradient descent",
    smallest_effect=1.0,
)
def test_adam_leads(compare, smallest_effect):
    sgd, adam = (reached.using(optimiser=name) for name in ("sgd", "adam"))
    assert compare(sgd, adam) > smallest_effect


@claim(
    "adam-beats-sgd-on-a-ball",
    "With coordinates of one scale too",
    control_of="adam-beats-sgd",
    smallest_effect=1.0,
)
def test_adam_leads_on_a_ball(compare, smallest_effect):
    sgd, adam = (reached.using(optimiser=name, spread=2.0) for name in ("sgd", "adam"))
    assert compare(sgd, adam) > smallest_effect


@claim("adam-arrives", "Adam ends below one on most seeds", bounds={"most": 0.5})
def test_adam_arrives(estimate, bounds):
    assert estimate(arrives) > bounds.most
