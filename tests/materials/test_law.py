"""`python -m fixtures.law`: settings as smooth functions of m, fitted to landscapes."""

import itertools
import json

import numpy as np
import pytest

from fixtures import landscape, law
from fixtures.landscape import Row
from fixtures.law import cheapest_path, costs, filled_in, halfway, law_of_steps, trained_like
from fixtures.learners import NETWORKS, large_network, nearest_neighbours, rbf_svm, tuned
from fixtures.learners.law import law_of
from fixtures.learners.network import Network
from fixtures.learners.tuned import tuned_task
from fixtures.spaces import SPACES, Steps, space

SIZES = (64, 256, 1_024, 4_096)
OF_NETWORKS = [
    {"learning_rate": rate, "weight_decay": decay, "steps": 2_000}
    for rate, decay in itertools.product(
        (0.001, 0.003, 0.01, 0.03), (0.003, 0.02, 0.1, 0.5, 2.0, 8.0)
    )
]


@pytest.fixture
def _elsewhere(tmp_path, monkeypatch):
    """Landscapes and settings are read from and written to an empty folder."""
    for module, name in ((tuned, "FOLDER"), (law, "FOLDER"), (landscape, "FOLDER")):
        monkeypatch.setattr(module, name, tmp_path)
    tuned_task.cache_clear()
    yield
    tuned_task.cache_clear()


def bowl(learner, best, *, floor=0.1, sizes=SIZES, candidates=()):
    """A landscape whose error rises with the squared distance, in decades, from `best(m)`."""
    for m, settings in itertools.product(sizes, candidates or space(learner)):
        away = sum(np.log10(settings[name] / value) ** 2 for name, value in best(m).items())
        yield Row(learner.name, m, settings, (floor + 0.05 * away,))


def test_a_law_follows_a_power_of_the_rows():
    def best(m):
        return {"C": 30 * (m / 256) ** 0.5, "gamma": 1.0}

    fitted = law_of(law.law("friedman", [rbf_svm], list(bowl(rbf_svm, best))))
    for m in (64, 512, 2_048, 65_536):
        found = fitted.settings(m)
        assert np.log10(found["C"] / min(best(m)["C"], 30_000)) == pytest.approx(0, abs=0.5)
        assert np.log10(found["gamma"]) == pytest.approx(0, abs=0.3)


def test_a_law_has_no_kinks_where_the_landscape_has_luck():
    """One size whose best candidate is far off, by a hair, does not move the law."""
    rows = list(bowl(rbf_svm, lambda m: {"C": 30.0, "gamma": 1.0}))
    lucky = next(r for r in rows if r.m == 1_024 and r.settings["gamma"] == 30)
    rows[rows.index(lucky)] = Row("rbf-svm", 1_024, lucky.settings, (0.0995,))
    fitted = law_of(law.law("friedman", [rbf_svm], rows))
    assert fitted.settings(1_024)["gamma"] == pytest.approx(1, rel=0.8)


def test_a_setting_that_is_a_name_has_one_value_where_nothing_speaks_for_two():
    rows = [
        Row(
            r.learner,
            r.m,
            r.settings,
            tuple(e + 0.02 * (r.settings["scaling"] == "columns") for e in r.errors),
        )
        for r in bowl(nearest_neighbours, lambda m: {"neighbours": 9})
    ]
    written = law.law("friedman", [nearest_neighbours], rows)
    assert written["fixed"]["scaling"] == "together"
    found = law_of(written).settings(300)
    assert set(found) == set(SPACES["nearest-neighbours"])
    assert isinstance(found["neighbours"], int)


def regimes(learner):
    """Best is a vote of 65 with 64 rows, and then three by their distance: another regime."""
    for row in bowl(learner, lambda m: {"neighbours": 65 if m < 256 else 3}):
        wrong = (row.settings["weights"] == "distance") == (row.m < 256)
        yield Row(row.learner, row.m, row.settings, tuple(e + 0.03 * wrong for e in row.errors))


def test_a_rival_leaps_to_another_regime_names_and_all():
    written = law.law("friedman", [nearest_neighbours], list(regimes(nearest_neighbours)))
    assert written["names"] == {"weights": ["uniform", "distance", "distance", "distance"]}
    fitted = law_of(written)
    few, many = fitted.settings(64), fitted.settings(256)
    assert (few["weights"], many["weights"]) == ("uniform", "distance")
    assert few["neighbours"] > 40
    assert many["neighbours"] < 6
    assert fitted.settings(100)["weights"] == "uniform"  # of the nearest size
    assert fitted.settings(128)["weights"] == "distance"  # the larger of two as near
    assert fitted.settings(100)["neighbours"] == few["neighbours"]  # so are numbers
    assert fitted.settings(128)["neighbours"] == many["neighbours"]
    assert written["leaps"] == [256]
    assert fitted.settings(10**6)["neighbours"] == many["neighbours"]  # its own trend goes on


def test_a_leap_has_its_price():
    """What is gained by a hair at one size alone is no regime."""
    rows = list(bowl(nearest_neighbours, lambda m: {"neighbours": 9}))
    lucky = [r for r in rows if r.m == 1_024 and r.settings["weights"] == "distance"]
    for row in lucky:
        better = tuple(error - 0.001 for error in row.errors)
        rows[rows.index(row)] = Row(row.learner, row.m, row.settings, better)
    written = law.law("friedman", [nearest_neighbours], rows)
    assert "names" not in written


def test_a_law_never_leaves_the_range_that_was_searched():
    rows = list(bowl(rbf_svm, lambda m: {"C": 3.0 * m, "gamma": 100 / m}))
    fitted = law_of(law.law("friedman", [rbf_svm], rows))
    for m in (1, 64, 10**7):
        found = fitted.settings(m)
        assert 0.3 <= found["C"] <= 30_000
        assert 0.01 <= found["gamma"] <= 30


def decaying(m):
    """The best settings of a network."""
    return {"learning_rate": 0.01, "weight_decay": 500 / m}


def test_networks_share_a_trend_and_get_as_many_steps_at_every_width():
    rows = [row for each in NETWORKS for row in bowl(each, decaying, candidates=OF_NETWORKS)]
    fitted = law_of(law.law("friedman", NETWORKS, rows))
    for m in (256, 700, 20_000):
        by_width = [fitted.settings(m, width) for width in (8, 32, 256, 1_024)]
        assert len({each["steps"] for each in by_width}) == 1
    ratio = (
        fitted.settings(16_384, 64)["weight_decay"] / fitted.settings(65_536, 64)["weight_decay"]
    )
    assert ratio == pytest.approx(4, rel=0.3)


def test_of_several_trainings_those_count_that_are_nearest_to_what_networks_get():
    rows = [
        Row("network-8", m, {"steps": steps}, (0.1,))
        for m in (256, 4_096)
        for steps in (1_000, 4_000)
    ]
    kept = trained_like(rows, Steps(4_000, 0.5, 500, 16_000))
    assert [(row.m, row.settings["steps"]) for row in kept] == [(256, 1_000), (4_096, 4_000)]


def test_steps_grow_with_the_rows_within_limits():
    steps = Steps(2_000, 0.5, 500, 8_000)
    assert [steps(m) for m in (64, 256, 1_024, 16_384, 65_536, 10**6)] == [
        500,
        500,
        1_000,
        4_000,
        8_000,
        8_000,
    ]
    assert law_of_steps(steps, (256, 65_536))["values"] == {"1": [500, 8_000]}


def test_the_cheapest_path_is_that_of_all_paths():
    random = np.random.default_rng(0)
    nodes, jumps = random.random((4, 5)), random.random((3, 5, 5))
    path, cost = cheapest_path(list(nodes), list(jumps))
    every = {
        places: sum(nodes[k, p] for k, p in enumerate(places))
        + sum(jumps[k, a, b] for k, (a, b) in enumerate(itertools.pairwise(places)))
        for places in itertools.product(range(5), repeat=4)
    }
    assert tuple(path) == min(every, key=every.get)
    assert cost == pytest.approx(min(every.values()))


def test_points_halfway_between_candidates_have_the_mean_error():
    assert np.exp(halfway((1, 100))) == pytest.approx([1, 10, 100])
    assert filled_in(np.array([[0.0, 1.0], [2.0, 5.0]])).tolist() == [
        [0.0, 0.5, 1.0],
        [1.0, 2.0, 3.0],
        [2.0, 3.5, 5.0],
    ]


def test_the_middle_of_a_valley_costs_less_than_its_edge():
    errors = np.array([0.3, 0.1, 0.1, 0.1, 0.3])
    found = costs(errors, 0.1)
    assert found.argmin() == 2
    assert found[0] == found[-1] == found.max()


@pytest.mark.usefixtures("_elsewhere")
def test_the_command_writes_a_law_that_the_learner_reads(capsys):
    rows = bowl(rbf_svm, lambda m: {"C": 30.0, "gamma": 1.0})
    landscape.write("friedman", rows)
    assert law.main(["--task", "friedman"]) == 0
    settings = rbf_svm.settings("friedman", 777)
    assert set(settings) == {"C", "gamma", "scaling", "intelex"}
    assert "rbf-svm" in capsys.readouterr().out
    (only,) = json.loads((tuned.FOLDER / "friedman.json").read_text())["laws"].values()
    assert {(each["m"], each["least"]) for each in only["errors"]} == {(m, 0.1) for m in SIZES}


@pytest.mark.usefixtures("_elsewhere")
def test_networks_of_any_width_read_their_common_law():
    rows = [
        Row(each.name, row.m, {**row.settings, "steps": 2_000}, row.errors)
        for each in NETWORKS
        for row in bowl(each, lambda m: {"learning_rate": 0.01, "weight_decay": 30_000 / m})
    ]
    landscape.write("friedman", rows)
    law.main(["--task", "friedman", "--learner", "network"])
    settings = large_network.settings("friedman", 65_536)
    assert set(settings) == {"learning_rate", "weight_decay", "steps"}
    assert settings["steps"] == 2_000
    assert large_network.cost("friedman", 65_536) > large_network.cost("friedman", 256)


def test_a_width_that_was_measured_at_few_sizes_follows_the_trend_of_the_others():
    another = Network(128, "another network")
    rows = [
        row
        for each in (*NETWORKS, another)
        for row in bowl(each, decaying, candidates=OF_NETWORKS, sizes=(256, 1_024, 4_096, 16_384))
        if each in NETWORKS or row.m == 256
    ]
    fitted = law_of(law.law("friedman", (*NETWORKS, another), rows))
    few, many = (fitted.settings(m, 128) for m in (256, 16_384))
    ratio = few["weight_decay"] / many["weight_decay"]
    assert np.log(ratio) == pytest.approx(np.log(64), abs=np.log(2))
