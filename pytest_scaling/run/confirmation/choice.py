"""Which claims a run with --claims-confirm measures, and why it refuses to.

A refusal comes before anything is trained: a confirmation is worth what was fixed before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ...ledger.reading.reader import shown
from ...ledger.registration.attempts import results_of
from ...ledger.registration.blocks import Blocks
from ...ledger.registration.history import committed, obstacle
from ...ledger.registration.registration import Registration, Shelf
from ..collection import claim_of, device_of, own_fixtures
from ..evaluate import REGISTRATION, require_unchanged
from ..finish import require_clean
from ..options import CONFIRM, is_worker
from ..session import Session, session_of


def check_run(config: pytest.Config) -> None:
    """Raise pytest.UsageError where version control cannot date the registrations of a run."""
    if is_worker(config):
        return
    if reason := obstacle(config.rootpath):
        raise pytest.UsageError(
            f"{CONFIRM.flag} needs version control, which shows that a registration came before "
            f"its measurement, and {reason}"
        )
    require_clean(config, CONFIRM.flag, "what was registered is what is measured")


class Choice:
    """A plugin for one run: what is left of the items after -k, -m and the like is chosen from."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if any(claim_of(item) for item in items):
            choose(session_of(config), items)


def choose(session: Session, items: list[pytest.Item]) -> None:
    """Leave only the registered claims in a run, each with its registration.

    Those that have been measured are skipped. Raises pytest.UsageError where none is left, or one
    must not be measured; in a worker of pytest-xdist it is left to the controller.
    """
    try:
        found = {item: registration_of(session, item) for item in items}
        chosen = {item: each for item, each in found.items() if each}
        others = [item for item in items if item not in chosen]
        items[:] = list(chosen)
        if others:
            session.config.hook.pytest_deselected(items=others)
        require_fresh(session, chosen)
    except pytest.UsageError as mistake:
        if not session.is_worker:
            raise
        session.mistake = session.mistake or mistake


def shelf_of(session: Session, item: pytest.Item) -> Shelf:
    """The registrations beside the ledger of an item's claim."""
    return Shelf.beside(session.ledger(item.path.parent, "cpu").directory)


def registration_of(session: Session, item: pytest.Item) -> Registration | None:
    """The registration of an item's claim in the tier of the run, if it has one."""
    claim = claim_of(item)
    if claim is None:
        return None
    return shelf_of(session, item).registration(session.tier.name, claim.id)


def require_fresh(session: Session, chosen: dict[pytest.Item, Registration]) -> None:
    """Raise pytest.UsageError where there is nothing to measure, or something that must not be."""
    tier = session.tier.name
    if not chosen:
        raise pytest.UsageError(
            f"{CONFIRM.flag} measures registered claims, and no claim here is registered in the "
            f"tier {tier}; `python -m pytest_scaling register CLAIM --tier {tier} --reason '...'`"
        )
    shelves = dict.fromkeys(shelf_of(session, item) for item in chosen)
    done = {shelf: results_of(shelf) for shelf in shelves}
    waiting = {}
    for item, each in chosen.items():
        if (row := done[shelf_of(session, item)].get(each.hash)) is None:
            waiting[item] = each
        else:
            item.add_marker(pytest.mark.skip(reason=used(each, row["verdict"])))
    if not waiting:
        (first, *more) = chosen.values()
        row = done[shelf_of(session, next(iter(chosen)))][first.hash]
        also = f" (and {len(more)} more have)" if more else ""
        raise pytest.UsageError(f"{used(first, row['verdict'])}{also}; register it again")
    for sentence in faults(session, waiting):
        raise pytest.UsageError(sentence)
    for item, each in waiting.items():
        item.stash[REGISTRATION] = each


def used(registration: Registration, verdict: str) -> str:
    """That a registration has had its one measurement."""
    return (
        f"the registration of {registration.claim!r} in the tier {registration.tier} has had its "
        f"one run, on block {registration.block}: it was {verdict}"
    )


def faults(session: Session, waiting: dict[pytest.Item, Registration]) -> Iterator[str]:
    """Why claims must not be measured, one sentence for each reason."""
    lists: dict[Path, Blocks] = {}
    seen: dict[str, pytest.Item] = {}
    for item, each in waiting.items():
        shelf = shelf_of(session, item)
        if shelf.folder not in lists:
            lists[shelf.folder] = Blocks.read(shelf.folder)
            if words := lists[shelf.folder].break_in_history:
                yield words
        path = shelf.path(each.tier, each.claim)
        if not committed(path):
            yield (
                f"the registration of {each.claim!r} is not in an earlier commit; commit "
                f"{shown(path)} first"
            )
        if not lists[shelf.folder].names(each):
            yield (
                f"the registration of {each.claim!r} is not the one that the list of blocks has "
                f"for block {each.block}; restore both from version control"
            )
        if seen.setdefault(each.claim, item) is not item:
            yield (
                f"claim {each.claim!r} would be measured on {device_of(seen[each.claim])} and on "
                f"{device_of(item)}; a registration has one run: choose one device"
            )
        yield from changed(session, item, each)


def changed(session: Session, item: pytest.Item, registration: Registration) -> Iterator[str]:
    """Whether a claim is not what was registered; one with fixtures of its own says so later."""
    assert isinstance(item, pytest.Function)
    if not own_fixtures(item):
        try:
            require_unchanged(session, item, registration)
        except pytest.UsageError as words:
            yield str(words)
