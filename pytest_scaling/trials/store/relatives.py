"""Relatives: what the store has of a trial's family, under other seeds, code or libraries."""

from __future__ import annotations

import contextlib
import json
import platform
from typing import TYPE_CHECKING, Any, NamedTuple

from ..identity import CHANGING, canonical

if TYPE_CHECKING:
    from ..trial import Trial
    from .row import Row
    from .store import Store


class Relative(NamedTuple):
    """A stored trial of some family: its identity, its ingredients and when it was put."""

    identity: str
    ingredients: dict[str, Any]
    created: str

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(self.ingredients.get("seeds", ()))

    @property
    def manner(self) -> str:
        """Its code and libraries, which relatives of the same manner share."""
        return canonical({n: self.ingredients.get(n) for n in CHANGING if n != "seeds"})


def relatives(store: Store, trial: Trial) -> list[Relative]:
    """Trials of the family under other identities, trained on such a machine; newest first.

    They are the trial's own other blocks, and blocks under other code or libraries. None in an
    older store that can only be read. StoreError where the store cannot be read.
    """
    if "family" not in store.columns:
        return []
    question = (
        "SELECT identity, ingredients, created FROM trials WHERE family = ? AND machine = ?"
        " AND identity != ? ORDER BY created DESC, identity"
    )
    key = (trial.family, platform.machine(), trial.identity)
    rows: list[Row] = store.read(lambda c: c.execute(question, key).fetchall())
    found = []
    for identity, text, created in rows:
        with contextlib.suppress(ValueError):  # a damaged row
            found.append(Relative(identity, json.loads(text), created))
    return found
