"""Pictures: figures of matplotlib as a notebook displays them, with what they show in words."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...ledger.format import Record
from ..figures.palette import ThemeName
from ..figures.plan import FigurePlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure


DPI = 80  # a slide of 16 x 9 inches has 1280 x 720 pixels


@dataclass(frozen=True)
class Picture:
    """A figure of matplotlib with what it shows in words."""

    figure: Figure
    text: str

    @property
    def png(self) -> bytes:
        """The figure as PNG; the same figure gives the same bytes."""
        from ..figures.slide import matplotlib_settings

        buffer = io.BytesIO()
        with matplotlib_settings():
            self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """As PNG, which every viewer shows; many remove a picture that is inside HTML."""
        data = {"image/png": base64.b64encode(self.png).decode(), "text/plain": self.text}
        return data, {"image/png": {"alt": self.text}}


def figure(
    arms: Sequence[Record],
    profile: str,
    theme: ThemeName,
    rows: Sequence[Record] = (),
    plan: FigurePlan | None = None,
) -> Picture:
    """Accuracy against m; ValueError where no learner has three sizes.

    rows, plan: the claims, and which of them are written on the figure; without a plan it has all
    learners and no letters.
    """
    from ..figures.composition import figure_panels
    from ..figures.curves import for_a_slide, learning_curves
    from ..figures.slide import description, draw

    panels = learning_curves([{"arms": arms}])
    shown = figure_panels(panels, rows, plan) if plan else for_a_slide(panels)
    drawn = draw(shown, theme, source=credit(profile), records=rows, plan=plan)
    return Picture(drawn, description(shown, rows, plan))


def evidence(row: Record, profile: str, theme: ThemeName) -> Picture | None:
    """The comparisons of one claim; None where it has none."""
    from ..figures.comparisons import forest_description
    from ..figures.forest import draw_forest

    drawn = draw_forest(row, theme, source=credit(profile))
    return Picture(drawn, forest_description(row)) if drawn else None


def credit(profile: str) -> str:
    """Where a figure comes from, for its foot."""
    return f"Measured with pytest-scaling, {profile}"


def blank(width: float, height: float) -> Figure:
    """An empty figure that belongs to no window and no global state; sizes in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(drawn)
    return drawn
