"""The parts of `benchmarks.gpu`, each a process of its own: `python -m benchmarks.gpu_parts NAME`.

A part writes one JSON object per line as soon as it is measured, so that nothing is lost where the
next measurement fails, hangs or crashes the device. Times are medians of REPEATS timings after
a warm-up, from an idle device to an idle device.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from fixtures.learners import Network
from fixtures.learners.network import BATCH, BETAS, HIDDEN_LAYERS, Parameters, train
from fixtures.learners.program import STEPS_AT_ONCE, Group, Program
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.devices.accelerator import Accelerator, accelerator, timed
from pytest_scaling.devices.hardware import facts, state
from pytest_scaling.devices.numerics import Numerics, numerics
from pytest_scaling.devices.timing import Work, interleave
from pytest_scaling.spec.protocols import Block

from .machine import ROOT, cores, versions

REPEATS = 5
BLOCKS = 5  # of the stopwatch, A B B A
CLASSES = mnist1d.classes
SETTINGS = {"learning_rate": 0.003, "weight_decay": 0.15}
Row = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    """How large everything is."""

    products: tuple[int, ...]  # rows and columns of the matrices that are multiplied
    widths: tuple[int, ...]
    seeds: tuple[int, ...]  # that train at once
    shapes: tuple[tuple[int, int, int], ...]  # width, seeds and batch of a lever
    programs: tuple[tuple[int, int], ...]  # width, and networks in one program
    m: int  # training rows
    steps: int  # of the optimiser
    tests: str  # that pytest selects by -k
    claims: str  # likewise; empty for all
    limits: dict[str, int]  # of parts that run pytest, in seconds


FULL = Scale(
    products=(1_024, 4_096, 8_192),
    widths=(8, 64, 256, 1_024, 4_096),
    seeds=(1, 5, 30),
    shapes=((64, 5, 128), (256, 5, 128), (256, 30, 128), (256, 5, 1_024), (1_024, 5, 128)),
    programs=((8, 400), (64, 50), (64, 400), (256, 50), (256, 200), (1_024, 50)),
    m=4_096,
    steps=768,
    tests="real",
    claims="",
    limits={"tests": 75, "claims": 150},
)
SMALL = Scale(
    products=(64, 128),
    widths=(8, 16),
    seeds=(1, 2),
    shapes=((8, 2, 128),),
    programs=((8, 4),),
    m=256,
    steps=4,
    tests="what_a_device_is",
    claims="faster-trains-bigger-in-seconds",
    limits={"tests": 600, "claims": 600},
)


@dataclass(frozen=True)
class Bench:
    """The device under test, and the scale."""

    device: str
    scale: Scale
    out: Path  # for logs and whatever else a part leaves

    @property
    def on(self) -> Accelerator:
        return accelerator(self.device)

    def pytest(self, name: str, arguments: Sequence[str]) -> tuple[float, int, list[str]]:
        """Seconds, exit status and output of a run, which is interrupted at its limit."""
        log = self.out / f"{name}.log"
        start = time.perf_counter()
        with log.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *arguments],
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            for limit, end in ((self.scale.limits[name], signal.SIGINT), (10, signal.SIGKILL)):
                try:
                    process.wait(limit)
                    break
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, end)
        status = process.wait()
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        return time.perf_counter() - start, status, lines

    def seconds(self, work: Callable[[], object], device: str | None = None) -> float:
        """Median seconds of REPEATS runs after a warm-up."""
        on = accelerator(device or self.device)
        timed(work, on)
        return statistics.median(timed(work, on).seconds for _ in range(REPEATS))


@dataclass
class Training:
    """A block of seeds of one width on one device, to be trained for some steps from the start.

    Rows and initial weights are drawn on the device: drawing them is not timed.
    """

    width: int
    seeds: int
    device: str
    m: int
    steps: int
    batch: int = BATCH

    def __post_init__(self) -> None:
        self.batch = min(self.batch, self.m)
        self.layers = [mnist1d.draw(0, 1)[0].shape[1], *[self.width] * HIDDEN_LAYERS, CLASSES]
        self.random = torch.Generator(self.device).manual_seed(0)
        self.x = torch.randn(
            self.seeds, self.m, self.layers[0], generator=self.random, device=self.device
        )
        self.y = torch.randint(
            0, CLASSES, (self.seeds, self.m), generator=self.random, device=self.device
        )

    def parameters(self) -> Parameters:
        parameters = Parameters(self.layers, self.seeds, self.device)
        for weights, _ in parameters.layers:
            weights.normal_(0, (2 / weights.shape[1]) ** 0.5, generator=self.random)
        return parameters

    @property
    def operations(self) -> float:
        """Floating point operations of the matrix products of all steps."""
        weights = sum(a * b for a, b in itertools.pairwise(self.layers))
        return 6.0 * self.steps * self.batch * self.seeds * weights

    def orders(self) -> Iterator[torch.Tensor]:
        """Rows of the steps of every epoch, drawn on the device for all seeds at once."""
        steps = self.m // self.batch
        first = torch.arange(self.seeds, device=self.device)[:, None] * self.m
        while True:
            luck = torch.rand(self.seeds, self.m, generator=self.random, device=self.device)
            order = luck.argsort(1)[:, : steps * self.batch] + first
            yield order.view(self.seeds, steps, self.batch).transpose(0, 1).flatten(1)

    def program(self, record: bool | None = None) -> Program:
        networks = [Group(0, self.seeds, SETTINGS["weight_decay"])]
        rows, labels = self.x.flatten(0, 1), self.y.flatten()
        return Program(self.parameters(), rows, labels, self.batch, networks, record=record)

    def runner(self) -> Callable[[], None]:
        """Trains networks from the start, as the suite does on this device."""
        settings = {**SETTINGS, "steps": self.steps}

        def run() -> None:
            random = [torch.Generator().manual_seed(seed) for seed in range(self.seeds)]
            with torch.no_grad():
                train(self.parameters(), self.x, self.y, settings, random)

        return run


def tests(bench: Bench) -> Iterator[Row]:
    """The tests that are marked for a real device."""
    command = ["tests/devices", "-q", "-rfEs", "-k", bench.scale.tests, "-p", "no:cacheprovider"]
    seconds, status, log = bench.pytest("tests", command)
    yield {"seconds": seconds, "exit": status, "last": " ".join(log[-1:])}
    for line in log:
        if line.startswith(("FAILED", "ERROR")):
            yield {"last": line[:400]}


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
                "us_a_network_step": 1e6 * seconds / bench.scale.steps / seeds,
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
    """The results of the devices on the same seeds: errors, labels that agree, a repeated run."""
    steps = 5 * bench.scale.steps
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
    """Milliseconds per step, including the choice of its rows, with each lever."""
    several = bench.scale.steps
    for width, seeds, batch in bench.scale.shapes:
        for name, prepare, tf32 in LEVERS:
            row: Row = {"lever": name, "width": width, "seeds": seeds, "batch": batch}
            try:
                with numerics(Numerics(0, tf32=tf32, deterministic=False)):
                    block = Training(width, seeds, bench.device, bench.scale.m, several, batch)
                    work = prepare(block)
                    seconds = bench.seconds(work)
                row["ms_a_step"] = 1e3 * seconds / several
                row["tflops"] = block.operations / seconds / 1e12
            except Exception as error:
                row["failed"] = said(error)
            yield row


def of_program(record: bool) -> Callable[[Training], Callable[[], None]]:
    """The suite's own steps: recorded as a graph, or one by one."""

    def prepare(training: Training) -> Callable[[], None]:
        if record and not training.device.startswith("cuda"):
            raise RuntimeError("CUDA graphs need a CUDA device")
        program = training.program(record)
        rates = [SETTINGS["learning_rate"]] * training.steps
        orders = training.orders()

        def run() -> None:
            with torch.no_grad():
                program.run(rates, orders)

        return run

    return prepare


def program(bench: Bench) -> Iterator[Row]:
    """Microseconds for a step of one network, where so many train as one recorded program."""
    several = 32 * STEPS_AT_ONCE if bench.device.startswith("cuda") else STEPS_AT_ONCE
    for width, networks in bench.scale.programs:
        for tf32 in (False, True):
            row: Row = {"width": width, "networks": networks, "tf32": tf32}
            try:
                with numerics(Numerics(0, tf32=tf32)):
                    block = Training(width, networks, bench.device, 1_024, several)
                    work = of_program(bench.device.startswith("cuda"))(block)
                    bench.on.forget_peak()
                    seconds = bench.seconds(work)
                row["us_a_network_step"] = 1e6 * seconds / block.steps / networks
                row["tflops"] = block.operations / seconds / 1e12
                row["peak_memory"] = bench.on.peak_memory()
            except Exception as error:
                row["failed"] = said(error)
            yield row


def recording(bench: Bench) -> Iterator[Row]:
    """Seconds that it takes to record the steps of a block, which every trial pays once."""
    for width in bench.scale.widths[:3]:
        with numerics(Numerics(0)):
            block = Training(width, 5, bench.device, bench.scale.m, STEPS_AT_ONCE)
            for steps in (STEPS_AT_ONCE, 2 * STEPS_AT_ONCE, 3 * STEPS_AT_ONCE, 1_024):
                block.steps = steps
                seconds = bench.seconds(lambda block=block: of_program(True)(block)())
                yield {"width": width, "steps": steps, "seconds_from_the_start": seconds}


def one_batch(training: Training) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows (S, B, d) and labels (S * B,) of one step."""
    return (
        training.x[:, : training.batch].contiguous(),
        training.y[:, : training.batch].reshape(-1),
    )


def optimiser_of(parameters: Sequence[torch.Tensor], device: str) -> torch.optim.Optimizer:
    on_gpu = device.startswith("cuda")
    return torch.optim.AdamW(parameters, lr=3e-3, betas=BETAS, fused=True, capturable=on_gpu)


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
            optimiser.zero_grad(set_to_none=False)
            wrapped(x, y).backward()
            optimiser.step()

    return lambda: [step() for _ in range(training.steps)]


def compiled(training: Training) -> Callable[[], None]:
    """By autograd, with forward and backward compiled; on the CPU, for trying, only traced."""
    import torch._dynamo

    torch._dynamo.reset()  # or a second shape is compiled for all shapes
    backend = "inductor" if training.device.startswith("cuda") else "eager"
    return by_autograd(training, lambda loss: torch.compile(loss, backend=backend, dynamic=False))


def autocast(training: Training) -> Callable[[], None]:
    """By autograd, with products in bfloat16 and everything else in float32."""

    def wrap(loss: Callable[..., Any]) -> Callable[..., Any]:
        def mixed(x: torch.Tensor, y: torch.Tensor) -> Any:
            with torch.autocast(training.device.partition(":")[0], torch.bfloat16):
                return loss(x, y)

        return mixed

    return by_autograd(training, wrap)


LEVERS = (
    ("one by one", of_program(record=False), False),
    ("graph", of_program(record=True), False),
    ("graph, TF32", of_program(record=True), True),
    ("bfloat16 autocast, one by one, one batch", autocast, False),
    ("torch.compile, one batch", compiled, False),
)


def claims(bench: Bench) -> Iterator[Row]:
    """The quick tier on the device, in one run; its log, records and store are kept."""
    store = bench.out / "trials.db"
    command = [
        "claims/",
        f"--scaling-device={bench.device}",
        "--scaling-workers=4",
        "--durations=12",
    ]
    command += [f"--scaling-report={bench.out / 'report'}", f"--scaling-store={store}"]
    command += ["-k", bench.scale.claims] if bench.scale.claims else []
    seconds, status, log = bench.pytest("claims", command)
    yield {"seconds": seconds, "exit": status, "reason": " ".join(log[-1:])}
    for file in sorted((bench.out / "report" / "records").glob("*.json")):
        record = json.loads(file.read_text(encoding="utf-8"))
        words = {key: record[key] for key in ("verdict", "reason")}
        yield {"claim": record["claim"]["id"], **words}


PARTS: dict[str, tuple[Callable[[Bench], Iterator[Row]], float]] = {
    "environment": (environment, 30),  # with the seconds that it may take
    "tests": (tests, 90),
    "claims": (claims, 170),
    "recording": (recording, 20),
    "peak": (peak, 30),
    "training": (training, 45),
    "levers": (levers, 90),
    "program": (program, 45),
    "equality": (equality, 45),
    "ratio": (ratio, 75),
}


def said(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu_parts")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("gpu"))
    options = parser.parse_args(arguments)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_flush_denormal(True)  # as where trials are computed
    bench = Bench(options.device, SMALL if options.small else FULL, options.out)
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
