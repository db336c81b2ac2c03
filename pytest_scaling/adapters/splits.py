"""Splits of a data set into training and test rows, one for each seed.

A random split is another one for every seed. Of K folds, seed s has fold s mod K of shuffle s // K.
Splits that no seed changes, such as those of a time series, are as many as they are.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..spec.errors import ClaimError
from .content import checked, count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Split = tuple[Places, Places]

TEST_SHARE = 0.25
STREAM = 19  # of random numbers, apart from those that an author draws from seeds


def is_listed(how: Any) -> bool:
    """Whether splits are given as pairs of rows, and not as a splitter or a number."""
    return isinstance(how, Iterable) and not isinstance(how, str)


class Splits:
    """The splits of one data set.

    how: a share of test rows, a number of folds, a splitter of scikit-learn, pairs of training and
    test rows, or None for a random quarter. groups: kept together. stratify: keep the shares of
    classes. times: of the rows; training rows must be the earlier ones.
    """

    def __init__(
        self, name: str, y: Any, how: Any, groups: Any, times: Any, stratify: bool
    ) -> None:
        import numpy as np

        self.name, self.rows, self.how = name, count(y), how
        self.y = np.asarray(y)
        self.groups = None if groups is None else np.asarray(groups)
        self.times = None if times is None else np.asarray(times)
        self.stratify = stratify
        self._units = (
            None if self.groups is None else np.unique(self.groups, return_inverse=True)[1]
        )
        self._sizes: dict[int, tuple[tuple[int, int], ...]] = {}
        self._check()

    def _check(self) -> None:
        how = self.how
        if how is None or hasattr(how, "get_n_splits") or self.pairs is not None:
            return
        if isinstance(how, bool) or not isinstance(how, int | float):
            raise ClaimError(
                f"{self.name}: split is {how!r}; give a share of test rows, a number of folds, a "
                f"splitter of scikit-learn, or pairs of training and test rows"
            )
        if isinstance(how, int) and not 2 <= how <= self.rows:
            raise ClaimError(f"{self.name}: split into {how} folds needs 2 to {self.rows:,}")
        if isinstance(how, float) and not 0 < how < 1:
            raise ClaimError(f"{self.name}: the share of test rows is {how}, not between 0 and 1")

    @cached_property
    def pairs(self) -> list[Split] | None:
        """The splits, where they were listed."""
        import numpy as np

        if not is_listed(self.how):
            return None
        try:
            return [(np.asarray(train), np.asarray(test)) for train, test in self.how]
        except (TypeError, ValueError):
            raise ClaimError(
                f"{self.name}: a listed split must be a pair of training rows and test rows"
            ) from None

    @cached_property
    def most(self) -> int | None:
        """How many splits there are; None where every seed has its own."""
        if self.pairs is not None:
            return len(self.pairs)
        if not hasattr(self.how, "get_n_splits") or self._is_random:
            return None
        return int(self._called(lambda: self.how.get_n_splits(*self._data)))

    @property
    def _is_random(self) -> bool:
        """Whether the splitter gives other splits for another seed."""
        return hasattr(self.how, "random_state") and getattr(self.how, "shuffle", True) is not False

    @property
    def _data(self) -> tuple[Any, Any, Any]:
        import numpy as np

        return np.zeros((self.rows, 1)), self.y, self.groups

    def _called(self, call: Any) -> Any:
        return checked(self.name, f"split by {type(self.how).__name__}", call)

    def of(self, seed: int) -> Split:
        """Training and test rows of a seed; each in an order of its own, without a pattern.

        Training rows of a time series go from the latest to the earliest.
        """
        import numpy as np

        train, test = (np.asarray(part, dtype=np.int64) for part in self._places(seed))
        self._check_split(seed, train, test)
        rng = np.random.default_rng([seed, STREAM, 1])
        if self.times is not None or type(self.how).__name__ == "TimeSeriesSplit":
            order = train if self.times is None else train[np.argsort(self.times[train])]
            return order[::-1], rng.permutation(test)
        return rng.permutation(train), rng.permutation(test)

    def _places(self, seed: int) -> Any:
        if self.most is not None and seed >= self.most:
            raise ClaimError(
                f"{self.name} has {self.most} splits, and seed {seed} would need another; give a "
                f"splitter that shuffles, such as ShuffleSplit"
            )
        if self.pairs is not None:
            return self.pairs[seed]
        if hasattr(self.how, "get_n_splits"):
            return self._called(lambda: self._by_splitter(seed))
        return self._plain(seed)

    def _by_splitter(self, seed: int) -> Any:
        splitter, place = copy.deepcopy(self.how), seed
        if self._is_random:
            repeats = 1 if self._draws_afresh else int(splitter.get_n_splits(*self._data))
            splitter.random_state, place = seed // repeats, seed % repeats
        return next(itertools.islice(splitter.split(*self._data), place, None))

    @property
    def _draws_afresh(self) -> bool:
        """Whether every split of the splitter is drawn apart from its others."""
        return any(kind.__name__ == "BaseShuffleSplit" for kind in type(self.how).__mro__)

    def _plain(self, seed: int) -> Split:
        """A random part, or one of K folds, without scikit-learn; groups stay together."""
        import numpy as np

        folds = self.how if isinstance(self.how, int) else 0
        rng = np.random.default_rng([seed // (folds or 1), STREAM])
        units = np.arange(self.rows) if self._units is None else self._units
        order = rng.permutation(int(units.max()) + 1)
        strata = self.y[order] if self.stratify and self.groups is None else np.zeros(len(order))
        tested = np.zeros(len(order), dtype=bool)
        for stratum in np.unique(strata):
            own = order[strata == stratum]
            if folds:
                tested[own[seed % folds :: folds]] = True
            else:
                share = TEST_SHARE if self.how is None else self.how
                tested[own[: max(1, round(share * len(own)))]] = True
        is_test = tested[units]
        return np.flatnonzero(~is_test), np.flatnonzero(is_test)

    def _check_split(self, seed: int, train: Places, test: Places) -> None:
        import numpy as np

        where = f"{self.name}: the split of seed {seed}"
        if not len(train) or len(test) < 2:
            raise ClaimError(
                f"{where} has {len(train)} training rows and {len(test)} test rows; give more data"
            )
        if len(np.intersect1d(train, test)):
            raise ClaimError(f"{where} has rows in both parts; let each row be in one of them")
        units = self._units
        if units is not None and len(np.intersect1d(units[train], units[test])):
            raise ClaimError(
                f"{where} has groups in both parts; give a splitter that keeps groups together, "
                f"such as GroupShuffleSplit"
            )
        if self.times is not None and self.times[train].max() > self.times[test].min():
            raise ClaimError(
                f"{where} looks ahead: some training rows are later than some test rows; sort the "
                f"rows by time and give split=TimeSeriesSplit(...)"
            )

    def overlap(self, seeds: tuple[int, ...]) -> float:
        """Test rows over training rows in all splits, or another share where that is more.

        The others: of groups, and of test rows that two splits have in common.
        """
        sizes = [self._sizes_of(seed) for seed in seeds]
        ratios: list[float] = [
            sum(test for _, test in counts) / sum(train for train, _ in counts)
            for counts in zip(*sizes, strict=True)
        ]
        return max([*ratios, self._shared(seeds)])

    def _shared(self, seeds: tuple[int, ...]) -> float:
        """The share of test rows that two splits have in common, where splits were made by hand."""
        import numpy as np

        if self.most is None or len(seeds) < 2:
            return 0.0
        tested = [self.of(seed)[1] for seed in seeds]
        times = np.bincount(np.concatenate(tested), minlength=self.rows)
        pairs = (len(seeds) - 1) * sum(map(len, tested))
        return float((times * (times - 1)).sum() / pairs)

    def _sizes_of(self, seed: int) -> tuple[tuple[int, int], ...]:
        """Training and test rows of a seed, and groups likewise where there are some."""
        if seed not in self._sizes:
            split = self.of(seed)
            found = [tuple(map(len, split))]
            if self._units is not None:
                found.append(tuple(len(set(self._units[part].tolist())) for part in split))
            self._sizes[seed] = tuple((train, test) for train, test in found)
        return self._sizes[seed]
