"""Signs of life, where somebody can see them."""

import re
import time
from types import SimpleNamespace

import pytest

from pytest_scaling.run import progress
from pytest_scaling.run.options import read_options
from pytest_scaling.run.progress import Heartbeat, Progress
from pytest_scaling.trials.store.store import Store
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import trial


class Terminal:
    """Takes what is written on it."""

    isatty = False

    def __init__(self):
        self.lines = []

    def write_line(self, line):
        self.lines.append(line)


@pytest.fixture(scope="module", autouse=True)
def libraries():
    """Numeric libraries are loaded once: pytester forgets what is imported while it is there."""
    compute(trial())


@pytest.fixture
def config(pytester, monkeypatch):
    """A config with frequent signs of life, and a store that does not exist yet."""
    monkeypatch.setattr(progress, "QUIET", 0.01)
    config = pytester.parseconfig("--scaling-store=own.db")
    read_options(config)
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(Terminal(), "terminalreporter")
    return config


def lines(config):
    return config.pluginmanager.get_plugin("terminalreporter").lines


def test_a_run_without_a_store_is_given_none(config, pytester):
    with Heartbeat(config):
        time.sleep(0.2)
    assert lines(config) == []
    assert not (pytester.path / "own.db").exists()


def test_what_the_workers_of_xdist_have_trained_is_told(config, pytester):
    results = compute(trial())
    with Store(pytester.path / "own.db") as store, Heartbeat(config):
        assert lines(config) == []
        for m in range(64, 464):  # until it has been seen that the store grows
            store.put(trial(m=m), results)
            time.sleep(0.05)
            if lines(config):
                break
    assert re.fullmatch(r"\d+ trials stored, 0 claims decided", lines(config)[0])


def test_training_here_is_told_in_lines_where_there_is_no_live_terminal(config):
    trials = SimpleNamespace(
        computed=3, in_flight=1, share_done=0.75, waits=[], training=["A on B", "C on D"]
    )
    with Progress(config, SimpleNamespace(trials=trials)) as signs:
        time.sleep(0.02)
        signs.tick(1, 2, "plateau")
    (line,) = lines(config)
    assert re.fullmatch(
        r"75% trained so far, 1 of 2 claims ready, about 0 min 00 s left "
        r"· plateau: A on B",
        line,
    )


def test_no_time_left_is_told_before_anything_is_done(config):
    trials = SimpleNamespace(computed=0, in_flight=4, share_done=0.0, waits=[], training=[])
    with Progress(config, SimpleNamespace(trials=trials)) as signs:
        time.sleep(0.02)
        signs.tick(0, 2)
    assert lines(config) == ["0% trained so far, 0 of 2 claims ready"]


def test_for_whom_a_run_waits_is_told_once(config, monkeypatch):
    monkeypatch.setattr(progress, "QUIET", 60)
    trials = SimpleNamespace(
        computed=0, in_flight=4, share_done=0.0, waits=["waiting for A"], training=[]
    )
    with Progress(config, SimpleNamespace(trials=trials)) as signs:
        signs.tick(0, 2)
        signs.tick(0, 2)
    assert lines(config) == ["waiting for A"]
