"""Two different learners or tasks of one name are told apart, and told."""

from dataclasses import dataclass

import pytest

from pytest_scaling.spec.errors import ClaimError
from tests.trials.toys import Centroids, InProcess, Stripes, trial


@dataclass(frozen=True)
class Other(Centroids):
    """Another learner, of the same name."""

    def fit_predict(self, block, settings, device):
        return super().fit_predict(block, {"power": 1}, device)


def nameless(place):
    class Threshold(Stripes):
        def draw(self, seed, m):
            x, y = super().draw(seed, m)
            return x + place, y

    return Threshold()


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (
            {"learner": Centroids()},
            {"learner": Other()},
            "two different learners are named 'centroids' (tests.trials.toys.Centroids and "
            "tests.trials.test_names.Other); give each a name of its own",
        ),
        (
            {"learner": Centroids(pause=0.0)},
            {"learner": Centroids(pause=0.001)},
            "two different learners are named 'centroids' (pause of tests.trials.toys.Centroids "
            "is 0.0 and 0.001); give each a name of its own",
        ),
        (
            {"task": nameless(0.0)},
            {"task": nameless(1.0)},
            "two different tasks are named 'stripes' (two classes "
            "tests.trials.test_names.nameless.<locals>.Threshold); give each a name of its own",
        ),
    ],
)
def test_two_of_one_name_are_an_error_before_anything_trains(run, one, other, message):
    trials = run(pool=InProcess)
    with pytest.raises(ClaimError) as caught:
        trials.results([trial(**one), trial(**other)])
    assert str(caught.value) == message
    assert trials.computed == trials.in_flight == 0


def test_equal_ones_are_one(run):
    trials = run(pool=InProcess)
    trials.results([trial(learner=Centroids()), trial(1, learner=Centroids(label="other words"))])
    assert trials.computed == 2
    assert trials.names.clash == ""
