"""The report of a run, made of records alone: one page, the figure for a slide, a summary."""

from .curves import Curve, Panel, Point, for_a_slide, learning_curves
from .error import ReportError
from .figures import draw, save
from .page import build

__all__ = [
    "Curve",
    "Panel",
    "Point",
    "ReportError",
    "build",
    "draw",
    "for_a_slide",
    "learning_curves",
    "save",
]
