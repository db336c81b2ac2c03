"""The whole suite as a user runs it, on planted tasks and learners, with the store and the pool.

It finds the planted truth, and the same evidence as an evaluation without store and pool, so that
the rates measured there are those of the suite.
"""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.planted.rates import RIGHT, WRONG
from tests.planted.truth import TRUTHS

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
WITHOUT_TORCH = ROOT / "tests" / "trials" / "without_torch"  # starts sooner, and knows no GPU
OURS = ("PYTEST_SCALING_", "PYTEST_XDIST_", "PYTEST_ADDOPTS")
NO_GPU = ("not applicable", "it compares cpu and cuda, and this run has no cuda")


def told(world, folder):
    """Verdict and evidence of every claim, as JUnit XML has them after a run of the suite."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    options = {
        "planted-world": world,
        "scaling-store": folder / "trials.db",
        "claims-ledger": folder / "ledger",
        "scaling-report": "",
        "scaling-workers": 1,
        "junitxml": folder / "junit.xml",
    }
    plugins = ("tests.planted.pipeline", "no:cacheprovider", "no:benchmark", "no:xdist")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "claims/"),
            *(f"--{name}={value}" for name, value in options.items()),
            *(f"-p{name}" for name in plugins),
        ],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(WITHOUT_TORCH)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr  # 1: not as the lecture says
    cases = ElementTree.parse(folder / "junit.xml").iter("testcase")
    properties = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in cases]
    return {each["claim"]: (each["verdict"], each["evidence"]) for each in properties}


@pytest.mark.parametrize("world", ["lecture", "contrary", "edge"])
def test_a_run_of_the_suite_comes_to_the_planted_truth(world, stage, tmp_path):
    heard = told(world, tmp_path)
    here = {claim: stage(world).evaluate(claim) for claim in heard}
    assert heard == {
        claim: NO_GPU
        if result.claim.devices
        else (str(result.verdict or "not applicable"), result.reason)
        for claim, result in here.items()
    }
    planted = {truth.claim: truth.letter for truth in TRUTHS if truth.world == world}
    verdicts = {claim: verdict for claim, (verdict, _) in heard.items()}
    wrong = {claim: v for claim, v in verdicts.items() if v in WRONG.get(planted.get(claim), ())}
    assert wrong == {}
    right = [
        v == RIGHT[planted[claim]] for claim, v in verdicts.items() if planted.get(claim) in RIGHT
    ]
    assert sum(right) >= 0.9 * len(right)
