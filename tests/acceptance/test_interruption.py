"""Ctrl-C in the middle of training loses nothing that was trained."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.acceptance.project import body, said

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to a process group")

PATIENCE = 60  # seconds that a run may take to get somewhere


@pytest.fixture
def slow(project):
    """Four claims that take a third of a second each, after one learner that they share."""
    project.claims(
        *(
            body(
                f"slow-{i}",
                "compare, task, m_small, smallest_effect",
                f"assert compare(Planted('slow-{i}', 0.3, pause=0.3), good, task=task, m=m_small) "
                "> smallest_effect",
            )
            for i in range(4)
        )
    )
    return project


def stored(file):
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return connection.execute("SELECT count(*) FROM trials").fetchone()[0]
    except sqlite3.OperationalError:  # no table yet
        return 0
    finally:
        connection.close()


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
    assert 2 <= kept < 5
    result = slow.run(store="own.db")
    assert f"trials: {5 - kept} trained, {kept} recalled from own.db" in said(result)
    assert result.parseoutcomes() == {"passed": 4}
