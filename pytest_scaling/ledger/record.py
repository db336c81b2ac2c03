"""Records: the evidence of one claim in one environment, as plain JSON values.

The layout is `claim-record/v1`, which `record.schema.json` beside this file describes. Reports and
the ledger are made of records alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..spec import traits
from ..statistics.interval import LOOKS
from ..statistics.power import (
    adjusted_p,
    p_above,
    seeds_needed,
    smallest_detectable,
    unseen_failure_share,
)
from ..trials.rows.shared import fixed_test_rows
from .environment import Profile, environment
from .format import SCHEMA, Record, digest, digits
from .protocol import bounds, protocol
from .reading.strict_json import in_one_line

if TYPE_CHECKING:
    from ..experiments.estimate import Decision, Estimate
    from ..experiments.evaluation import CellResult, ClaimResult
    from ..spec.declaration import Claim
    from ..spec.tier import Tier
    from ..trials.result import SeedResult
    from ..trials.trial import Arm


def record(
    result: ClaimResult,
    profile: Profile,
    file: str,
    tier: Tier,
    *,
    device: str = "cpu",
    timing: bool = False,
) -> Record:
    """Everything a reader needs to believe the verdict, or to doubt it.

    timing: the verdict depends on how fast the machine was, and makes no row of the ledger.
    """
    claim = result.claim
    rows = arms(result.cells)
    places = {arm: place for place, (arm, _) in enumerate(rows)}
    content = {
        "schema": SCHEMA,
        "claim": in_one_line(header(claim)),
        "file": file,
        "profile": profile.as_dict(),
        "verdict": word(result.verdict),
        "reason": in_one_line(result.reason),
        "partial": result.partial,
        "cells": in_one_line([cell(each, places) for each in result.cells]),
        "arms": [row for _, row in rows],
        "discordant": discordant(result.cells, places),
        "protocol": protocol(claim, result.designs, tier),
        "environment": environment(device),
        **({"timing": True} if timing else {}),
    }
    return content | {"digest": digest(content)}


def word(verdict: Any) -> str:
    """The verdict as records write it."""
    return "not applicable" if verdict is None else str(verdict.value)


def header(claim: Claim) -> Record:
    """What the claim itself says."""
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
        "bounds": bounds(claim),
        "level": claim.level,
        "control_of": claim.control_of,
    }


def cell(result: CellResult, places: Mapping[Arm, int]) -> Record:
    """One cell with the evidence behind its verdict."""
    return {
        "task": result.cell.task_name,
        "learner": result.cell.learner_name,
        "counted": result.cell.counted,
        "verdict": word(result.verdict),
        "reason": result.reason,
        "evidence": [evidence(decision, places) for decision in result.decisions],
    }


def evidence(decision: Decision, places: Mapping[Arm, int]) -> Record:
    """One comparison: derived figures to six digits, samples in full; arms by their place."""
    estimate = decision.estimate
    stated: dict[str, Any] = {
        "about": decision.about,
        "operator": decision.operator,
        "verdict": word(decision.verdict),
        "sentence": decision.sentence,
    }
    if estimate is None:
        return stated
    return stated | {
        "measured": estimate.measured,
        "metric": estimate.metric,
        "arms": [places[arm] for arm in estimate.arms],
        "unit": estimate.unit.name,
        "bound": decision.bound,
        "bound_name": decision.bound_name,
        "value": digits(estimate.value),
        "low": digits(estimate.interval.low),
        "high": digits(estimate.interval.high),
        "n": estimate.n,
        "level": estimate.level,
        "refute_level": estimate.refute_level,
        "refuting_low": digits(estimate.refuting.low),
        "refuting_high": digits(estimate.refuting.high),
        "most_seeds": estimate.most_seeds,
        "noise_floor": digits(estimate.floor),
        "overlap": digits(estimate.interval.overlap),
        **(of_blocks if estimate.replication == "block" else of_seeds)(decision, estimate),
        "stopped_early": estimate.n < estimate.most_seeds,
        "notes": list(estimate.notes),
        "seeds": list(estimate.seeds),
        "samples": list(estimate.samples),
    }


def of_seeds(decision: Decision, estimate: Estimate) -> Record:
    """What follows from samples that are one per seed."""
    undecided = decision.verdict == "inconclusive"
    return {
        "p": digits(p_value(decision, estimate)) if decision.operator in "><" else None,
        "smallest_detectable": digits(smallest_detectable(estimate.interval, estimate.level)),
        "seeds_needed": seeds_to_decide(estimate, decision) if undecided else None,
        "unseen_failure_share": digits(unseen_failure_share(estimate.n)),
    }


def of_blocks(decision: Decision, estimate: Estimate) -> Record:
    """What follows from samples that are one per block of timings, judged by their median."""
    from ..statistics import ratios

    sign = 1 if decision.operator == ">" else -1
    samples = [sign * value for value in estimate.samples]
    detectable = ratios.smallest_detectable(estimate.interval.sd, estimate.n, estimate.level)
    return {
        "replication": estimate.replication,
        "p": ratios.sign_p(samples, sign * decision.bound) if decision.operator in "><" else None,
        "smallest_detectable": digits(detectable),
        "seeds_needed": None,
        "unseen_failure_share": None,
    }


def seeds_to_decide(estimate: Estimate, decision: Decision) -> int | None:
    """Seeds that would decide if mean and spread stayed the same: on the side of the mean."""
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


def arms(cells: Iterable[CellResult]) -> list[tuple[Arm, Record]]:
    """Every arm that was measured, once, with its metrics seed by seed."""
    measured: dict[Arm, tuple[SeedResult, ...]] = {}
    for each in cells:
        for arm, results in each.arms.items():
            if len(results) > len(measured.get(arm, ())):
                measured[arm] = results
    rows = [(arm, row_of(arm, results)) for arm, results in measured.items()]
    order = ("task", "learner", "m", "replicate", "device")
    return sorted(rows, key=lambda each: [*(each[1][key] for key in order), each[0].judged_by])


def row_of(arm: Arm, results: tuple[SeedResult, ...]) -> Record:
    """One arm with its metrics seed by seed, and the stores that results were merged from."""
    origins = sorted({result.origin for result in results if result.origin})
    return {
        **({"merged_from": origins} if origins else {}),
        "learner": arm.learner.name,
        "label": arm.label,
        "learner_version": traits.version(arm.learner),
        "task": arm.task_name,
        "task_version": 1 if arm.task is None else traits.version(arm.task),
        "bayes_error": getattr(arm.task, "bayes_error", None),
        "m": arm.m,
        "replicate": arm.replicate,
        "device": arm.device,
        **({"judged_by": arm.judged_by} if arm.judged_by else {}),
        "settings": dict(arm.settings),
        "seeds": [result.seed for result in results],
        "test_rows": [result.rows for result in results],
        **({"fixed_test_rows": True} if fixed_test_rows(arm, results) else {}),
        "diverged": sum(result.diverged for result in results),
        "diverged_seeds": [result.seed for result in results if result.diverged],
        "metrics": {
            name: [result.metrics.get(name) for result in results]
            for name in dict.fromkeys(name for result in results for name in result.metrics)
        },
    }


def discordant(cells: Iterable[CellResult], places: Mapping[Arm, int]) -> list[Record]:
    """For pairs of arms, by their places among the arms: test rows that only one gets right."""
    counted: dict[tuple[int, int], list[int]] = {}
    for each in cells:
        for (a, b), counts in each.discordant.items():
            pair = (min(places[a], places[b]), max(places[a], places[b]))
            counted[pair] = max(counted.get(pair, []), list(counts), key=len)
    return [{"arms": list(pair), "rows": counted[pair]} for pair in sorted(counted)]
