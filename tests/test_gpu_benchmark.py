"""The GPU benchmark runs in small on the CPU, and keeps what it has when a part fails."""

import gzip
import json
import signal
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
gpu = pytest.importorskip("benchmarks.gpu.__main__")
from benchmarks.gpu import bench, equality, halves, part, plan, suite  # noqa: E402
from benchmarks.gpu.report import Report, crossover  # noqa: E402
from pytest_scaling.devices.numerics import single_threaded  # noqa: E402

ROOT = Path(__file__).parents[1]
PLENTY = 3_600  # seconds


def ratios(*points):
    return [{"width": width, "ratio": ratio, "threads": 1, "seeds": 5} for width, ratio in points]


@pytest.mark.parametrize(
    ("points", "width"),
    [
        ([(8, 0.1), (64, 0.5), (256, 2.0)], 128.0),  # half-way on logarithmic scales
        ([(8, 1.5), (64, 3.0)], 8.0),
        ([(8, 0.1), (64, 0.9)], None),
        ([], None),
    ],
)
def test_the_width_where_the_gpu_overtakes_lies_between_those_measured(points, width):
    other = [row | {"seeds": 1, "ratio": 9.0} for row in ratios(*points)]
    assert crossover(ratios(*points) + other, 1, 5) == width


@pytest.fixture
def run(tmp_path):
    """A run in small on the CPU, with a report that is empty."""
    work = tmp_path / "work"
    work.mkdir()
    report = Report(tmp_path / "out" / "gpu.json", "cpu", "host", small=True)
    report.file.parent.mkdir()
    return gpu.Run(report, work, time.monotonic(), PLENTY, hurried=False)


@pytest.fixture
def in_this_process(monkeypatch):
    """Let parts run without a process of their own, which would import torch once for each."""

    def rows(self, name, limit):
        until = time.monotonic() + limit
        there = bench.Bench("cpu", bench.SMALL, self.report.file.parent, self.work, until)
        with single_threaded():
            for row in part.RUN[name](there):
                self.report.add(name, json.loads(json.dumps(row)))
        return ""

    monkeypatch.setattr(gpu.Run, "_rows", rows)


@pytest.mark.usefixtures("in_this_process")
def test_a_small_run_on_the_cpu_writes_numbers_and_a_figure(tmp_path, capsys):
    out = tmp_path / "out"
    parts = "--parts=environment,peak,training,ratio,levers,program,equality"
    assert gpu.main([f"--out={out}", "--device=cpu", parts, f"--seconds={PLENTY}"]) == 0
    measured = json.loads((out / "gpu.json").read_text())["parts"]
    assert [*measured] == [*plan.MEASURES]
    rows = {part: content["rows"] for part, content in measured.items()}
    assert {row["precision"] for row in rows["peak"]} >= {"float32", "bfloat16"}
    assert all(row["ms_a_step"] > 0 for row in rows["training"] + rows["levers"])
    assert all(row["least"] <= row["ratio"] <= row["most"] for row in rows["ratio"])
    assert {row["recorded"] for row in rows["levers"]} == {False}  # there is no graph on the CPU
    assert len({row["lever"] for row in rows["levers"]}) == 6
    assert {row["tf32"] for row in rows["program"]} == {False, True}
    equal = {row["way"]: row["equal"] for row in rows["equality"] if "equal" in row}
    assert equal["again"]
    assert equal["on the CPU"]
    assert "<svg" in (out / "gpu.svg").read_text()
    printed = capsys.readouterr().out
    assert "everything runs on the CPU, in small" in printed
    assert "| width |" in printed


def test_a_part_that_fails_or_takes_too_long_says_so_and_harms_no_other(run):
    run.part("environment")
    run.report.device = "no-such-device"
    run.part("peak")
    run.whole = time.monotonic() - run.start + 1.1
    run.part("training")
    parts = json.loads(run.report.file.read_text())["parts"]
    assert parts["environment"]["failed"] == ""
    assert parts["environment"]["rows"][0]["facts"]["device"] == "cpu"
    assert parts["peak"]["failed"].startswith("RuntimeError: ")
    assert parts["training"]["failed"] == "stopped after 1 s; the rows so far are kept"


def test_a_part_that_is_none_is_told(capsys):
    with pytest.raises(SystemExit):
        gpu.main(["--parts=peak,heat"])
    assert "there is no part heat; there are small, tests" in capsys.readouterr().err


def ended(monkeypatch, failures):
    """Replace the parts by ones that end at once, with these failures; returns those that ran."""
    ran = []

    def rows(self, part, limit):
        ran.append(part)
        return failures.get(part, "")

    monkeypatch.setattr(gpu.Run, "_rows", rows)
    return ran


def test_where_something_fails_in_small_the_run_ends_there(run, monkeypatch, capsys):
    ran = ended(monkeypatch, {"tests": "2 failed", "small": "stopped after 9 s"})
    assert gpu.finish(run, plan.PARTS, keep_going=False) == gpu.STOPPED
    assert sorted(ran) == sorted(plan.SMALL)
    assert "Failed in small: tests: 2 failed" in capsys.readouterr().out
    assert gpu.finish(run, plan.PARTS, keep_going=True) == 1
    assert ran[-len(plan.UNTIL) :] == [*plan.UNTIL]


def test_what_only_takes_too_long_in_small_ends_nothing(run, monkeypatch):
    ran = ended(monkeypatch, {"small": "stopped after 9 s; the rows so far are kept"})
    assert gpu.finish(run, plan.PARTS, keep_going=False) == 1
    assert {*ran} == {*plan.PARTS}


def earlier(folder, card="host", small=True):
    """Leave results of a first run: a peak that is whole, tests that are not, and a store."""
    folder.mkdir()
    first = Report(folder / "gpu.json", "cpu", card, small)
    first.add("peak", {"precision": "float32", "size": 8, "tflops": 1.0})
    first.end("peak", 1.0, "")
    first.end("tests", 1.0, "stopped")
    with gzip.open(folder / "trials.db.gz", "wb") as file:
        file.write(b"trials")
    return folder


def test_a_second_run_goes_on_where_the_first_ended(tmp_path, run, monkeypatch):
    ran = ended(monkeypatch, {})
    assert run.report.take_over(earlier(tmp_path / "first")) == ""
    assert gpu.finish(run, ["tests", "peak"], keep_going=False) == 0
    assert ran == ["tests"]
    written = json.loads(run.report.file.read_text())["parts"]
    assert written["peak"]["rows"] == [{"precision": "float32", "size": 8, "tflops": 1.0}]
    suite.unpack_store(tmp_path / "first", run.work)
    assert (run.work / suite.STORE).read_bytes() == b"trials"


def test_what_was_measured_on_another_card_is_measured_again(tmp_path, run, monkeypatch):
    ran = ended(monkeypatch, {})
    run.report.take_over(earlier(tmp_path / "first", card="another"))
    gpu.finish(run, ["peak"], keep_going=False)
    assert ran == ["peak"]


def test_what_failed_in_small_before_is_nothing_to_parts_that_need_it_not(
    tmp_path, run, monkeypatch
):
    ran = ended(monkeypatch, {})
    run.report.take_over(earlier(tmp_path / "first"))
    assert run.report.parts["tests"]["failed"]
    gpu.finish(run, ["training"], keep_going=False)
    assert ran == ["training"]


def test_a_run_in_small_is_not_continued_in_full(tmp_path, run):
    assert "is of a run in full" in run.report.take_over(earlier(tmp_path / "first", small=False))
    assert "there is no " in run.report.take_over(tmp_path / "nowhere")
    assert run.report.parts == {}


def test_a_store_that_was_cut_off_is_left_alone(tmp_path, capsys):
    packed = tmp_path / "trials.db.gz"
    packed.write_bytes(gzip.compress(b"trials" * 1_000)[:-9])
    suite.unpack_store(tmp_path, tmp_path)
    assert not (tmp_path / suite.STORE).exists()
    assert "are trained again" in capsys.readouterr().out


def small_bench(tmp_path, seconds):
    out, work = tmp_path / "out", tmp_path / "work"
    out.mkdir()
    work.mkdir()
    return bench.Bench("cpu", bench.SMALL, out, work, time.monotonic() + seconds)


def test_a_run_of_claims_gives_their_verdicts_and_is_packed(tmp_path):
    there = small_bench(tmp_path, PLENTY)
    first, *judged = suite.judge(there, "some", ["--collect-only", "-k", "plateau"], 600)
    assert (first["run"], first["exit"], judged) == ("some", 0, [])
    with tarfile.open(there.out / suite.ARCHIVE) as archive:
        assert archive.getnames() == ["some.log"]
    with pytest.raises(suite.SuiteError, match=r"some: pytest ended with 5: .*deselected"):
        list(suite.judge(there, "some", ["-k", "no-such-claim"], 600))


def test_a_run_that_takes_too_long_is_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "GRACE", 60)
    slow = tmp_path / "test_slow.py"
    slow.write_text("import time\ndef test_slow():\n    time.sleep(600)\n")
    there = small_bench(tmp_path, PLENTY)
    options = ["-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={tmp_path}"]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as for what a shell runs behind
    try:
        _, status, log = suite.run(there, "slow", [str(slow), *options], 60 + 10)
    finally:
        signal.signal(signal.SIGINT, before)
    assert status == pytest.ExitCode.INTERRUPTED
    assert any("KeyboardInterrupt" in line for line in log)


def test_the_claims_of_the_full_tier_have_their_controls_and_take_no_times(tmp_path):
    found = dict(suite.claims_of_tier(small_bench(tmp_path, PLENTY), "full"))
    assert found["relu-unit-slope"] == ["sigmoid-unit-slope"]
    assert len(found["large-keeps-improving"]) == 2
    assert not [name for name in found if "seconds" in name]
    assert bench.SMALL.claims_in_full in found


def test_on_a_card_every_part_has_a_limit_of_its_own(run, monkeypatch):
    ran = ended(monkeypatch, {})
    run.hurried, run.whole = True, plan.SECONDS
    run.start = time.monotonic() - plan.UNTIL["training"]
    assert run.left("ratio") == pytest.approx(plan.UNTIL["ratio"] - plan.UNTIL["training"], abs=1)
    gpu.finish(run, ["peak", "ratio"], keep_going=False)
    assert ran == ["ratio"]
    assert run.report.parts["peak"]["failed"] == "no time was left for it"


def test_the_parts_have_their_time_in_order():
    ends = [plan.SMALL_UNTIL, *plan.UNTIL.values()]
    assert ends == sorted(ends)
    assert ends[-1] == plan.SECONDS
    assert plan.until("full", 100) == 100
    assert plan.until("small", plan.SECONDS / 2) == plan.SMALL_UNTIL / 2


def test_products_in_bfloat16_give_nearly_the_same_gradient():
    block = bench.Training(16, 2, "cpu", 64, 1, 64)
    exact = block.program(record=False)
    exact.workspace.gradient(exact.parameters, block.x, block.y.flatten())
    expected = exact.parameters.flat.grad.clone()
    exact.parameters.flat.grad.fill_(float("nan"))
    half = halves.in_bfloat16(exact)
    half.workspace.gradient(half.parameters, block.x, block.y.flatten())
    error = (half.parameters.flat.grad - expected).norm() / expected.norm()
    assert 1e-4 < error < 0.1


def test_equality_trains_the_networks_of_the_suite():
    from fixtures.learners.network import Network
    from fixtures.tasks.mnist1d import mnist1d
    from pytest_scaling.devices.numerics import Numerics, numerics
    from tests.materials.blocks import block_of

    labels, _ = equality.Networks(8, 256, 30, seeds=(0,)).labels("cpu", record=False)
    block = block_of(mnist1d, 256)
    with numerics(Numerics(0)):
        fit = Network(8, "").fit_predict(block, {**bench.SETTINGS, "steps": 30}, "cpu")
    assert (fit.labels[0, :100] == labels[0, :100]).mean() > 0.97


def test_the_script_asks_for_its_wheels(tmp_path):
    for folder in ("benchmarks", "pytest_scaling"):
        (tmp_path / folder).mkdir()
    script = tmp_path / "benchmarks" / "gpu.sh"
    script.write_bytes((ROOT / "benchmarks" / "gpu.sh").read_bytes())
    (tmp_path / "pytest_scaling" / "a.py").write_text("")
    found = subprocess.run(["bash", script], capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr.startswith("The wheels are missing or of other sources: run `bash bench")


def test_every_part_of_the_plan_can_be_run():
    assert [*part.RUN] == [*plan.PARTS]
    assert [name for name in plan.UNTIL if name in plan.MEASURES] == [*plan.MEASURES]


def test_every_part_is_tried_in_small_and_what_fails_is_named(tmp_path, monkeypatch):
    def fails(bench):
        raise RuntimeError("no kernel image")
        yield

    def half_fails(bench):
        yield {"lever": "graph", "failed": "ValueError: no"}

    ways = {name: lambda bench: iter([{"a": 1}]) for name in plan.MEASURES}
    monkeypatch.setattr(part, "RUN", ways | {"peak": fails, "levers": half_fails})
    found = part.small(small_bench(tmp_path, PLENTY))
    tried = [next(found) for _ in plan.MEASURES]
    assert [row["tried"] for row in tried] == [*plan.MEASURES]
    with pytest.raises(RuntimeError, match=r"^peak \(Runt.*image\), levers \(ValueError: no\)$"):
        next(found)
