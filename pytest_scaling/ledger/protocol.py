"""Protocols: what a claim measures and how it judges, as plain JSON values with a hash.

A protocol follows from the code alone, not from any result, library or machine. Two records with
the same protocol answer the same question.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..experiments.one_look.scores import Scored
from ..experiments.quantities import Rule
from ..spec import traits
from ..trials.identity import sha256
from .words import place_of, value_in_words

if TYPE_CHECKING:
    from ..adapters.scores import Pairing
    from ..experiments.estimate import Decision
    from ..experiments.evaluation import CellDesign, ClaimResult, Evaluation
    from ..spec.declaration import Claim
    from ..spec.scope import Cell
    from ..spec.tier import Tier
    from ..trials.trial import Arm


Protocol = dict[str, Any]


def protocol(claim: Claim, planned: ClaimResult | Evaluation, tier: Tier) -> Protocol:
    """Everything that was fixed before the first sample of a claim was drawn.

    planned: what is measured in the scope of the claim and in others, and the rule that judges it.
    """
    others = in_other_scopes(planned)
    content = {
        "claim": terms(claim, planned.rule),
        "tier": {
            "sizes": list(tier.sizes),
            "most_seeds": tier.most_seeds,
            "test_rows": tier.test_rows,
        },
        "cells": [cell(design) for design in planned.designs],
        "arms": arms([*planned.designs, *itertools.chain.from_iterable(others.values())]),
    }
    if others:
        content["alternatives"] = {
            name: [cell(design) for design in each] for name, each in others.items()
        }
    return content | {"hash": sha256(content)}


def in_other_scopes(planned: ClaimResult | Evaluation) -> dict[str, tuple[CellDesign, ...]]:
    """What is measured in the alternatives of a claim, by their names."""
    return {name: each.designs for name, each in planned.alternatives.items()}


def rule_of(kept: Protocol) -> Rule:
    """The rule that a protocol names; one that names none is older than the second rule."""
    return Rule(kept["claim"].get("judged_by", Rule.MEAN))


def terms(claim: Claim, rule: Rule) -> Protocol:
    """What the header of a claim says about its judgement, and the rule; words are left out."""
    return {
        **({} if rule is Rule.MEAN else {"judged_by": rule.value}),
        "strength": claim.strength,
        "level": claim.level,
        "smallest_effect": claim.smallest_effect,
        "bounds": bounds(claim),
        "control_of": claim.control_of,
    }


def bounds(claim: Claim) -> dict[str, float | list[float]]:
    """The declared bounds by name; two of them as a list."""
    return {
        name: list(bound) if isinstance(bound, tuple) else bound
        for name, bound in claim.bounds.items()
    }


def cell(design: CellDesign) -> Protocol:
    """One cell: its tasks and its comparisons."""
    place: Cell = design.cell
    return {
        "task": place.task_name,
        "tasks": [f"{task.name} {traits.version(task)}" for task in place.tasks],
        "learner": place.learner_name,
        "counted": place.counted,
        "statements": design.statements,
        "comparisons": [comparison(decision) for decision in design.comparisons],
    }


def comparison(decision: Decision) -> Protocol:
    """What is compared with which bound, and when sampling may end."""
    estimate = decision.estimate
    assert estimate is not None
    return {
        "arms": [name(arm) for arm in estimate.arms],
        "metric": estimate.metric,
        "unit": estimate.unit.name,
        "operator": decision.operator,
        "bounds": estimate.bounds,
        "level": estimate.level,
        "refute_level": estimate.refute_level,
        "looks": list(estimate.looks),
        **({"scores": scores(estimate.pairing)} if isinstance(estimate, Scored) else {}),
    }


def scores(pairing: Pairing | None) -> Protocol:
    """Which runs are compared, and how their scores are paired; not what is in the files."""
    assert pairing is not None
    first, second = pairing.labels
    return {
        "first": first,
        "second": second,
        "paired_by": pairing.paired_by,
        "clustered_by": pairing.clustered_by,
        "higher_is_better": pairing.first.higher_is_better,
    }


def name(arm: Arm) -> str:
    """An arm in one line, for machines: "mlp-256 on mnist1d, m = 4096"."""
    place = "" if arm.task is None else f" on {arm.task_name}, m = {arm.m}"
    parts = [f"{arm.learner.name}{place}"]
    if arm.judged_by:
        parts.append(f"judged by {arm.judged_by}")
    if arm.replicate:
        parts.append(f"replicate {arm.replicate}")
    return ", ".join([*parts, *([arm.device] if arm.device else [])])


def arms(designs: Sequence[CellDesign]) -> dict[str, Protocol]:
    """Every arm by its name, with all that determines its result except libraries and seeds."""
    asked = {arm for design in designs for arm in design.arms}
    return {
        name(arm): {
            "learner_version": traits.version(arm.learner),
            "task_version": traits.version(arm.task),
            "settings": dict(arm.settings),
        }
        for arm in asked
    }


def changes(old: Protocol, new: Protocol, *, partial: bool = False) -> Iterator[str]:
    """How a protocol differs from what it was, in words.

    partial: the new one covers only some of the tasks.
    """
    if old["hash"] == new["hash"]:
        return
    for part in ("claim", "tier"):
        for key in sorted(old[part].keys() | new[part].keys()):
            before, after = old[part].get(key), new[part].get(key)
            if before != after:
                yield was_and_is(key.replace("_", " "), before, after)
    yield from arm_changes(old["arms"], new["arms"], partial=partial)
    yield from cell_changes(old["cells"], new["cells"], partial=partial)
    if not partial:
        yield from alternative_changes(old.get("alternatives", {}), new.get("alternatives", {}))


def alternative_changes(
    old: Mapping[str, Sequence[Protocol]], new: Mapping[str, Sequence[Protocol]]
) -> Iterator[str]:
    """Other scopes that were added, removed or changed."""
    for name in sorted(old.keys() | new.keys()):
        if name not in new or name not in old:
            yield f"the scope “{name}” {'is judged now' if name in new else 'is no longer judged'}"
        else:
            changed = cell_changes(old[name], new[name], partial=False)
            yield from (f"in the scope “{name}”, {words}" for words in changed)


def arm_changes(
    old: dict[str, Protocol], new: dict[str, Protocol], *, partial: bool
) -> Iterator[str]:
    """Arms that were added, removed or changed."""
    for arm in sorted(old.keys() | new.keys()):
        if arm not in new:
            if not partial:
                yield f"{arm} is no longer measured"
        elif arm not in old:
            yield f"{arm} is measured now"
        else:
            yield from setting_changes(arm, old[arm], new[arm])


def setting_changes(arm: str, old: Protocol, new: Protocol) -> Iterator[str]:
    """How one arm differs from what it was."""
    for key in ("learner_version", "task_version"):
        if old[key] != new[key]:
            yield f"{key.replace('_', ' ')} of {arm} was {old[key]} and is {new[key]}"
    before, after = old["settings"], new["settings"]
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield was_and_is(f"{key} of {arm}", before.get(key), after.get(key))


def cell_changes(
    old: Sequence[Protocol], new: Sequence[Protocol], *, partial: bool
) -> Iterator[str]:
    """Cells that were added, removed or changed."""
    before = {(each["task"], each["learner"]): each for each in old}
    after = {(each["task"], each["learner"]): each for each in new}
    for key in dict.fromkeys((*before, *after)):
        place = place_of(*key)
        if key not in after:
            if not partial:
                yield f"{place} no longer runs"
        elif key not in before:
            yield f"{place} runs now"
        elif before[key] != after[key]:
            yield f"{place}: {comparison_change(before[key], after[key])}"


def comparison_change(old: Protocol, new: Protocol) -> str:
    """How the comparisons of one cell differ: the first difference."""
    if old["counted"] != new["counted"]:
        before, after = value_in_words(old["counted"]), value_in_words(new["counted"])
        return f"counted was {before} and is {after}"
    if old.get("statements") != new.get("statements"):
        return was_and_is("statements", old.get("statements"), new.get("statements"))
    if len(old["comparisons"]) != len(new["comparisons"]):
        return f"{len(old['comparisons'])} comparisons became {len(new['comparisons'])}"
    for was, now in zip(old["comparisons"], new["comparisons"], strict=True):
        for key in sorted(was.keys() | now.keys()):
            if was.get(key) != now.get(key):
                return was_and_is(key.replace("_", " "), was.get(key), now.get(key))
    return f"its tasks were {value_in_words(old['tasks'])} and are {value_in_words(new['tasks'])}"


def was_and_is(name: str, before: Any, after: Any) -> str:
    """What a value was, and what it is."""
    return f"{name} was {value_in_words(before)} and is {value_in_words(after)}"
