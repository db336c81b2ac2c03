"""Executable claims about learning machines, with honest statistical verdicts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .adapters.arms import arm
    from .adapters.data import Data
    from .adapters.metrics import Metric
    from .adapters.modules import module
    from .adapters.scores import Scores, scores
    from .experiments.estimate import Decision, Estimate, Inconclusive, all_of, equivalent
    from .experiments.one_look.versions import environment, revision
    from .report.archive import Archive, ArchiveError, open_ledger
    from .spec.declaration import Claim, Source, claim, control
    from .spec.errors import ClaimError
    from .spec.protocols import Block, Fit, Learner, Settings, SettingsError, Task
    from .spec.tier import Tier
    from .statistics.plateau import FLAT
    from .statistics.scaling_law import TOLERANCE


__version__ = "0.1.0"

__all__ = [
    "FLAT",
    "TOLERANCE",
    "Archive",
    "ArchiveError",
    "Block",
    "Claim",
    "ClaimError",
    "Data",
    "Decision",
    "Estimate",
    "Fit",
    "Inconclusive",
    "Learner",
    "Metric",
    "Scores",
    "Settings",
    "SettingsError",
    "Source",
    "Task",
    "Tier",
    "all_of",
    "arm",
    "claim",
    "control",
    "environment",
    "equivalent",
    "module",
    "open_ledger",
    "revision",
    "scores",
]

_LATER = {  # imported when first used, so that pytest starts as fast as without the plugin
    "adapters.scores": ("Scores", "scores"),
    "adapters.arms": ("arm",),
    "adapters.data": ("Data",),
    "adapters.metrics": ("Metric",),
    "adapters.modules": ("module",),
    "spec.declaration": ("Claim", "ClaimError", "Source", "claim", "control"),
    "spec.protocols": ("Block", "Fit", "Learner", "Settings", "SettingsError", "Task"),
    "spec.tier": ("Tier",),
    "statistics.plateau": ("FLAT",),
    "statistics.scaling_law": ("TOLERANCE",),
    "experiments.estimate": ("Decision", "Estimate", "Inconclusive", "all_of", "equivalent"),
    "experiments.one_look.versions": ("environment", "revision"),
    "report.archive": ("Archive", "ArchiveError", "open_ledger"),
}


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
