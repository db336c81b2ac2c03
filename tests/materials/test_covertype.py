"""covertype: read from scikit-learn's folder, where these tests put a few rows of their own."""

import joblib
import numpy as np
import pytest

from fixtures.tasks import covertype as module
from fixtures.tasks.covertype import Covertype, covertype
from pytest_scaling.trials.rows.draws import Draws

ROWS, COLUMNS = 90, 54


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty folder of scikit-learn's, and an empty cache."""
    home = tmp_path / "home"
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(home))
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    module.table.cache_clear()
    yield home
    module.table.cache_clear()


@pytest.fixture
def fetched(home):
    """Features (90, 54) and kinds of forest 1 to 7, as scikit-learn keeps them once fetched."""
    random = np.random.default_rng(0)
    x = random.integers(-173, 7_174, (ROWS, COLUMNS)).astype(float)  # the range of the true ones
    y = (np.arange(ROWS) % 7 + 1).astype(np.int32)
    (home / "covertype").mkdir(parents=True)
    joblib.dump(x, home / "covertype" / "samples_py3", compress=9)
    joblib.dump(y, home / "covertype" / "targets_py3", compress=9)
    return x, y


class Few(Covertype):
    """As many rows as the test has made."""

    size = ROWS
    test_rows = 20


@pytest.mark.usefixtures("home")
def test_without_its_data_it_says_how_to_fetch_them():
    assert covertype.unavailable() == (
        "the data of covertype are not in scikit-learn's folder (~/scikit_learn_data, or "
        "the one that SCIKIT_LEARN_DATA names); fetch them with "
        '`python -c "from sklearn.datasets import fetch_covtype; fetch_covtype()"`'
    )
    with pytest.raises(OSError, match="Data not found"):
        covertype.draw(0, 10)


def test_half_of_its_data_are_none(home, fetched):
    assert covertype.unavailable() == ""
    (home / "covertype" / "targets_py3").unlink()
    assert covertype.unavailable() != ""


def test_the_rows_are_those_that_were_fetched_with_kinds_from_zero(fetched):
    x, y = fetched
    task = Few()
    training, test = task.draw(0, task.most_rows), task.test_set(0)
    drawn_x, drawn_y = (np.concatenate(part) for part in zip(training, test, strict=True))
    order = np.lexsort(x.T)
    drawn = np.lexsort(drawn_x.T)
    assert np.array_equal(drawn_x[drawn], x[order])
    assert np.array_equal(drawn_y[drawn], y[order] - 1)
    assert len(Draws().training(task, 0, 70)[1]) == 70


def test_the_true_task_has_all_rows_and_takes_no_fewer(fetched):
    assert (covertype.size, covertype.classes) == (581_012, 7)
    with pytest.raises(ValueError, match=r"^covertype should have 581,012 rows, not 90$"):
        covertype.draw(0, 10)
