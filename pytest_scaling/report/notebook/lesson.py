"""What a lesson needs: a guess before the answer, and a slider over m."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from .intervals import side_by_side
from .ranking import Standing, common_sizes, draw_progress, draw_standings, label_of
from .table import Table, by_seed

if TYPE_CHECKING:
    from ..archive import Archive
    from .pictures import Picture

__all__ = ["reveal", "seed_by_seed", "side_by_side", "slider", "standing"]

NO_GUESS = "No guess yet. Write one in the cell above, and run both cells again."


@dataclass(frozen=True)
class Fold:
    """A guess, and behind it, folded, what was measured."""

    guess: str
    answer: str

    def __repr__(self) -> str:
        return f"Your guess: {self.guess}" if self.guess else NO_GUESS

    def _repr_html_(self) -> str:
        said = f"Your guess: <b>{escape(self.guess)}</b>" if self.guess else escape(NO_GUESS)
        return (
            f"<p>{said}</p><details><summary><b>Show what was measured</b></summary>"
            f"{self.answer}</details>"
        )


def reveal(guess: str | Mapping[Any, str], *answers: object) -> Fold:
    """A guess with the answers folded behind it.

    guess: words, or words by question. answers: tables, estimates, decisions or plain sentences.
    """
    if isinstance(guess, Mapping):
        given = {question: words.strip() for question, words in guess.items() if words.strip()}
        guess = "; ".join(f"{question}: {words}" for question, words in given.items())
    return Fold(guess.strip(), "".join(map(as_html, answers)))


def as_html(answer: object) -> str:
    """What a notebook shows of something, or its words as a paragraph."""
    shown = getattr(answer, "_repr_html_", None)
    return shown() if shown else f"<p>{escape(str(answer))}</p>"


def standing(ledger: Archive, task: str, m: int, learners: Sequence[str]) -> Table:
    """The accuracies of learners with m rows of a task, the best first.

    Raises ArchiveError where the task, a learner or m was not measured.
    """
    ledger.at(m, task, learners)
    accuracies = Standing.of(ledger.arms, task, m, learners).accuracies
    return Table(f"{task}, m = {m:,}", ("learner", "accuracy"), tuple(accuracies.items()))


def seed_by_seed(ledger: Archive, a: str, b: str, *, task: str, m: int) -> Table:
    """The errors of two learners on every seed that both have, and their differences.

    Raises ArchiveError where one of them was not measured.
    """
    errors = (ledger.errors(task, a, m), ledger.errors(task, b, m))
    return by_seed((label_of(ledger.arms, task, a), label_of(ledger.arms, task, b)), errors)


def slider(ledger: Archive, task: str, learners: Sequence[str]) -> Any:
    """A slider over every m, with the learners from the best down; needs ipywidgets.

    Without ipywidgets the same for every m at once, as one picture. Every m counts at which more
    than half of the learners were measured. Raises ArchiveError for unknown tasks and learners.
    """
    for learner in learners:
        ledger.sizes(task, learner)
    sizes = common_sizes(ledger.arms, task, learners)
    standings = [Standing.of(ledger.arms, task, m, learners) for m in sizes]
    try:
        import ipywidgets
    except ImportError:
        return draw_standings(standings)
    return widget(ipywidgets, {f"{each.m:,}": draw_progress(each, standings) for each in standings})


def widget(ipywidgets: Any, pictures: Mapping[str, Picture]) -> Any:
    """The slider above the picture that it chooses, and below it the picture's words."""
    choice = ipywidgets.SelectionSlider(
        options=list(pictures),
        description="m =",
        layout=ipywidgets.Layout(width="560px"),
    )
    drawn = {m: picture.png for m, picture in pictures.items()}
    image = ipywidgets.Image(value=drawn[choice.value], format="png")
    words = ipywidgets.HTML()

    def show(m: str) -> None:
        image.value = drawn[m]
        words.value = escape(pictures[m].text)

    choice.observe(lambda change: show(change["new"]), names="value")
    show(choice.value)
    return ipywidgets.VBox([choice, image, words])
