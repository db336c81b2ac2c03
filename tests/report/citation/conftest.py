"""Rows of a ledger in a project under version control, made by hand."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from pytest_scaling.ledger.format import dump
from pytest_scaling.ledger.record import digest
from pytest_scaling.trials.identity import sha256

Row = dict[str, Any]
PROFILE = {
    "device": "cpu",
    "architecture": "x86_64",
    "dtype": "float32",
    "deterministic": True,
    "tier": "quick",
}
FOLDER = "cpu-x86_64-float32-deterministic-quick"
TERMS = {
    "strength": "usually",
    "level": 0.01,
    "smallest_effect": 0.01,
    "bounds": {},
    "control_of": None,
}
TIER = {"sizes": [64], "most_seeds": 10, "test_rows": None}
PROTOCOL = {"claim": TERMS, "tier": TIER, "cells": [], "arms": {}}
PROTOCOL |= {"hash": sha256(PROTOCOL)}
PROJECT = """
[project]
name = "oaks"
authors = [{ name = "Ada & Söhne" }]
urls = { Repository = "https://example.org/oaks_of_ours" }
[dependency-groups]
test = ["oak"]
"""


def comparison(verdict: str = "supported", **more: Any) -> Row:
    return {
        "about": "error of oak minus elm on leaves, m = 64",
        "measured": "oak - elm, 64",
        "metric": "error",
        "arms": [],
        "operator": ">",
        "verdict": verdict,
        "sentence": "",
        "unit": "error",
        "bound": 0.01,
        "bound_name": "smallest_effect",
        "value": 0.131,
        "low": 0.119,
        "high": 0.142,
        "n": 5,
        "level": 0.01,
        "refute_level": 0.01,
        "refuting_low": 0.119,
        "refuting_high": 0.142,
        "most_seeds": 10,
        "noise_floor": 0.001,
        "overlap": 0.0,
        "p": None,
        "smallest_detectable": 0.02,
        "seeds_needed": None,
        "unseen_failure_share": 0.45,
        "stopped_early": True,
        "notes": [],
        "samples": [0.12, 0.13, 0.13, 0.13, 0.14],
        "seeds": [0, 1, 2, 3, 4],
    } | more


def cell(verdict: str, *evidence: Row, task: str = "leaves", counted: bool = True) -> Row:
    return {
        "task": task,
        "learner": "",
        "counted": counted,
        "verdict": verdict,
        "reason": "",
        "evidence": list(evidence),
    }


def arm(learner: str, m: int, errors: list[float], **more: Any) -> Row:
    return {
        "learner": learner,
        "label": learner,
        "learner_version": 1,
        "task": "leaves",
        "task_version": 1,
        "bayes_error": None,
        "m": m,
        "replicate": 0,
        "device": "",
        "settings": {},
        "seeds": list(range(len(errors))),
        "test_rows": [1_000] * len(errors),
        "diverged": 0,
        "diverged_seeds": [],
        "metrics": {"error": errors, "majority_error": [0.5] * len(errors)},
    } | more


def row(claim_id: str, verdict: str, *cells: Row, arms: tuple[Row, ...] = (), **claim: Any) -> Row:
    """A row of the ledger with the digest that matches it."""
    content: Row = {
        "schema": "claim-record/v1",
        "claim": {
            "id": claim_id,
            "text": "Oaks & elms: 100% of {both} grow",
            "source": {
                "title": "On trees",
                "author": "A. Teacher",
                "url": "https://example.org/talk",
                "times": ["05:01-05:17", "06:00"],
            },
            "strength": "usually",
            "smallest_effect": 0.01,
            "bounds": {},
            "level": 0.01,
            "control_of": None,
        }
        | claim,
        "profile": PROFILE,
        "verdict": verdict,
        "reason": "",
        "cells": list(cells),
        "arms": list(arms),
        "discordant": [],
        "protocol": PROTOCOL,
        "environment": {
            "python": "3.12.1",
            "system": "Linux",
            "machine": "x86_64",
            "cpu": "a processor",
            "instructions": ["avx"],
            "blas": "openblas",
            "libraries": {"numpy": "2.1.0", "pytest-scaling": "0.1.0", "torch": "2.13.0+cpu"},
        },
        "blessing": {"reason": "so it was"},
    }
    return renewed(content)


def renewed(row: Row) -> Row:
    """A row with the digest that matches its content."""
    return row | {"digest": digest(row)}


def placed(row: Row, folder: str) -> Row:
    """The row as it belongs in the folder of a profile."""
    device, architecture, dtype, determinism, tier = folder.split("-")
    profile = {
        "device": device,
        "architecture": architecture,
        "dtype": dtype,
        "deterministic": determinism == "deterministic",
        "tier": tier,
    }
    return row if row["profile"] == profile else renewed(row | {"profile": profile})


class Forest:
    """A project with claims in `claims` and its ledger beside them."""

    def __init__(self, root: Path) -> None:
        self.root, self.ledger = root, root / "claims" / "ledger"
        (root / "claims").mkdir()
        (root / "claims" / "test_trees.py").write_text("")
        (root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")

    def path(self, claim_id: str, folder: str = FOLDER) -> Path:
        return self.ledger / folder / f"{claim_id}.json"

    def write(self, *rows: Row, folder: str = FOLDER) -> None:
        (self.ledger / folder).mkdir(parents=True, exist_ok=True)
        for each in rows:
            path = self.path(each["claim"]["id"], folder)
            path.write_text(dump(placed(each, folder)), encoding="utf-8")

    def commit(self) -> str:
        """Commit all there is, on a day of March; returns the commit."""
        by = {
            "GIT_AUTHOR_DATE": "2026-03-04T12:00:00Z",
            "GIT_COMMITTER_DATE": "2026-03-04T12:00:00Z",
        }
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "trees")):
            subprocess.run(["git", "-C", str(self.root), *words], check=True, env=self.env(by))
        said = subprocess.run(
            ["git", "-C", str(self.root), "rev-parse", "HEAD"],
            check=True,
            capture_output=True,
            text=True,
        )
        return said.stdout.strip()

    @staticmethod
    def env(more: dict[str, str]) -> dict[str, str]:
        import os

        return os.environ | more


@pytest.fixture
def forest(tmp_path: Path) -> Forest:
    return Forest(tmp_path)


@pytest.fixture
def make() -> type:
    """The makers of rows and their parts."""

    class Make:
        arm = staticmethod(arm)
        cell = staticmethod(cell)
        comparison = staticmethod(comparison)
        row = staticmethod(row)

    return Make
