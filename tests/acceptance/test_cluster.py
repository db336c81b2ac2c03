"""Trials on a Dask cluster: the numbers of a local run, and a message when the cluster is gone."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from tests.acceptance.project import body, evidence, output, stated, stored

SLOPPY = """
class Sloppy(Planted):  # reads the global stream of random numbers, which the trial sets
    def fit_predict(self, block, settings, device):
        fit = super().fit_predict(block, settings, device)
        luck = np.random.random(fit.labels.shape) < 0.1
        return Fit(np.where(luck, 1 - fit.labels, fit.labels), fit.diverged)
""" + body(
    "sloppy",
    "compare, task, m_small, smallest_effect",
    "assert compare(Sloppy('sloppy', error=0.25), good, task=task, m=m_small) > smallest_effect",
)
USAGE = pytest.ExitCode.USAGE_ERROR
PATIENCE = 60  # seconds that anything may take to get somewhere


@dataclass
class Dask:
    """A scheduler and workers on the loopback interface, each a process group of its own."""

    folder: Path
    port: int
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def options(self) -> tuple[str, ...]:
        return ("--scaling-backend=dask", f"--scaling-scheduler={self.address}")

    def start(self, name: str, *arguments: str, says: str, **environment: str) -> None:
        """Start a process of Dask, and wait until it says that it is ready."""
        log = self.folder / f"{name}.log"
        with log.open("w") as file:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=self.folder,
                env=os.environ | environment,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while says not in log.read_text():
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)

    def start_scheduler(self) -> None:
        where = ("--host", "127.0.0.1", "--port", str(self.port))
        self.start("scheduler", "scheduler", *where, "--no-dashboard", says="Scheduler at:")

    def start_worker(self, name: str, *options: str, **environment: str) -> None:
        where = (self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard")
        self.start(name, "worker", *where, *options, says="Registered to:", **environment)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)  # the nanny too, which would start another
        process.wait()


@pytest.fixture
def project(project):
    """A project whose runs have Dask."""
    return replace(project, library="distributed")


@pytest.fixture
def dask(project, tmp_path):
    """A scheduler; workers are started by the tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dask = Dask(tmp_path, free.getsockname()[1])
    dask.start_scheduler()
    yield dask
    for name in list(dask.processes):
        dask.kill(name)


def run(project, dask, *arguments, store):
    """A run on the cluster."""
    options = [each for each in project.options(store=store) if "--scaling-workers" not in each]
    if not any(argument.startswith("-n") for argument in arguments):
        options += ["-p", "no:xdist"]
    return project.plain(*options, *dask.options, *arguments, timeout=PATIENCE)


def slow(project, claims=4):
    """Claims that take a third of a second each, after one learner that they share."""
    project.claims(
        *(
            body(
                f"slow-{i}",
                "compare, task, m_small, smallest_effect",
                f"assert compare(Planted('slow-{i}', 0.3, pause=0.3), good, task=task, m=m_small) "
                "> smallest_effect",
            )
            for i in range(claims)
        )
    )


def begun(project, dask, store):
    """A run on the cluster that has stored two trials and goes on."""
    options = [each for each in project.options(store=store) if "--scaling-workers" not in each]
    run = project.start(*options, *dask.options, "--scaling-report=out", start_new_session=True)
    end = time.monotonic() + PATIENCE
    while stored(project.path / store) < 2 and run.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    return run


@pytest.mark.parametrize("xdist", ["-n0", "-n2"])
def test_numbers_on_two_workers_are_those_of_a_local_run(project, dask, xdist):
    dask.start_worker("one")
    dask.start_worker("two", "--no-nanny", "--nthreads", "2")
    project.claims(stated("clear"), stated("open", "inconclusive"), SLOPPY)
    local = evidence(project.records(store="local.db"))
    shutil.rmtree(project.path / "out")
    result = run(project, dask, xdist, "--scaling-report=out", store="dask.db")
    assert "trials: 10 trained" in output(result)
    assert evidence(project.reported("out")) == local


def test_a_worker_that_is_killed_costs_time_and_nothing_else(project, dask):
    dask.start_worker("one")
    dask.start_worker("two")
    slow(project, claims=8)
    going = begun(project, dask, "dask.db")
    dask.kill("one")
    text, _ = going.communicate(timeout=PATIENCE)
    assert going.returncode == 0, text
    assert "trials: 18 trained, 0 recalled" in text
    found = evidence(project.reported("out"))
    assert found == evidence(project.records(store="local.db"))


def test_a_scheduler_that_is_lost_ends_the_run_in_a_sentence_and_loses_no_trial(project, dask):
    dask.start_worker("one")
    slow(project)
    going = begun(project, dask, "dask.db")
    dask.kill("scheduler")
    text, _ = going.communicate(timeout=PATIENCE)
    assert going.returncode == USAGE, text
    assert sentences(text) == [
        f"ERROR: the Dask scheduler at {dask.address} was lost; what was trained is stored, "
        f"so a run with a working cluster, or without one, goes on from there"
    ]
    kept = stored(project.path / "dask.db")
    assert 2 <= kept < 10
    assert f"trials: {10 - kept} trained, {kept} recalled" in output(project.run(store="dask.db"))


def test_a_scheduler_that_is_not_there_ends_the_run_in_a_sentence(project, dask):
    project.claims(stated("clear"))
    dask.kill("scheduler")
    result = run(project, dask, "-n2", store="dask.db")
    assert result.ret == USAGE
    (sentence,) = sentences(output(result))
    assert re.fullmatch(
        rf"ERROR: no Dask scheduler answers at {dask.address} \(.*\); "
        r"start one with `dask scheduler`, or correct --scaling-scheduler",
        sentence,
    )


def test_a_scheduler_without_workers_ends_the_run_in_a_sentence(project, dask):
    project.claims(stated("clear"))
    result = run(project, dask, store="dask.db")
    assert result.ret == USAGE
    assert sentences(output(result)) == [
        f"ERROR: the Dask scheduler at {dask.address} has no workers, and starts none for work; "
        f"start some with `dask worker {dask.address} --nthreads 1`"
    ]


ADAPTIVE = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=0, threads_per_worker=1, dashboard_address=None) as cluster:
        cluster.adapt(minimum=0, maximum=2, interval="100 ms", target_duration="1 s")
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


def test_an_adaptive_cluster_that_starts_from_nothing_is_waited_for(project):
    (project.path / "adaptive.py").write_text(ADAPTIVE)
    cluster = subprocess.Popen(
        [sys.executable, "adaptive.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=project.path,
        text=True,
    )
    project.claims(stated("clear"))
    options = [each for each in project.options(store="own.db") if "--scaling-workers" not in each]
    address = cluster.stdout.readline().strip()
    try:
        result = project.plain(
            *options,
            "--scaling-backend=dask",
            f"--scaling-scheduler={address}",
            timeout=PATIENCE,
        )
    finally:
        cluster.communicate("")
    assert "trials: 4 trained" in output(result)
    assert result.ret == 0


def test_a_worker_with_another_version_of_a_library_is_refused_in_a_sentence(
    project, dask, tmp_path
):
    packages, ours = tmp_path / "old" / "site-packages", Path(np.__file__).parents[1]
    about = packages / "numpy-0.0.1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Name: numpy\nVersion: 0.0.1\n")
    for name in ("numpy", "numpy.libs"):  # the same code, as what its metadata say it is
        (packages / name).symlink_to(ours / name)
    path = os.pathsep.join((str(packages), os.environ["PYTHONPATH"]))
    dask.start_worker("old", PYTHONPATH=path)
    project.claims(stated("clear"))
    result = run(project, dask, store="own.db")
    assert result.parseoutcomes() == {"errors": 1}
    assert re.search(
        r"m = 256, seeds 0-4 would be a different trial on a worker: "
        rf'versions\.numpy is "0\.0\.1" there, not "{re.escape(np.__version__)}"; '
        r"give the workers the same libraries and the same checkout",
        output(result),
    )
    assert stored(project.path / "own.db") == 0


def test_a_trial_that_hangs_on_a_worker_is_ended_and_named(project, dask):
    dask.start_worker("one")
    project.claims(
        stated("clear"),
        body(
            "hangs",
            "compare, task, m_small, smallest_effect",
            "assert compare(Planted('hangs', 0.3, pause=600), good, task=task, m=m_small) "
            "> smallest_effect",
        ),
    )
    result = run(project, dask, "--scaling-trial-timeout=1", store="own.db")
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    assert "hangs on sign, m = 256, seeds 0-4 was ended after 1 s" in output(result)


def sentences(text):
    """What a run says apart from the progress of pytest."""
    return [line for line in text.splitlines() if line.startswith("ERROR") or "distributed" in line]


def test_what_is_stored_needs_no_cluster(project, dask):
    project.claims(stated("clear"))
    project.run(store="own.db")
    dask.kill("scheduler")
    for option in ("--claims-offline", "--collect-only"):
        assert run(project, dask, option, store="own.db").ret == 0


def test_ctrl_c_takes_the_trials_back_from_the_workers(project, dask):
    dask.start_worker("one")
    slow(project, claims=30)
    going = begun(project, dask, "dask.db")
    os.killpg(going.pid, signal.SIGINT)
    text, _ = going.communicate(timeout=PATIENCE)
    assert going.returncode == pytest.ExitCode.INTERRUPTED
    assert "Traceback" not in text
    kept = stored(project.path / "dask.db")
    project.claims(stated("clear"))
    (recalled,) = re.findall(r"(\d+) recalled", output(run(project, dask, store="dask.db")))
    assert int(recalled) >= 1
    assert stored(project.path / "dask.db") == kept + 4 - int(recalled)  # and no others
