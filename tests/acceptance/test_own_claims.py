"""What people have, as they have it: estimators, data and functions of a seed in a claim's body."""

import subprocess
from dataclasses import replace

import pytest

from tests.acceptance.project import output

FUNCTIONS = """
import random
from pytest_scaling import arm, claim

@arm
def train(seed, device, *, dropout=0.0) -> float:
    return random.gauss(1, 0.1) - (0.2 + 0.1 * random.random()) * dropout

@arm
def solves(seed) -> bool:
    return random.random() < 0.97

@claim("dropout-helps", "Dropout lowers the loss", smallest_effect=0.05)
def test_dropout_helps(compare, smallest_effect):
    assert compare(train.using(dropout=0.0), train.using(dropout=0.5)) > smallest_effect

@claim("loss-is-low", "The loss is low", bounds={"most": 1.5})
def test_loss_is_low(estimate, bounds):
    assert estimate(train) < bounds.most

@claim("it-solves", "It solves most of them", bounds={"rate": 0.5})
def test_it_solves(estimate, bounds):
    assert estimate(solves) > bounds.rate
"""
ESTIMATORS = """
import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeRegressor
from pytest_scaling import Data, Metric, arm, claim

rng = np.random.default_rng(0)
x = rng.normal(size=(600, 4))
y = np.where(x @ [1, 1, 1, 1] + rng.normal(size=600) > 0, "yes", "no")
answers = Data("answers", x, y)
prices = Data("prices", x, 100 * x.sum(axis=1) + rng.normal(size=600), split=6)
euros = Metric("cost", lambda y, p: abs(y - p).mean(), better="lower", unit="euros")

@claim("nearly-alike", "A line is no point of AUC better than Bayes", bounds={"alike": (-0.1, 0.1)},
       tasks=[answers], learners=[GaussianNB()])
def test_alike(compare, task, learner, bounds):
    from pytest_scaling import equivalent
    lead = compare(learner, LogisticRegression(), metric="roc_auc", task=task, bound="alike")
    assert equivalent(lead, bounds.alike)

@claim("a-line-fits", "A line is cheaper than a tree", smallest_effect=5.0, tasks=[prices])
def test_a_line_fits(compare, task, smallest_effect):
    lead = compare(DecisionTreeRegressor(), Ridge(), metric=euros, task=task, m=0.5)
    assert lead > smallest_effect
"""


@pytest.fixture
def project(project):
    """A project whose runs have scikit-learn."""
    return replace(project, library="sklearn.linear_model")


def write(project, source):
    (project.path / "test_own.py").write_text(source, encoding="utf-8")


def test_functions_of_a_seed_are_judged_kept_and_verified(project):
    write(project, FUNCTIONS)
    commit(project)
    run = project.run("-v", "--claims-update=new", "--claims-reason=first", "--scaling-report=out")
    text = output(run)
    assert run.ret == 0
    assert "value, train(dropout=0.0) - train(dropout=0.5) " in text
    assert "success of solves" in text
    rows = project.reported("out")
    (arm, _) = rows["dropout-helps"]["arms"]
    assert (arm["task"], arm["m"], arm["settings"]) == ("", 0, {"dropout": 0.0})
    assert "of train(dropout=0.0) to" not in rows["dropout-helps"]["reason"]
    assert (
        "improvement of value from train(dropout=0.0) to train(dropout=0.5) is"
        in (rows["dropout-helps"]["reason"])
    )
    page = (project.path / "out" / "index.html").read_text(encoding="utf-8")
    assert "with 0 labelled examples" not in page
    again = project.run("--claims-offline", "--claims-gate")
    assert "0 trained" in output(again)
    assert again.ret == 0
    verified = project.command("verify")
    assert verified.ret == 0, verified.stdout.str() + verified.stderr.str()


def test_a_rate_has_the_exact_interval_of_all_looks(project):
    write(project, FUNCTIONS)
    record = project.records("-k", "solves")["it-solves"]
    (evidence,) = record["cells"][0]["evidence"]
    assert evidence["value"] == 1
    assert evidence["high"] == 1
    assert evidence["low"] == pytest.approx(0.0022 ** (1 / 10), abs=1e-5)


def test_estimators_on_data_are_judged_by_the_metric_in_its_unit_and_verified(project):
    write(project, ESTIMATORS)
    commit(project)
    run = project.run("-v", "--claims-update=new", "--claims-reason=first", "--scaling-report=out")
    text = output(run)
    assert run.ret == 0
    assert "> 5 euros" in text
    assert "cost, DecisionTreeRegressor - Ridge, 250" in text
    rows = project.reported("out")
    assert {each["judged_by"] for each in rows["nearly-alike"]["arms"]} == {"roc_auc"}
    (evidence,) = rows["a-line-fits"]["cells"][0]["evidence"]
    assert evidence["unit"] == "euros"
    assert evidence["overlap"] == pytest.approx(0.2)
    verified = project.command("verify")
    assert verified.ret == 0, verified.stdout.str() + verified.stderr.str()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("compare(f, f.using())", "takes `task` but names no tasks"),
        ("compare(f, Ridge(), task=task)", "nothing pairs them; compare two of one kind"),
        ("compare(Ridge(), Ridge(2), task=task)", "name a metric, as in metric='rmse'"),
        ("compare(Ridge(), Ridge(2), metric='rmse')", "give Data('name', X, y)|task=Data('name'"),
        ("compare(Ridge(), Ridge(2), metric='rmse', task=(x, x))", "give Data('name', X, y)"),
        ("compare(Ridge().fit(x, x), Ridge(2), metric='rmse', task=task)", "is fitted already"),
        ("compare(Ridge(), Ridge(2), metric='nonsense', task=task)", "there is no metric"),
        ("compare(Ridge(), Ridge(2), metric='rmse', task=short)", "has 3 splits, and the first l"),
    ],
)
def test_a_mistake_costs_one_sentence(project, body, words):
    takes = "compare, task, smallest_effect" if "names no" in words else "compare, smallest_effect"
    write(
        project,
        f"""
import numpy as np
from sklearn.linear_model import Ridge
from pytest_scaling import Data, arm, claim

x = np.random.default_rng(0).normal(size=(50, 2))
task = Data("t", x, x.sum(1))
short = Data("short", x, x.sum(1), split=[(range(25), range(25, 50))] * 3)
f = arm(lambda seed: 1.0, name="f")

@claim("it", "It is so", smallest_effect=0.1)
def test_it({takes}):
    assert {body} > smallest_effect
""",
    )
    text = output(project.run())
    assert any(word in text for word in words.split("|"))


def commit(project):
    (project.path / ".gitignore").write_text("*\n!*.py\n")
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*author, "commit", "-qm", "Claims")):
        subprocess.run(["git", *words], cwd=project.path, check=True)
