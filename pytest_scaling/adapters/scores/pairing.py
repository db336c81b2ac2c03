"""Two runs, paired by unit: from their scores to the mean difference of each cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from ...spec.errors import ClaimError
from .scores import Score, Scores, in_words, missing
from .table import Table, absent, cell, listed

if TYPE_CHECKING:
    from ...statistics.clusters.mean import ClusteredMean
    from ...statistics.clusters.rates import Rates

Units = dict[tuple[str, ...], Score]


@dataclass(frozen=True)
class Paired:
    """The differences of two runs, the better minus the other, by cluster.

    means, sizes: the mean difference and the units of each cluster. differ: where every score is 0
    or 1, the units in which the second run alone, and the first alone, succeeded. spread: from the
    least of all scores to the greatest. moments: instead of means and sizes that were not kept:
    mean, standard error, degrees of freedom, clusters, units.
    """

    value: str
    means: tuple[float, ...]
    sizes: tuple[int, ...]
    differ: tuple[int, int] | None
    spread: float
    files: tuple[Mapping[str, str], ...] = ()
    moments: tuple[float, ...] = field(default=())

    @property
    def mean(self) -> ClusteredMean:
        """The mean difference over all units, with its standard error."""
        from ...statistics.clusters.mean import ClusteredMean, clustered_mean

        if self.moments:
            value, error, degrees, clusters, units = self.moments
            return ClusteredMean(value, error, degrees, int(clusters), int(units))
        return clustered_mean(self.means, self.sizes)

    @property
    def rates(self) -> Rates | None:
        from ...statistics.clusters.rates import Rates

        return None if self.differ is None else Rates(*self.differ, self.mean.units)


@dataclass(frozen=True, eq=False)
class Pairing:
    """Two runs that are to be compared, and what belongs together in them."""

    first: Scores
    second: Scores
    cluster: str = ""

    def __post_init__(self) -> None:
        if self.first.higher_is_better != self.second.higher_is_better:
            raise ClaimError(
                f"{self.first.label} and {self.second.label} differ in higher_is_better; one "
                f"metric has one direction"
            )

    @property
    def clustered_by(self) -> str:
        """The column by which units belong together, as far as it was named."""
        return self.cluster or self.first.cluster or self.second.cluster

    @property
    def paired_by(self) -> str:
        """The columns by which units are paired, as far as they were named."""
        return ", ".join(self.first.unit or self.second.unit)

    @property
    def about(self) -> str:
        """What is compared, in words that no file decides."""
        first, second = self.labels if self.first.higher_is_better else self.labels[::-1]
        paired = f", paired by {self.paired_by or 'unit'}"
        clustered = f" and clustered by {self.clustered_by}" if self.clustered_by else ""
        return f"{self.metric} of {second} minus {first}{paired}{clustered}"

    @property
    def metric(self) -> str:
        """The name of the score, as far as it was given."""
        return self.second.value or self.first.value or "score"

    @property
    def labels(self) -> tuple[str, str]:
        """Both runs in words; files of one name with their folders."""
        one, other = self.first, self.second
        if one.label != other.label or not (one.is_file and other.is_file):
            return one.label, other.label
        return f"{one.source.parent.name}/{one.label}", f"{other.source.parent.name}/{other.label}"

    def read(self) -> Paired:
        """Read both runs and pair them; ClaimError where they do not fit each other."""
        tables = self.first.table(), self.second.table()
        units = self.first.by_unit(tables[0]), self.second.by_unit(tables[1])
        self._check_pairs(tables, units)
        metric = self._metric_of(tables)
        pairs = [(key, units[0][key], units[1][key]) for key in sorted(units[0])]
        sign = 1 if self.first.higher_is_better else -1
        by_cluster: dict[str, list[float]] = {}
        for key, one, other in pairs:
            name = self._cluster_of(tables, key, one, other)
            by_cluster.setdefault(name, []).append(sign * (other.value - one.value))
        if len(by_cluster) < 2:
            raise ClaimError(
                f"all {len(pairs)} units belong to one cluster, {listed(by_cluster)}, by the "
                f"column {self._clustering(tables)!r}; an interval needs two, and better ten"
            )
        values = [score.value for _, *both in pairs for score in both]
        differences = [each for members in by_cluster.values() for each in members]
        return Paired(
            metric,
            tuple(sum(members) / len(members) for members in by_cluster.values()),
            tuple(map(len, by_cluster.values())),
            differing(values, differences),
            max(values) - min(values),
            tuple(
                {"name": shown(run, table), "sha256": table.digest}
                for run, table in zip((self.first, self.second), tables, strict=True)
            ),
        )

    def _metric_of(self, tables: tuple[Table, Table]) -> str:
        """The column of scores; ClaimError where each log has another one, and nobody chose."""
        first, second = self.first.value or tables[0].value, self.second.value or tables[1].value
        if first != second and not (self.first.value and self.second.value):
            raise ClaimError(
                f"{self.labels[0]} has the score {first} and {self.labels[1]} has {second}; "
                f"compare one metric, or name both, as in value={first!r}"
            )
        return second

    def _check_pairs(self, tables: tuple[Table, Table], units: tuple[Units, Units]) -> None:
        """Raise ClaimError unless both runs have the same units, and at least two."""
        names = self.first.unit or tables[0].unit
        alone = [
            sorted(units[0].keys() - units[1].keys()),
            sorted(units[1].keys() - units[0].keys()),
        ]
        if any(alone):
            parts = [
                f"{len(keys)} only in {label} ({', '.join(keys[0])})"
                for keys, label in zip(alone, self.labels, strict=True)
                if keys
            ]
            raise ClaimError(
                f"{self.labels[0]} and {self.labels[1]} are not about the same units by "
                f"{', '.join(names)}: {' and '.join(parts)}; compare runs on the same units, and "
                f"score what failed instead of leaving it out"
            )
        if len(units[0]) < 2:
            raise ClaimError(
                f"{tables[0].name} has one unit, {in_words(names, next(iter(units[0])))}; an "
                f"interval needs two, and better thirty"
            )
        self._check_contents(tables, units, names)

    def _check_contents(
        self, tables: tuple[Table, Table], units: tuple[Units, Units], names: Sequence[str]
    ) -> None:
        """Raise ClaimError where a unit of one name is not the same in both logs."""
        content = tables[0].content
        if not content or content != tables[1].content:
            return
        for key, score in units[0].items():
            if score.row.get(content) != units[1][key].row.get(content):
                raise ClaimError(
                    f"{in_words(names, key)} is not the same in both logs: its {content} differs; "
                    f"compare runs on one version of the data set"
                )

    def _clustering(self, tables: tuple[Table, Table]) -> str:
        return self.clustered_by or tables[0].cluster or tables[1].cluster

    def _cluster_of(
        self, tables: tuple[Table, Table], key: Sequence[str], one: Score, other: Score
    ) -> str:
        """The cluster of a unit; ClaimError where the runs put it into different ones."""
        column = self._clustering(tables)
        if not column:
            return "\0".join(key)
        found = [cell(score.row, column) for score in (one, other)]
        for table, name in zip(tables, found, strict=True):
            if absent(name):
                raise missing(table, column, "by which units are clustered")
        if str(found[0]) != str(found[1]):
            raise ClaimError(
                f"{', '.join(key)} belongs to the {column} {found[0]} in {self.labels[0]} and to "
                f"{found[1]} in {self.labels[1]}; a unit has one cluster"
            )
        return str(found[0])


def differing(values: Sequence[float], differences: Sequence[float]) -> tuple[int, int] | None:
    """In how many units each run alone succeeded, the second first; None unless all are 0 or 1."""
    if not set(values) <= {0.0, 1.0}:
        return None
    return sum(each > 0 for each in differences), sum(each < 0 for each in differences)


def shown(run: Scores, table: Table) -> str:
    """The name of a source in a record: a path within the project, and nothing of the machine."""
    if not run.is_file:
        return table.name
    path = PurePath(run.source)
    return path.name if path.is_absolute() or ".." in path.parts else path.as_posix()
