"""The rates on the page are those that were measured."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from pytest_scaling.report.page.render import PLANTED

DOCS = Path(__file__).parents[3] / "docs" / "explanation" / "planted-truth.md"
ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)


@pytest.fixture
def table() -> list[list[str]]:
    """The rows of the table of rates, cell by cell."""
    rows = [
        [cell.strip() for cell in row.split("|")] for row in ROW.findall(DOCS.read_text("utf-8"))
    ]
    return [row for row in rows if len(row) == 8]


def test_the_page_tells_the_rates_of_the_documentation(table):
    by_truth = {row[0]: row for row in table if row[0]}
    bound = next(row for truth, row in by_truth.items() if truth.startswith("B"))
    refuted = table[table.index(bound) + 1]
    assert (PLANTED.at_the_bound, PLANTED.supported) == (bound[2], bound[5])
    assert (refuted[4], refuted[5]) == ("refuted", PLANTED.refuted)
    evaluations = {row[0][0]: (row[2], row[5]) for row in table if row[0][:2] in ("S,", "R,")}
    assert evaluations == {"S": (PLANTED.true, "0 %"), "R": (PLANTED.false, "0 %")}


def test_every_rate_stands_in_the_documentation():
    text = DOCS.read_text("utf-8")
    for value in dataclasses.asdict(PLANTED).values():
        assert value in text
