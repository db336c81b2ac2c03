"""earth: the mask, packed and looked up, and points that are uniform on the globe."""

import io
import sys
import zipfile

import numpy as np
import pytest
from scipy.stats import kstest

from fixtures.tasks import earth as module
from fixtures.tasks.earth import changes_of, earth, on_land
from tests.materials.blocks import CHANCE, largest_z

PLACES = {  # degrees north and east, far from any coast
    "Sahara": (23, 10, True),
    "Kansas": (38.5, -98, True),
    "Siberia": (62, 100, True),
    "central Australia": (-25, 134, True),
    "Amazon": (-5, -62, True),
    "South Pole": (-90, 0, True),
    "next to the South Pole": (-89.999, 77, True),
    "North Pole": (90, 0, False),
    "Atlantic": (30, -45, False),
    "Pacific at the date line": (0, 180, False),
    "Pacific east of the date line": (0, -179.99, False),
    "Chukotka, east of the date line": (67, -175, True),
    "Chukotka, west of it": (67, 178, True),
    "Indian Ocean": (-20, 80, False),
    "Southern Ocean": (-60, 20, False),
}
LAND = 0.2891  # of the sphere, the mask's cells weighed by the cosine of their latitude

installed = pytest.mark.skipif(bool(earth.unavailable()), reason=earth.unavailable())


def points(north, east):
    """Points of the unit sphere (rows, 3) at degrees of latitude and longitude."""
    north, east = np.radians(north), np.radians(east)
    return np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
    )


def saved(mask):
    file = io.BytesIO()
    np.save(file, mask)
    file.seek(0)
    return file


@pytest.fixture
def small(monkeypatch):
    """A globe of random cells of ten degrees, (18, 36), true at sea, in place of the true one."""
    sea = np.random.default_rng(0).random((18, 36)) < 0.7
    monkeypatch.setattr(module, "DEGREE", 0.1)
    monkeypatch.setattr(module, "ROWS", 18)
    monkeypatch.setattr(module, "COLUMNS", 36)
    monkeypatch.setattr(module, "AT_ONCE", 4)  # does not divide 18
    found = changes_of(saved(sea))
    monkeypatch.setattr(module, "changes", lambda: found)
    return sea


def test_every_cell_is_found_again(small):
    row, column = np.indices(small.shape)
    within = np.random.default_rng(1).random((2, *small.shape)) * 0.98 + 0.01
    where = points(90 - (row + within[0]) * 10, (column + within[1]) * 10 - 180)
    assert np.array_equal(on_land(where.reshape(-1, 3)).reshape(small.shape), ~small)


def test_the_poles_and_the_date_line_are_in_cells_too(small):
    where = points(np.array([90, -90, 5, 5]), np.array([-175, -175, 180, -180]))
    cells = [small[0, 0], small[17, 0], small[8, 35], small[8, 0]]
    where[:2, :2] = [-1e-9, -1e-10]  # of the poles themselves any longitude is as good
    assert on_land(where).tolist() == [not cell for cell in cells]


@pytest.mark.parametrize("first", [True, False])
def test_a_mask_may_begin_with_sea_or_with_land(first):
    mask = np.array([[first, first, not first], [True, False, True]])
    changes = changes_of(saved(mask))
    land = [np.sum(changes <= cell) % 2 == 1 for cell in range(6)]
    assert land == [not sea for sea in mask.ravel()]
    assert changes.dtype == np.int32


def test_without_the_package_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    sentence = (
        "the package global-land-mask is not installed; "
        "run `python -m pip install global-land-mask==1.0.0`"
    )
    assert earth.unavailable() == sentence
    with pytest.raises(ModuleNotFoundError, match=f"^{sentence}$"):
        module.read_changes()


def test_another_mask_than_that_of_the_release_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "mask.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mask.npy", saved(np.ones((2, 2), dtype=bool)).getvalue())
    monkeypatch.setattr(module, "archive", lambda: path)
    with pytest.raises(ValueError, match="earth needs the mask of global-land-mask"):
        module.read_changes()


@installed
@pytest.mark.parametrize("place", PLACES)
def test_places_are_where_they_are(place):
    north, east, land = PLACES[place]
    assert on_land(points([north], [east])).tolist() == [land]


@installed
def test_as_much_of_the_rows_is_land_as_of_the_globe():
    y = np.concatenate([earth.test_set(seed)[1] for seed in range(10)])
    assert abs(y.mean() - LAND) < largest_z(1) * np.sqrt(LAND * (1 - LAND) / len(y))


@installed
def test_points_are_uniform_on_the_sphere():
    """By Archimedes, every coordinate of such a point is uniform from -1 to 1."""
    x, _ = earth.draw(0, 50_000)
    assert np.linalg.norm(x, axis=1) == pytest.approx(1, abs=1e-6)
    for coordinate in x.T:
        assert kstest(coordinate, "uniform", args=(-1, 2)).pvalue > CHANCE / 4
    east = np.arctan2(x[:, 1], x[:, 0])
    assert kstest(east, "uniform", args=(-np.pi, 2 * np.pi)).pvalue > CHANCE / 4


@installed
def test_the_package_itself_which_fills_a_gigabyte_is_never_imported():
    earth.draw(0, 10)
    assert "global_land_mask" not in sys.modules
