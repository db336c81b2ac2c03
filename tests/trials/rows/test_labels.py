"""Labels as people have them, words, truths or 1 to K, are the classes 0 to K-1 of a trial."""

import numpy as np
import pytest

from pytest_scaling.trials.result import NothingToLearn, TrialError
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, Stripes, trial

pytestmark = pytest.mark.usefixtures("draws")


class Named(Stripes):
    """The stripes under other labels."""

    def __init__(self, names, classes=2):
        super().__init__(classes=classes)
        object.__setattr__(self, "names", np.array(names))

    def _rows(self, seed, rows):
        x, y = super()._rows(seed, rows)
        return x, self.names[y]


class Speaks(Centroids):
    """Answers with the names of the classes, and says nothing where it diverges."""

    def fit_predict(self, block, settings, device):
        fit = super().fit_predict(block, settings, device)
        return type(fit)(np.array(block.names)[fit.labels], fit.diverged)


def errors(task, learner=None):
    return [each.metrics["error"] for each in compute(trial(task=task, learner=learner))]


@pytest.mark.parametrize("names", [["no", "yes"], [False, True], [1, 2], [-1, 1], [b"a", b"b"]])
def test_other_labels_give_the_same_result(names):
    assert errors(Named(names)) == errors(Stripes())


def test_a_learner_may_answer_in_words():
    assert errors(Named(["no", "yes"]), Speaks()) == errors(Stripes())


def test_a_learner_may_answer_with_truths():
    class Truths(Centroids):
        def fit_predict(self, block, settings, device):
            fit = super().fit_predict(block, settings, device)
            return type(fit)(fit.labels.astype(bool), fit.diverged)

    assert errors(Stripes(), Truths()) == errors(Stripes())


def test_a_learner_that_answers_with_an_unknown_word_is_refused():
    class Unsure(Speaks):
        def fit_predict(self, block, settings, device):
            fit = super().fit_predict(block, settings, device)
            labels = fit.labels.astype("U9")
            labels[0, 0] = "perhaps"
            return type(fit)(labels, fit.diverged)

    with pytest.raises(TrialError, match=r"integers in 0\.\.1, or 'no', 'yes'$"):
        errors(Named(["no", "yes"]), Unsure())


def test_more_labels_than_classes_are_refused_and_listed():
    with pytest.raises(TrialError) as caught:
        errors(Named(["a", "b"], classes=3))
    assert str(caught.value).endswith(
        "Task stripes has 3 classes, and the labels that it draws are 'a', 'b'; return 3 different "
        "labels, best 0..2."
    )


def test_real_numbers_are_no_labels():
    with pytest.raises(TrialError, match="labels that are integers, words or truths, not float64"):
        errors(Named([0.0, 1.0]))


def test_one_class_alone_is_nothing_to_learn():
    with pytest.raises(NothingToLearn, match="nearest centroid on stripes"):
        errors(Named([1, 1]))
