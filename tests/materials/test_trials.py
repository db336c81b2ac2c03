"""A trial of every learner keeps its family and its results, wherever the code moves."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import compute
from tests.materials.golden import (
    FEW,
    LEARNED,
    LEARNERS,
    MORE,
    block_for,
    same_metric,
    settings_for,
)

FILE = Path(__file__).with_name("trials.json")
pytestmark = [pytest.mark.usefixtures("draws"), pytest.mark.bench]


@dataclass(frozen=True)
class Fixed:
    """A learner with settings that do not change when learners are tuned anew."""

    learner: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.learner, name)

    def __reduce__(self):
        return Fixed, (self.learner,)

    def settings(self, task, m):
        return settings_for(self.learner)


def trial_of(learner: Any, task: Any) -> Trial:
    m = block_for(learner, task).x.shape[1]
    assert m in (FEW, MORE)
    return Trial(Arm(Fixed(learner), task, m), 1, test_rows=500)


def outcome_of(learner: Any) -> dict[str, Any]:
    """Of a trial on every task: its family, and the metrics of its two seeds."""
    found = {}
    for task in LEARNED:
        trial = trial_of(learner, task)
        results = compute(trial)
        found[task.name] = {
            "family": trial.family,
            "metrics": {
                name: [each.metrics[name] for each in results] for name in results[0].metrics
            },
        }
    return found


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)
def test_a_trial_keeps_its_family_and_its_results(learner):
    kept = json.loads(FILE.read_text(encoding="utf-8"))[learner.name]
    for task, found in outcome_of(learner).items():
        assert found["family"] == kept[task]["family"]
        assert set(found["metrics"]) == set(kept[task]["metrics"])
        for name, values in found["metrics"].items():
            if "error" in name:  # of 500 rows
                assert values == pytest.approx(kept[task]["metrics"][name], abs=0.02)
            else:
                assert same_metric(name, kept[task]["metrics"][name], values)


def main() -> None:
    content = {learner.name: outcome_of(learner) for learner in LEARNERS}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
