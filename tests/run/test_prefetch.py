"""Prefetch: what all claims need is asked for together, before any of them is judged."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from pytest_scaling.run.options import read_options
from pytest_scaling.run.prefetch import can_prefetch, cost_preview, is_due, prefetch
from pytest_scaling.run.session import Session
from pytest_scaling.trials.names import Names
from tests.experiments import bench
from tests.experiments.bench import planted, swinging

ERRORS = {
    "good": 0.1,
    "poor": 0.3,
    "breezy": swinging(0.2, 0.032),  # decided at the second look
    "unsteady": swinging(0.17, 0.02),  # never decided
}
SOURCE = """
import pytest
from pytest_scaling import claim
from tests.experiments.bench import EFFECT, GOOD, TASK, Name

def against_good(rival):
    @claim(f"of-{rival}", "It is so", smallest_effect=EFFECT, tasks=[TASK])
    def test(compare, task, smallest_effect):
        assert compare(Name(rival), GOOD, task=task, m=64) > smallest_effect
    return test

test_poor, test_breezy, test_unsteady = map(against_good, ("poor", "breezy", "unsteady"))

@claim("broken", "It is so", smallest_effect=EFFECT, tasks=[TASK])
def test_broken(compare, task, smallest_effect):
    1 / 0

@claim("taskless", "It is so", smallest_effect=EFFECT)
def test_taskless(compare, task, smallest_effect):
    assert compare(Name("poor"), GOOD, task=task, m=64) > smallest_effect

@claim("theirs", "It is so", smallest_effect=EFFECT, tasks=[TASK])
def test_theirs(compare, task, tmp_path):
    assert compare(Name("poor"), GOOD, task=task, m=64) > EFFECT

@pytest.mark.skip
@claim("skipped", "It is so", smallest_effect=EFFECT, tasks=[TASK])
def test_skipped(compare, task):
    pass

@pytest.mark.skipif("True", reason="why not")
@claim("maybe", "It is so", smallest_effect=EFFECT, tasks=[TASK])
def test_maybe(compare, task):
    pass

def test_ordinary(device):
    pass
"""


@dataclass
class Waiting:
    """Trials that are computed when somebody waits for them, all that were asked for at once."""

    failing: tuple[str, ...] = ()  # learners whose trials never have a result
    done: dict = field(default_factory=dict)
    asked: dict = field(default_factory=dict)
    rounds: list[list[str]] = field(default_factory=list)
    lost: Exception | None = None
    names: Names = field(default_factory=Names)
    ended: list[str] = field(default_factory=list)

    @property
    def training(self):
        return [trial.description for trial in self.asked.values()]

    def known(self, trial):
        return self.done.get(trial.identity)

    def pending(self, trial):
        return trial.identity in self.asked

    def request(self, trials, limits):
        fresh = {trial.identity: trial for trial in trials if trial.identity not in self.asked}
        self.asked |= fresh
        if fresh:
            self.rounds.append([f"{t.arm.label} {t.seeds[0]}" for t in fresh.values()])

    def wait(self, timeout):
        for identity, trial in self.asked.items():
            if trial.arm.learner.name not in self.failing:
                (self.done[identity],) = planted(**ERRORS).results([trial])
        self.asked.clear()


@pytest.fixture
def items(pytester):
    """The tests of the source above by name, collected and not run."""
    return {item.originalname: item for item in pytester.getitems(SOURCE)}


@pytest.fixture
def chosen(items):
    return lambda *names: [items[f"test_{name}"] for name in names]


@pytest.fixture
def session(items):
    """What a run knows, with trials that wait."""
    session = Session(items["test_poor"].config)
    session.__dict__["trials"] = Waiting()
    return session


def both(learner):
    """The two blocks of seeds of the first look."""
    return [f"{learner} 0", f"{learner} 5"]


def test_the_first_looks_of_all_claims_are_asked_for_together(session, chosen):
    prefetch(session, chosen("poor", "unsteady", "breezy"))
    assert session.trials.rounds == [
        [*both("poor"), *both("good"), *both("unsteady"), *both("breezy")],
        ["unsteady 7", "good 7", "breezy 7"],
    ]


class OneByOne(Waiting):
    """Trials that end one after the other, those of one learner last."""

    def wait(self, timeout):
        identity = min(self.asked, key=lambda each: self.asked[each].arm.label == "poor")
        trial = self.asked.pop(identity)
        (self.done[identity],) = planted(**ERRORS).results([trial])
        self.ended.append(f"{trial.arm.label} {trial.seeds[0]}")


def test_a_claim_goes_on_while_the_trials_of_another_run(session, chosen):
    session.__dict__["trials"] = OneByOne()
    prefetch(session, chosen("poor", "unsteady"))
    assert session.trials.rounds == [
        [*both("poor"), *both("good"), *both("unsteady")],
        ["unsteady 7", "good 7"],
    ]
    assert session.trials.ended[-2:] == both("poor")


class Watched(OneByOne):
    """Trials that note how often they are looked at after they have come."""

    def __init__(self):
        super().__init__()
        self.looks = Counter()

    def pending(self, trial):
        waiting = super().pending(trial)
        self.looks[trial.identity] += not waiting
        return waiting


def test_a_trial_that_has_come_is_not_looked_at_again(session, chosen):
    watched = session.__dict__["trials"] = Watched()
    prefetch(session, chosen("poor"))
    assert len(watched.ended) > 3
    assert set(watched.looks.values()) == {1}


def test_a_claim_that_is_ready_is_counted(session, chosen):
    signs = []
    prefetch(session, chosen("poor", "unsteady"), lambda *sign: signs.append(sign))
    assert signs == [(0, 2, "of-poor"), (1, 2, "of-unsteady")]


def test_a_trial_that_fails_ends_the_rehearsal_of_its_claim_alone(session, chosen):
    session.trials.failing = ("poor",)
    prefetch(session, chosen("poor", "breezy"))
    assert session.trials.rounds == [
        [*both("poor"), *both("good"), *both("breezy")],
        ["breezy 7", "good 7"],
    ]


def test_what_is_known_is_not_asked_for_again(session, chosen):
    prefetch(session, chosen("breezy"))
    session.trials.rounds.clear()
    prefetch(session, chosen("breezy"))
    assert session.trials.rounds == []


@pytest.mark.parametrize("bad", ["broken", "taskless"])
def test_a_claim_that_breaks_is_left_to_the_real_run(session, chosen, bad):
    prefetch(session, chosen(bad, "breezy"))
    assert session.trials.rounds == [
        [*both("breezy"), *both("good")],
        ["breezy 7", "good 7"],
    ]


def test_a_forecast_counts_the_trials_of_the_first_looks_and_trains_none(session, chosen):
    assert cost_preview(session, chosen("poor", "unsteady", "ordinary")) == (
        "claims: 2; their first looks would train 6 trials (21 learners); the rest is stored"
    )
    assert session.trials.rounds == []


def test_a_forecast_says_how_long_where_every_learner_states_its_cost(session, chosen, monkeypatch):
    ones = chosen("poor", "unsteady", "ordinary")
    monkeypatch.setattr(bench.Name, "cost", lambda learner, task, m: 60.0, raising=False)
    assert "6 trials (21 learners, roughly 21.0 min of one core);" in cost_preview(session, ones)


def test_a_body_that_may_not_run_or_needs_fixtures_of_others_is_not_rehearsed(items):
    prefetched = {name for name, item in items.items() if can_prefetch(item)}
    left_out = {"test_theirs", "test_ordinary", "test_skipped", "test_maybe"}
    assert set(items) - prefetched == left_out


@pytest.mark.parametrize(
    ("arguments", "failed", "due"),
    [
        ((), 0, True),
        ((), 1, False),
        (("--continue-on-collection-errors",), 1, True),
        (("--collect-only",), 0, False),
        (("--setup-only",), 0, False),
        (("--setup-plan",), 0, False),
        (("--scaling-workers=0",), 0, False),
    ],
)
def test_a_rehearsal_is_due_where_bodies_are_about_to_run(pytester, arguments, failed, due):
    config = pytester.parseconfig(*arguments)
    read_options(config)
    run = pytest.Session.from_config(config)
    run.testsfailed = failed
    assert is_due(run) is due
