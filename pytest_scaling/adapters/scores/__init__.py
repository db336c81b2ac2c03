"""Scores that exist: of items or seeds, from files of other tools, two runs paired by unit."""

from .pairing import Paired, Pairing
from .scores import Scores, scores

__all__ = ["Paired", "Pairing", "Scores", "scores"]
