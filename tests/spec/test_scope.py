"""The scope of a claim: its cells, and which of them run."""

from dataclasses import dataclass

from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import (
    Evaluation,
)
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.scope import scope
from pytest_scaling.spec.traits import sizes
from pytest_scaling.statistics.verdict import Verdict
from tests.experiments.bench import EFFECT, TASK, TIERS, Modest, planted

QUICK = TIERS["quick"]
VERDICTS = {
    "y": Verdict.SUPPORTED,
    "n": Verdict.REFUTED,
    "o": Verdict.INCONCLUSIVE,
    "-": None,
}


@dataclass(frozen=True)
class Task:
    """A task as far as a scope looks at it."""

    name: str
    tiers: tuple[str, ...] = ("quick", "standard", "full")
    version: int = 1
    classes: int = 2

    def draw(self, seed, m): ...

    def test_set(self, seed): ...


@dataclass(frozen=True)
class Learner:
    name: str
    label: str
    version: int = 1

    def settings(self, task, m):
        return {}

    def fit_predict(self, block, settings, device): ...


ONE, TWO, THREE = Task("one"), Task("two"), Task("three")
RED, BLUE = Learner("red", "red"), Learner("blue", "the blue one")


def laid_out(claim, *, suite=(), wanted=None, arguments=("task",), lacking=""):
    return scope(claim, suite, QUICK, wanted, arguments, lacking)


def names(laid):
    return [(cell.task_name, cell.learner_name, cell.counted) for cell in laid.cells]


def test_every_task_is_run_with_every_learner():
    claim = Claim("it", "It is", tasks=(ONE, TWO), learners=(RED, BLUE))
    assert names(laid_out(claim)) == [
        ("one", "red", True),
        ("one", "the blue one", True),
        ("two", "red", True),
        ("two", "the blue one", True),
    ]


def test_a_claim_that_names_no_tasks_has_those_of_the_suite():
    assert names(laid_out(Claim("it", "It is"), suite=(ONE, TWO))) == [
        ("one", "", True),
        ("two", "", True),
    ]
    assert names(laid_out(Claim("it", "It is", tasks=(THREE,)), suite=(ONE, TWO))) == [
        ("three", "", True)
    ]


def test_a_body_that_takes_no_task_is_run_once():
    assert names(laid_out(Claim("it", "It is"), suite=(ONE, TWO), arguments=())) == [("", "", True)]


def test_what_is_beside_comes_last_and_does_not_count():
    claim = Claim("it", "It is", tasks=(ONE,), learners=(RED,), beside=(TWO, BLUE))
    assert names(laid_out(claim)) == [
        ("one", "red", True),
        ("one", "the blue one", False),
        ("two", "red", False),
        ("two", "the blue one", False),
    ]
    assert laid_out(claim).tasks == 1


def test_a_claim_without_tasks_is_not_narrowed():
    part = laid_out(Claim("it", "It is"), wanted=("two",), arguments=())
    assert (names(part), part.partial) == ([("", "", True)], False)


def test_a_body_that_speaks_of_all_tasks_has_one_cell_for_them():
    huge = Task("huge", tiers=("full",))
    claim = Claim("it", "It is", tasks=(ONE, TWO, huge))
    whole = laid_out(claim, arguments=("tasks",))
    assert [cell.tasks for cell in whole.cells] == [(ONE, TWO)]
    assert (whole.tasks, whole.partial) == (1, False)
    part = laid_out(claim, arguments=("tasks",), wanted=("two",))
    assert [cell.tasks for cell in part.cells] == [(TWO,)]
    assert part.partial


@dataclass(frozen=True)
class Finite(Task):
    most_rows: int = 700
    absent: str = ""

    def unavailable(self):
        return self.absent


def test_finite_data_are_used_to_the_last_row():
    assert sizes(QUICK, Finite("few"), None) == (256, 700)
    assert sizes(QUICK, Finite("few"), Modest("slow", most_rows=256)) == (256,)
    assert sizes(QUICK, Finite("enough", most_rows=10**6), None) == QUICK.sizes
    assert sizes(QUICK, Finite("exact", most_rows=256), None) == (256,)


def test_a_task_without_its_data_is_not_applicable():
    (cell,) = laid_out(Claim("it", "It is", tasks=(Finite("far", absent="fetch it"),))).cells
    assert cell.skip == "far cannot be had: fetch it"


def test_a_claim_about_devices_that_are_not_there_is_not_applicable():
    laid = laid_out(Claim("it", "It is", tasks=(ONE, TWO)), lacking="no cuda")
    assert [cell.skip for cell in laid.cells] == ["no cuda", "no cuda"]


def test_a_task_of_another_tier_takes_no_share_of_the_level():
    huge = Task("huge", tiers=("full",))
    laid = laid_out(Claim("it", "It is", strength="always", tasks=(ONE, huge)))
    assert [cell.skip for cell in laid.cells] == ["", "huge runs in the tiers full"]
    assert laid.tasks == 1


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


def heard(function, *arguments, bench=None, **claim):
    """The outcome of a body that is evaluated on one task."""
    stated = Claim("it", "It is", **({"smallest_effect": EFFECT, "tasks": (TASK,)} | claim))
    laid = scope(stated, (), QUICK, None, arguments)
    laboratory = bench or planted(good=0.1, poor=0.3)
    return Evaluation(Body(function, arguments), laid, laboratory, QUICK, "cpu", 0).verdict()
