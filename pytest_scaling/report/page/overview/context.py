"""What the page says besides the records: other tiers, history, the source, what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ....ledger.format import Record
from ....ledger.ledger import Ledger, rows_of_other_tiers
from ...figures.plan import FigurePlan
from ...folder import Selection
from .changes import RowKey
from .declared import Declared, declared, training
from .history import History, Past, history


@dataclass(frozen=True)
class Context:
    """What is known beside the records of a report; by default nothing.

    others: the rows of other tiers, by claim and device, and by tier. past: verdicts over time,
    likewise. ledgers: the histories of the ledgers that are committed. plan: what the suite says
    about its figure. training: how well the learners were trained, by tier.
    """

    others: Mapping[RowKey, Mapping[str, Record]] = field(default_factory=dict)
    past: Mapping[RowKey, tuple[Past, ...]] = field(default_factory=dict)
    ledgers: tuple[History, ...] = ()
    source: Declared = field(default_factory=Declared)
    selection: Selection | None = None
    plan: FigurePlan = field(default_factory=FigurePlan)
    training: Mapping[str, str] = field(default_factory=dict)

    @property
    def tiers(self) -> list[str]:
        """The other tiers that have rows."""
        return sorted({tier for rows in self.others.values() for tier in rows})


def context(ledgers: Iterable[Ledger], selection: Selection | None = None) -> Context:
    """The context of records that belong to these ledgers.

    Raises ReportError where what a suite says about its figure cannot be used.
    """
    distinct = list(dict.fromkeys(ledgers))
    others: dict[RowKey, Mapping[str, Record]] = {}
    past: dict[RowKey, tuple[Past, ...]] = {}
    histories = [history(each) for each in distinct]
    for ledger, told in zip(distinct, histories, strict=True):
        device = ledger.profile.partition("-")[0]
        others |= {(name, device): rows for name, rows in rows_of_other_tiers(ledger).items()}
        past |= {(name, device): turned for name, turned in told.verdicts.items()}
    folders = dict.fromkeys(each.directory.parent for each in distinct)
    declarations = [declared(folder) for folder in folders]
    sources = [each for each in declarations if each.statements or each.faults]
    source = sources[0] if len(sources) == 1 else Declared()  # several have no order of their own
    committed = tuple(each for each in histories if each.commit)
    plans = [plan for plan in map(FigurePlan.beside, folders) if plan != FigurePlan()]
    plan = plans[0] if len(plans) == 1 else FigurePlan()  # several have no figure in common
    trained = training(next(iter(folders))) if len(folders) == 1 else {}
    return Context(others, past, committed, source, selection, plan, trained)
