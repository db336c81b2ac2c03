"""The GPU benchmark runs in small on the CPU, and keeps what it has when a part fails."""

import json

import pytest

pytest.importorskip("torch")
gpu = pytest.importorskip("benchmarks.gpu")


def ratios(*points):
    return [{"width": width, "ratio": ratio, "threads": 1} for width, ratio in points]


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
    assert gpu.crossover(ratios(*points), 1) == width


def test_a_small_run_on_the_cpu_writes_numbers_and_a_figure(tmp_path, capsys):
    parts = "--parts=environment,peak,ratio,levers"
    assert gpu.main(["--device=cpu", "--small", f"--out={tmp_path}", parts, "--minutes=60"]) == 0
    content = json.loads((tmp_path / "gpu.json").read_text())
    measured = content["parts"]
    assert list(measured) == ["environment", "peak", "ratio", "levers"]
    assert {row["precision"] for row in measured["peak"]["rows"]} >= {"float32", "bfloat16"}
    assert all(row["tflops"] > 0 for row in measured["peak"]["rows"])
    assert all(row["least"] <= row["ratio"] <= row["most"] for row in measured["ratio"]["rows"])
    failed = {row["lever"]: row.get("failed", "") for row in measured["levers"]["rows"]}
    assert "need a CUDA device" in failed.pop("graph")
    assert "need a CUDA device" in failed.pop("graph, TF32")
    assert len(failed) == 3
    assert set(failed.values()) == {""}
    assert "<svg" in (tmp_path / "gpu.svg").read_text()
    assert "| width |" in capsys.readouterr().out


def test_a_part_that_fails_or_takes_too_long_says_so_and_harms_no_other(tmp_path):
    report = gpu.Report(tmp_path / "gpu.json", "no-such-device", small=True)
    gpu.run_part(report, "peak", 100)
    gpu.run_part(report, "training", 0.05)
    parts = json.loads((tmp_path / "gpu.json").read_text())["parts"]
    assert parts["peak"]["failed"].startswith("RuntimeError: ")
    assert parts["training"]["failed"] == "stopped after 0 s; the rows so far are kept"


def test_a_part_that_is_none_is_told(capsys):
    with pytest.raises(SystemExit):
        gpu.main(["--parts=peak,heat"])
    assert "there is no part heat; there are environment, tests" in capsys.readouterr().err


def test_a_second_run_goes_on_where_the_first_ended(tmp_path, monkeypatch):
    ran = []
    first = gpu.Report(tmp_path / "first.json", "cpu", small=True)
    first.add("peak", {"precision": "float32", "size": 8, "tflops": 1.0})
    first.end("peak", 1.0, "")
    first.end("tests", 1.0, "stopped")

    def run(report, part, limit):
        ran.append(part)
        report.end(part, 0.0, "")

    monkeypatch.setattr(gpu, "run_part", run)
    arguments = [f"--after={first.file}", f"--out={tmp_path / 'second'}", "--parts=tests,peak"]
    assert gpu.main(arguments) == 0
    assert ran == ["tests"]
    written = json.loads((tmp_path / "second" / "gpu.json").read_text())["parts"]
    assert written["peak"]["rows"] == [{"precision": "float32", "size": 8, "tflops": 1.0}]
