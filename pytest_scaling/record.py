"""Records: the evidence of one claim in one environment, as plain JSON values.

The layout is `claim-record/v1`. Reports and the ledger are made of records alone.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from .statistics.sequential import (
    LOOKS,
    adjusted_p,
    p_above,
    seeds_needed,
    smallest_detectable,
    unseen_failure_share,
)

if TYPE_CHECKING:
    from .cell import CellResult, ClaimResult
    from .claim import Claim
    from .estimate import Decision, Estimate
    from .session import Profile
    from .trials.result import SeedResult
    from .trials.trial import Arm

Record = dict[str, Any]
SCHEMA = "claim-record/v1"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "scikit-learn-intelex", "torch", "pytest-scaling")


def record(result: ClaimResult, profile: Profile, file: str) -> Record:
    """Everything a reader needs to believe the verdict, or to doubt it."""
    claim = result.claim
    return {
        "schema": SCHEMA,
        "claim": header(claim),
        "file": file,
        "profile": profile.as_dict(),
        "verdict": word(result.verdict),
        "reason": result.reason,
        "partial": result.partial,
        "cells": [cell(each) for each in result.cells],
        "arms": arms(result.cells),
        "environment": environment(),
    }


def word(verdict: Any) -> str:
    return "not applicable" if verdict is None else str(verdict.value)


def header(claim: Claim) -> Record:
    source = claim.source
    return {
        "id": claim.id,
        "text": claim.text,
        "source": source
        and {
            "title": source.title,
            "author": source.author,
            "url": source.url,
            "times": list(source.times),
        },
        "strength": claim.strength,
        "smallest_effect": claim.smallest_effect,
        "bounds": {
            name: list(bound) if isinstance(bound, tuple) else bound
            for name, bound in claim.bounds.items()
        },
        "level": claim.level,
        "control_of": claim.control_of,
    }


def cell(result: CellResult) -> Record:
    return {
        "task": result.cell.task_name,
        "learner": result.cell.learner_name,
        "counted": result.cell.counted,
        "verdict": word(result.verdict),
        "reason": result.reason,
        "evidence": [evidence(decision) for decision in result.decisions],
    }


def evidence(decision: Decision) -> Record:
    """One comparison: derived figures to six digits, samples in full."""
    estimate = decision.estimate
    stated: Record = {
        "about": decision.about,
        "operator": decision.operator,
        "verdict": word(decision.verdict),
        "sentence": decision.sentence,
    }
    if estimate is None:
        return stated
    needed = None
    if decision.verdict == "inconclusive":
        needed = seeds_to_decide(estimate, decision)
    return stated | {
        "measured": estimate.measured,
        "unit": estimate.unit.name,
        "bound": decision.bound,
        "bound_name": decision.bound_name,
        "value": digits(estimate.value),
        "low": digits(estimate.interval.low),
        "high": digits(estimate.interval.high),
        "n": estimate.n,
        "level": estimate.level,
        "most_seeds": estimate.most_seeds,
        "noise_floor": digits(estimate.floor),
        "overlap": digits(estimate.interval.overlap),
        "p": digits(p_value(decision, estimate)) if decision.operator in "><" else None,
        "smallest_detectable": digits(smallest_detectable(estimate.interval, estimate.level)),
        "seeds_needed": needed,
        "unseen_failure_share": digits(unseen_failure_share(estimate.n)),
        "stopped_early": estimate.n < estimate.most_seeds,
        "notes": list(estimate.notes),
        "seeds": list(estimate.seeds),
        "samples": list(estimate.samples),
    }


def seeds_to_decide(estimate: Estimate, decision: Decision) -> int | None:
    """Seeds that would decide if mean and spread stayed: on the side where the mean lies."""
    above = estimate.value > decision.bound
    towards_support = above if decision.operator == ">" else not above
    if towards_support or estimate.refute_level is None:
        return seeds_needed(estimate.interval, decision.bound, estimate.level)
    return seeds_needed(estimate.refuting, decision.bound, estimate.refute_level)


def p_value(decision: Decision, estimate: Estimate) -> float:
    """The p-value of what was asserted, adjusted for the looks: for reading, not for judging."""
    sign = 1 if decision.operator == ">" else -1
    samples = [sign * value for value in estimate.samples]
    looks = [n for n in LOOKS if n <= estimate.n]
    return adjusted_p(
        [
            p_above(
                samples[:n],
                sign * decision.bound,
                estimate.floor,
                overlap=estimate.interval.overlap,
            )
            for n in looks
        ]
    )


def digits(value: float) -> float | None:
    """Six significant digits; None where there is no finite value."""
    return float(f"{value:.6g}") if abs(value) < float("inf") else None


def arms(cells: Iterable[CellResult]) -> list[Record]:
    """Every arm that was measured, once, with its metrics seed by seed."""
    measured: dict[Arm, tuple[SeedResult, ...]] = {}
    for each in cells:
        for arm, results in each.arms.items():
            if len(results) > len(measured.get(arm, ())):
                measured[arm] = results
    rows = [
        {
            "learner": arm.learner.name,
            "label": arm.label,
            "task": arm.task.name,
            "bayes_error": getattr(arm.task, "bayes_error", None),
            "m": arm.m,
            "replicate": arm.replicate,
            "device": arm.device,
            "settings": dict(arm.settings),
            "seeds": [result.seed for result in results],
            "diverged": sum(result.diverged for result in results),
            "metrics": {
                name: [finite(result.metrics[name]) for result in results]
                for name in results[0].metrics
            },
        }
        for arm, results in measured.items()
    ]
    return sorted(rows, key=lambda row: (row["task"], row["learner"], row["m"], row["replicate"]))


def finite(value: float) -> float | None:
    """JSON has no infinity: a run that never arrived is null."""
    return value if abs(value) < float("inf") else None


def environment() -> Record:
    """What the numbers were computed with; no host name and no time of day."""
    libraries = {}
    for name in LIBRARIES:
        try:
            libraries[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "libraries": libraries,
    }


def dump(content: Any) -> str:
    """Canonical text of a record: sorted, indented, no NaN."""
    return json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"
