"""What a run knows of its trials: from its own memory, or from the store."""

from __future__ import annotations

import threading
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .store.store import Store, StoreError

if TYPE_CHECKING:
    from .result import Trained
    from .trial import Trial


class Memory:
    """The trials that have ended, by identity. Safe for threads.

    recalled: the identities of those that came from the store. notices: messages to the user.
    """

    def __init__(self, store: Store) -> None:
        self.recalled: set[str] = set()
        self.notices: list[str] = []
        self._store = store
        self._trained: dict[str, Trained] = {}
        self._lock = threading.RLock()

    def __contains__(self, identity: object) -> bool:
        return identity in self._trained

    def keep(self, trial: Trial, trained: Trained) -> None:
        """Remember what was trained, with a notice where it left its process changed."""
        with self._lock:
            self._trained[trial.identity] = trained
        if trained.left:
            self.notice(left_changed(trial, trained.left))

    def find(self, trial: Trial, running: Container[str]) -> Trained | None:
        """What is known of a trial that is trained as one; None where it is not known yet.

        One that is not running may be known as a trial of one seed at a time.
        """
        found = self._trained.get(trial.identity)
        if found is None:
            try:
                found = self._store.recall(trial.identity, trial.seeds)
            except StoreError as error:
                self.notice(str(error))
            if found is not None:
                with self._lock:
                    self._trained[trial.identity] = found
                    self.recalled.add(trial.identity)
        if found is None and trial.divisible and trial.identity not in running:
            found = self.find(replace(trial, one_at_a_time=True), running)
            if found is not None:
                self._trained[trial.identity] = found
                self.notice(ran_out_of_memory(trial))
        return found

    def notice(self, sentence: str) -> None:
        """Keep a message to the user, once."""
        with self._lock:
            if sentence not in self.notices:
                self.notices.append(sentence)


def ran_out_of_memory(trial: Trial) -> str:
    """The notice about a trial whose seeds were trained one at a time for lack of memory."""
    return (
        f"{trial.description}: memory ran out with all seeds at once; they were trained one at a "
        f"time, as a separate trial."
    )


def left_changed(trial: Trial, pieces: Sequence[str]) -> str:
    """The notice about a training that leaves the state of its process changed."""
    return (
        f"Training {trial.arm.label} on {trial.arm.task.name} leaves {', '.join(pieces)} changed; "
        f"it is set back before the next trial."
    )
