"""Tasks and learners of the made-up projects: what a claim measures is planted.

The file is copied into every project, where its claims import it.
"""

import time
from dataclasses import dataclass, field

import numpy as np

from pytest_scaling import Fit, SettingsError

ROWS = 400  # test rows of a seed


@dataclass(frozen=True)
class Sign:
    """A row's label is its sign, without any noise."""

    name: str = "sign"
    version: int = 1
    classes: int = 2
    tiers: tuple[str, ...] = ("quick", "standard", "full")

    def draw(self, seed, m):
        return self._rows([0, seed], m)

    def test_set(self, seed):
        return self._rows([1, seed], ROWS)

    def _rows(self, key, rows):
        x = np.random.default_rng(key).normal(size=(rows, 1)).astype(np.float32)
        return x, (x[:, 0] > 0).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Planted:
    """Errs on as many rows as its settings say: `error`, plus or minus `spread` by the seed.

    on: errors, or pairs of error and spread, by task or by the number of rows. most_rows: what it
    can handle. pause: seconds that a block takes.
    """

    name: str
    error: float = 0.1
    spread: float = 0.0
    on: dict = field(default_factory=dict)
    may_collapse: bool = False
    most_rows: int = 10**6
    pause: float = 0.0
    version: int = 1

    def largest_m(self, tier):
        return self.most_rows

    def settings(self, task, m):
        planted = self.on.get(task, self.on.get(m, self.error))
        error, spread = planted if isinstance(planted, tuple) else (planted, self.spread)
        return {"error": error, "spread": spread}

    def fit_predict(self, block, settings, device):
        time.sleep(self.pause)
        labels = (block.x_test[..., 0] > 0).astype(np.int64)
        for seed, row in zip(block.seeds, labels, strict=True):
            share = settings["error"] + settings["spread"] * (-1) ** seed
            wrong = np.random.default_rng([2, seed]).permutation(ROWS)[: round(share * ROWS)]
            row[wrong] = 1 - row[wrong]
        return Fit(labels, np.zeros(len(labels), dtype=bool))


@dataclass(frozen=True)
class Raising:
    """A learner that always fails."""

    name: str = "raising"
    version: int = 1

    def settings(self, task, m):
        return {}

    def fit_predict(self, block, settings, device):
        raise ValueError("these rows are too heavy")


@dataclass(frozen=True)
class Untuned(Raising):
    """A learner that has no settings yet."""

    name: str = "untuned"

    def settings(self, task, m):
        raise SettingsError(f"untuned has no settings for {task} with m = {m}; tune it first")


@dataclass(frozen=True)
class Diverging(Raising):
    """A learner that diverges on every seed."""

    name: str = "diverging"

    def fit_predict(self, block, settings, device):
        shape = block.x_test.shape[:2]
        return Fit(np.zeros(shape, dtype=np.int64), np.ones(shape[0], dtype=bool))


sign, later = Sign(), Sign("later", tiers=("full",))
good = Planted("good", 0.1)
rivals = {  # by the verdict that "errs by 0.05 more than good" comes out with
    "supported": Planted("poor", 0.3),
    "refuted": Planted("as-good", 0.1),
    "inconclusive": Planted("unsteady", 0.17, spread=0.02),
}
