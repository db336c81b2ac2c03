"""Bodies: all that they compare is judged, counted beforehand, and asserted."""

import pytest

from pytest_scaling import all_of
from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import Evaluation
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.errors import ClaimError
from pytest_scaling.spec.scope import scope
from tests.experiments.bench import EFFECT, TASK, TIERS, Name, planted, swinging

QUICK = TIERS["quick"]
LEADS, TRAILS, OPEN, BASE = Name("leads"), Name("trails"), Name("open"), Name("base")
BENCH = planted(base=0.3, leads=0.1, trails=0.5, open=swinging(0.25, 0.1))  # open: at the bound


def evaluation(body, *, bench=BENCH, tasks=(TASK,), declared=None):
    arguments = tuple(body.__code__.co_varnames[: body.__code__.co_argcount])
    stated = Claim("it", "It is", smallest_effect=EFFECT, tasks=tasks)
    laid = scope(stated, (), QUICK, None, arguments)
    return Evaluation(Body(body, arguments), laid, bench, QUICK, "cpu", 0, declared=declared)


def heard(body, **more):
    return evaluation(body, **more).verdict()


def verdicts(result):
    return [each.verdict.value for each in result.cells[0].decisions]


def in_order(*learners):
    """A body that asserts of each learner that it errs less than the base."""

    def body(compare, task, smallest_effect):
        for learner in learners:
            assert compare(BASE, learner, task=task, m=64) > smallest_effect

    return body


S, R, U = "supported", "refuted", "inconclusive"
ORDERS = [
    ((OPEN, TRAILS), R, [U, R]),
    ((TRAILS, OPEN), R, [R, U]),
    ((OPEN, LEADS), U, [U, S]),
    ((TRAILS, LEADS, TRAILS), R, [R, S, R]),
    ((LEADS, OPEN, OPEN), U, [S, U, U]),
    ((LEADS, LEADS), S, [S, S]),
]


@pytest.mark.parametrize(("learners", "verdict", "each"), ORDERS)
def test_every_comparison_is_judged_before_the_claim_whatever_their_order(learners, verdict, each):
    result = heard(in_order(*learners))
    assert (result.verdict.value, verdicts(result)) == (verdict, each)


@pytest.mark.parametrize(
    "joined",
    [
        lambda lead, bound: all(each > bound for each in lead),
        lambda lead, bound: lead[0] > bound and lead[1] > bound,
        lambda lead, bound: all_of(*lead) > bound,
    ],
)
def test_an_open_comparison_hides_no_false_one_however_they_are_joined(joined):
    def body(compare, task, smallest_effect):
        lead = [compare(BASE, learner, task=task, m=64) for learner in (OPEN, TRAILS)]
        assert joined(lead, smallest_effect)

    result = heard(body)
    assert (result.verdict, verdicts(result)) == (R, [U, R])
    assert "error of base minus trails" in result.reason
    assert "minus open" not in result.reason


def test_the_reason_names_every_comparison_that_is_open():
    reason = heard(in_order(OPEN, LEADS, OPEN)).reason
    assert reason.count("the interval contains smallest_effect") == 2


def refute_levels(evaluation):
    (design,) = evaluation.designs
    return [each.estimate.refute_level for each in design.comparisons]


@pytest.mark.parametrize("number", [1, 2, 8])
def test_the_level_of_refutation_is_shared_by_as_many_comparisons_as_the_body_makes(number):
    of_eight = evaluation(in_order(*[LEADS] * number))
    assert refute_levels(of_eight) == [0.01 / number] * number
    made = of_eight.verdict().cells[0].decisions
    assert [each.estimate.refute_level for each in made] == [0.01 / number] * number


def test_the_number_of_statements_is_the_same_whatever_comes_out():
    benches = [planted(base=0.3, leads=error) for error in (0.1, 0.27, 0.5)]
    designs = [heard(in_order(LEADS, LEADS), bench=bench).designs for bench in benches]
    assert [design.statements for (design,) in designs] == [2, 2, 2]


def test_an_exact_statement_takes_no_share_of_the_level():
    def body(compare, exact, measure, task, smallest_effect):
        assert exact(max(measure(BASE, "error", task=task, m=64)) > 1, "nothing errs like that")
        assert compare(BASE, LEADS, task=task, m=64) > smallest_effect

    assert refute_levels(evaluation(body)) == [0.01]
    assert verdicts(heard(body)) == [R, S]


def test_a_reversal_over_several_tasks_is_one_statement_and_others_are_counted_beside_it():
    tasks = (TASK, Name("sum"))

    def body(reversal, compare, tasks, smallest_effect):
        assert reversal(BASE, LEADS, tasks=tasks, m=64) > smallest_effect
        assert compare(BASE, LEADS, task=tasks[0], m=64) > smallest_effect

    (design,) = evaluation(body, tasks=tasks).designs
    assert (design.statements, len(design.comparisons)) == (2, 3)


def test_a_step_that_a_used_up_task_leaves_out_is_no_missing_comparison():
    used_up = [Name(name, bayes_error=0.1) for name in ("base", "leads", "best")]
    easy = Name("easy", bayes_error=0.1)

    def body(ranking, task, smallest_effect):
        assert ranking(*used_up, task=task, m=256).steps > smallest_effect

    result = heard(body, bench=planted(base=0.3, leads=0.1, best=0.1), tasks=(easy,))
    assert (result.verdict, verdicts(result)) == (S, [S])
    assert result.designs[0].statements == 2


CARELESS = {
    "not": lambda lead, trail, bound: not (lead < bound),
    "or": lambda lead, trail, bound: (trail > bound) or (lead > bound),
    "any": lambda lead, trail, bound: any(each > bound for each in (trail, lead)),
    "if": lambda lead, trail, bound: lead > bound if trail > bound else lead < bound,
}


@pytest.mark.parametrize("form", CARELESS)
def test_a_body_that_does_not_end_at_a_false_comparison_is_a_mistake(form):
    bench = planted(base=0.3, leads=0.1, trails=0.5)

    def body(compare, task, smallest_effect):
        lead, trail = (compare(BASE, learner, task=task, m=64) for learner in (LEADS, TRAILS))
        assert CARELESS[form](lead, trail, smallest_effect)

    with pytest.raises(ClaimError, match="claim 'it' did not assert a comparison: error of base"):
        heard(body, bench=bench)
    assert bench.asked == []  # nothing was trained for it


def test_a_caught_assertion_is_a_mistake():
    def body(compare, task, smallest_effect):
        with pytest.raises(AssertionError):
            assert compare(BASE, TRAILS, task=task, m=64) > smallest_effect

    with pytest.raises(ClaimError, match="did not assert a comparison"):
        heard(body)


def test_a_comparison_that_nobody_asks_about_is_a_mistake():
    def body(compare, task, smallest_effect):
        assert compare(BASE, LEADS, task=task, m=64) > smallest_effect
        compare(BASE, TRAILS, task=task, m=64) > smallest_effect  # noqa: B015

    with pytest.raises(ClaimError, match=r"made a comparison and did not assert it: .* trails"):
        heard(body)


def test_a_body_that_chooses_what_it_compares_by_what_it_has_measured_is_a_mistake():
    def body(compare, task, smallest_effect):
        for learner in (LEADS, TRAILS):
            lead = compare(BASE, learner, task=task, m=64)
            if not lead.value < 0:
                assert lead > smallest_effect

    with pytest.raises(ClaimError, match=r"comparisons \(1\) than was planned \(2\)"):
        heard(body)


def test_a_comparison_that_is_not_planned_is_a_mistake():
    def body(compare, measure, task, smallest_effect):
        assert compare(BASE, LEADS, task=task, m=64) > smallest_effect
        if max(measure(BASE, "error", task=task, m=64)) > 0:
            assert compare(BASE, LEADS, task=task, m=128) > smallest_effect

    with pytest.raises(ClaimError, match=r"comparisons \(2\) than was planned \(1\)"):
        heard(body)


@pytest.mark.parametrize(
    ("before", "verdict"), [(LEADS, None), (OPEN, "inconclusive"), (TRAILS, "refuted")]
)
def test_a_cell_that_a_body_leaves_is_judged_by_what_it_has_asserted_before(before, verdict):
    def body(compare, task, smallest_effect):
        assert compare(BASE, before, task=task, m=64) > smallest_effect
        pytest.skip("nothing to see")

    result = heard(body)
    assert result.verdict == verdict
    assert (result.reason == "nothing to see") == (verdict is None)


def test_a_row_that_declares_its_statements_is_evaluated_as_it_was():
    body = in_order(LEADS, OPEN, TRAILS)
    result = heard(body, declared=4)
    assert (result.verdict, verdicts(result)) == (U, [S, U])
    assert result.cells[0].decisions[0].estimate.refute_level == 0.01 / 4
    assert result.reason.count("error of base") == 1
