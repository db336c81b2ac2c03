"""Claims and their sources: what a header may say."""

import math

import pytest

from pytest_scaling import Claim, ClaimError, Source, claim
from pytest_scaling.spec.declaration import claims_of
from tests.experiments.bench import GOOD, TASK

TALK = Source("Talk", author="A. Teacher", url="https://example.org")


@pytest.mark.parametrize(
    ("times", "spans"),
    [
        (["5:01"], ("5:01",)),
        (["05:01", "05:17"], ("05:01-05:17",)),
        (["1:00", "1:20", "102:13", "102:59"], ("1:00-1:20", "102:13-102:59")),
    ],
)
def test_a_source_takes_one_moment_or_spans(times, spans):
    assert TALK.at(*times) == Source("Talk", "A. Teacher", "https://example.org", spans)
    assert TALK.times == ()


@pytest.mark.parametrize("times", [[], ["1:00", "2:00", "3:00"]])
def test_a_source_without_a_whole_span_is_refused(times):
    with pytest.raises(ClaimError, match=rf"'Talk' takes one time, or pairs .* given {len(times)}"):
        TALK.at(*times)


@pytest.mark.parametrize("time", ["", "1", "1:60", "1:2", "1000:00", "1:00 ", "-1:00", "a:bc"])
def test_a_time_is_minutes_and_seconds(time):
    with pytest.raises(ClaimError, match="is not minute:second"):
        TALK.at("1:00", time)


@pytest.mark.parametrize("id", ["a", "large-dominates", "top-5", "2x"])
def test_an_id_is_words_joined_by_hyphens(id):
    assert Claim(id, "It is").id == id


@pytest.mark.parametrize("id", ["", "A", "a_b", "a--b", "-a", "a-", "a b", "ä", "a\n", "a/b"])
def test_any_other_id_is_refused(id):
    with pytest.raises(ClaimError, match="must be lower-case words joined by single hyphens"):
        Claim(id, "It is")


@pytest.mark.parametrize("level", [0, 0.5, -0.01, 1])
def test_a_level_lies_between_nothing_and_a_half(level):
    with pytest.raises(ClaimError, match=r"is not between 0 and 0\.5"):
        Claim("it", "It is", level=level)


def test_the_smallest_effect_is_the_first_of_the_bounds():
    stated = Claim("it", "It is", smallest_effect=0.1, bounds={"flat": 0.03})
    assert list(stated.all_bounds.items()) == [("smallest_effect", 0.1), ("flat", 0.03)]
    assert Claim("it", "It is", bounds={"flat": 0.03}).all_bounds == {"flat": 0.03}
    assert Claim("it", "It is").all_bounds == {}


def test_a_bound_may_be_negative_or_whole_but_not_the_smallest_effect():
    assert Claim("it", "It is", bounds={"down": -1}).all_bounds == {"down": -1}
    with pytest.raises(ClaimError, match="smallest_effect must be above zero"):
        Claim("it", "It is", smallest_effect=0)


def test_a_claim_hopes_to_be_supported_and_a_control_to_be_refuted():
    assert Claim("it", "It is").expected == "supported"
    assert Claim("not-it", "It is not", control_of="it").expected == "refuted"


def stated_by(decorator):
    """The claim that a decorated function carries."""

    @decorator
    def body(): ...

    (mark,) = body.pytestmark
    return mark.args[0]


def test_the_decorator_leaves_the_function_as_it_is_and_marks_it():
    def body():
        return "as before"

    marked = claim("it", "It is", tasks=[TASK], learners=[GOOD], beside=[])(body)
    assert marked is body
    (mark,) = marked.pytestmark
    assert mark.name == "claim"
    assert mark.args == (Claim("it", "It is", tasks=(TASK,), learners=(GOOD,), beside=()),)


def test_tasks_that_were_not_named_are_those_of_the_suite():
    assert stated_by(claim("it", "It is")).tasks is None


def test_a_header_is_not_changed_by_changing_the_list_that_it_was_given():
    tasks = [TASK]
    decorator = claim("it", "It is", tasks=tasks)
    tasks.clear()
    assert stated_by(decorator).tasks == (TASK,)


def test_a_smallest_ratio_is_the_logarithm_that_is_measured():
    def body(): ...

    (stated,) = claims_of(claim("it", "It is", smallest_ratio=5)(body))
    assert stated.smallest_effect == math.log(5)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ({"smallest_ratio": 1}, "smallest_ratio must be a number above 1, not 1"),
        ({"smallest_ratio": "5"}, "smallest_ratio must be a number above 1, not '5'"),
        ({"smallest_ratio": 5, "smallest_effect": 1}, "give one of them"),
    ],
)
def test_a_smallest_ratio_that_is_none_is_refused(header, sentence):
    with pytest.raises(ClaimError, match=sentence):
        claim("it", "It is", **header)
