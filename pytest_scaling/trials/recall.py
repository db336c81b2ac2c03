"""Recall: what the store has of a trial, also under other code or libraries.

Trials of one family differ only in code, libraries and seeds. Where an arm has results under
another identity, its first block is trained again. With the same bits, the other blocks are
adopted as they are; otherwise they are trained again as well.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .result import Results, Trained
from .store.relatives import Relative, relatives
from .store.store import Store, answer, now

if TYPE_CHECKING:
    from .trial import Trial

T = TypeVar("T")


class Recall:
    """Recalls trials, and keeps those back that a first block decides about.

    fresh: names of learners, with wildcards, of which nothing is recalled that was stored before.
    notice: takes messages about a store that cannot be read or written.
    """

    def __init__(
        self, store: Store, notice: Callable[[str], None], fresh: Collection[str] = ()
    ) -> None:
        self._store, self._notice, self._fresh = store, notice, fresh
        self._begun = now()
        self._lock = threading.Lock()
        self._held: dict[str, list[Trial]] = {}  # until the first block of that identity has ended
        self._kept: Counter[str] = Counter()  # stored trials by what has changed
        self._changed: Counter[tuple[str, str]] = Counter()  # likewise, and since when

    def known(self, trial: Trial) -> Trained | None:
        """The stored results of a trial, or those of other code that may be adopted; or None."""
        return self._asked(lambda: self._known(trial), None)

    def _known(self, trial: Trial) -> Trained | None:
        if self._is_fresh(trial):
            self._store.ignored_before[trial.identity] = self._begun
        found = self._store.recall(trial.identity, trial.seeds)
        return self._adopted(trial) if found is None else found

    def _is_fresh(self, trial: Trial) -> bool:
        name = trial.arm.learner.name
        return any(fnmatchcase(name, pattern) for pattern in self._fresh)

    def _adopted(self, trial: Trial) -> Trained | None:
        """The results of other code, now the trial's own; None where its first block forbids it."""
        first, candidates = trial.first, self._others(trial)
        mine = self._store.get(first.identity, first.seeds) if candidates else None
        if trial.is_first or mine is None:
            return None
        good = {each.manner for each in self._others(first) if self._results(each) == mine}
        for each in candidates:
            found = self._store.recall(each.identity, each.seeds) if each.manner in good else None
            if found is not None:
                self._store.put(trial, found.results, found.warnings, trained_as=each.identity)
                return found
        return None

    def hold(self, trials: Sequence[Trial], waiting: Collection[str]) -> list[Trial]:
        """Those of the trials that may start, with first blocks that the others wait for.

        waiting: identities of the trials that are on their way.
        """
        start: dict[Trial, None] = {}
        for trial in trials:
            first = self._asked(partial(self._to_check, trial), None)
            if first is None:
                start[trial] = None
                continue
            self._held.setdefault(first.identity, []).append(trial)
            if first.identity not in waiting:
                start[first] = None
        return list(start)

    def let_go(self, first: str) -> list[Trial]:
        """The trials that have waited for the first block of an identity."""
        return self._held.pop(first, [])

    def _to_check(self, trial: Trial) -> Trial | None:
        """The first block of the arm, where it decides whether the trial has to be trained."""
        if trial.is_first or not (candidates := self._others(trial)):
            return None
        first = trial.first
        if self._store.get(first.identity, first.seeds) is not None:
            return None
        manners = {each.manner for each in candidates}
        known = any(each.manner in manners for each in self._others(first))
        return first if known else None

    def compare(self, trial: Trial, results: Results) -> None:
        """Note what the results of a first block, just computed, say about those of other code."""
        if trial.is_first:
            self._asked(lambda: self._compare(trial, results), None)

    def _compare(self, trial: Trial, results: Results) -> None:
        if not (others := self._others(trial)):
            return
        same = [each for each in others if self._results(each) == results]
        other = (same or others)[0]
        rest = [each for each in relatives(self._store, trial) if each.manner == other.manner]
        what = " and ".join(changes(other.ingredients, trial.ingredients))
        with self._lock:
            if same and len(rest) > 1:
                self._kept[what] += len(rest) - 1
            elif not same:
                self._changed[what, other.created[:10]] += len(rest)

    @property
    def notices(self) -> Iterator[str]:
        """What the checks have shown so far, once for every change."""
        with self._lock:
            kept, changed = dict(self._kept), dict(self._changed)
        for what, count in kept.items():
            yield (
                f"{what} changed; the first block gave the same bits, so "
                f"{counted(count, 'other stored trial')} of it may be kept"
            )
        for (what, since), count in changed.items():
            yield (
                f"{what} changed since {since}, and its results differ; "
                f"{counted(count, 'stored trial')} will be trained again where needed"
            )

    def _others(self, trial: Trial) -> list[Relative]:
        """What is stored of the trial under other identities, newest first."""
        if self._is_fresh(trial):
            return []
        return [each for each in relatives(self._store, trial) if each.seeds == trial.seeds]

    def _results(self, relative: Relative) -> Results | None:
        return self._store.get(relative.identity, relative.seeds)

    def _asked(self, question: Callable[[], T], otherwise: T) -> T:
        return answer(question, otherwise, self._notice)


def counted(count: int, noun: str) -> str:
    """A number with its noun, as in "1 stored trial"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What differs between the ingredients of two trials of one family, in words."""
    before, after = old.get("code"), new["code"]
    learner, task = new["learner"]["name"], new.get("task", {}).get("name", "")
    trials = f"{learner} on {task}" if task else learner
    if before is None:
        yield f"what identifies trials of {trials}"
        return
    wholes = {"learner": learner, "task": task, "metric": new.get("judged_by", "")}
    for part, whose in ((part, f"{part} {name}") for part, name in wholes.items() if name):
        kinds = [kind for kind in ("code", "data") if before[part][kind] != after[part][kind]]
        yield from (f"the {kind} of {whose}" for kind in kinds[:1])
    if before["metrics"] != after["metrics"]:
        yield "the scoring of pytest-scaling"
    versions = (old.get("versions", {}), new["versions"])
    for name in sorted(versions[0].keys() | versions[1].keys()):
        was, now = (each.get(name) for each in versions)
        if was != now:
            yield f"{name} (from {was or 'none'} to {now or 'none'}, for {trials})"
