"""The order of the parts, and when each of them must have ended."""

from __future__ import annotations

SECONDS = 570.0  # for everything
SMALL = ("small", "tests", "claims-in-small")  # run at once, before all others
SMALL_UNTIL = 100.0
UNTIL = {  # seconds from the start; a part that ends sooner leaves its time to those that follow
    "environment": 120.0,
    "peak": 150.0,
    "training": 200.0,
    "ratio": 260.0,
    "levers": 330.0,
    "program": 390.0,
    "equality": 430.0,
    "devices": 480.0,
    "claims": 550.0,
    "full": SECONDS,
}
PARTS = (*SMALL, *UNTIL)
SUITE = ("devices", "claims", "full")  # run pytest on claims
MEASURES = tuple(part for part in UNTIL if part not in SUITE)  # are tried in small


def until(part: str, whole: float) -> float:
    """Seconds after which a part must have ended, where `whole` seconds are there for all."""
    planned = SMALL_UNTIL if part in SMALL else UNTIL[part]
    return planned * whole / SECONDS
