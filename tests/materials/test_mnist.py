"""mnist: read from scikit-learn's folder, where these tests put a few pictures of their own."""

import gzip
import hashlib
import json

import numpy as np
import pytest

from fixtures.tasks import mnist as module
from fixtures.tasks.fetched import data_home
from fixtures.tasks.mnist import Mnist, mnist
from pytest_scaling.trials.rows.draws import Draws

ROWS, PIXELS = 60, 784
FILE = "data/v1/download/52667/mnist_784.arff"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty folder of scikit-learn's, an empty cache, and no network."""
    from sklearn.datasets import _openml

    def no_network(request):
        raise AssertionError(f"{request.full_url} was asked for")

    home = tmp_path / "home"
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(home))
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(_openml, "urlopen", no_network)
    module.table.cache_clear()
    yield home
    module.table.cache_clear()


@pytest.fixture
def fetched(home):
    """Pixels (60, 784) and digits, in the files that scikit-learn keeps once it fetched them."""
    random = np.random.default_rng(0)
    x, y = random.integers(0, 256, (ROWS, PIXELS)), np.arange(ROWS) % 10
    names = [f"pixel{number}" for number in range(1, PIXELS + 1)]
    arff = "\n".join(
        [
            "@RELATION mnist_784",
            *(f"@ATTRIBUTE {name} REAL" for name in names),
            "@ATTRIBUTE class {0,1,2,3,4,5,6,7,8,9}",
            "@DATA",
            *(",".join(map(str, [*pixels, digit])) for pixels, digit in zip(x, y, strict=True)),
            "",
        ]
    ).encode()
    features = [
        {"index": str(index), "name": name, "data_type": "numeric", "is_target": "false"}
        for index, name in enumerate(names)
    ]
    features.append(
        {"index": str(PIXELS), "name": "class", "data_type": "nominal", "is_target": "true"}
    )
    for feature in features:
        feature |= {"is_ignore": "false", "is_row_identifier": "false"}
        feature |= {"number_of_missing_values": "0"}
    description = {
        "id": "554",
        "name": "mnist_784",
        "version": "1",
        "format": "ARFF",
        "status": "active",
        "file_id": "52667",
        "url": f"https://api.openml.org/{FILE}",
        "md5_checksum": hashlib.md5(arff).hexdigest(),
        "default_target_attribute": "class",
    }
    quality = [{"name": "NumberOfInstances", "value": f"{ROWS}.0"}]
    answers = {
        "api/v1/json/data/554": {"data_set_description": description},
        "api/v1/json/data/features/554": {"data_features": {"feature": features}},
        "api/v1/json/data/qualities/554": {"data_qualities": {"quality": quality}},
    }
    files = {path: json.dumps(answer).encode() for path, answer in answers.items()} | {FILE: arff}
    for path, content in files.items():
        file = home / "openml" / "openml.org" / f"{path}.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(content))
    return x, y


class Few(Mnist):
    """As many rows as the test has made."""

    size = ROWS
    test_rows = 20


@pytest.mark.usefixtures("home")
def test_without_its_data_it_says_how_to_fetch_them():
    assert mnist.unavailable() == (
        "the data of mnist are not in scikit-learn's folder (~/scikit_learn_data, or the one that "
        "SCIKIT_LEARN_DATA names); fetch them with "
        '`python -c "from sklearn.datasets import fetch_openml; '
        "fetch_openml(data_id=554, as_frame=False, parser='liac-arff')\"`"
    )


def test_the_rows_are_those_that_were_fetched_with_pixels_up_to_one(fetched):
    assert mnist.unavailable() == ""
    x, y = fetched
    task = Few()
    training, test = task.draw(0, task.most_rows), task.test_set(0)
    drawn_x, drawn_y = (np.concatenate(part) for part in zip(training, test, strict=True))
    order, drawn = np.lexsort(x.T), np.lexsort(drawn_x.T)
    assert np.array_equal(drawn_x[drawn], (x[order] / 255).astype(np.float32))
    assert np.array_equal(drawn_y[drawn], y[order])
    assert len(Draws().training(task, 0, 40)[1]) == 40


def test_it_is_read_once(fetched, monkeypatch):
    Few().draw(0, 5)
    module.table.cache_clear()  # as in another process
    monkeypatch.setattr(module, "fetched", lambda: pytest.fail("it was read again"))
    Few().draw(0, 5)


def test_the_true_task_has_all_rows_and_takes_no_fewer(fetched):
    assert (mnist.size, mnist.classes, mnist.most_rows) == (70_000, 10, 60_000)
    with pytest.raises(ValueError, match=r"^mnist should have 70,000 rows, not 60$"):
        mnist.draw(0, 10)


def test_the_folder_is_the_one_that_scikit_learn_uses(home, tmp_path, monkeypatch):
    from sklearn.datasets import get_data_home

    assert str(data_home()) == get_data_home() == str(home)
    monkeypatch.delenv("SCIKIT_LEARN_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert str(data_home()) == get_data_home()
