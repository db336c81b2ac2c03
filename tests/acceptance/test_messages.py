"""The messages of claims that did not come out as expected: sentences with figures."""

import re

from tests.acceptance.project import body, output, stated


def test_every_kind_of_measurement_is_told_in_the_words_of_its_unit(project):
    project.claims(
        """
class Racing(Planted):
    def fit_predict(self, block, settings, device):
        own = 1e-5 * np.array(block.seeds) * (settings["error"] > 0.15)
        steps = 1000 * settings["error"] * (1 + own)
        cap = np.full(len(block.seeds), 500.0)
        return Fit(None, np.zeros(len(steps), dtype=bool), {"steps": steps, "cap": cap})

falling = Planted("falling", 0.1, on={64: 0.4})
""",
        body(
            "race",
            "race, task, m_small, smallest_effect",
            "assert race(slow=Racing('tortoise', 0.2), fast=Racing('hare', 0.1), task=task, "
            "m=m_small) > smallest_effect",
            smallest_effect="1.5",
        ),
        body(
            "plateau",
            "curve, task, bounds",
            "assert curve(falling, task=task).relative_gain(64, 256, bound='flat') < bounds.flat",
            bounds="{'flat': 0.03}",
        ),
        body(
            "same",
            "compare, task, m_small, bounds",
            "assert equivalent(compare(rivals['supported'], good, task=task, m=m_small, "
            "bound='alike'), bounds.alike)",
            bounds="{'alike': (-0.05, 0.05)}",
        ),
        body("sum", "exact", "assert exact(1 + 1 == 3, 'one and one is three')"),
        body(
            "order",
            "ranking, task, m_small, smallest_effect",
            "assert ranking(good, rivals['supported'], task=task, m=m_small).steps "
            "> smallest_effect",
        ),
        body(
            "low",
            "compare, task, m_small, smallest_effect",
            "assert compare(rivals['supported'], good, task=task, m=m_small) < smallest_effect",
        ),
        stated("wrong", "refuted"),
    )
    text = output(project.run())
    assert not re.search(r"Estimate\(|Decision\(|Interval\(|Experiment\(", text)
    for sentence in (
        r"wrong: “It is so” is refuted: error of as-good minus good on sign, m = 256 "
        r"is 0\.0000 \[-0\.\d{4}, 0\.\d{4}\] \(n = 7\), median 0\.0000, P\(A > B\) = 50%: "
        r"not above smallest_effect 0\.0500",
        r"race: .* steps of tortoise over hare on sign, m = 256 is 2\.00x \[2\.00x, 2\.00x\] "
        r"\(n = 7\), median 2\.00x, P\(A > B\) = 100%: not above smallest_effect 4\.48x",
        r"plateau: .* relative fall of the error of falling on sign from m = 64 to 256 is 7\d\.\d% "
        r"\[\d+\.\d%, \d+\.\d%\] \(n = 7\), median 7\d\.\d%, P\(A > B\) = 100%: "
        r"not below flat 3\.0%",
        r"same: .* is 0\.2000 \[.*\] \(n = 7\), .*: not inside plus or minus alike 0\.0500",
        r"sum: .* is refuted: one and one is three: false",
        r"order: .* error of good minus poor on sign, m = 256 is -0\.2000 \[.*\] \(n = 7\), "
        r"median -0\.2000, P\(A > B\) = 0%: not above smallest_effect 0\.0500",
        r"low: .* is 0\.2000 \[.*\] \(n = 7\), .*: not below smallest_effect 0\.0500",
    ):
        assert re.search(f"^{sentence}$", text, re.MULTILINE), sentence


def test_a_claim_over_tasks_names_those_that_decided(project):
    project.claims(
        body(
            "both",
            "compare, task, m_small, smallest_effect",
            "assert compare(Planted('p', 0.3, on=dict(hard=0.1)), good, task=task, m=m_small) "
            "> smallest_effect",
            tasks="[sign, Sign('hard')]",
        )
    )
    text = output(project.run())
    (sentence,) = re.findall(r"^both: “.*$", text, re.MULTILINE)
    assert "is refuted (always): error of p minus good on hard, m = 256 is 0.0000" in sentence
    assert "on sign" not in sentence


def test_diverged_runs_count_as_the_majority_class_and_are_noted(project):
    project.claims(
        body(
            "steady",
            "compare, task, m_small, smallest_effect",
            "assert compare(Diverging(), good, task=task, m=m_small) > smallest_effect",
        )
    )
    record = project.records()["steady"]
    (comparison,) = record["cells"][0]["evidence"]
    assert comparison["notes"] == ["7 of 14 runs diverged and count as the majority class"]
    arms = {arm["learner"]: arm for arm in record["arms"]}
    assert (arms["diverging"]["diverged"], arms["good"]["diverged"]) == (7, 0)
    metrics = arms["diverging"]["metrics"]
    assert metrics["error"] == metrics["majority_error"]
    assert all(0.3 < error < 0.7 for error in metrics["error"])
