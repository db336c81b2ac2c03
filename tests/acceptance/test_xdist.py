"""Runs under pytest-xdist: timings wait until nothing else runs; a GPU has one user at a time."""

import json
import os
import re
import subprocess
from importlib.metadata import version

import pytest
from filelock import FileLock

from pytest_scaling.devices.locks import physical
from tests.acceptance.project import body, outcomes, output

TIMED = """
import pathlib, time, pytest

def spend(seconds, name):
    start = time.monotonic()
    time.sleep(seconds)
    with pathlib.Path("spent").open("a") as file:
        file.write(f"{name} {start} {time.monotonic()}\\n")

@pytest.mark.parametrize("k", range(2))
def test_timed(stopwatch, k):
    spend(0.3, "timed")

@pytest.mark.parametrize("k", range(8))
def test_ordinary(k):
    spend(0.1, "ordinary")
"""
A_STOPWATCH = "import pytest\n\n@pytest.fixture\ndef stopwatch(): return None\n"


def spent(project):
    """Kind, start and end of every test that the run has timed."""
    lines = (project.path / "spent").read_text().splitlines()
    return [(kind, float(start), float(end)) for kind, start, end in map(str.split, lines)]


def overlaps(project):
    """How many pairs of tests ran at the same time, by their kinds."""
    tests = sorted(spent(project), key=lambda test: test[1])
    return [
        {a, b}
        for i, (a, _, end) in enumerate(tests)
        for b, start, _ in tests[i + 1 :]
        if start < end
    ]


def test_timings_are_skipped_with_the_reason(project):
    project.conftest(A_STOPWATCH)
    (project.path / "test_time.py").write_text(TIMED)
    result = project.run("-n2", "-rs")
    assert result.parseoutcomes() == {"passed": 8, "skipped": 2}
    assert (
        "other workers of pytest-xdist would disturb the timing; use --scaling-timings=serial, "
        "or run without -n"
    ) in output(result)
    assert project.run("-n0").parseoutcomes() == {"passed": 10}


def test_a_claim_with_benchmark_is_skipped_and_a_plain_test_with_it_is_not(project):
    project.claims(
        "def test_plain(benchmark): assert benchmark(lambda: 1) == 1",
        body("fast", "benchmark, exact", "assert exact(benchmark.stats, 'it was timed')"),
    )
    options = ("-n2", "-v", f"--scaling-store={project.store}")
    result = project.plain(*options)
    assert outcomes(result) == {"plain": "PASSED", "fast": "SKIPPED"}


@pytest.mark.parametrize("dist", ["load", "loadfile", "worksteal"])
def test_serial_timings_run_while_nothing_else_does(project, dist):
    project.conftest(A_STOPWATCH)
    (project.path / "test_time.py").write_text(TIMED)
    (project.path / "test_more.py").write_text(TIMED)
    result = project.run("-n3", f"--dist={dist}", "--scaling-timings=serial")
    assert result.parseoutcomes() == {"passed": 20}
    assert len(spent(project)) == 20
    assert [pair for pair in overlaps(project) if "timed" in pair] == []
    output(result)


def test_ordinary_tests_go_on_side_by_side_beside_serial_timings(project):
    meet = """
import pathlib, time

def meet(own, other):
    pathlib.Path(own).touch()
    while not pathlib.Path(other).exists():
        time.sleep(0.02)
"""
    project.conftest(A_STOPWATCH)
    tests = "def test_a(): meet('a', 'b')\ndef test_time(stopwatch): pass\n"
    (project.path / "test_1.py").write_text(f"{meet}\n{tests}")
    (project.path / "test_2.py").write_text(f"{meet}\ndef test_b(): meet('b', 'a')\n")
    result = project.run("-n2", "--dist=loadfile", "--scaling-timings=serial")
    assert result.parseoutcomes() == {"passed": 3}


def test_serial_benchmarks_reach_the_table_and_the_file_of_the_run(project):
    (project.path / "test_time.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('k', [1, 2, 3])\n"
        "def test_sum(benchmark, k): benchmark(sum, range(k))\n"
        "@pytest.mark.parametrize('k', range(4))\n"
        "def test_ordinary(k): pass\n"
    )
    result = project.plain(
        "-n2", "--scaling-timings=serial", "--benchmark-json=times.json", "--benchmark-max-time=0.1"
    )
    assert result.parseoutcomes()["passed"] == 7
    text = output(result)
    if version("pytest-benchmark") >= "5.3":  # older ones say so before they can be told better
        assert "automatically disabled" not in text
    assert "benchmark: 3 tests" in text
    times = json.loads((project.path / "times.json").read_text())["benchmarks"]
    assert sorted(each["params"]["k"] for each in times) == [1, 2, 3]
    assert all(each["stats"]["rounds"] > 1 for each in times)


GPUS = """
import contextlib
import pytest_scaling.devices.hardware as hardware
import pytest_scaling.devices.resolve as devices
import pytest_scaling.run.device_tests.marks as marks

devices.accelerators = lambda: ("cuda:0", "cuda:1")
devices.fault = lambda device: ""
marks.prepared = lambda node, device: contextlib.nullcontext()
hardware.described = lambda device: device
"""
ON_DEVICES = """
import os, pathlib, signal, time, pytest

@pytest.mark.parametrize("k", range(4))
def test_it(device, k):
    with pathlib.Path("workers").open("a") as file:
        file.write(f"{device} {os.environ.get('PYTEST_XDIST_WORKER')}\\n")
    time.sleep(0.05)
"""


def workers(project):
    """The workers that each device was used by."""
    found = {}
    for line in (project.path / "workers").read_text().splitlines():
        device, worker = line.split()
        found.setdefault(device, set()).add(worker)
    return found


def test_the_tests_of_a_gpu_stay_on_one_worker(project):
    project.conftest(GPUS)
    (project.path / "test_devices.py").write_text(ON_DEVICES)
    result = project.run("-n3", "-v", "--scaling-device=all")
    assert result.parseoutcomes() == {"passed": 12}
    assert "scheduling tests via DeviceScheduling" in output(result)
    found = workers(project)
    assert len(found["cuda:0"]) == len(found["cuda:1"]) == 1


def test_another_way_of_spreading_that_the_user_has_chosen_is_kept(project):
    project.conftest(GPUS)
    (project.path / "test_devices.py").write_text(ON_DEVICES)
    result = project.run("-n2", "-v", "--scaling-device=all", "--dist=worksteal")
    assert result.parseoutcomes() == {"passed": 12}
    assert "scheduling tests via WorkStealingScheduling" in output(result)


def test_a_worker_that_dies_on_a_gpu_costs_the_one_test_that_it_ran(project):
    project.conftest(GPUS)
    (project.path / "test_devices.py").write_text(
        f"""{ON_DEVICES}
    if device == "cuda:0" and k == 1:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    )
    result = project.run("-n2", "-v", "--scaling-device=all")
    assert result.parseoutcomes() == {"passed": 11, "failed": 1}
    assert re.search(r"crashed while running '.*::test_it\[cuda:0-1\]'", output(result))


@pytest.mark.parametrize("spread", ["-n0", "-n2"])
def test_a_run_waits_for_a_gpu_that_another_run_is_using(project, monkeypatch, tmp_path, spread):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    project.conftest(GPUS)
    (project.path / "test_devices.py").write_text(ON_DEVICES)
    folder = tmp_path / "pytest-scaling" / "devices"
    folder.mkdir(parents=True)
    with FileLock(folder / "cuda-1.lock"):
        run = project.start(*project.options(), spread, "--scaling-device=cuda:1")
        with pytest.raises(subprocess.TimeoutExpired):
            run.communicate(timeout=6)
        assert not (project.path / "workers").exists()
    text, _ = run.communicate(timeout=60)
    assert run.returncode == 0, text
    assert len((project.path / "workers").read_text().splitlines()) == 4
    if spread == "-n0":
        assert "waiting for cuda:1, which another run is using" in text


@pytest.mark.parametrize(
    ("visible", "device", "name"),
    [
        (None, "cuda:1", "cuda-1"),
        ("3,5", "cuda:1", "cuda-5"),
        ("GPU-8f6a", "cuda:0", "cuda-GPU-8f6a"),
        ("", "cuda:0", "cuda-0"),
        ("3", "mps", "mps-0"),
    ],
)
def test_a_gpu_is_the_same_one_whatever_number_a_run_sees_it_under(
    monkeypatch, visible, device, name
):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert physical(device) == name


def test_workers_share_the_cores_among_them(project):
    (project.path / "test_cores.py").write_text(
        "import os, pytest\n"
        "from pytest_scaling.run.session import session_of\n"
        "from pytest_scaling.devices.numerics import ENVIRONMENT\n"
        "@pytest.mark.parametrize('k', range(4))\n"
        "def test_cores(request, k):\n"
        "    with open('cores', 'a') as file:\n"
        "        print(session_of(request.config).trials.workers, file=file)\n"
        "    assert ENVIRONMENT['OMP_NUM_THREADS'] == '1'\n"
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    for count in (1, 2, 4 * cores):
        (project.path / "cores").unlink(missing_ok=True)
        result = project.plain(f"-n{count}")
        assert result.ret == 0
        processes = set((project.path / "cores").read_text().split())
        assert processes == {str(max(1, cores // count))}
