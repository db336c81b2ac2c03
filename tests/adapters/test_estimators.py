"""Estimators as arms: names, seeds, what is judged, and what does not fit."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss, make_scorer, mean_squared_error, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from pytest_scaling import ClaimError, Data, Metric, arm
from pytest_scaling.adapters import estimators, scorers
from pytest_scaling.adapters.arms import adapted, adapted_learner, metric_of
from pytest_scaling.trials.result import NothingToLearn
from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import compute

rng = np.random.default_rng(1)
X = rng.normal(size=(200, 3))
Y = (X[:, 0] + 0.5 * rng.normal(size=200) > 0).astype(int)
WORDS = Data("words", X, np.where(Y, "yes", "no"))
HOUSES = Data("houses", X, X @ [1.0, 2.0, 3.0] + rng.normal(size=200))


class Stripes:
    name, classes = "stripes", 2

    def draw(self, seed, m):
        return self._rows(np.random.default_rng([seed, 0]), m)

    def test_set(self, seed):
        return self._rows(np.random.default_rng([seed, 1]), 400)

    def _rows(self, rng, m):
        x = rng.normal(size=(m, 2))
        return x, (x[:, 0] > 0).astype(int)


def results(estimator, task=WORDS, metric=None, m=100):
    return compute(Trial(Arm(adapted_learner(estimator), task, m, metric=metric), 0))


@pytest.mark.parametrize(
    ("estimator", "name"),
    [
        (LogisticRegression(), "LogisticRegression"),
        (LogisticRegression(C=0.1, random_state=3), "LogisticRegression(C=0.1)"),
        (
            make_pipeline(StandardScaler(), LogisticRegression(C=2.0)),
            "StandardScaler + LogisticRegression(C=2.0)",
        ),
        (
            make_column_transformer((OneHotEncoder(), ["plan"]), remainder="passthrough"),
            "ColumnTransformer(OneHotEncoder, remainder='passthrough')",
        ),
        (BaggingClassifier(GaussianNB(), 5), "BaggingClassifier(GaussianNB, n_estimators=5)"),
    ],
)
def test_a_name_is_the_class_and_what_differs_from_its_defaults(estimator, name):
    assert adapted(estimator).name == name


def test_another_name_may_be_given():
    assert arm(LogisticRegression(), name="a line").name == "a line"


def test_every_random_state_is_set_and_the_estimator_stays_as_it_was():
    given = BaggingClassifier(DecisionTreeClassifier(random_state=1))
    fresh = adapted(given).seeded(7)
    assert (fresh.random_state, fresh.estimator.random_state) == (7, 7)
    assert given.random_state is None
    assert given.estimator.random_state == 1


def test_labels_of_any_kind_are_judged_row_by_row():
    found = results(LogisticRegression())
    model = LogisticRegression()
    part = WORDS.part_of_seed(2, 100)
    right = model.fit(part.x, part.y).predict(part.x_test) == part.y_test
    assert found[2].metrics["error"] == pytest.approx(1 - right.mean())
    assert found[2].rows == 50
    assert np.unpackbits(np.frombuffer(found[2].correct, np.uint8))[:50].tolist() == right.tolist()


def test_estimators_learn_tasks_that_draw_rows_too():
    found = results(LogisticRegression(), Stripes())
    assert max(each.metrics["error"] for each in found) < 0.1
    assert all(each.rows == 400 for each in found)


@pytest.mark.parametrize("task", [WORDS, Stripes()], ids=["data", "drawn"])
@pytest.mark.parametrize("given", ["roc_auc", "log_loss", "neg_log_loss", "f1_macro"])
def test_scorers_are_applied_to_data_and_to_drawn_rows(task, given):
    metric = metric_of(given, [adapted(LogisticRegression())])
    assert metric.higher is not given.endswith("log_loss")
    for each in results(LogisticRegression(), task, metric):
        assert metric.range[0] < each.metrics[metric.name] <= metric.range[1]


def test_a_scorer_gives_what_scikit_learn_gives():
    metric = metric_of("log_loss", [adapted(GaussianNB())])
    part = WORDS.part_of_seed(0, 100)
    expected = log_loss(part.y_test, GaussianNB().fit(part.x, part.y).predict_proba(part.x_test))
    assert results(GaussianNB(), metric=metric)[0].metrics["log_loss"] == pytest.approx(expected)


def test_decision_values_serve_where_there_are_no_probabilities():
    metric = metric_of("roc_auc", [adapted(LinearSVC())])
    assert min(each.metrics["roc_auc"] for each in results(LinearSVC(), metric=metric)) > 0.8


@pytest.mark.parametrize(
    ("given", "name", "higher"),
    [
        ("rmse", "root_mean_squared_error", False),
        ("r2", "r2", True),
        (mean_squared_error, "mean_squared_error", False),
        (make_scorer(mean_squared_error, greater_is_better=False), "mean_squared_error", False),
        (
            Metric("most", lambda y, p: abs(y - p).max(), better="lower", unit="euros"),
            "most",
            False,
        ),
    ],
)
def test_quantities_are_judged_by_names_functions_and_scorers(given, name, higher):
    metric = metric_of(given, [adapted(Ridge())])
    assert (metric.name, metric.higher) == (name, higher)
    found = results(Ridge(), HOUSES, metric)
    assert all(set(each.metrics) == {name} and each.correct is None for each in found)
    assert found[0].metrics[name] > 0
    assert found[0].rows == 50


def test_own_metrics_may_need_probabilities():
    metric = Metric("p", lambda y, p: p.mean(), better="higher", needs="probabilities")
    assert 0.2 < results(GaussianNB(), metric=metric)[0].metrics["p"] < 0.8


def test_another_metric_is_another_trial_and_none_leaves_identities_alone():
    plain, judged = (
        Trial(Arm(adapted(GaussianNB()), WORDS, 100, metric=metric), 0)
        for metric in (None, scorers.by_name("roc_auc"))
    )
    assert "judged_by" not in plain.ingredients
    assert judged.ingredients["judged_by"] == "roc_auc"
    assert judged.identity != plain.identity
    assert judged.arm != plain.arm


def test_training_rows_of_one_class_are_nothing_to_learn():
    one = Data("one", X, np.repeat(["a", "b"], [199, 1]), split=[(range(50), range(100, 200))] * 5)
    with pytest.raises(NothingToLearn, match="all of one class, so there is nothing to learn"):
        results(GaussianNB(), one, m=50)


class Sulky(ClassifierMixin, BaseEstimator):
    def fit(self, x, y):
        raise ValueError("not\ntoday")


class InColumns(GaussianNB):
    def predict(self, x):
        return super().predict(x)[:, None]


def test_predictions_in_a_column_are_judged_row_by_row():
    assert [each.metrics for each in results(InColumns())] == [
        each.metrics for each in results(GaussianNB())
    ]


def test_an_estimator_that_raises_is_named():
    with pytest.raises(Exception, match=r"Sulky on words, m = 100, seed.*ValueError: not today"):
        results(Sulky())


def test_a_fitted_estimator_is_refused():
    with pytest.raises(ClaimError, match=r"LogisticRegression is fitted already; give it unfitted"):
        adapted(LogisticRegression().fit(X, Y))
    with pytest.raises(ClaimError, match="StandardScaler is fitted already"):
        adapted(make_pipeline(StandardScaler().fit(X), LogisticRegression()))


@pytest.mark.parametrize(
    ("estimator", "task", "given", "words"),
    [
        (LogisticRegression(), HOUSES, "roc_auc", "tells classes apart, and the target of houses"),
        (Ridge(), HOUSES, None, "name a metric, as in metric='rmse'"),
        (Ridge(), HOUSES, "roc_auc", "roc_auc judges classes, and Ridge on houses predicts a q"),
        (
            GaussianNB(),
            WORDS,
            "rmse",
            "judges quantities, and GaussianNB on words predicts classes",
        ),
        (LinearSVC(), WORDS, "log_loss", "log_loss needs probabilities, and LinearSVC gives none"),
        (GaussianNB(), WORDS, "nonsense", "there is no metric 'nonsense'"),
        (GaussianNB(), WORDS, lambda y, p: 0, "whether a lower or a higher <lambda> is better"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_trains(estimator, task, given, words):
    with pytest.raises(ClaimError, match=words):
        judged_by(adapted(estimator), task, given)


def judged_by(learner, task, given):
    metric = metric_of(given, [learner])
    estimators.check(learner, task, None if metric == "error" else metric)


def test_a_table_and_a_target_are_no_pair_of_tasks():
    with pytest.raises(ClaimError, match=r"give Data\('name', X, y\)"):
        adapted((X, Y))
    with pytest.raises(ClaimError, match=r"give Data\('name', X, y\)"):
        adapted((pd.DataFrame(X), pd.Series(Y)))


def test_functions_and_estimators_are_not_compared_with_each_other():
    with pytest.raises(ClaimError, match="is a function of a seed and GaussianNB is trained"):
        metric_of(None, [arm(lambda s: 1.0, name="f"), adapted(GaussianNB())])


def test_a_score_function_of_scikit_learn_is_better_the_higher_it_is():
    assert metric_of(roc_auc_score, [adapted(GaussianNB())]).higher
    assert estimators.kind_of(DummyClassifier()) == "classes"
    assert estimators.kind_of(DummyRegressor()) == "quantity"
    assert estimators.kind_of(LinearRegression()) == "quantity"
    assert results(RandomForestClassifier(3)) == results(RandomForestClassifier(3))
