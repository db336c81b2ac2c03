"""The script of docs/how-to/cluster.md, with a made-up Slurm whose jobs are local processes."""

import os
import shutil
import signal
import sys
from contextlib import suppress

import pytest

from tests.acceptance.project import evidence, output, stated
from tests.docs.test_examples import HOW_TO, example

pytest.importorskip("dask_jobqueue")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Slurm's jobs are scripts of bash")

SBATCH = """#!/bin/sh
cp "$1" "$JOBS/submitted.sh"
setsid bash "$JOBS/submitted.sh" > "$JOBS/log" 2>&1 &
echo $! > "$JOBS/$!.pid"
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
echo "$@" >> "$JOBS/cancelled"
for job in "$@"; do kill -TERM -- "-$job"; done
"""
ONE_CORE = {"cores=4": "cores=1", "processes=4": "processes=1", "maximum_jobs=16": "maximum_jobs=1"}
LOOPBACK = {
    "DASK_JOBQUEUE__SLURM__INTERFACE": "lo",
    "DASK_JOBQUEUE__SLURM__SCHEDULER_OPTIONS": "{'dashboard_address': None}",
}


@pytest.fixture
def jobs(tmp_path_factory, monkeypatch):
    """A folder with what was submitted to Slurm and what was cancelled; jobs end with the test."""
    jobs, commands = (tmp_path_factory.mktemp(name) for name in ("jobs", "commands"))
    for name, source in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (commands / name).write_text(source)
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(commands), prepend=os.pathsep)
    for name, value in {**LOOPBACK, "JOBS": str(jobs), "TMPDIR": str(jobs)}.items():
        monkeypatch.setenv(name, value)
    yield jobs
    for file in jobs.glob("*.pid"):
        with suppress(ProcessLookupError):
            os.killpg(int(file.stem), signal.SIGKILL)


def script():
    """The script of the page, for jobs that a small machine can hold."""
    source = example(HOW_TO / "cluster.md", "slurm.py")
    for there, here in ONE_CORE.items():
        assert there in source
        source = source.replace(there, here)
    return source


def test_claims_that_train_in_jobs_of_slurm_have_the_numbers_of_a_local_run(project, jobs):
    (project.path / "slurm.py").write_text(script(), encoding="utf-8")
    (project.path / "claims").mkdir()
    project.claims(stated("clear"), stated("open", "inconclusive"), file="claims/test_claims.py")
    local = evidence(project.records("claims", store="local.db"))
    shutil.rmtree(project.path / "out")
    options = [each for each in project.options(store="own.db") if "--scaling-workers" not in each]
    run = project.pytester.run(
        sys.executable, "slurm.py", *options, "-pno:xdist", "--scaling-report=out", timeout=60
    )
    assert run.ret == pytest.ExitCode.OK
    assert "trials: 8 trained" in output(run)
    assert evidence(project.reported("out")) == local
    submitted = (jobs / "submitted.sh").read_text()
    for line in ("#SBATCH --cpus-per-task=1", "#SBATCH -t 02:00:00", "--local-directory $TMPDIR"):
        assert line in submitted
    assert {file.stem for file in jobs.glob("*.pid")} == {*(jobs / "cancelled").read_text().split()}
