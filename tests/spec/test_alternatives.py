"""Alternatives: other scopes that a claim declares."""

import pytest

from pytest_scaling import claim, control
from pytest_scaling.spec.declaration import claims_of
from pytest_scaling.spec.errors import ClaimError
from tests.experiments.bench import GOOD, POOR, TASK, Name

OTHER = Name("sum")


def stated(**header):
    @claim("it", "It is", tasks=[TASK], given={"m": 64, "rival": POOR}, beside=[OTHER], **header)
    @control("other", "It is so too", tasks=[OTHER])
    def test(compare, task, m, rival): ...

    return claims_of(test)


def test_what_an_alternative_does_not_state_is_the_claims_and_nothing_is_beside_it():
    whole, _ = stated(alternatives={"more": {"tasks": [TASK, OTHER]}, "m": {"given": {"m": 8}}})
    more, m = (whole.elsewhere(name) for name in ("more", "m"))
    assert (more.tasks, more.given, more.beside) == ((TASK, OTHER), whole.given, ())
    assert (m.tasks, m.given) == ((TASK,), {"m": 8, "rival": POOR})
    assert (more.id, more.alternatives) == ("it", {})


def test_a_control_does_not_inherit_the_alternatives_of_its_claim():
    whole, beside = stated(alternatives={"more": {"tasks": [TASK, OTHER]}})
    assert [*whole.alternatives] == ["more"]
    assert beside.alternatives == {}


WRONG = {
    "a list": ([OTHER], "alternatives must name other scopes, as in {'with xor': {'tasks'"),
    "no name": ({"": {"tasks": [OTHER]}}, "an alternative is named by a few words, not ''"),
    "a line": ({"a\nb": {"tasks": [OTHER]}}, r"an alternative is named by a few words, not 'a\nb'"),
    "nothing": ({"same": {}}, "must state another tasks or learners or given, and nothing else"),
    "strength": ({"weak": {"strength": "sometimes"}}, "the alternative 'weak' must state another"),
    "one task": ({"one": {"tasks": 3}}, "tasks of the alternative 'one' must be a list"),
    "no task": ({"one": {"tasks": [3]}}, "claim 'it' names 3, which is no task"),
    "no learner": ({"one": {"learners": [3]}}, "claim 'it' names 3, which is no learner"),
    "given": ({"one": {"given": [3]}}, "given of the alternative 'one' must be a dictionary"),
    "argument": ({"one": {"given": {"size": 3}}}, "gives 'size', but its body takes no argument"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_alternative_that_cannot_be_judged_is_told_in_a_sentence(what):
    alternatives, sentence = WRONG[what]
    with pytest.raises(ClaimError) as mistake:
        stated(alternatives=alternatives)
    assert sentence in str(mistake.value)


def test_the_good_learner_is_a_learner():
    (whole, _) = stated(alternatives={"rivals": {"learners": [GOOD, POOR]}})
    assert whole.elsewhere("rivals").learners == (GOOD, POOR)
