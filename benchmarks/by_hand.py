"""`python -m benchmarks.by_hand CLAIM ...`: the trials of claims as one would do them without us.

A script as a careful user of scikit-learn would write it: for every seed, draw the rows,
standardise, fit one estimator per arm, count the errors; joblib spreads the seeds over all cores.
The arms (task, learner, number of rows, settings) are those of the claim's row in the ledger. Each
claim computes its own, all of them with the full number of seeds, and stores nothing.

Networks are MLPClassifier, 32-bit floats, with the widths, batch, number of steps, learning rate
and momenta of the suite's; it has neither decoupled weight decay nor a schedule, and keeps its
default penalty. RBF-SVM and random forest are scikit-learn's own unless `--intelex` is given, the
linear SVM and nearest neighbours always; the other learners are the same estimators with the same
arguments in both programs.

The last line of the output is JSON: by arm, mean CPU seconds of a seed and mean error.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import sys
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from fixtures.learners import BESIDE_THE_LECTURE, TRADITIONAL
from fixtures.learners.network import BATCH, BETAS, HIDDEN_LAYERS
from fixtures.learners.scaling import standardise
from fixtures.tasks import TASKS
from fixtures.tiers import TIERS

from .machine import ROOT, cores

NETWORK = re.compile(r"network-(\d+)")
ESTIMATORS = {each.name: each for each in (*TRADITIONAL, *BESIDE_THE_LECTURE[1:])}
NAMED_TASKS = {task.name: task for task in TASKS}


@dataclass(frozen=True)
class Curve:
    """One arm of a claim, as in its row in the ledger.

    settings: as JSON. seeds: how many the claim asked for before it was decided or given up.
    """

    task: str
    learner: str
    m: int
    settings: str
    seeds: int = field(compare=False)
    test_rows: int | None = field(default=None, compare=False)  # to judge by; None for all

    @property
    def key(self) -> str:
        return f"{self.task} {self.learner} {self.m}"

    @property
    def scaling(self) -> str:
        """How its features are scaled."""
        return str(json.loads(self.settings).get("scaling", "columns"))

    @property
    def possible(self) -> bool:
        """Whether scikit-learn has an estimator for it."""
        network = NETWORK.match(self.learner) and "steps" in json.loads(self.settings)
        return self.task in NAMED_TASKS and bool(network or self.learner in ESTIMATORS)

    def estimator(self, features: int, seed: int, intelex: bool) -> Any:
        """An unfitted estimator."""
        settings = json.loads(self.settings)
        if found := NETWORK.match(self.learner):
            return network(int(found[1]), settings, self.m, seed)
        if not intelex and "intelex" in settings:
            settings["intelex"] = None
        if self.learner == "linear-svm":
            return linear_svm(settings)
        if self.learner == "nearest-neighbours":
            return neighbours(settings, self.m)
        made = ESTIMATORS[self.learner].classifier(settings, features)
        return made.set_params(random_state=seed) if self.learner == "random-forest" else made


def network(width: int, settings: dict[str, Any], m: int, seed: int) -> Any:
    """The network of the suite, as far as MLPClassifier can match it."""
    from sklearn.neural_network import MLPClassifier

    batch = min(BATCH, m)
    epochs = max(1, round(settings["steps"] / (m // batch)))
    return MLPClassifier(
        (width,) * HIDDEN_LAYERS,
        batch_size=batch,
        learning_rate_init=settings["learning_rate"],
        beta_1=BETAS[0],
        beta_2=BETAS[1],
        max_iter=epochs,
        n_iter_no_change=epochs + 1,  # the number of steps is part of the protocol
        random_state=seed,
    )


def linear_svm(settings: dict[str, Any]) -> Any:
    """The linear SVM of the suite; the primal problem, since rows outnumber features."""
    from sklearn.svm import LinearSVC

    intercept = settings.get("intercept", 1)
    return LinearSVC(
        C=settings["C"], intercept_scaling=intercept, dual=False, tol=1e-2, max_iter=10_000
    )


def neighbours(settings: dict[str, Any], m: int) -> Any:
    """The nearest neighbours of the suite, by brute force: there are many features."""
    from sklearn.neighbors import KNeighborsClassifier

    voters = min(settings["neighbours"], m)
    return KNeighborsClassifier(voters, weights=settings["weights"], algorithm="brute")


def rows(tier: str) -> Path:
    """The folder of the ledger's rows of a tier."""
    return ROOT / "claims/ledger" / f"cpu-{platform.machine()}-float32-deterministic-{tier}"


def curves(claim: str, tier: str, tasks: Sequence[str] = ()) -> list[Curve]:
    """The arms of a claim, on some tasks or on all; each once."""
    row = json.loads((rows(tier) / f"{claim}.json").read_text())
    found = (
        Curve(
            arm["task"],
            arm["learner"],
            arm["m"],
            json.dumps(arm["settings"]),
            len(arm["seeds"]),
            arm["test_rows"][0],
        )
        for arm in row["arms"]
        if not tasks or arm["task"] in tasks
    )
    return list(dict.fromkeys(found))


def names(text: str) -> list[str]:
    """What an option that takes names was given, separated by commas."""
    return text.split(",") if text else []


def one_seed(arms: Sequence[Curve], seed: int, intelex: bool) -> list[tuple[str, float, float]]:
    """All arms on one seed: key, CPU seconds and error. A task's rows are drawn once."""
    warnings.simplefilter("ignore")  # that the steps were used up before convergence
    results = []
    for name in dict.fromkeys(arm.task for arm in arms):
        own = [arm for arm in arms if arm.task == name]
        task = NAMED_TASKS[name]
        x, y = task.draw(seed, max(arm.m for arm in own))
        x_test, y_test = task.test_set(seed)
        for arm in own:
            estimator = arm.estimator(x.shape[1], seed, intelex)  # imports what it needs
            started = time.process_time()
            train, test = standardise(x[: arm.m], x_test[: arm.test_rows], arm.scaling)
            labels = estimator.fit(train, y[: arm.m]).predict(test)
            used = time.process_time() - started
            results.append((arm.key, used, float((labels != y_test[: arm.test_rows]).mean())))
    return results


def compute(
    arms: Sequence[Curve], seeds: Iterable[int], intelex: bool
) -> dict[str, tuple[float, float]]:
    """Mean CPU seconds of a seed and mean error, by arm."""
    from joblib import Parallel, delayed

    rows = Parallel(n_jobs=cores())(delayed(one_seed)(arms, seed, intelex) for seed in seeds)
    by_arm: dict[str, list[tuple[float, float]]] = {}
    for key, used, error in (result for row in rows for result in row):
        by_arm.setdefault(key, []).append((used, error))
    return {
        key: (mean(used for used, _ in each), mean(error for _, error in each))
        for key, each in by_arm.items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.by_hand")
    parser.add_argument("claims", nargs="+", help="their ids, as in the ledger")
    parser.add_argument("--tier", choices=list(TIERS), default="quick")
    parser.add_argument("--tasks", type=names, default=[], help="only these, separated by commas")
    parser.add_argument("--seeds", type=int, help="of every arm (default: the tier's most)")
    parser.add_argument("--intelex", action="store_true", help="train with scikit-learn-intelex")
    options = parser.parse_args(arguments)
    seeds = range(options.seeds or TIERS[options.tier].most_seeds)
    done = {}
    for claim in options.claims:
        arms = curves(claim, options.tier, options.tasks)
        if missing := [arm.key for arm in arms if not arm.possible]:
            print(f"scikit-learn has no estimator for {missing[0]} of {claim}", file=sys.stderr)
            return 2
        done |= compute(arms, seeds, options.intelex)
    print(json.dumps(done))
    return 0


if __name__ == "__main__":
    sys.exit(main())
