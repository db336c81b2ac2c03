"""The drawings of the page: the first figure in its views, and the curves of every claim."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ...ledger.format import Record
from ..figures import palette
from ..figures.composition import Composition, compose, figure_panels
from ..figures.curves import (
    SIZES_OF_A_CURVE,
    Panel,
    best_first,
    learning_curves,
    seeds_in_words,
)
from ..figures.plan import FigurePlan
from ..figures.slide import description, draw, drawn_from, learners, png, svg
from ..words import join
from .cards import Card, everyone
from .chart import LARGE, NARROW, VIEWS, Chart, Stroke, View, charts, large
from .heading import source_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHEETS = (LARGE, NARROW)
FEW_SIZES = 3  # a claim that compares at no more sizes than this has them marked


@dataclass(frozen=True)
class LegendEntry:
    """A learner in a legend; one beside the claims is not shown until it is selected."""

    key: str
    label: str
    stroke: Stroke
    beside: bool = False


@dataclass(frozen=True)
class Drawings:
    """The curves of one claim."""

    charts: tuple[Chart, ...]
    learners: tuple[LegendEntry, ...]
    marked: bool
    nested: bool


@dataclass(frozen=True)
class Look:
    """How learners are drawn everywhere on the page: strokes, CSS names and colours by theme."""

    styles: Mapping[str, palette.Style]
    keys: Mapping[str, str]
    colours: Mapping[palette.ThemeName, Mapping[str, str]]

    @classmethod
    def of(cls, names: Iterable[str]) -> Look:
        """The looks of learners, which follow from their names alone."""
        named = list(names)
        themes = {theme: palette.styles(named, theme) for theme in palette.THEMES}
        keys = {name: f"learner_{number}" for number, name in enumerate(themes["light"])}
        colours = {
            theme: {f"--{keys[name]}": style.colour for name, style in drawn.items()}
            for theme, drawn in themes.items()
        }
        return cls(themes["light"], keys, colours)

    def legend(self, panels: Sequence[Panel], aside: Container[str] = ()) -> list[LegendEntry]:
        """The learners of panels: those that count, from the highest end down, then the others."""
        labels = best_first(panels)
        entries = [
            LegendEntry(self.keys[name], label, Stroke.of(self.styles[name]), label in aside)
            for name, label in labels.items()
        ]
        return sorted(entries, key=lambda entry: entry.beside)


@dataclass(frozen=True)
class FirstFigure:
    """The figure at the top: all curves, where the slide has those that the claims are about.

    Attributes:
        hero: the large chart in each view, for wide and for narrow screens.
        views: every task in each view, on one scale, the large one first.
        composed: what the slide shows: its title, rule, letters and zone.
    """

    panels: Sequence[Panel]
    learners: Sequence[LegendEntry]
    views: Mapping[View, Sequence[Chart]]
    hero: Mapping[View, Sequence[Chart]]
    left_out: str
    source: str
    slide: Sequence[Panel]
    composed: Composition
    records: Sequence[Record]
    plan: FigurePlan | None

    @property
    def view_names(self) -> Mapping[View, str]:
        return VIEWS

    @cached_property
    def title(self) -> str:
        return self.composed.title

    @property
    def seeds(self) -> str:
        return seeds_in_words(self.slide)

    @property
    def beside(self) -> str:
        return join([each.label for each in self.learners if each.beside])

    @cached_property
    def text(self) -> str:
        return description(self.slide, self.records, self.plan)

    @property
    def drawn_from(self) -> str:
        """A digest: slides of the same digest are the same."""
        return drawn_from(self.slide, self.composed, self.source, self.text)

    def slides(self) -> tuple[str, bytes, bytes]:
        """The slide as SVG and as PNG, and as PNG in the dark theme."""
        light, dark = self._drawn("light"), self._drawn("dark")
        return svg(light, self.title, self.text), png(light, self.text), png(dark, self.text)

    def _drawn(self, theme: palette.ThemeName) -> Figure:
        more = self.source
        return draw(self.slide, theme, source=more, records=self.records, plan=self.plan)


@dataclass(frozen=True)
class Gallery:
    """All drawings of a page: the first figure, if any, and the curves of each claim by anchor."""

    look: Look
    first: FirstFigure | None
    by_claim: Mapping[str, Drawings]

    @classmethod
    def of(
        cls, heads: Sequence[Card], records: Sequence[Record], plan: FigurePlan | None = None
    ) -> Gallery:
        """The drawings of a run; its learning curves are computed once, for all of them."""
        panels = learning_curves(records)
        look = Look.of(learners(panels))
        first = first_figure(heads, records, panels, look, plan or FigurePlan())
        return cls(look, first, drawings(heads, look, pools(heads, records, panels)))


def first_figure(
    heads: Sequence[Card],
    records: Sequence[Record],
    panels: Sequence[Panel],
    look: Look,
    plan: FigurePlan,
) -> FirstFigure | None:
    """The figure at the top, of the panels of all records; None where they have too few curves."""
    slide = figure_panels(panels, records, plan)
    if not slide:
        return None
    composed = compose(slide, records, plan)
    full = of_tasks(panels, [panel.task for panel in composed.panels])
    shown = {curve.label for panel in slide for curve in panel.curves}
    aside = {curve.label for panel in full for curve in panel.curves} - shown
    return FirstFigure(
        panels=full,
        learners=look.legend(full, aside),
        views={v: charts(full, look.styles, look.keys, v, alike=True) for v in VIEWS},
        hero={
            view: tuple(large(composed, look.styles, look.keys, view, each) for each in SHEETS)
            for view in VIEWS
        },
        left_out=join(tasks_without(panels, slide)),
        source=source_line(heads),
        slide=slide,
        composed=composed,
        records=records,
        plan=plan,
    )


def tasks_without(panels: Sequence[Panel], shown: Sequence[Panel]) -> list[str]:
    """The tasks of panels that are not among those shown."""
    names = {panel.task for panel in shown}
    return [panel.task for panel in panels if panel.task not in names]


def of_tasks(panels: Sequence[Panel], tasks: Sequence[str]) -> list[Panel]:
    """The long curves on these tasks, in the order of the tasks."""
    long = [long_curves(panel) for panel in panels if panel.task in tasks]
    return sorted(long, key=lambda panel: tasks.index(panel.task))


def long_curves(panel: Panel) -> Panel:
    """The panel with the curves of at least three sizes alone."""
    kept = tuple(curve for curve in panel.curves if len(curve.points) >= SIZES_OF_A_CURVE)
    return replace(panel, curves=kept)


def drawings(
    heads: Sequence[Card], look: Look, pools: Mapping[str, Sequence[Panel]]
) -> dict[str, Drawings]:
    """The curves of every claim and control, by its anchor."""
    nested = {control.anchor for head in heads for control in head.controls}
    return {
        card.anchor: of_claim(card, look, pools[card.anchor], nested=card.anchor in nested)
        for card in everyone(heads)
    }


def pools(
    heads: Sequence[Card], records: Sequence[Record], panels: Sequence[Panel]
) -> dict[str, Sequence[Panel]]:
    """Per claim the curves of all records of its profile: a claim alone has few sizes.

    panels: the curves of all records, which are those of the profile where there is only one.
    """
    by_profile: dict[str, Sequence[Panel]] = {}
    found: dict[str, Sequence[Panel]] = {}
    for card in everyone(heads):
        profile = str(sorted(card.record["profile"].items()))
        if profile not in by_profile:
            own = [each for each in records if each["profile"] == card.record["profile"]]
            by_profile[profile] = panels if len(own) == len(records) else learning_curves(own)
        found[card.anchor] = by_profile[profile]
    return found


def of_claim(card: Card, look: Look, pool: Sequence[Panel], *, nested: bool) -> Drawings:
    """The curves of the learners that a claim compares, on its tasks."""
    own: dict[str, dict[str, set[int]]] = {}
    for arm in card.record["arms"]:
        if any(value is not None for value in arm["metrics"].get("error", ())):
            own.setdefault(arm["task"], {}).setdefault(arm["learner"], set()).add(arm["m"])
    panels = []
    for panel in pool:
        kept = [c for c in long_curves(panel).curves if c.learner in own.get(panel.task, {})]
        if kept:
            panels.append(replace(panel, curves=tuple(kept)))
    sizes = {task: sorted(set().union(*learners.values())) for task, learners in own.items()}
    marked = {task: few for task, few in sizes.items() if len(few) <= FEW_SIZES}
    return Drawings(
        tuple(charts(panels, look.styles, look.keys, compared=marked, with_seeds=True)),
        tuple(look.legend(panels)) if panels else (),
        marked=any(panel.task in marked for panel in panels),
        nested=nested,
    )
