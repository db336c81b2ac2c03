"""Executable claims about learning machines, with honest statistical verdicts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .archive import Archive, ArchiveError, open_ledger
    from .declaration import Claim, ClaimError, Source, claim
    from .estimate import Decision, Estimate, Inconclusive, all_of, equivalent
    from .trials.block import Block, Fit, Learner, Settings, SettingsError, Task

__version__ = "0.1.0"

__all__ = [
    "Archive",
    "ArchiveError",
    "Block",
    "Claim",
    "ClaimError",
    "Decision",
    "Estimate",
    "Fit",
    "Inconclusive",
    "Learner",
    "Settings",
    "SettingsError",
    "Source",
    "Task",
    "all_of",
    "claim",
    "equivalent",
    "open_ledger",
]

_LATER = {  # imported when first used, so that pytest starts as fast as without the plugin
    **dict.fromkeys(("Claim", "ClaimError", "Source", "claim"), "declaration"),
    **dict.fromkeys(("Decision", "Estimate", "Inconclusive", "all_of", "equivalent"), "estimate"),
    **dict.fromkeys(("Archive", "ArchiveError", "open_ledger"), "archive"),
    **dict.fromkeys(
        ("Block", "Fit", "Learner", "Settings", "SettingsError", "Task"), "trials.block"
    ),
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
