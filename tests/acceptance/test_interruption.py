"""Ctrl-C in the middle of training loses nothing that was trained."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.acceptance.project import body, said, stated, stored

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to a process group")

PATIENCE = 60  # seconds that a run may take to get somewhere
CLAIMS = 8


@pytest.fixture
def slow(project):
    """Eight claims that take a second each, after one learner that they share."""
    project.claims(
        *(
            body(
                f"slow-{i}",
                "compare, task, m_small, smallest_effect",
                f"assert compare(Planted('slow-{i}', 0.3, pause=1), good, task=task, m=m_small) "
                "> smallest_effect",
            )
            for i in range(CLAIMS)
        )
    )
    return project


def interrupted(project, *arguments):
    """What a run wrote and its exit status, interrupted as soon as two trials were stored."""
    file = project.path / "own.db"
    run = project.pytester.popen(
        [sys.executable, "-m", "pytest", *project.options(store="own.db"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + PATIENCE
        while stored(file) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: every process of the group gets it
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
    assert f"trials: {CLAIMS + 1 - kept} trained, {kept} recalled from own.db" in said(result)
    assert result.parseoutcomes() == {"passed": CLAIMS}


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
import pytest_scaling.report.page as page
page.build = lambda records, directory: interrupt()
"""
    )
    result = project.run("--scaling-report=out")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    text = said(result)
    assert "✓ clear: supported" in text
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
