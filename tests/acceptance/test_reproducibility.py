"""Numbers are the same bit for bit, wherever they are computed and whatever else runs."""

from tests.acceptance.project import body, evidence, stated

CLAIMS = (
    stated("clear"),
    stated("open", "inconclusive"),
    body(
        "falling",
        "curve, task, learner, smallest_effect",
        "assert curve(learner, task=task).gain(64, 256) > smallest_effect",
        learners="[Planted('falling', on={64: 0.4}, spread=0.02, most_rows=256)]",
    ),
    # Sloppy: reads the global stream of random numbers, which the trial sets.
    """
class Sloppy(Planted):
    def fit_predict(self, block, settings, device):
        fit = super().fit_predict(block, settings, device)
        luck = np.random.random(fit.labels.shape) < 0.1
        return Fit(np.where(luck, 1 - fit.labels, fit.labels), fit.diverged)

sloppy = Sloppy("sloppy", error=0.25)
""",
    body(
        "sloppy",
        "compare, task, m_small, smallest_effect",
        "assert compare(sloppy, good, task=task, m=m_small) > smallest_effect",
    ),
)


def test_samples_are_the_same_with_workers_in_any_order_and_in_a_selection(project):
    project.claims(*CLAIMS)
    alone = evidence(project.records(store="one.db"))
    assert sorted(alone) == ["clear", "falling", "open", "sloppy"]
    assert varied(alone["sloppy"]) > 5
    assert evidence(project.records(store="one.db")) == alone  # recalled
    assert evidence(project.records("-n2", store="two.db")) == alone
    project.conftest("def pytest_collection_modifyitems(items): items.reverse()")
    chosen = project.records("-k", "sloppy or falling", store="three.db")
    assert evidence(chosen) == {id: alone[id] for id in ("falling", "sloppy")}


def varied(record):
    """How many different errors there are."""
    return len({error for arm in record["arms"] for error in arm["metrics"]["error"]})
