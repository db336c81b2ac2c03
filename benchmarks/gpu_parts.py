"""The parts of `benchmarks.gpu`, each a process of its own: `python -m benchmarks.gpu_parts NAME`.

A part writes one JSON object a line as soon as it is measured, so that nothing is lost where the
next measurement fails, hangs or takes the device along. Times are medians of REPEATS timings after
a warm-up, from an idle device to an idle device.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from fixtures.learners import Network
from fixtures.learners.network import BATCH, BETAS, HIDDEN_LAYERS, Parameters, Workspace, train
from fixtures.learners.scaling import standardise
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.accelerator import Accelerator, accelerator, timed
from pytest_scaling.numerics import Numerics, numerics
from pytest_scaling.provenance import facts, state
from pytest_scaling.stopwatch import Work, interleave
from pytest_scaling.trials.block import Block

from .machine import ROOT, cores, versions

REPEATS = 5
BLOCKS = 5  # of the stopwatch, A B B A
SETTINGS = {"learning_rate": 0.003, "weight_decay": 0.15}
Row = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    """How large everything is."""

    products: tuple[int, ...]  # rows and columns of the matrices that are multiplied
    widths: tuple[int, ...]
    seeds: tuple[int, ...]  # that train at once
    m: int  # training rows
    steps: int  # of the optimiser
    claims: tuple[str, ...]
    tier: str


FULL = Scale(
    products=(1_024, 2_048, 4_096, 8_192),
    widths=(8, 64, 256, 1_024, 2_048, 4_096),
    seeds=(1, 5, 20, 30),
    m=4_096,
    steps=50,
    claims=("cpu-or-gpu", "faster-trains-bigger-in-seconds", "large-dominates", "plateau"),
    tier="standard",
)
SMALL = Scale(
    products=(64, 128),
    widths=(8, 16),
    seeds=(1, 2),
    m=256,
    steps=4,
    claims=("faster-trains-bigger-in-seconds",),
    tier="quick",
)


@dataclass(frozen=True)
class Bench:
    """The device under test, and the scale."""

    device: str
    scale: Scale

    @property
    def on(self) -> Accelerator:
        return accelerator(self.device)

    def seconds(self, work: Callable[[], object], device: str | None = None) -> float:
        """Median seconds of REPEATS runs after a warm-up."""
        on = accelerator(device or self.device)
        timed(work, on)
        return statistics.median(timed(work, on).seconds for _ in range(REPEATS))


@dataclass
class Training:
    """A block of seeds of one width on one device, to be trained for some steps from the start."""

    width: int
    seeds: int
    device: str
    m: int
    steps: int

    def __post_init__(self) -> None:
        draws = [mnist1d.draw(seed, self.m) for seed in range(self.seeds)]
        x, y = (np.stack(part) for part in zip(*draws, strict=True))
        self.x = torch.from_numpy(standardise(x, x)[0]).to(self.device)
        self.y = torch.from_numpy(np.asarray(y, dtype=np.int64)).to(self.device)
        self.layers = [x.shape[2], *[self.width] * HIDDEN_LAYERS, mnist1d.classes]

    def parameters(self) -> Parameters:
        parameters = Parameters(self.layers, self.seeds, self.device)
        parameters.initialise([torch.Generator().manual_seed(seed) for seed in range(self.seeds)])
        return parameters

    @property
    def operations(self) -> float:
        """Floating point operations of the matrix products of all steps."""
        weights = sum(a * b for a, b in itertools.pairwise(self.layers))
        return 6.0 * self.steps * min(BATCH, self.m) * self.seeds * weights

    def runner(self) -> Callable[[], None]:
        """Trains the same parameters on, step after step."""
        parameters = self.parameters()
        settings = {**SETTINGS, "steps": self.steps}

        def run() -> None:
            random = [torch.Generator().manual_seed(seed) for seed in range(self.seeds)]
            with torch.no_grad():
                train(parameters, self.x, self.y, settings, random)

        return run


def environment(bench: Bench) -> Iterator[Row]:
    """The device, the host, and what the device is doing before anything begins."""
    yield {"facts": facts(bench.device), "cores": cores(), "versions": versions()}
    yield {"state": state(bench.device)}


def peak(bench: Bench) -> Iterator[Row]:
    """Fastest product of two square matrices by precision and size."""
    kinds = [("float32", torch.float32, False), ("tf32", torch.float32, True)]
    kinds += [("bfloat16", torch.bfloat16, False), ("float16", torch.float16, False)]
    for name, dtype, tf32 in kinds:
        for size in bench.scale.products:
            with numerics(Numerics(0, tf32=tf32)):
                a, b = (torch.rand(size, size, device=bench.device).to(dtype) for _ in "ab")
                out = torch.empty_like(a)
                seconds = bench.seconds(lambda a=a, b=b, out=out: torch.mm(a, b, out=out))
            yield {"precision": name, "size": size, "tflops": 2 * size**3 / seconds / 1e12}


def training(bench: Bench) -> Iterator[Row]:
    """Operations per second of the suite's own training, by width and number of seeds at once."""
    for width in bench.scale.widths:
        for seeds in bench.scale.seeds:
            with numerics(Numerics(0)):
                block = Training(width, seeds, bench.device, bench.scale.m, bench.scale.steps)
                bench.on.forget_peak()
                seconds = bench.seconds(block.runner())
            yield {
                "width": width,
                "seeds": seeds,
                "tflops": block.operations / seconds / 1e12,
                "seconds_a_step": seconds / bench.scale.steps,
                "peak_memory": bench.on.peak_memory(),
                **state(bench.device),
            }


def ratio(bench: Bench) -> Iterator[Row]:
    """How many times as long one core, and all cores, of the CPU take for the same training."""
    for threads, width in itertools.product((1, cores()), bench.scale.widths):
        steps = max(1, min(bench.scale.steps, int(3e10 / (6 * BATCH * 2 * width**2 + 1))))
        with threadpool_limits(limits=threads), numerics(Numerics(0, threads=threads)):
            works = [
                Work(
                    device,
                    Training(width, 1, device, bench.scale.m, steps).runner(),
                    accelerator(device),
                )
                for device in ("cpu", bench.device)
            ]
            found = interleave(lambda _, works=works: (works[0], works[1]), BLOCKS)
        ordered = sorted(float(np.exp(log)) for log in found.logs)
        yield {
            "width": width,
            "threads": threads,
            "steps": steps,
            "ratio": statistics.median(ordered),
            "least": ordered[0],
            "most": ordered[-1],
        }


def equality(bench: Bench) -> Iterator[Row]:
    """What the devices make of the same seeds: errors, labels that agree, and a run repeated."""
    steps = 20 * bench.scale.steps
    draws = [mnist1d.draw(seed, bench.scale.m) for seed in range(2)]
    tests = [mnist1d.test_set(seed) for seed in range(2)]
    x, y = (np.stack(part) for part in zip(*draws, strict=True))
    x_test, y_test = (np.stack(part) for part in zip(*tests, strict=True))
    block = Block("mnist1d", mnist1d.classes, (0, 1), x, y, x_test)
    for width in bench.scale.widths[:4]:
        labels = []
        for device in ("cpu", bench.device, bench.device):
            with numerics(Numerics(0)):
                fit = Network(width, "").fit_predict(block, {**SETTINGS, "steps": steps}, device)
            labels.append(fit.labels)
        errors = [float((each != y_test).mean()) for each in labels]
        yield {
            "width": width,
            "steps": steps,
            "error_on_cpu": errors[0],
            "error_on_device": errors[1],
            "labels_that_agree": float((labels[0] == labels[1]).mean()),
            "same_when_repeated": bool((labels[1] == labels[2]).all()),
        }


def levers(bench: Bench) -> Iterator[Row]:
    """Seconds a step of training, as the suite trains and with each lever, by width.

    Every lever works on one batch that lies on the device, so that they compare with `as it is`.
    """
    for width in bench.scale.widths:
        for name, prepare, tf32 in (
            ("as it is", eager, False),
            ("TF32", eager, True),
            ("CUDA graph", graphed, False),
            ("CUDA graph and TF32", graphed, True),
            ("torch.compile", compiled, False),
            ("bfloat16 autocast", autocast, False),
        ):
            row: Row = {"width": width, "lever": name}
            try:
                with numerics(Numerics(0, tf32=tf32, deterministic=False)):
                    step = prepare(Training(width, 5, bench.device, bench.scale.m, 1))
                    seconds = bench.seconds(lambda step=step: [step() for _ in range(10)]) / 10
                row["seconds_a_step"] = seconds
            except Exception as error:
                row["failed"] = said(error)
            yield row


def one_batch(training: Training) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows (S, B, d) and labels (S * B,) of one step."""
    batch = min(BATCH, training.m)
    return training.x[:, :batch].contiguous(), training.y[:, :batch].reshape(-1)


def optimiser_of(parameters: Sequence[torch.Tensor], device: str) -> torch.optim.Optimizer:
    on_gpu = device.startswith("cuda")
    return torch.optim.AdamW(parameters, lr=3e-3, betas=BETAS, fused=True, capturable=on_gpu)


def eager(training: Training) -> Callable[[], None]:
    """The suite's own gradient, with AdamW in the form that a CUDA graph can record."""
    parameters = training.parameters()
    workspace = Workspace(parameters, min(BATCH, training.m), torch.device(training.device))
    optimiser = optimiser_of([parameters.flat], training.device)
    x, y = one_batch(training)

    def step() -> None:
        with torch.no_grad():
            workspace.gradient(parameters, x, y)
            optimiser.step()

    return step


def graphed(training: Training) -> Callable[[], None]:
    """The same step, recorded once and played back as one launch."""
    if not training.device.startswith("cuda"):
        raise RuntimeError("CUDA graphs need a CUDA device")
    step = eager(training)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def by_autograd(
    training: Training, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Callable[[], None]:
    """The same network with its gradient from autograd; `wrap` changes how the loss is computed."""
    layers = [
        part.clone().requires_grad_() for pair in training.parameters().layers for part in pair
    ]
    optimiser = optimiser_of(layers, training.device)
    x, y = one_batch(training)

    def loss(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        hidden = x
        for place in range(0, len(layers), 2):
            hidden = torch.baddbmm(layers[place + 1], hidden, layers[place])
            if place < len(layers) - 2:
                hidden = hidden.relu()
        return torch.nn.functional.cross_entropy(hidden.flatten(0, 1).float(), y)

    wrapped = wrap(loss)

    def step() -> None:
        with torch.enable_grad():
            optimiser.zero_grad()
            wrapped(x, y).backward()
            optimiser.step()

    return step


def compiled(training: Training) -> Callable[[], None]:
    """By autograd, with forward and backward compiled; on the CPU, for trying, only traced."""
    backend = "inductor" if training.device.startswith("cuda") else "eager"
    return by_autograd(training, lambda loss: torch.compile(loss, backend=backend))


def autocast(training: Training) -> Callable[[], None]:
    """By autograd, with products in bfloat16 and everything else in float32."""

    def wrap(loss: Callable[..., Any]) -> Callable[..., Any]:
        def mixed(x: torch.Tensor, y: torch.Tensor) -> Any:
            with torch.autocast(training.device.partition(":")[0], torch.bfloat16):
                return loss(x, y)

        return mixed

    return by_autograd(training, wrap)


def claims(bench: Bench) -> Iterator[Row]:
    """The suite's claims on the device, one run of pytest each; a claim and its controls."""
    with tempfile.TemporaryDirectory() as folder:
        for claim in bench.scale.claims:
            out = Path(folder) / claim
            command = [sys.executable, "-m", "pytest", "claims/", "-q", "-k", claim]
            command += [f"--scaling-device={bench.device}", f"--tier={bench.scale.tier}"]
            command += [f"--scaling-report={out}", f"--scaling-store={folder}/trials.db"]
            start = time.perf_counter()
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            seconds = time.perf_counter() - start
            files = sorted((out / "records").glob("*.json"))
            for file in files:
                record = json.loads(file.read_text(encoding="utf-8"))
                words = {key: record[key] for key in ("verdict", "reason")}
                yield {"claim": record["claim"]["id"], "seconds": seconds, **words}
            if not files:
                last = (run.stdout + run.stderr).strip().splitlines()[-1:]
                yield {"claim": claim, "seconds": seconds, "failed": " ".join(last)}


PARTS: dict[str, tuple[Callable[[Bench], Iterator[Row]], float]] = {
    "environment": (environment, 30),  # with the seconds that it may take
    "peak": (peak, 45),
    "training": (training, 75),
    "ratio": (ratio, 90),
    "equality": (equality, 60),
    "levers": (levers, 90),
    "claims": (claims, 80),
}


def said(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu_parts")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args(arguments)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_flush_denormal(True)  # as where trials are computed
    bench = Bench(options.device, SMALL if options.small else FULL)
    measure, _ = PARTS[options.part]
    try:
        for row in measure(bench):
            print(json.dumps(row), flush=True)
    except Exception as error:
        print(json.dumps({"failed": said(error)}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
