"""TODO docstring."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..spec.arguments import STOPWATCH
from ..spec.declaration import Claim, ClaimError, claims_in


def say_mistake(collector: pytest.Collector, report: pytest.CollectReport) -> None:
    """Put one sentence, with the line, in place of the traceback of a ClaimError."""
    raised = report.call.excinfo if hasattr(report, "call") else None
    if raised is None or not isinstance(raised.value, ClaimError):
        return
    lines = [entry.lineno + 1 for entry in raised.traceback if entry.path == collector.path]
    place = f"{collector.path.name}:{lines[-1]}" if lines else collector.path.name
    report.longrepr = f"{place}: {raised.value}"


def claim_of(item: pytest.Item) -> Claim | None:
    """The claim that a test item carries, if any."""
    marker = item.get_closest_marker("claim")
    return marker.args[0] if marker and marker.args else None


def takes_time(item: pytest.Item) -> bool:
    """Whether a claim's verdict depends on the machine's speed: its body has a stopwatch."""
    return STOPWATCH in getattr(item, "fixturenames", ())


def keywords_of(item: pytest.Item) -> set[str]:
    """The ids that select a claim: its own, and that of the claim it is a control of."""
    claim = claim_of(item)
    return {name for name in (claim and claim.id, claim and claim.control_of) if name}


def device_of(item: pytest.Item) -> str:
    """The device that a claim's item is heard on."""
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("device", "cpu")) if callspec else "cpu"


def check_claims(items: list[pytest.Item]) -> None:
    """Raise pytest.UsageError where two items share a claim's id, or a control has no claim."""
    first: dict[tuple[str, str], pytest.Item] = {}
    for item in items:
        claim = claim_of(item)
        if claim is None:
            continue
        other = first.setdefault((claim.id, device_of(item)), item)
        if other.nodeid != item.nodeid:
            raise pytest.UsageError(
                f"two claims have the id {claim.id!r}, {place(other)} and {place(item)}; "
                f"give one of them another id"
            )
        if claim.control_of == claim.id:
            raise pytest.UsageError(f"claim {claim.id!r} is named as its own control")
        if claim.control_of and claim.control_of not in ids_beside(item, items):
            raise pytest.UsageError(
                f"claim {claim.id!r}, {place(item)}, is named as a control of "
                f"{claim.control_of!r}, but its file has no claim of that id; "
                f"a control stands beside its claim"
            )


def ids_beside(item: pytest.Item, items: list[pytest.Item]) -> set[str]:
    """The ids of the claims in the file of a test item, those not selected included."""
    module = item.getparent(pytest.Module)
    written = claims_in(module.obj) if module else ()
    collected = (claim_of(other) for other in items if other.path == item.path)
    return {claim.id for claim in (*written, *collected) if claim}


def place(item: pytest.Item) -> str:
    """Where a test is, as in "test_big[cpu] at test_size.py:12"."""
    path, line, _ = item.reportinfo()
    return f"{item.name} at {Path(path).name}:{(line or 0) + 1}"
