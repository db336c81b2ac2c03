"""The report of the committed ledger: small enough to be sent, and the same whenever it is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_scaling.ledger.ledger import profiles_in
from pytest_scaling.report.archive import open_ledger
from pytest_scaling.report.build import build_of_rows

CLAIMS = Path(__file__).parents[3] / "claims"
MOST = 3_000_000  # bytes of the page


@pytest.mark.parametrize("profile", profiles_in(CLAIMS / "ledger"))
def test_the_page_is_at_most_three_megabytes_and_the_same_when_it_is_made_again(profile, tmp_path):
    archive = open_ledger(CLAIMS / "ledger", profile)
    records = [dict(archive[claim]) for claim in archive]
    first = build_of_rows(CLAIMS, records, tmp_path / "first")[0].read_bytes()
    again = build_of_rows(CLAIMS, records, tmp_path / "again")[0].read_bytes()
    assert len(first) < MOST
    assert first == again
    assert b'id="large-dominates"' in first
