"""Runs whose processes are killed or whose disk is full: what was decided is kept, and correct."""

import os
import resource
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.project import body, evidence, output, stated, stored

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and limits files")

PATIENCE = 60  # seconds that a run may take to get somewhere
CLAIMS = 6


@pytest.fixture
def slow(project):
    """Claims that take half a second each, after one learner that they share."""
    project.claims(
        *(
            body(
                f"slow-{i}",
                "compare, task, m_small, smallest_effect",
                f"assert compare(Planted('slow-{i}', 0.3, pause=0.5), good, task=task, m=m_small)"
                " > smallest_effect",
            )
            for i in range(CLAIMS)
        )
    )
    return project


def begun(project, *arguments):
    """A run that has stored two trials and goes on, as a process group of its own."""
    options = project.options(store="own.db")
    run = project.start(*options, *arguments, start_new_session=True)
    end = time.monotonic() + PATIENCE
    while stored(project.path / "own.db") < 2 and run.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return run


def commands(group):
    """The processes of a group and of the sessions below it: their ids and command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == group and fields[0] != "Z":  # the session; no zombies
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it has ended
            continue
    return found


def has_ended(group):
    """Whether the last process of a session ends soon."""
    end = time.monotonic() + PATIENCE
    while commands(group) and time.monotonic() < end:
        time.sleep(0.05)
    return not commands(group)


def goes_on(project):
    """The next run trains what is missing, and finds the same as an undisturbed run."""
    kept = stored(project.path / "own.db")
    assert kept >= 2
    records = project.records(store="own.db", workers=2)
    assert evidence(records) == evidence(project.records(workers=2))
    assert f"trials: 0 trained, {2 * (CLAIMS + 1)} recalled" in output(project.run(store="own.db"))


@pytest.mark.parametrize("xdist", ["-n0", "-n2"])
def test_a_run_that_is_killed_leaves_no_process_and_what_it_trained(slow, xdist):
    run = begun(slow, xdist)
    run.kill()
    run.communicate()
    assert has_ended(run.pid)
    goes_on(slow)


def test_a_worker_of_xdist_that_is_killed_fails_its_claim_alone(slow):
    run = begun(slow, "-n2", "-v")
    (first, *_) = (pid for pid, line in commands(run.pid).items() if "stdin.readline" in line)
    os.kill(first, signal.SIGKILL)
    text, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert text.count("crashed while running") == 2  # where it failed, and in the summary
    assert f"1 failed, {CLAIMS - 1} passed" in text
    assert "Traceback" not in text
    assert has_ended(run.pid)
    goes_on(slow)


def test_ctrl_c_twice_ends_a_run_at_once_and_loses_nothing(slow):
    run = begun(slow)
    for _ in range(2):
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(0.1)
    text, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode in (pytest.ExitCode.INTERRUPTED, -signal.SIGINT, 130), text
    assert has_ended(run.pid)
    goes_on(slow)


def limited(size):
    """For a process before it begins: no file may become larger than this many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_that_is_full_is_told_in_one_sentence_and_costs_no_verdict(project):
    project.claims(*(stated(f"clear-{i}", smallest_effect=f"0.05{i}") for i in range(3)), MANY)
    run = project.start(*project.options(store="own.db"), preexec_fn=limited(100_000))
    text, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, text
    assert "4 passed" in text
    told = [line for line in text.splitlines() if "own.db cannot be" in line]
    assert len(told) <= 2  # written, and perhaps read
    assert told[0].startswith("The store own.db cannot be written (")
    assert told[0].endswith("); name another file with `--scaling-store`.")
    kept = stored(project.path / "own.db")
    again = output(project.run(store="own.db"))
    assert "4 passed" in again
    assert f"{kept} recalled" in again


MANY = body(
    "many",
    "ranking, task, m_small, smallest_effect",
    "assert ranking(*(Planted(f'p{i}', 0.9 - i / 10, on={}) for i in range(8)), task=task, "
    "m=m_small).steps > smallest_effect",
)
