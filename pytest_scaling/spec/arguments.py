"""The arguments that the plugin provides to the body of a claim."""

from __future__ import annotations

VALUES = (
    "task",
    "tasks",
    "learner",
    "m_small",
    "m_middle",
    "m_large",
    "smallest_effect",
    "bounds",
)
STOPWATCH = "stopwatch"  # a body that asks for it makes a timing claim
MEASUREMENTS = (
    "compare",
    "estimate",
    "interaction",
    "reversal",
    "spread",
    "curve",
    "forecast",
    "ranking",
    "race",
    STOPWATCH,
    "measure",
    "exact",
)
PROVIDED = (*MEASUREMENTS, *VALUES)
