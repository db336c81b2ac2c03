"""Records: the evidence of one claim in one environment, as plain JSON values.

The layout is `claim-record/v1`, which `record.schema.json` beside this file describes. Reports and
the ledger are made of records alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..experiments.one_look.scores import MOST_KEPT, Scored
from ..experiments.quantities import JUDGED_BY, Rule
from ..spec import traits
from ..statistics.interval import LOOKS, Interval
from ..statistics.power import (
    adjusted_p,
    given_support,
    p_above,
    seeds_needed,
    seeds_range,
    smallest_detectable,
    unseen_failure_share,
)
from ..statistics.ratios import sign_p
from ..trials.rows.shared import fixed_test_rows
from .environment import Profile, environment
from .format import ALTERNATIVES, SCHEMA, Record, digest, digits
from .protocol import bounds, protocol
from .reading.strict_json import in_one_line

if TYPE_CHECKING:
    from ..adapters.scores import Paired, Pairing
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
    registration: Record | None = None,
) -> Record:
    """Everything a reader needs to believe the verdict, or to doubt it.

    timing: the verdict depends on how fast the machine was, and makes no row of the ledger.
    registration: the stamp of what it confirms, or does not.
    """
    content = {
        **findings(result, profile, file),
        "protocol": protocol(result.claim, result, tier),
        "environment": environment(device),
        **({"timing": True} if timing else {}),
        **({"registration": registration} if registration else {}),
    }
    return content | {"digest": digest(content)}


def findings(result: ClaimResult, profile: Profile, file: str) -> Record:
    """The parts of a record that follow from what was measured."""
    rows = arms(result.all_cells)
    places = {arm: place for place, (arm, _) in enumerate(rows)}
    return {
        "schema": SCHEMA,
        "claim": in_one_line(header(result.claim)),
        "file": file,
        "profile": profile.as_dict(),
        "verdict": word(result.verdict),
        "reason": in_one_line(result.reason),
        "partial": result.partial,
        "cells": in_one_line([cell(each, places, result.rule) for each in result.cells]),
        "arms": [row for _, row in rows],
        "discordant": discordant(result.all_cells, places),
        **({ALTERNATIVES: in_one_line(alternatives(result))} if result.alternatives else {}),
    }


def alternatives(result: ClaimResult) -> list[Record]:
    """The verdicts in other scopes, and those of their cells."""
    return [
        {
            "name": name,
            "verdict": word(each.verdict),
            "reason": each.reason,
            "cells": [
                {
                    "task": one.cell.task_name,
                    "learner": one.cell.learner_name,
                    "verdict": word(one.verdict),
                }
                for one in each.cells
            ],
        }
        for name, each in result.alternatives.items()
    ]


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


def cell(result: CellResult, places: Mapping[Arm, int], rule: Rule = JUDGED_BY) -> Record:
    """One cell with the evidence behind its verdict."""
    return {
        "task": result.cell.task_name,
        "learner": result.cell.learner_name,
        "counted": result.cell.counted,
        "verdict": word(result.verdict),
        "reason": result.reason,
        "evidence": [evidence(decision, places, rule) for decision in result.decisions],
    }


def evidence(decision: Decision, places: Mapping[Arm, int], rule: Rule = JUDGED_BY) -> Record:
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
        **replicated(decision, estimate),
        **({} if rule is Rule.MEAN else beside_the_mean(decision, estimate)),
        "stopped_early": estimate.n < estimate.most_seeds,
        "notes": list(estimate.notes),
        "seeds": list(estimate.seeds),
        "samples": list(estimate.samples),
    }


def replicated(decision: Decision, estimate: Estimate) -> Record:
    """What follows from samples by what each of them is of."""
    if isinstance(estimate, Scored):
        return of_scores(decision, estimate)
    return (of_blocks if estimate.replication == "block" else of_seeds)(decision, estimate)


def of_seeds(decision: Decision, estimate: Estimate) -> Record:
    """What follows from samples that are one per seed."""
    undecided = decision.verdict == "inconclusive"
    return {
        "p": digits(p_value(decision, estimate)) if decision.operator in "><" else None,
        "smallest_detectable": digits(smallest_detectable(estimate.interval, estimate.level)),
        "seeds_needed": seeds_to_decide(estimate, decision) if undecided else None,
        "unseen_failure_share": digits(unseen_failure_share(estimate.n)),
    }


def beside_the_mean(decision: Decision, estimate: Estimate) -> Record:
    """What a mean leaves out: the typical seed, P(A > B), and that a support was selected."""
    if estimate.replication != "seed":  # blocks have a median, and scores one look
        return {}
    typical = estimate.typical
    open_range = range_to_decide(estimate, decision)
    return {
        "median": digits(estimate.median) if typical else None,
        "share_above": digits(estimate.share_above) if typical else None,
        "given_support": allowing_for_support(decision, estimate),
        "seeds_range": list(open_range) if open_range else None,
    }


def allowing_for_support(decision: Decision, estimate: Estimate) -> float | None:
    """The effect with an allowance for its having been supported; None where it was not."""
    if decision.verdict != "supported" or decision.operator not in "><":
        return None
    sign = 1 if decision.operator == ">" else -1
    mirrored = replace(estimate.interval, mean=sign * estimate.value)
    return digits(sign * given_support(mirrored, sign * decision.bound, estimate.level))


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


def of_scores(decision: Decision, estimate: Scored) -> Record:
    """What follows from scores that exist: one sample per cluster of units, one look."""
    from ..statistics.clusters import mean as clusters

    pairing, paired = estimate.pairing, estimate.paired
    assert pairing is not None
    assert paired is not None
    mean, sign = paired.mean, 1 if decision.operator == ">" else -1
    detectable = clusters.smallest_detectable(mean, estimate.interval, estimate.level)
    signed = replace(mean, mean=sign * mean.mean)
    undecided = decision.verdict == "inconclusive"
    return {
        "replication": estimate.replication,
        "p": digits(clusters.p_above(signed, sign * decision.bound))
        if decision.operator in "><"
        else None,
        "smallest_detectable": digits(detectable),
        "seeds_needed": clusters.clusters_needed(estimate.interval, decision.bound)
        if undecided
        else None,
        "unseen_failure_share": None,
        "scores": scores_of(paired, pairing),
    }


def scores_of(paired: Paired, pairing: Pairing) -> Record:
    """What a record keeps of two runs, so that the comparison can be computed again."""
    mean = paired.mean
    moments = [mean.mean, mean.error, mean.degrees, mean.clusters, mean.units]
    many = mean.clusters > MOST_KEPT
    return {
        "paired_by": pairing.paired_by,
        "clustered_by": pairing.clustered_by,
        "value": paired.value,
        "units": mean.units,
        "degrees": digits(mean.degrees),
        "spread": paired.spread,
        "files": [dict(each) for each in paired.files],
        **({"differ": list(paired.differ)} if paired.differ is not None else {}),
        **({"moments": moments} if many else {}),
        **({"sizes": list(paired.sizes)} if not many and mean.units > mean.clusters else {}),
    }


def seeds_to_decide(estimate: Estimate, decision: Decision) -> int | None:
    """Seeds that would decide if mean and spread stayed the same: on the side of the mean."""
    return seeds_needed(*nearer_side(estimate, decision))


def range_to_decide(estimate: Estimate, decision: Decision) -> tuple[int, int | None] | None:
    """Between which numbers of seeds it would be decided, 8 times in 10; None unless open."""
    if decision.verdict != "inconclusive":
        return None
    return seeds_range(*nearer_side(estimate, decision))


def nearer_side(estimate: Estimate, decision: Decision) -> tuple[Interval, float, float]:
    """Interval, bound and level of the verdict that the mean points to."""
    above = estimate.value > decision.bound
    towards_support = above if decision.operator == ">" else not above
    if towards_support or estimate.refute_level is None:
        return estimate.interval, decision.bound, estimate.level
    return estimate.refuting, decision.bound, estimate.refute_level


def p_value(decision: Decision, estimate: Estimate) -> float:
    """The p-value of what was asserted, adjusted for the looks: for reading, not for judging."""
    sign = 1 if decision.operator == ">" else -1
    samples = [sign * value for value in estimate.samples]

    def at_look(n: int) -> float:
        overlap = estimate.interval.overlap
        of_mean = p_above(samples[:n], sign * decision.bound, estimate.floor, overlap=overlap)
        if not estimate.typical:
            return of_mean
        return max(of_mean, sign_p(samples[:n], sign * decision.bound))

    first = estimate.looks[0] if estimate.typical else LOOKS[0]
    return adjusted_p([at_look(n) for n in LOOKS if first <= n <= estimate.n])


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
        "task_version": traits.version(arm.task),
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
