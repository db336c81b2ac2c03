"""How fast the device is: its peak, the share of it that training reaches, and a core beside it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial

import torch
from threadpoolctl import threadpool_limits

from fixtures.learners.program import STEPS_AT_ONCE
from pytest_scaling.devices.accelerator import Cpu, timed
from pytest_scaling.devices.hardware import facts, state
from pytest_scaling.devices.numerics import Numerics, numerics

from ..machine import cores, description, versions
from .bench import Bench, Row, Training, a_step

PRODUCTS = 9  # timings of a product
BLOCKS = 3  # of timings on the CPU and on the device in turns
LEAST_STEPS = 4 * STEPS_AT_ONCE  # of which the later ones are played back from a graph
BESIDE = (1, 5)  # networks at once that a core is compared on
KINDS = {  # of products: the type of their numbers, and whether TF32 is allowed
    "float32": (torch.float32, False),
    "tf32": (torch.float32, True),
    "bfloat16": (torch.bfloat16, False),
    "float16": (torch.float16, False),
}
MOST_ON_CPU = 1_024  # units of the widest network that a core is asked to train


def environment(bench: Bench) -> Iterator[Row]:
    """The device, the host, and what the device is doing before anything begins."""
    yield {"facts": facts(bench.device), "cores": cores(), "versions": versions()}
    yield {"machine": description(), "state": state(bench.device)}


def peak(bench: Bench) -> Iterator[Row]:
    """Fastest product of two square matrices by precision and size."""
    for name in KINDS:
        for size in bench.scale.products:
            yield {"precision": name, "size": size, "tflops": product_rate(bench, name, size)}


def product_rate(bench: Bench, kind: str, size: int) -> float:
    """TFLOP/s of a product of two square matrices of random numbers."""
    dtype, tf32 = KINDS[kind]
    with numerics(Numerics(0, tf32=tf32)):
        a, b = (torch.rand(size, size, device=bench.device).to(dtype) for _ in "ab")
        out = torch.empty_like(a)
        seconds = bench.seconds(lambda: torch.mm(a, b, out=out), PRODUCTS)
    return 2 * size**3 / seconds / 1e12


def training(bench: Bench) -> Iterator[Row]:
    """The suite's own training by width and number of networks at once, and its share of the peak.

    ms_once: what every trial takes besides, such as the recording of a graph.
    """
    peak = max(product_rate(bench, "float32", size) for size in bench.scale.products)
    for width in bench.scale.widths:
        for seeds in bench.scale.seeds:
            with numerics(Numerics(0)):
                block = Training(width, seeds, bench.device, bench.scale.m, bench.scale.steps)
                block.shorten(bench.scale.operations, LEAST_STEPS)
                bench.on.forget_peak()
                step, once = bench.step(block.train, block.steps)
            tflops = block.operations_a_step / step / 1e12
            yield {
                "width": width,
                "seeds": seeds,
                "steps": block.steps,
                "ms_a_step": 1e3 * step,
                "us_a_network_step": 1e6 * step / seeds,
                "ms_once": 1e3 * once,
                "tflops": tflops,
                "share_of_peak": tflops / peak,
                "peak_memory": bench.on.peak_memory(),
                **state(bench.device),
            }


def ratio(bench: Bench) -> Iterator[Row]:
    """How many times as long one core, and all cores, of the CPU take for a step of training."""
    for width in (width for width in bench.scale.widths if width <= MOST_ON_CPU):
        for seeds in BESIDE:
            there = Training(width, seeds, bench.device, bench.scale.m, bench.scale.steps)
            there.shorten(bench.scale.operations / 4, LEAST_STEPS)
            here = Training(width, seeds, "cpu", bench.scale.m, bench.scale.steps)
            here.shorten(bench.scale.on_cpu, 4)
            for threads in sorted({1, cores() if bench.scale.all_cores else 1}):
                found = sorted(in_turns(bench, here, there, threads))
                yield {
                    "width": width,
                    "seeds": seeds,
                    "threads": threads,
                    "steps_on_cpu": here.steps,
                    "steps_on_device": there.steps,
                    "ratio": statistics.median(found),
                    "least": found[0],
                    "most": found[-1],
                }


def in_turns(bench: Bench, here: Training, there: Training, threads: int) -> list[float]:
    """Ratios of the seconds of a step here and there, each from BLOCKS runs in turns."""
    found = []
    with threadpool_limits(limits=threads), numerics(Numerics(0, threads=threads)):
        sides = ((here, Cpu()), (there, bench.on))
        for block, on in sides:
            timed(partial(block.train, block.steps), on)  # the warm-up
        for _ in range(BLOCKS):
            cpu, device = (
                a_step(
                    *(timed(partial(block.train, steps), on).seconds for steps in counts),
                    *counts,
                )[0]
                for block, on in sides
                for counts in [(block.steps, block.steps // 2)]
            )
            found.append(cpu / device)
    return found
