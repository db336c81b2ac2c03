"""The drawings of the page: the first figure in its views, and the curves of every claim. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...ledger.format import Record
from ..figures import palette
from ..figures.curves import (
    SIZES_OF_A_CURVE,
    Panel,
    beside,
    best_first,
    for_a_slide,
    learning_curves,
    without,
)
from .cards import Card, everyone, same_profile
from .chart import Chart, Stroke, charts

FEW_SIZES = 3  # a claim that compares at no more of them has them pointed out


@dataclass(frozen=True)
class Learner:
    """An entry of a legend; a learner beside the claims is not shown until it is asked for."""

    key: str
    label: str
    stroke: Stroke
    beside: bool = False


@dataclass(frozen=True)
class Drawings:
    """The curves of one claim."""

    charts: tuple[Chart, ...]
    learners: tuple[Learner, ...]
    marked: bool
    nested: bool


@dataclass(frozen=True)
class Look:
    """How learners are drawn all over the page: strokes, CSS names and colours by theme."""

    styles: Mapping[str, palette.Style]
    keys: Mapping[str, str]
    colours: Mapping[palette.ThemeName, Mapping[str, str]]

    @classmethod
    def of(cls, *groups: Iterable[str]) -> Look:
        """The learners of the first group look as they do by themselves, the others follow."""
        themes: dict[palette.ThemeName, dict[str, palette.Style]] = {}
        for theme in palette.THEMES:
            drawn = themes.setdefault(theme, {})
            for group in groups:
                alone = sum(bool(style.dash) for style in drawn.values())
                drawn |= palette.styles(set(group) - set(drawn), theme, after=alone)
        keys = {name: f"learner_{number}" for number, name in enumerate(themes["light"])}
        colours = {
            theme: {f"--{keys[name]}": style.colour for name, style in drawn.items()}
            for theme, drawn in themes.items()
        }
        return cls(themes["light"], keys, colours)

    def legend(self, panels: Sequence[Panel], aside: Container[str] = ()) -> list[Learner]:
        """The learners of panels: those that count, from the highest end down, then the others."""
        labels = best_first(panels)
        entries = [
            Learner(self.keys[name], label, Stroke.of(self.styles[name]), label in aside)
            for name, label in labels.items()
        ]
        return sorted(entries, key=lambda entry: entry.beside)


def first_panels(records: Sequence[Record]) -> tuple[list[Panel], list[Panel]]:
    """What the slide shows, and the same tasks with the learners beside the claims."""
    gathered = learning_curves(records)
    shown = for_a_slide(without(gathered, beside(records)))
    tasks = [panel.task for panel in shown]
    long = [long_curves(panel) for panel in gathered if panel.task in tasks]
    return shown, sorted(long, key=lambda panel: tasks.index(panel.task))


def long_curves(panel: Panel) -> Panel:
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


def pools(heads: Sequence[Card], records: Sequence[Record]) -> dict[str, list[Panel]]:
    """Per claim the curves of all records of its profile: a claim alone has few sizes."""
    by_profile: dict[str, list[Panel]] = {}
    for card in everyone(heads):
        profile = str(sorted(card.record["profile"].items()))
        if profile not in by_profile:
            by_profile[profile] = learning_curves(same_profile(card.record, records))
    return {
        card.anchor: by_profile[str(sorted(card.record["profile"].items()))]
        for card in everyone(heads)
    }


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
