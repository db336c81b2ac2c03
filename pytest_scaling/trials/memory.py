"""What a run knows of its trials: from its own memory, or from the store."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .recall import Recall

if TYPE_CHECKING:
    from .result import Results, Trained
    from .store.store import Store
    from .trial import Trial


class Memory:
    """The trials that have ended, by identity. Safe for threads.

    fresh: names of learners, with wildcards, of which nothing is recalled that was stored before.
    recalled: those that came from the store, by identity.
    """

    def __init__(self, store: Store, fresh: Collection[str] = ()) -> None:
        self.recalled: dict[str, Trial] = {}
        self._notices: list[str] = []
        self._recall = Recall(store, self.notice, fresh)
        self.known = self._recall.known
        self.hold, self.let_go = self._recall.hold, self._recall.let_go
        self._trained: dict[str, Trained] = {}
        self._lock = threading.RLock()

    def __contains__(self, identity: object) -> bool:
        return identity in self._trained

    @property
    def notices(self) -> list[str]:
        """Messages to the user."""
        return [*self._notices, *self._recall.notices]

    @property
    def stored(self) -> dict[Trial, Results]:
        """What came from the store."""
        with self._lock:
            return {trial: self._trained[name].results for name, trial in self.recalled.items()}

    def compare(self, trial: Trial, trained: Trained) -> None:
        """Note what a trial that was trained now says about what is stored under other code."""
        self._recall.compare(trial, trained.results)

    def keep(self, trial: Trial, trained: Trained) -> None:
        """Remember what was trained, with a notice where it left its process changed."""
        with self._lock:
            self._trained[trial.identity] = trained
        if trained.left:
            self.notice(left_changed(trial, trained.left))

    def find(self, trial: Trial, running: Collection[str]) -> Trained | None:
        """What is known of a trial that is trained as one; None where it is not known yet.

        One that is not running may be known as a trial of one seed at a time.
        """
        found = self._trained.get(trial.identity)
        if found is None:
            found = self._recall.known(trial)
            if found is not None:
                with self._lock:
                    self._trained[trial.identity] = found
                    self.recalled[trial.identity] = trial
        if found is None and trial.divisible and trial.identity not in running:
            found = self.find(replace(trial, one_at_a_time=True), running)
            if found is not None:
                self._trained[trial.identity] = found
                self.notice(ran_out_of_memory(trial))
        return found

    def notice(self, sentence: str) -> None:
        """Keep a message to the user, once."""
        with self._lock:
            if sentence not in self._notices:
                self._notices.append(sentence)


def ran_out_of_memory(trial: Trial) -> str:
    """The notice about a trial whose seeds were trained one at a time for lack of memory."""
    return (
        f"{trial.description}: memory ran out with all seeds at once; they were trained one at a "
        f"time, as a separate trial."
    )


def left_changed(trial: Trial, pieces: Sequence[str]) -> str:
    """The notice about a training that leaves the state of its process changed."""
    of_task = f" on {trial.arm.task_name}" if trial.arm.task_name else ""
    return (
        f"Training {trial.arm.label}{of_task} leaves {', '.join(pieces)} changed; "
        f"it is set back before the next trial."
    )
