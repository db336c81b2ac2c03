"""Data that exist: how seeds split them, what estimators see, and what does not fit together."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    TimeSeriesSplit,
)

from pytest_scaling import ClaimError, Data
from pytest_scaling.trials.fingerprint.fingerprint import fingerprint
from pytest_scaling.trials.workers.payload import find_cloudpickle

ROWS = 60
X = np.arange(2 * ROWS, dtype=float).reshape(ROWS, 2)
Y = np.arange(ROWS) % 3
GROUPS = np.arange(ROWS) // 5
FRAME = pd.DataFrame({"plan": pd.Categorical(["a", "b", None] * 20), "age": X[:, 0]})


def data(**given):
    return Data("toy", X, Y, **given)


def places(task, seeds=range(3)):
    return [tuple(map(set, task.places(seed))) for seed in seeds]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"split": 0.4},
        {"split": 5},
        {"stratify": True},
        {"groups": GROUPS},
        {"split": 4, "groups": GROUPS},
        {"split": ShuffleSplit(test_size=0.2)},
        {"split": KFold(5, shuffle=True)},
        {"split": RepeatedStratifiedKFold(n_splits=3, n_repeats=2)},
        {"split": GroupShuffleSplit(test_size=0.3), "groups": GROUPS},
    ],
    ids=str,
)
def test_seeds_split_differently_and_the_same_seed_alike(given):
    first, second, third = places(data(**given))
    assert first != second != third
    assert [first, second, third] == places(data(**given))
    for train, test in (first, second, third):
        assert not train & test
        assert len(train | test) == ROWS


def test_folds_hold_every_row_once_and_then_are_shuffled_anew():
    for split in (5, KFold(5, shuffle=True)):
        tests = [test for _, test in places(data(split=split), range(10))]
        assert sorted(row for test in tests[:5] for row in test) == list(range(ROWS))
        assert tests[5] not in tests[:5]


def test_a_random_split_keeps_shares_of_classes_and_groups_together():
    _, test = data(stratify=True).places(0)
    assert np.bincount(Y[test]).tolist() == [5, 5, 5]
    train, test = data(groups=GROUPS).places(0)
    assert not set(GROUPS[train]) & set(GROUPS[test])


def test_a_time_series_trains_on_the_past_and_the_latest_rows_first():
    task = data(split=TimeSeriesSplit(5))
    assert task.most_seeds == 5
    train, test = task.places(2)
    assert max(train) < min(test)
    assert train.tolist() == sorted(train, reverse=True)
    assert (
        task.part_of_seed(2, 8).x[:, 0].tolist() == X[max(train) - 7 : max(train) + 1, 0].tolist()
    )


def test_the_first_rows_do_not_depend_on_how_many_are_drawn():
    task = data()
    assert np.array_equal(task.draw(4, 30)[0][:7], task.draw(4, 7)[0])


def test_rows_reach_an_estimator_as_they_are():
    part = Data("frame", FRAME, pd.Series(["no", "yes"] * 30)).part_of_seed(0, 12)
    assert isinstance(part.x, pd.DataFrame)
    assert part.x.dtypes.equals(FRAME.dtypes)
    assert part.x["plan"].isna().any()
    assert len(part.x) == len(part.y) == 12
    matrix = Data("sparse", sparse.csr_matrix(X), Y).part_of_seed(0, 12).x
    assert sparse.issparse(matrix)
    assert matrix.shape == (12, 2)


def test_a_share_of_the_rows_and_all_of_them_are_numbers_of_rows():
    task = data()
    assert [task.rows(None), task.rows(0.5), task.rows(7)] == [45, 22, 7]


def test_a_holdout_is_resampled_for_every_seed_and_its_luck_counts_in_full():
    task = data(holdout=(X[:20] + 0.5, Y[:20]))
    assert task.overlap((0, 1)) == 1.0
    first, second = (task.part_of_seed(seed, 60).x_test for seed in (0, 1))
    assert not np.array_equal(first, second)
    assert set(first.ravel()) <= set((X[:20] + 0.5).ravel())
    assert len(task.part_of_seed(0, 60).x) == ROWS


def test_the_overlap_is_that_of_test_and_training_rows_or_of_groups():
    assert data().overlap((0, 1, 2)) == pytest.approx(15 / 45)
    assert data(split=KFold(5, shuffle=True)).overlap(tuple(range(5))) == pytest.approx(1 / 4)
    sizes = np.repeat(np.arange(6), [1, 1, 1, 1, 1, 55])
    ratios = [
        Data("g", X, Y, split=GroupKFold(3), groups=sizes).splits.of(seed) for seed in range(3)
    ]
    groups = sum(len(set(sizes[test])) for _, test in ratios) / sum(
        len(set(sizes[train])) for train, _ in ratios
    )
    found = Data("g", X, Y, split=GroupKFold(3), groups=sizes).overlap((0, 1, 2))
    assert found >= groups


def test_listed_splits_with_the_same_test_rows_count_as_one():
    same = [(range(40), range(40, ROWS))] * 5
    assert data(split=same).overlap(tuple(range(5))) == 1.0
    apart = [(range(40), range(40, 50)), (range(40), range(50, ROWS))]
    assert data(split=apart).overlap((0, 1)) == pytest.approx(10 / 40)


def test_identity_is_that_of_the_content_in_every_process():
    def found(x=FRAME, y=Y, **given):
        return fingerprint(Data("toy", x, y, **given)).data

    assert found() == found(FRAME.copy())
    changed = [
        found(FRAME.assign(age=FRAME["age"] + 1)),
        found(FRAME.rename(columns={"age": "years"})),
        found(FRAME.astype({"plan": str})),
        found(y=Y[::-1].copy()),
        found(groups=GROUPS),
        found(split=0.3),
        found(split=GroupShuffleSplit(test_size=0.3), groups=GROUPS),
        found(split=GroupShuffleSplit(test_size=0.4), groups=GROUPS),
    ]
    assert len({found(), *changed}) == 9
    cloudpickle = find_cloudpickle()
    copy = cloudpickle.loads(cloudpickle.dumps(Data("toy", FRAME, Y, groups=GROUPS)))
    assert fingerprint(copy) == fingerprint(Data("toy", FRAME, Y, groups=GROUPS))


def test_learners_of_arrays_get_numbers_and_labels():
    x, y = Data("words", X, np.where(Y > 0, "many", "none")).draw(0, 5)
    assert x.shape == (5, 2)
    assert y.dtype.kind == "U"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Data("toy", X, Y[:-1]), "toy: X has 60 rows and y has 59"),
        (lambda: data(groups=GROUPS[:7]), "toy: groups has 7 rows and y has 60"),
        (lambda: Data("toy", X, X), r"the target of toy has shape \(60, 2\); give one column"),
        (lambda: Data("toy", X, [None, *Y[1:]]), "missing in 1 of 60 rows, first in row 0"),
        (lambda: Data("toy", X, np.where(Y, 1.5, np.nan)), "missing in 20 of 60 rows"),
        (lambda: data(split="half"), "toy: split is 'half'; give a share"),
        (lambda: data(split=1), "into 1 folds needs 2 to 60"),
        (lambda: data(split=1.5), "the share of test rows is 1.5"),
        (lambda: data(holdout=0.2), "holdout must be a pair"),
        (lambda: data(holdout=(X, Y), split=0.2), "has a holdout and a split"),
        (lambda: Data("toy", X[:3], Y[:3]), "has 3 rows; a split needs at least 4"),
        (lambda: data(split=[([0, 1], [1, 2])]).places(0), "has rows in both parts"),
        (lambda: data(split=[([0, 1], [2])]).places(0), "2 training rows and 1 test rows"),
        (lambda: data(split=KFold(5)).places(7), "has 5 splits, and seed 7 would need another"),
        (
            lambda: data(split=GroupShuffleSplit()).places(0),
            "toy: split by GroupShuffleSplit fails: The 'groups' parameter should not be None",
        ),
        (
            lambda: data(split=ShuffleSplit(), groups=GROUPS).places(0),
            "has groups in both parts; give a splitter that keeps groups together",
        ),
        (lambda: data(times=np.arange(ROWS)).places(0), "looks ahead"),
        (
            lambda: data(split=TimeSeriesSplit(5), times=np.arange(ROWS)[::-1]).places(0),
            "sort the rows by time",
        ),
        (
            lambda: Data(
                "toy",
                FRAME.set_index(pd.date_range("2020", periods=ROWS)[::-1]),
                Y,
                split=TimeSeriesSplit(5),
            ).places(0),
            "looks ahead",
        ),
        (lambda: data().rows(256), "toy has 45 training rows, not 256; use fewer, or leave m out"),
        (lambda: Data("toy", FRAME, Y).draw(0, 5), r"columns that are no numbers \(plan\)"),
        (lambda: Data("toy", X, Y + 0.5).draw(0, 5), "the target of toy is a quantity"),
    ],
)
def test_what_does_not_fit_together_is_told(make, words):
    with pytest.raises(ClaimError, match=words):
        make()
