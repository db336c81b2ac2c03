"""How many seeds are trained, which ones, and what is stored."""

import re
import sqlite3

import pytest

from tests.acceptance.project import body, outcomes, output, stated

COMPARE = "compare, task, m_small, smallest_effect"


def against_good(id, rival, operator="> smallest_effect", **header):
    line = f"assert compare({rival}, good, task=task, m=m_small) {operator}"
    return body(id, COMPARE, line, **header)


def comparison(record):
    """The only comparison of a record."""
    ((found,),) = [cell["evidence"] for cell in record["cells"]]
    return found


SPREADS = {"calm": 0.0, "breezy": 0.025, "windy": 0.035, "stormy": 0.05}  # about an error of 0.2
OPERATORS = {
    "above": "> smallest_effect",
    "below": "< smallest_effect",
}
RACE = """
class Racing(Planted):
    def fit_predict(self, block, settings, device):
        steps = np.random.random(len(block.seeds)) + 100
        return Fit(None, np.zeros(len(steps), dtype=bool), {"steps": steps, "cap": steps * 0 + 500})

runner = Racing("runner")

@claim("race", "It is faster than itself", smallest_effect=0.05, tasks=[sign])
def test_race(race, task, m_small, smallest_effect):
    ratio = race(slow=runner, fast=runner, task=task, m=m_small, disjoint=True)
    assert ratio > smallest_effect
"""


@pytest.fixture(scope="module")
def seen():
    """What the fixture below measures, once for all tests."""
    return {}


@pytest.fixture
def records(project, seen):
    """The records of a run of all the claims that are examined here."""
    if not seen:
        breezy = "Planted('breezy', 0.2, 0.025)"
        project.claims(
            *(against_good(name, f"Planted('{name}', 0.2, {SPREADS[name]})") for name in SPREADS),
            *(against_good(name, breezy, operator) for name, operator in OPERATORS.items()),
            against_good("fragile", "Planted('fragile', 0.5, may_collapse=True)"),
            RACE,
        )
        seen |= project.records()
    return seen


def test_sampling_stops_at_the_first_look_that_excludes_the_bound(records):
    looks = {name: comparison(records[name])["n"] for name in SPREADS}
    assert looks == {"calm": 7, "breezy": 7, "windy": 10, "stormy": 10}
    verdicts = {name: records[name]["verdict"] for name in SPREADS}
    assert verdicts == dict.fromkeys(SPREADS, "supported") | {"stormy": "inconclusive"}
    assert comparison(records["stormy"])["most_seeds"] == 10


def test_learners_that_may_collapse_are_first_looked_at_with_ten_seeds(records):
    assert comparison(records["fragile"])["n"] == 10
    assert {len(arm["seeds"]) for arm in records["fragile"]["arms"]} == {10}


def test_the_comparison_that_follows_has_no_effect_on_sampling(records):
    samples = [comparison(records[name])["samples"] for name in ("breezy", "above", "below")]
    assert samples == [samples[0]] * 3
    assert len(samples[0]) == 7


def test_arms_share_their_seeds_and_are_paired(records):
    found = comparison(records["breezy"])
    arms = {arm["learner"]: arm for arm in records["breezy"]["arms"]}
    assert arms["breezy"]["seeds"] == arms["good"]["seeds"] == found["seeds"] == list(range(7))
    pairs = zip(arms["breezy"]["metrics"]["error"], arms["good"]["metrics"]["error"], strict=True)
    assert found["samples"] == [one - other for one, other in pairs]


def test_a_race_against_itself_gives_the_second_runner_other_seeds(records):
    assert [arm["seeds"][0] for arm in records["race"]["arms"]] == [0, 100_000]
    assert 0 not in comparison(records["race"])["samples"]


def test_the_standard_tier_looks_at_more_seeds(project):
    project.claims(against_good("stormy", "Planted('stormy', 0.2, 0.07)"))
    found = comparison(project.records("--scaling-tier=standard")["stormy"])
    assert (found["n"], found["most_seeds"]) == (20, 20)


def test_an_offset_replicates_on_other_seeds(project):
    project.claims(against_good("again", "Planted('breezy', 0.2, 0.025)"))
    record = project.records("--claims-seed-offset=1000")["again"]
    assert comparison(record)["seeds"] == list(range(1000, 1007))
    assert record["verdict"] == "supported"


def test_a_second_run_trains_nothing(project):
    project.claims(stated("clear"), stated("open", "inconclusive"))
    assert "trials: 8 trained, 0 recalled from own.db" in output(project.run(store="own.db"))
    assert "trials: 0 trained, 8 recalled from own.db" in output(project.run(store="own.db"))
    assert "trials: 0 trained" in output(project.run("-n2", store="own.db"))


def test_a_rehearsal_forecasts_what_a_run_would_train_and_trains_nothing(project):
    project.claims(stated("clear"), stated("open", "inconclusive"))
    result = project.run("--collect-only", store="own.db")
    assert (
        "claims: 2; their first looks would train 6 trials (21 learners); the rest is stored"
    ) in output(result)
    assert stored(project.path / "own.db") == 0


def stored(file):
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT count(*) FROM trials").fetchone()[0]
    finally:
        connection.close()


def test_nothing_is_trained_where_collecting_failed(project):
    project.claims(stated("clear"))
    (project.path / "test_broken.py").write_text("1 / 0")
    result = project.run(store="own.db")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert not (project.path / "own.db").exists()


def test_offline_a_run_uses_what_is_stored_and_trains_nothing(project):
    project.claims(stated("clear"), stated("wrong", "refuted"))
    project.run("test_claims.py::test_clear", store="own.db")
    result = project.run("-v", "--claims-offline", store="own.db")
    assert outcomes(result) == {"clear": "PASSED", "wrong": "ERROR"}
    assert result.ret == 1
    text = output(result)
    assert re.search(
        r"^as-good on sign, m = 256, seeds 0-4: not in the store own\.db, "
        r"and with `--claims-offline` nothing is computed\.$",
        text,
        re.MULTILINE,
    )
    assert "trials: 0 trained" in text
