"""pytest-benchmark's fixture on a made-up CUDA device, as a user sees it.

A kernel takes 4 ms of the device, 5 microseconds of the host that queues it, and half a second the
first time. Forgetting to wait, or counting the first run, gives a different number.
"""

import json
from pathlib import Path

import pytest

from tests.acceptance.project import output

MADE_UP = Path(__file__).parents[1] / "devices" / "made_up"
SECONDS = 0.004
PLAIN = """
import pytest, torch

def kernel(seconds=0.004):
    torch.cuda.made_up.kernel(seconds, memory=2**20)
    return "done"

def test_kernel(benchmark, device):
    assert benchmark(kernel) == "done"
"""
DETAILED = """
calls = []

def test_pedantic(benchmark, device):
    def setup():
        calls.append("setup")
        return (0.004,), {}
    benchmark.pedantic(kernel, setup=setup, teardown=lambda s: calls.append("teardown"), rounds=4)
    assert calls.count("setup") == calls.count("teardown") >= 4

@pytest.mark.benchmark(group="mine", min_rounds=7)
def test_with_a_mark(benchmark, device):
    benchmark(kernel)

@pytest.mark.devices("cuda")
def test_without_the_fixture(benchmark):
    benchmark(kernel)

@pytest.mark.parametrize("size", [1])
def test_on_the_host(benchmark, size):
    benchmark(lambda: torch.clock())
"""


@pytest.fixture
def bench(project, monkeypatch):
    """Runs pytest with the made-up torch, and returns what --benchmark-json has."""
    pytest.importorskip("pytest_benchmark")
    monkeypatch.setenv("PYTHONPATH", str(MADE_UP), prepend=":")

    def run(source=PLAIN, *arguments, device="cuda"):
        (project.path / "test_speed.py").write_text(source, encoding="utf-8")
        result = project.plain(
            f"--scaling-device={device}",
            "--benchmark-timer=torch.clock",
            "--benchmark-max-time=0.05",
            "--benchmark-json=out.json",
            "-p",
            "no:xdist",
            *arguments,
        )
        written = project.path / "out.json"
        found = json.loads(written.read_text()) if written.exists() else {"benchmarks": []}
        written.unlink(missing_ok=True)
        return result, {each["name"]: each for each in found["benchmarks"]}, found

    return run


def test_a_benchmark_waits_for_the_device_and_leaves_the_cold_start_out(bench):
    result, by_name, found = bench()
    result.assert_outcomes(passed=1)
    one = by_name["test_kernel[cuda:0]"]
    assert one["stats"]["min"] == pytest.approx(SECONDS, rel=0.01)
    assert one["stats"]["max"] == pytest.approx(SECONDS, rel=0.01)
    assert one["stats"]["rounds"] >= 0.05 / SECONDS  # calibrated on a warm call
    assert one["options"]["timer"] == "cuda_0_timer"
    extra = one["extra_info"]
    assert extra["cold_start"] == pytest.approx(0.5 + SECONDS, rel=0.01)
    assert extra["device_seconds"]["median"] == pytest.approx(SECONDS, rel=0.01)
    assert extra["peak_memory"] == 2**20
    assert one["group"] == extra["device"] == "cuda:0"
    assert found["machine_info"]["devices"][0]["name"] == "Made Up 100"


def test_marks_setup_and_teardown_are_kept(bench):
    result, by_name, _ = bench(PLAIN + DETAILED)
    result.assert_outcomes(passed=5)
    assert by_name["test_with_a_mark[cuda:0]"]["group"] == "mine on cuda:0"
    assert by_name["test_pedantic[cuda:0]"]["stats"]["rounds"] == 4
    for name in ("test_with_a_mark[cuda:0]", "test_pedantic[cuda:0]"):
        assert by_name[name]["stats"]["mean"] == pytest.approx(SECONDS, rel=0.01)
    assert "[cuda:0]" in by_name["test_without_the_fixture[cuda:0]"]["fullname"]
    host = by_name["test_on_the_host[1]"]
    assert host["options"]["timer"] == "clock"
    assert "cold_start" not in host["extra_info"]


def test_records_of_cpu_and_gpu_stand_beside_each_other(bench):
    result, by_name, _ = bench(PLAIN, device="all")
    result.assert_outcomes(passed=2)
    assert {name: each["group"] for name, each in by_name.items()} == {
        "test_kernel[cpu]": "cpu",
        "test_kernel[cuda:0]": "cuda:0",
    }
    assert by_name["test_kernel[cpu]"]["stats"]["mean"] < SECONDS / 100  # nobody waits there


def test_a_saved_run_is_compared_with_its_own_device_only(bench):
    bench(PLAIN, "--benchmark-save=first", device="cpu")
    result, _, _ = bench(PLAIN, "--benchmark-compare=0001", device="cuda")
    assert "0001_first" not in output(result).partition("benchmark: 1 tests")[2]
    result, _, _ = bench(PLAIN, "--benchmark-compare=0001", device="all")
    text = output(result)
    assert "(0001_fi" in text
    assert "NOW" in text


@pytest.mark.parametrize("group", ["param:device", "func,param:device", "group", "param"])
def test_benchmarks_without_a_device_can_be_grouped_by_it(bench, group):
    result, by_name, _ = bench(PLAIN + DETAILED, f"--benchmark-group-by={group}", device="all")
    assert result.ret == 0
    text = output(result)
    assert len(by_name) == 8
    if "param:device" in group:
        assert "device=cuda:0'" in text
        assert "device=cpu'" in text


@pytest.mark.parametrize(
    ("option", "outcomes"),
    [
        ("--benchmark-skip", {"passed": 1, "skipped": 1}),
        ("--benchmark-only", {"passed": 1, "skipped": 1}),
        ("--benchmark-disable", {"passed": 2}),
    ],
)
def test_its_options_keep_working(bench, option, outcomes):
    result, by_name, _ = bench(PLAIN + "\ndef test_other(): pass\n", option)
    result.assert_outcomes(**outcomes)
    assert len(by_name) == (option == "--benchmark-only")


@pytest.mark.parametrize("call", ["benchmark(fail)", "benchmark.pedantic(fail, rounds=3)"])
def test_a_benchmark_that_raises_fails_with_its_own_error_and_leaves_no_record(bench, call):
    result, by_name, _ = bench(
        f"def fail():\n    raise ValueError('mine')\ndef test_it(benchmark, device):\n    {call}\n"
    )
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "ValueError: mine" in text
    assert "not used at all" not in text
    assert by_name == {}


def test_a_device_that_is_not_there_ends_the_run(bench):
    result, _, _ = bench(PLAIN, device="cuda:9")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert (
        "device 'cuda:9' was requested and is not available (devices here: cpu, cuda:0)"
        in output(result)
    )


def test_the_head_of_the_run_names_the_device(bench):
    result, _, _ = bench()
    assert "scaling device: cuda:0, Made Up 100, capability 9.0, 8 GiB" in output(result)
