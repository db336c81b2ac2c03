"""Ctrl-C in the middle of training loses nothing that was trained."""

import os
import re
import signal
import time

import pytest

from tests.acceptance.project import body, output, stated, stored

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to a process group")

PATIENCE = 60  # seconds that a run may take to get somewhere
CLAIMS = 8


@pytest.fixture
def slow(project):
    """Eight claims that take a second each, after one learner that they share."""
    project.claims(*(planted(f"slow-{i}", pause=1) for i in range(CLAIMS)))
    return project


def planted(id, pause=0):
    """The source of a claim about a learner of its own, a block of which takes `pause` seconds."""
    return body(
        id,
        "compare, task, m_small, smallest_effect",
        f"assert compare(Planted({id!r}, 0.3, pause={pause}), good, task=task, m=m_small) "
        "> smallest_effect",
    )


def interrupted(project, *arguments, by=signal.SIGINT, after=2):
    """What a run wrote and its exit status, interrupted as soon as so many trials were stored."""
    file = project.path / "own.db"
    options = project.options(store="own.db")
    run = project.start(*options, *arguments, start_new_session=True)
    try:
        end = time.monotonic() + PATIENCE
        while stored(file) < after and time.monotonic() < end:
            time.sleep(0.02)
        if after > 1:
            os.killpg(run.pid, by)  # as a terminal does: every process of the group gets it
        if by != signal.SIGINT:
            os.kill(run.pid, by)  # as `timeout` does
        text, _ = run.communicate(timeout=PATIENCE)
    finally:
        run.kill()
    return text, run.returncode


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_an_interrupted_run_keeps_what_it_trained_and_the_next_one_goes_on(slow, workers):
    text, status = interrupted(slow, workers)
    assert status == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in text
    assert "Traceback" not in text
    kept = stored(slow.path / "own.db")
    assert 2 <= kept <= CLAIMS
    result = slow.run(store="own.db", workers=4)
    text = output(result)
    assert f"trials: {2 * (CLAIMS + 1) - kept} trained, {kept} recalled from own.db" in text
    assert result.parseoutcomes() == {"passed": CLAIMS}


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_asked_to_end_does_so_as_by_ctrl_c(slow, by, workers):
    before = signal.signal(by, signal.SIG_DFL)  # which nohup ignores, and a process inherits it
    try:
        text, status = interrupted(slow, workers, "--scaling-report=out", by=by)
    finally:
        signal.signal(by, before)
    assert status == pytest.ExitCode.INTERRUPTED
    assert f"KeyboardInterrupt: the run was ended by {by.name}" in text
    assert "Traceback" not in text
    assert stored(slow.path / "own.db") >= 2


def test_a_distributed_run_that_is_asked_to_end_before_its_first_verdict_does_so(project):
    project.claims(planted("long", pause=50), planted("longer", pause=55))
    text, status = interrupted(project, "-n2", "--scaling-workers=2", by=signal.SIGTERM, after=1)
    assert status == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt: the run was ended by SIGTERM" in text
    assert "Traceback" not in text


def test_a_worker_of_xdist_that_is_killed_loses_nothing_but_its_running_trial(project):
    project.claims(*(planted(name) for name in ("first", "fatal", "b", "c", "d")))
    project.conftest(KILL)
    result = project.run("-v", "-n2", store="own.db")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = output(result)
    assert re.search(
        r"worker 'gw\d' crashed while running 'test_claims.py::test_fatal\[cpu\]'", text
    )
    assert result.parseoutcomes() == {"passed": 4, "failed": 1}
    assert re.search(
        r"^worker gw\d was lost: what it trained in its last test is stored, but not counted here$",
        text,
        re.MULTILINE,
    )
    headlines = re.findall(r"^✓ (\S+): supported", text, re.MULTILINE)
    assert headlines == ["first", "b", "c", "d"]
    result = project.run("-v", "-n2", store="own.db")
    assert "trials: 0 trained" in output(result)
    assert result.parseoutcomes() == {"passed": 5}


KILL = """
import os, pathlib, signal

killed = pathlib.Path("killed")

def pytest_runtest_makereport(item, call):
    if "fatal" in item.name and call.when == "call" and not killed.exists():
        killed.touch()
        os.kill(os.getpid(), signal.SIGKILL)
"""


INTERRUPT = """
import os, signal, time

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)  # the signal is heard at the latest here
"""


def test_a_run_that_is_interrupted_while_it_writes_its_report_says_so(project):
    project.claims(stated("clear"))
    project.conftest(
        f"""{INTERRUPT}
import pytest_scaling.report.build as page
page.build = lambda *_, **__: interrupt()
"""
    )
    result = project.run("--scaling-report=out")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    text = output(result)
    assert "1 of 1 claim supported" in text
    assert "interrupted before the ledger and the report were written" in text


@pytest.mark.parametrize(("times", "status"), [(1, pytest.ExitCode.OK), (2, -signal.SIGINT)])
def test_a_single_interruption_does_not_keep_a_run_from_stopping_its_processes(
    project, times, status
):
    project.claims(stated("clear"))
    project.conftest(
        f"""{INTERRUPT}
from pytest_scaling.trials.execution import Trials
stop = Trials.close

def close(trials):
    for _ in range({times}):
        interrupt()
    stop(trials)
    print("all has stopped")

Trials.close = close
"""
    )
    result = project.run("-s")
    assert result.ret == status
    assert ("all has stopped" in result.stdout.str()) == (times == 1)
