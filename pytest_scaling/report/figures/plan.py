"""What a suite says about its figure: whose curves it has, and which claims are written on it.

A suite says so in `figure.toml` beside its claims. Without that file the figure has the curves of
all learners and no letters. Learners go by their labels, which are the same in every tier.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...ledger.reading.strict_json import one_line, read_bytes
from ..error import ReportError

FILE = "figure.toml"
KNOWN = ("title", "learners", "tasks", "ends", "claim")
OF_A_CLAIM = ("id", "letter", "words", "on", "zone")


@dataclass(frozen=True)
class Annotation:
    """A claim that is written on the figure.

    Attributes:
        id: of the claim.
        letter: what stands on the curve.
        words: the claim in a few words.
        on: label of the learner on whose curve the letter stands; empty for none.
        zone: words for the zone of little data, up to the m of the claim; empty for none.
    """

    id: str
    letter: str
    words: str
    on: str = ""
    zone: str = ""


@dataclass(frozen=True)
class FigurePlan:
    """Whose curves the figure has, and what is written on it.

    Attributes:
        title: what the figure is called, before its verdicts.
        learners: labels of the learners; empty for all.
        tasks: tasks in words, by name.
        ends: why the curve of a learner ends before the others, by its label.
        claims: the claims with their letters.
    """

    title: str = ""
    learners: tuple[str, ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[Annotation, ...] = ()

    @classmethod
    def beside(cls, folder: Path) -> FigurePlan:
        """The plan in a folder of claims; an empty one where it has none.

        Raises ReportError where the file is not a plan.
        """
        try:
            return cls.read(read_bytes(folder / FILE).decode("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return cls()
        except (OSError, ValueError, RecursionError) as damage:
            reason = getattr(damage, "strerror", None) or damage
            raise ReportError(f"{FILE} beside the claims cannot be used: {reason}") from None

    @classmethod
    def of_ledger(cls, folder: Path) -> FigurePlan:
        """The plan of the suite that a ledger belongs to: beside its folder, or within it.

        It is within a ledger that is installed. Raises ReportError as `beside` does.
        """
        plan = cls.beside(folder.resolve().parent)
        return plan if plan != cls() else cls.beside(folder)

    @classmethod
    def read(cls, content: str) -> FigurePlan:
        """The plan in a text of TOML; ValueError, in words, where it is none."""
        table = tomllib.loads(content)
        check_names(table, KNOWN, "it")
        learners, claims = table.get("learners", []), table.get("claim", [])
        if not isinstance(learners, list) or not isinstance(claims, list):
            raise ValueError("`learners` must be a list, and every claim a [[claim]]")
        found = tuple(map(annotation, claims))
        letters = [each.letter for each in found]
        if len(set(letters)) < len(letters):
            raise ValueError("two claims have the same letter")
        return cls(
            words(table.get("title", ""), "title"),
            tuple(words(each, "a learner") for each in learners),
            by_name(table.get("tasks", {}), "tasks"),
            by_name(table.get("ends", {}), "ends"),
            found,
        )


def annotation(content: object) -> Annotation:
    """One [[claim]] of the file."""
    if not isinstance(content, dict):
        raise ValueError("every claim must be a [[claim]]")
    check_names(content, OF_A_CLAIM, "a claim")
    given = {name: words(value, f"{name} of a claim") for name, value in content.items()}
    for name in ("id", "letter", "words"):
        if not given.get(name):
            raise ValueError(f"a claim has no {name}")
    return Annotation(**given)


def check_names(table: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    """Raise ValueError where a table has a name that means nothing."""
    for name in table:
        if name not in known:
            raise ValueError(f"{what} has {name!r}; known are {', '.join(known)}")


def by_name(table: object, what: str) -> dict[str, str]:
    """A table of words."""
    if not isinstance(table, dict):
        raise ValueError(f"[{what}] must be a table")
    return {one_line(name): words(value, f"{what}.{name}") for name, value in table.items()}


def words(value: object, what: str) -> str:
    """A text in one line."""
    if not isinstance(value, str):
        raise ValueError(f"{what} must be a text")
    return one_line(value)
