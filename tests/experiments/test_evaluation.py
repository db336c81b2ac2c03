"""The scope of a claim, the outcome of its cells, and the verdict over them."""

from dataclasses import dataclass

import pytest

from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import (
    CellResult,
    ClaimResult,
    Evaluation,
    levels_of,
    over_cells,
)
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.errors import ClaimError
from pytest_scaling.spec.scope import Cell, scope
from pytest_scaling.statistics.scope import CellLevels
from pytest_scaling.statistics.verdict import Verdict
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, TIERS, Modest, Name, planted

QUICK = TIERS["quick"]
VERDICTS = {
    "y": Verdict.SUPPORTED,
    "n": Verdict.REFUTED,
    "o": Verdict.INCONCLUSIVE,
    "-": None,
}


@dataclass(frozen=True)
class Task(Name):
    """A task as far as a scope looks at it."""

    tiers: tuple[str, ...] = ("quick", "standard", "full")

    def draw(self, seed, m): ...


@dataclass(frozen=True)
class Learner(Name):
    def fit_predict(self, block, settings, device): ...


ONE, TWO, THREE = Task("one"), Task("two"), Task("three")
RED, BLUE = Learner("red"), Learner("blue", label="the blue one")


def laid_out(claim, *, suite=(), wanted=None, arguments=("task",), lacking=""):
    return scope(claim, suite, QUICK, wanted, arguments, lacking)


def names(laid):
    return [(cell.task_name, cell.learner_name, cell.counted) for cell in laid.cells]


def test_narrowing_keeps_the_levels_of_the_whole_scope():
    claim = Claim("it", "It is", tasks=(ONE, TWO, THREE), strength="always")
    whole, part = laid_out(claim), laid_out(claim, wanted=("two",))
    assert names(part) == [("two", "", True)]
    assert (whole.partial, part.partial) == (False, True)
    assert levels_of(part) == levels_of(whole) == CellLevels(0.01, 0.01 / 3)


@pytest.mark.parametrize(
    ("strength", "support", "refute"),
    [("always", 0.01, 0.01 / 3), ("usually", 0.005, 0.005), ("sometimes", 0.01 / 3, 0.01)],
)
def test_levels_are_shared_among_tasks_by_strength_and_refutation_among_learners(
    strength, support, refute
):
    one = Claim("it", "It is", strength=strength, tasks=(ONE, TWO, THREE), learners=(RED,))
    assert levels_of(laid_out(one)) == CellLevels(support, refute)
    two = Claim("it", "It is", strength=strength, tasks=(ONE, TWO, THREE), learners=(RED, BLUE))
    assert levels_of(laid_out(two)) == CellLevels(support, refute / 2)
    beside = Claim(
        "it", "It is", strength=strength, tasks=(ONE, TWO, THREE), learners=(RED,), beside=(BLUE,)
    )
    assert levels_of(laid_out(beside)) == CellLevels(support, refute)


@dataclass(frozen=True)
class Finite(Task):
    most_rows: int = 700
    absent: str = ""

    def unavailable(self):
        return self.absent


OVER = [  # strength, verdicts by task (several letters are learners of one task), verdict
    ("always", "y y y", "y"),
    ("always", "y n o", "n"),
    ("always", "y o y", "o"),
    ("always", "y - y", "y"),
    ("usually", "y y n", "y"),
    ("usually", "y n o", "o"),
    ("usually", "n n y", "n"),
    ("usually", "y - n", "n"),
    ("sometimes", "n y o", "y"),
    ("sometimes", "n n o", "o"),
    ("sometimes", "n n n", "n"),
    ("always", "yy yn yy", "n"),
    ("usually", "yy yn yy", "y"),
    ("usually", "yo yn yy", "o"),
    ("sometimes", "yn ny oy", "o"),
    ("always", "y- -y", "y"),
    ("always", "- - -", "-"),
]


@pytest.mark.parametrize(("strength", "tasks", "verdict"), OVER)
def test_learners_of_a_task_hold_together_and_tasks_by_the_strength(strength, tasks, verdict):
    cells = [
        CellResult(Cell(Task(str(number)), Learner(str(place)), True), VERDICTS[letter], "")
        for number, letters in enumerate(tasks.split())
        for place, letter in enumerate(letters)
    ]
    laid = laid_out(Claim("it", "It is", strength=strength, tasks=(ONE,)))
    assert over_cells(laid, cells) == VERDICTS[verdict]


def test_a_cell_beside_enters_no_verdict():
    laid = laid_out(Claim("it", "It is", tasks=(ONE,)))
    counted = CellResult(Cell(ONE, None, True), Verdict.SUPPORTED, "")
    beside = CellResult(Cell(TWO, None, False), Verdict.REFUTED, "")
    assert over_cells(laid, [counted, beside]) == Verdict.SUPPORTED
    assert over_cells(laid, [beside]) is None


def test_the_reason_of_a_verdict_is_that_of_the_cells_that_decided():
    cells = (
        CellResult(Cell(ONE, None, True), Verdict.SUPPORTED, "one holds"),
        CellResult(Cell(TWO, None, True), Verdict.REFUTED, "two does not"),
        CellResult(Cell(THREE, None, False), Verdict.REFUTED, "three does not"),
    )
    assert ClaimResult(Claim("it", "It is"), Verdict.REFUTED, cells).reason == "two does not"
    assert ClaimResult(Claim("it", "It is"), Verdict.SUPPORTED, cells).reason == "one holds"


def heard(function, *arguments, bench=None, **claim):
    """The outcome of a body that is evaluated on one task."""
    stated = Claim("it", "It is", **({"smallest_effect": EFFECT, "tasks": (TASK,)} | claim))
    laid = scope(stated, (), QUICK, None, arguments)
    laboratory = bench or planted(good=0.1, poor=0.3)
    return Evaluation(Body(function, arguments), laid, laboratory, QUICK, "cpu", 0).verdict()


def test_a_body_gets_the_values_of_its_cell():
    seen = {}
    modest = Modest("modest")

    def body(task, learner, m_small, m_large, smallest_effect, bounds, exact):
        seen.update(locals())
        assert exact(True, "so")

    heard(
        body, *body.__code__.co_varnames[:7], tasks=(ONE,), learners=(modest,), bounds={"flat": 0.2}
    )
    assert seen["task"] == ONE
    assert seen["learner"] == modest
    assert (seen["m_small"], seen["m_large"], seen["smallest_effect"]) == (256, 256, EFFECT)
    assert seen["bounds"].flat == 0.2


def test_a_false_assertion_refutes_and_its_sentences_are_the_reason():
    def body(compare, task, smallest_effect):
        assert compare(POOR, GOOD, task=task, m=64) > smallest_effect
        assert compare(GOOD, POOR, task=task, m=64) > smallest_effect

    result = heard(body, "compare", "task", "smallest_effect")
    assert result.verdict == Verdict.REFUTED
    assert "error of good minus poor on xor" in result.reason
    assert "poor minus good" not in result.reason
    assert [each.verdict for each in result.cells[0].decisions] == [
        Verdict.SUPPORTED,
        Verdict.REFUTED,
    ]


def test_a_skip_makes_the_cell_not_applicable():
    def body(task):
        pytest.skip("nothing to see")

    result = heard(body, "task")
    assert (result.verdict, result.reason) == (None, "nothing to see")


def test_an_assertion_about_something_else_is_no_verdict():
    def body(compare, task, smallest_effect):
        assert compare(POOR, GOOD, task=task, m=64) > smallest_effect
        assert 1 + 1 == 3, "arithmetic"

    with pytest.raises(AssertionError, match="arithmetic"):
        heard(body, "compare", "task", "smallest_effect")


def test_a_body_without_a_comparison_is_a_mistake():
    def body(compare, task):
        compare(POOR, GOOD, task=task, m=64)

    with pytest.raises(ClaimError, match="claim 'it' ended without a comparison"):
        heard(body, "compare", "task")
