"""A ledger of one task on which two learners cross, made by hand."""

import matplotlib as mpl
import pytest

from tests.report.citation.conftest import FOLDER, Forest, arm, cell, comparison, row

SIZES = (16, 64, 256)
ERRORS = {"elm": (0.30, 0.28, 0.27), "oak": (0.40, 0.27, 0.10)}


@pytest.fixture(autouse=True)
def headless():
    mpl.use("agg")


@pytest.fixture
def planted():
    """Arms of both learners at all sizes, five seeds each, 1,000 test rows a seed."""
    return [
        arm(name, m, [round(error + 0.001 * seed, 4) for seed in range(5)])
        for name, errors in ERRORS.items()
        for m, error in zip(SIZES, errors, strict=True)
    ]


@pytest.fixture
def ledger(tmp_path, planted):
    """The folder of a ledger with two claims, which hold different arms."""
    forest = Forest(tmp_path)
    exact = {"about": "all are oaks", "operator": "exact", "verdict": "supported", "sentence": ""}
    forest.write(
        row("grow", "supported", cell("supported", comparison()), arms=tuple(planted[:4])),
        row("named", "supported", cell("supported", exact), arms=tuple(planted[2:])),
    )
    return forest.ledger


@pytest.fixture
def profile():
    return FOLDER
