"""Records as a run would write them, made by hand."""

from __future__ import annotations

from typing import Any

import pytest

Record = dict[str, Any]


def arm(learner: str, m: int, errors: list[float], **more: Any) -> Record:
    return {
        "learner": learner,
        "label": learner.replace("-", " "),
        "task": "xor",
        "bayes_error": None,
        "m": m,
        "replicate": 0,
        "settings": {},
        "seeds": list(range(len(errors))),
        "diverged": 0,
        "metrics": {"error": errors, "majority_error": [0.5] * len(errors)},
    } | more


def evidence(verdict: str = "supported", **more: Any) -> Record:
    return {
        "about": "error of a minus b on xor, m = 64",
        "operator": ">",
        "verdict": verdict,
        "sentence": "error of a minus b on xor, m = 64 is 0.1310 [0.1190, 0.1420] (n = 5)",
        "unit": "error",
        "bound": 0.01,
        "bound_name": "smallest_effect",
        "value": 0.131,
        "low": 0.119,
        "high": 0.142,
        "n": 5,
        "level": 0.01,
        "most_seeds": 10,
        "smallest_detectable": 0.004,
        "seeds_needed": None,
        "unseen_failure_share": 0.450720,
        "stopped_early": True,
        "notes": [],
        "seeds": [0, 1, 2, 3, 4],
        "samples": [0.12, 0.13, 0.13, 0.13, 0.14],
    } | more


def cell(verdict: str = "supported", *rows: Record, **more: Any) -> Record:
    base = {"task": "xor", "learner": "", "counted": True, "verdict": verdict, "reason": ""}
    return base | {"evidence": list(rows)} | more


def record(claim_id: str, verdict: str, *cells: Record, **more: Any) -> Record:
    claim = {
        "id": claim_id,
        "text": f"The sentence of {claim_id}",
        "source": {
            "title": "A lecture",
            "author": "A. Teacher",
            "url": "https://example.org/talk",
            "times": ["5:01-5:17"],
        },
        "strength": "usually",
        "smallest_effect": 0.01,
        "bounds": {},
        "level": 0.01,
        "control_of": None,
    }
    base = {
        "schema": "claim-record/v1",
        "file": "claims/test_made_up.py",
        "profile": {"device": "cpu", "tier": "quick"},
        "verdict": verdict,
        "reason": "",
        "partial": False,
        "cells": list(cells),
        "arms": more.pop("arms", []),
        "environment": {
            "python": "3.12.1",
            "system": "Linux",
            "machine": "x86_64",
            "libraries": {"numpy": "2.1.0"},
        },
    }
    return base | {"claim": claim | more}


@pytest.fixture
def make() -> type:
    """The makers of all parts of a record."""

    class Make:
        arm = staticmethod(arm)
        evidence = staticmethod(evidence)
        cell = staticmethod(cell)
        record = staticmethod(record)

    return Make


@pytest.fixture
def run() -> list[Record]:
    """A run with every kind of verdict and evidence, and with curves."""
    arms = [
        arm(learner, m, [error, error + 0.01, error - 0.01], label=label)
        for learner, label, errors in (
            ("ridge", "ridge regression", (0.4, 0.35, 0.34)),
            ("mlp-8", "small network", (0.45, 0.36, 0.3)),
            ("mlp-64", "large network", (0.44, 0.3, 0.1)),
        )
        for m, error in zip((64, 256, 1024), errors, strict=True)
    ]
    undecided = evidence("inconclusive", value=0.006, low=-0.001, high=0.013, n=10, seeds_needed=64)
    race = evidence(
        about="steps of a over b",
        unit="ratio of steps",
        value=1.92,
        low=1.4,
        high=None,
        notes=["3 of 10 runs never arrived"],
    )
    censored = arm("sgd", 64, [], metrics={"steps": [120.0, None], "cap": [500.0, 500.0]})
    exact = {"about": "all is as said", "operator": "exact", "verdict": "supported", "sentence": ""}
    return [
        record("large-leads", "supported", cell("supported", evidence()), arms=arms),
        record(
            "large-leads-early",
            "refuted",
            cell("refuted", evidence("refuted", value=-0.2, low=-0.3, high=-0.1)),
            control_of="large-leads",
        ),
        record("tie", "inconclusive", cell("inconclusive", undecided)),
        record("fooled", "supported", cell("supported", race), arms=[censored]),
        record(
            "fooled-control",
            "supported",
            cell("supported", evidence(bound=None, bound_name="")),
            control_of="fooled",
        ),
        record(
            "needs-gpu",
            "not applicable",
            cell("not applicable", task="", reason="this machine has no CUDA device"),
            source=None,
        ),
        record(
            "by-definition",
            "supported",
            cell("supported", exact, learner="relu"),
            cell("refuted", exact | {"verdict": "refuted"}, task="digits", counted=False),
        ),
    ]
