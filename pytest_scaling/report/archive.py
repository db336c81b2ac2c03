"""The ledger for reading: the rows of one profile with their samples, for notebooks and reports."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from ..experiments.quantities import JUDGED_BY, Rule
from ..ledger.environment import tier_in
from ..ledger.format import Record
from ..ledger.ledger import Ledger, RowFile, is_named, profiles_in
from ..ledger.protocol import rule_of
from ..ledger.reading.reader import shown
from ..ledger.words import SHOWN
from ..spec.tier import DEFAULT_TIERS
from .arms import discordant, measured_arms, overlaps
from .figures.plan import FigurePlan

if TYPE_CHECKING:
    from ..experiments.estimate import Estimate
    from .notebook.pictures import Picture


PLACES = ("claims/ledger", "ledger", "tests/ledger")
PACKAGE = Path(__file__).parents[1]
LECTURE, LECTURE_TIER = "lecture", "quick"  # the ledger that is installed with the package


class ArchiveError(KeyError):
    """Something that was requested is not in the ledger; the message says what is."""

    def __str__(self) -> str:
        return str(self.args[0])


def open_ledger(path: str | Path | None = None, profile: str | None = None) -> Archive:
    """The ledger in a folder, or the one that comes with the package, for reading.

    path: the folder of the ledger (default: `claims/ledger`, `ledger` or `tests/ledger`, the first
        that is there). The name "lecture" opens the quick tier of the lecture's ledger, which is
        installed with pytest-scaling: it needs no clone and no network, and works in any folder.
        (A folder of that name is `Path("lecture")`.)
    profile: its name, or a part that no other has, such as "quick"; by default the one of the
        largest tier, on the CPU where there is one.

    Raises ArchiveError where there is no such ledger or profile, or a row cannot be read.
    """
    installed = path == LECTURE
    folder = lecture_folder() if installed else found_folder(path)
    names = by_size(profiles_in(folder))
    if installed:  # a checkout has more tiers than an installation, and both open the same one
        names = [name for name in names if tier_in(name) == LECTURE_TIER]
    if not names:
        raise ArchiveError(f"there is no ledger in {folder}: it has no folder of a profile")
    return Archive(folder, chosen(names, profile, path if installed else folder))


def lecture_folder() -> Path:
    """The folder of the lecture's ledger: in the package where it was installed, or in a checkout.

    Raises ArchiveError where neither is there.
    """
    for folder in (PACKAGE / LECTURE, PACKAGE.parent / "claims" / "ledger"):
        if profiles_in(folder):
            return folder
    raise ArchiveError(
        f"the ledger {LECTURE!r} was not installed with pytest-scaling, and {PACKAGE.parent} is no "
        f"checkout of it: install the wheel of pytest-scaling again"
    )


def found_folder(path: str | Path | None) -> Path:
    """The folder that is named, or the first of PLACES that exists."""
    if path is None:
        here = next((Path(place) for place in PLACES if Path(place).is_dir()), None)
        if here is None:
            raise ArchiveError(f"there is no ledger here; looked for {', '.join(PLACES)}")
        return here
    if isinstance(path, str) and not Path(path).is_dir():
        raise ArchiveError(
            f"there is no ledger {path!r}: there is no such folder here, and the only ledger that "
            f"comes with pytest-scaling is {LECTURE!r}"
        )
    return Path(path)


def by_size(profiles: Sequence[str]) -> list[str]:
    """Profiles from the smallest tier to the largest, in each tier the CPU last."""
    return sorted(profiles, key=lambda name: (tier_rank(name), name.startswith("cpu-"), name))


def tier_rank(profile: str) -> int:
    """The place of a profile's tier, from 0; -1 for one of the project's own."""
    tier = tier_in(profile)
    names = [each.name for each in DEFAULT_TIERS]
    return names.index(tier) if tier in names else -1


def chosen(names: Sequence[str], wanted: str | None, folder: str | Path | None) -> str:
    """The profile that is meant; ArchiveError where there is none, or more than one."""
    if wanted is None:
        return names[-1]
    if wanted in names:
        return wanted
    fitting = [name for name in names if is_named(name, wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ArchiveError(f"{wanted!r} may mean {' or '.join(fitting)}; give more of the name")
    raise ArchiveError(
        f"the ledger {folder} has no profile {wanted!r}: it was never measured, or not entered; "
        f"it has {', '.join(names)}"
    )


def near(name: str, known: Collection[str]) -> str:
    """Which of the known names may have been meant, as the end of a sentence.

    Names that are spelt alike come before those that contain the name, or share a word with it.
    """
    words = set(re.split(r"[^a-z0-9]+", name.lower())) - {""}
    alike = difflib.get_close_matches(name, sorted(known), n=SHOWN)
    inside = [each for each in sorted(known) if name and name.lower() in each]
    sharing = sorted(known, key=lambda each: -len(words & set(each.split("-"))))
    sharing = [each for each in sharing if words & set(each.split("-"))]
    found = list(dict.fromkeys((*alike, *inside, *sharing)))[:SHOWN]
    if not found:
        return "; `pytest-scaling list` shows all of them"
    return f"; did you mean {' or '.join(filter(None, (', '.join(found[:-1]), found[-1])))}?"


@dataclass(frozen=True)
class Archive(Mapping[str, Record]):
    """The rows of one profile by the id of their claim, as `claim-record/v1` describes them.

    `archive[id]` is a row; `archive.compare(...)` compares two learners at any m that was
    measured; `archive.plot()` draws the figure.
    """

    folder: Path
    profile: str

    @property
    def ledger(self) -> Ledger:
        """The ledger that the rows are in."""
        return Ledger(self.folder, self.profile)

    def path(self, claim_id: str) -> Path:
        """The file of a row."""
        return self.ledger.path(claim_id)

    @cached_property
    def _files(self) -> tuple[RowFile, ...]:
        return tuple(self.ledger.files())

    @cached_property
    def rows(self) -> dict[str, Record]:
        """All rows that can be used, by the id of their claim; `broken` has the others."""
        return {each.path.stem: dict(each.content) for each in self._files if not each.wrong}

    @cached_property
    def broken(self) -> tuple[str, ...]:
        """A sentence about each file that cannot be read, or was changed after it was written."""
        return tuple(f"the ledger's {each.wrong}" for each in self._files if each.wrong)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the claims that have a row, whether or not it can be used."""
        return tuple(sorted(path.stem for path in self.ledger.paths()))

    def __getitem__(self, claim_id: str) -> Record:
        if claim_id not in self.ids:
            raise ArchiveError(self._unknown(claim_id))
        if claim_id in self.__dict__.get("rows", ()):
            return self.rows[claim_id]
        return read(self.path(claim_id))

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def _unknown(self, claim_id: str) -> str:
        elsewhere = [
            name
            for name in by_size(profiles_in(self.folder))
            if Ledger(self.folder, name).path(claim_id).is_file()
        ]
        if elsewhere:
            return (
                f"claim {claim_id!r} has no row in {self.profile}; it has one in "
                f"{' and '.join(elsewhere)}"
            )
        hint = near(claim_id, self.ids)
        return f"there is no claim {claim_id!r} in {self.folder / self.profile}{hint}"

    @cached_property
    def arms(self) -> dict[tuple[str, str, int], Record]:
        """What was measured: by task, learner and m, the arm with the most seeds."""
        return measured_arms(self.rows.values())

    @cached_property
    def overlaps(self) -> dict[str, float]:
        """By task, by how much seeds overlap where they are resplits of one data set, else zero."""
        return overlaps(self.rows.values())

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks."""
        return sorted({task for task, _, _ in self.arms})

    def learners(self, task: str) -> list[str]:
        """Names of the learners that were measured on a task."""
        require(task, self.tasks, "task")
        return sorted({learner for where, learner, _ in self.arms if where == task})

    def sizes(self, task: str, learner: str) -> list[int]:
        """The numbers of training rows m at which a learner was measured on a task."""
        require(learner, self.learners(task), f"learner on {task}")
        return sorted(m for *arm, m in self.arms if arm == [task, learner])

    def errors(self, task: str, learner: str, m: int) -> dict[int, float]:
        """The error on test rows, by seed."""
        arm = self._arm(task, learner, m)
        return dict(zip(arm["seeds"], arm["metrics"]["error"], strict=True))

    def at(self, m: int, task: str, learners: Sequence[str] | None = None) -> dict[str, float]:
        """Mean accuracy with m rows of a task, by the name of the learner, the best first.

        learners: only these, where they were measured at m; by default all.
        """
        names = learners or self.learners(task)
        sizes = {name: self.sizes(task, name) for name in names}
        require(m, sorted(set().union(*sizes.values())), f"m on {task}")
        means = {
            name: 1 - fmean(self.errors(task, name, m).values())
            for name in names
            if m in sizes[name]
        }
        return dict(sorted(means.items(), key=lambda each: -each[1]))

    @cached_property
    def rule(self) -> Rule:
        """By what the rows were judged: the older rule where one of them was."""
        return min((rule_of(row["protocol"]) for row in self.rows.values()), default=JUDGED_BY)

    def compare(
        self,
        a: str,
        b: str,
        *,
        task: str,
        m: int,
        smallest_effect: float = 0.01,
        seeds: int | None = None,
        same_seeds: bool = True,
    ) -> Estimate:
        """How much larger the error of a is than that of b, paired by seed, as a claim measures it.

        The interval is that of a claim at level 0.01; `estimate > smallest_effect` judges it.
        seeds: only so many of those that both have, from 2 on, to see what few are worth.
        same_seeds: if false, every run of a meets one of b on another seed; no claim does that.

        Raises ArchiveError where this was not measured.
        """
        from .notebook.pairing import mixed_up, paired, with_runs_of

        first, second = (self._arm(task, learner, m) for learner in (a, b))
        shared = shared_seeds(first, second, seeds)
        return paired(
            with_runs_of(first, shared, shared),
            with_runs_of(second, shared, shared if same_seeds else mixed_up(shared)),
            discordant(self.rows.values(), first, second) if same_seeds else None,
            smallest_effect,
            self.overlaps.get(task, 0.0),
            self.rule,
        )

    def plot(
        self,
        *,
        up_to: int | None = None,
        tasks: Sequence[str] | None = None,
        learners: Sequence[str] | None = None,
        theme: Literal["light", "dark"] = "light",
    ) -> Picture:
        """Accuracy against m, one task large and the others small.

        Without arguments it is the lecture's own figure, with the claims as letters.

        up_to: leave out what was measured with more rows. tasks: these panels; by default those
        with the most curves. learners: these curves; by default all. Raises ArchiveError where
        there is no curve of three sizes.
        """
        from .notebook.pictures import figure

        kept, plan = arms_of(self.arms, tasks, learners, up_to), None
        if up_to is None and tasks is None and learners is None:
            plan = FigurePlan.of_ledger(self.folder)
        try:
            return figure(kept, self.profile, theme, list(self.rows.values()), plan)
        except ValueError:
            until = "" if up_to is None else f" up to m = {up_to:,}"
            raise ArchiveError(f"no learner was measured at three sizes{until}") from None

    def plot_claim(self, claim_id: str, *, theme: Literal["light", "dark"] = "light") -> Picture:
        """The evidence of one claim: every comparison with its interval, its seeds and its bound.

        Raises ArchiveError where there is no such claim, or it was decided exactly.
        """
        from .notebook.pictures import evidence

        drawn = evidence(self[claim_id], self.profile, theme)
        if drawn is None:
            raise ArchiveError(f"claim {claim_id!r} was decided exactly: there are no intervals")
        return drawn

    def __repr__(self) -> str:
        return f"<ledger {self.profile} of {len(self)} claims and controls>"

    def _repr_html_(self) -> str:
        from .notebook.table import verdicts

        return verdicts(self.profile, list(self.rows.values()), self.broken)

    def _arm(self, task: str, learner: str, m: int) -> Record:
        sizes = self.sizes(task, learner)
        require(m, sizes, f"m of {learner} on {task}")
        return self.arms[task, learner, m]


def require(wanted: object, known: Sequence[object], what: str) -> None:
    """ArchiveError, with what is known, where something that is wanted is not."""
    if wanted not in known:
        raise ArchiveError(
            f"the ledger has no {what} {wanted!r}; it has {', '.join(map(str, known))}"
        )


def arms_of(
    arms: Mapping[tuple[str, str, int], Record],
    tasks: Sequence[str] | None,
    learners: Sequence[str] | None,
    up_to: int | None,
) -> list[Record]:
    """The arms of these tasks and learners up to an m; of all where none are named.

    Raises ArchiveError for one that was not measured.
    """
    known_tasks, known_learners = (sorted({key[place] for key in arms}) for place in (0, 1))
    for task in tasks or ():
        require(task, known_tasks, "task")
    for learner in learners or ():
        require(learner, known_learners, "learner")
    return [
        arm
        for (task, learner, m), arm in arms.items()
        if task in (tasks or known_tasks)
        and learner in (learners or known_learners)
        and (up_to is None or m <= up_to)
    ]


def shared_seeds(a: Record, b: Record, wanted: int | None) -> list[int]:
    """The seeds that two arms have in common, or so many of them.

    Raises ArchiveError where they have none, or not so many.
    """
    shared = sorted(set(a["seeds"]) & set(b["seeds"]))
    where = f"in common on {a['task']}, m = {a['m']:,}"
    if not shared:
        raise ArchiveError(f"{a['learner']} and {b['learner']} have no seed {where}")
    if wanted is not None and not 2 <= wanted <= len(shared):
        raise ArchiveError(
            f"{a['learner']} and {b['learner']} have {len(shared)} seeds {where}; seeds must be "
            f"from 2 to that, not {wanted}"
        )
    return shared[:wanted]


def read(path: Path) -> Record:
    """A row of the ledger; ArchiveError where it cannot be read, or must not be used."""
    row_file = RowFile.read(path)
    wrong = row_file.wrong if row_file else f"{shown(path)} no longer exists"
    if row_file is None or wrong:
        raise ArchiveError(f"the ledger's {wrong}")
    return dict(row_file.content)
