"""What a notebook shows of a ledger: a paired comparison, the figure, a table of verdicts."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from ..experiments.estimate import Estimate, Evidence
from ..experiments.quantities import JUDGED_BY, Rule, differences
from ..experiments.units import ERROR
from ..ledger.format import Record
from ..ledger.replay import recorded

if TYPE_CHECKING:
    from matplotlib.figure import Figure


ThemeName = Literal["light", "dark"]
LEVEL = 0.01  # one-sided, that of a claim
NOTEBOOK_DPI = 80  # 1280 x 720 pixels


def paired(
    a: Record,
    b: Record,
    discordant: Mapping[int, int] | None,
    smallest_effect: float,
    overlap: float,
    rule: Rule = JUDGED_BY,
) -> Estimate:
    """Error of arm a minus that of arm b over the seeds that both have, as a claim measures it.

    discordant: by seed, the test rows that exactly one of them gets right; None where that was not
    kept; then as many as both get wrong are assumed, which widens the interval.
    overlap: of seeds that are resplits of one data set, as `paired_interval` takes it.
    """
    shared = set(a["seeds"]) & set(b["seeds"])
    counts = discordant or most_discordant(a, b)
    first, second = (
        tuple(each for each in recorded(arm, place, {(0, 1): counts}) if each.seed in shared)
        for place, arm in enumerate((a, b))
    )
    by_seed = {each.seed: each for each in second}
    same_rows = tuple(by_seed[each.seed] for each in first)
    quantity = differences(first, same_rows, ("error", "error")).judged_by(rule)
    interval = quantity.interval(LEVEL, overlap)
    return Estimate(
        about=f"error of {a['label']} minus {b['label']} on {a['task']}, m = {a['m']:,}",
        measured=f"{a['label']} - {b['label']}, {a['m']:,}",
        unit=ERROR,
        interval=interval,
        refuting=interval,
        seeds=tuple(each.seed for each in first),
        samples=tuple(quantity.values.tolist()),
        bounds={"smallest_effect": smallest_effect},
        level=LEVEL,
        most_seeds=len(first),
        evidence=Evidence(),
        notes=quantity.notes,
        floor=quantity.floor,
        typical=quantity.typical,
    )


def most_discordant(a: Record, b: Record) -> dict[int, int]:
    """By seed, the test rows that two arms get wrong in total: they differ in no more."""
    errors = dict(zip(b["seeds"], b["metrics"]["error"], strict=True))
    return {
        seed: min(rows, round(rows * (error + errors[seed])))
        for seed, error, rows in zip(a["seeds"], a["metrics"]["error"], a["test_rows"], strict=True)
        if seed in errors
    }


@dataclass(frozen=True)
class Picture:
    """A figure of matplotlib with what it shows in words, as a notebook displays it."""

    figure: Figure
    text: str

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=NOTEBOOK_DPI)
        data = base64.b64encode(buffer.getvalue()).decode()
        return (
            f"<img src='data:image/png;base64,{data}' style='max-width: 100%' "
            f"alt='{escape(self.text)}'>"
        )


def figure(arms: Sequence[Record], profile: str, theme: ThemeName) -> Picture:
    """Accuracy against m; ValueError where no learner has three sizes."""
    from .figures.curves import for_a_slide, learning_curves
    from .figures.slide import description, draw

    panels = for_a_slide(learning_curves([{"arms": arms}]))
    return Picture(draw(panels, theme, source=credit(profile)), description(panels))


def evidence(row: Record, profile: str, theme: ThemeName) -> Picture | None:
    """The comparisons of one claim; None where it has none."""
    from .figures.comparisons import forest_description
    from .figures.forest import draw_forest

    drawn = draw_forest(row, theme, source=credit(profile))
    return Picture(drawn, forest_description(row)) if drawn else None


def credit(profile: str) -> str:
    """Where a figure comes from, for its foot."""
    return f"Measured with pytest-scaling, {profile}"


def table(profile: str, rows: Sequence[Record], broken: Sequence[str] = ()) -> str:
    """Claims and verdicts as a table of HTML, and below it what is wrong with other rows."""
    body = "".join(
        f"<tr><th scope='row'>{escape(row['claim']['id'])}</th>"
        f"<td style='text-align: left'>{escape(row['claim']['text'])}</td>"
        f"<td>{escape(row['verdict'])}</td>"
        f"<td>{escape(row['claim']['control_of'] or '')}</td></tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(profile)}</caption><thead><tr><th scope='col'>claim</th>"
        f"<th scope='col'>in words</th><th scope='col'>verdict</th>"
        f"<th scope='col'>control of</th></tr></thead><tbody>{body}</tbody></table>"
        + "".join(f"<p>{escape(sentence)}</p>" for sentence in broken)
    )
