"""What graphs, lower precision, compilation and many networks at once change about a step.

Every lever does the same work: it chooses the rows of the step, computes the gradient, and lets
AdamW take the step. Where the device records graphs, all but "one by one" are played back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from fixtures.learners.network import BETAS
from fixtures.learners.program import STEPS_AT_ONCE, Pieces, Program
from fixtures.learners.recording import Recording, stream_of_its_own
from pytest_scaling.devices.numerics import Numerics, numerics

from .bench import SETTINGS, Bench, Row, Scale, Shape, Training
from .halves import in_bfloat16
from .report import message

ROWS_OF_MANY = 1_024  # of every network, where hundreds train as one program
STEPS = 16 * STEPS_AT_ONCE
LEAST = 4 * STEPS_AT_ONCE  # of which half are played back
Steps = Callable[[int], None]  # takes so many steps
Prepare = Callable[[Training, bool], Steps]


def levers(bench: Bench) -> Iterator[Row]:
    """Milliseconds per step, including the choice of its rows, with each lever."""
    for name, prepare, record, tf32, shapes in table_of(bench.scale):
        for width, seeds, batch in shapes:
            row: Row = {"lever": name, "width": width, "seeds": seeds, "batch": batch}
            recorded = record and bench.records
            try:
                with numerics(Numerics(0, tf32=tf32, deterministic=False)):
                    steps = min(STEPS, bench.scale.steps)
                    block = Training(width, seeds, bench.device, bench.scale.m, steps, batch)
                    row |= rates(bench, block, prepare, recorded)
                row["recorded"] = recorded
            except Exception as error:
                row["failed"] = message(error)
            yield row


def program(bench: Bench) -> Iterator[Row]:
    """Microseconds for a step of one network, where so many train as one recorded program."""
    for width, networks in bench.scale.programs:
        for tf32 in (False, True):
            row: Row = {"width": width, "networks": networks, "tf32": tf32}
            try:
                with numerics(Numerics(0, tf32=tf32)):
                    steps = min(STEPS, bench.scale.steps)
                    block = Training(width, networks, bench.device, ROWS_OF_MANY, steps)
                    bench.on.forget_peak()
                    row |= rates(bench, block, as_the_suite, bench.records)
                row["us_a_network_step"] = 1e3 * row["ms_a_step"] / networks
                row["peak_memory"] = bench.on.peak_memory()
            except Exception as error:
                row["failed"] = message(error)
            yield row


def rates(bench: Bench, block: Training, prepare: Prepare, record: bool) -> Row:
    """Milliseconds and TFLOP/s of a step, and milliseconds that are there with any steps."""
    block.shorten(bench.scale.operations, LEAST)
    step, once = bench.step(prepare(block, record), block.steps)
    tflops = block.operations_a_step / step / 1e12
    return {"steps": block.steps, "ms_a_step": 1e3 * step, "ms_once": 1e3 * once, "tflops": tflops}


def as_the_suite(block: Training, record: bool) -> Steps:
    """The suite's own steps."""
    return steps_of(block, block.program(record))


def halves(block: Training, record: bool) -> Steps:
    """The suite's own steps with products in bfloat16."""
    return steps_of(block, in_bfloat16(block.program(record)))


def steps_of(block: Training, program: Program) -> Steps:
    """Steps of a program, always at the same learning rate."""
    orders = block.orders()

    def run(steps: int) -> None:
        with torch.no_grad():
            program.run([SETTINGS["learning_rate"]] * steps, orders)

    return run


def by_autograd(
    block: Training, record: bool, wrap: Callable[..., Any] = lambda loss: loss
) -> Steps:
    """The same network with its gradient from autograd; `wrap` changes how the loss is computed."""
    layers = [part.clone().requires_grad_() for pair in block.parameters().layers for part in pair]
    optimiser = torch.optim.AdamW(layers, lr=3e-3, betas=BETAS, fused=True, capturable=record)
    rows, labels, orders = block.x.flatten(0, 1), block.y.flatten(), Pieces(block.orders())
    chosen = torch.zeros(block.seeds * block.batch, dtype=torch.int64, device=block.device)

    def loss(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        hidden = x
        for place in range(0, len(layers), 2):
            hidden = torch.baddbmm(layers[place + 1], hidden, layers[place])
            if place < len(layers) - 2:
                hidden = hidden.relu()
        return torch.nn.functional.cross_entropy(hidden.flatten(0, 1), y)

    wrapped = wrap(loss)

    def step() -> None:
        x = rows.index_select(0, chosen).view(block.seeds, block.batch, -1)
        optimiser.zero_grad(set_to_none=False)
        wrapped(x, labels.index_select(0, chosen)).backward()
        optimiser.step()

    played = Recording(step, record=record)

    def run(steps: int) -> None:
        with torch.enable_grad(), stream_of_its_own(rows.device):
            for row in orders.next(steps):
                chosen.copy_(row)
                played()

    return run


def compiled(block: Training, record: bool, backend: str) -> Steps:
    """By autograd, with forward and backward compiled by one of torch's backends."""
    import torch._dynamo

    torch._dynamo.reset()  # or a second shape is compiled for all shapes
    return by_autograd(
        block, record, lambda loss: torch.compile(loss, backend=backend, dynamic=False)
    )


def table_of(scale: Scale) -> tuple[tuple[str, Prepare, bool, bool, tuple[Shape, ...]], ...]:
    """The levers: name, work, whether it is recorded as a graph, whether in TF32, and shapes."""
    shapes, by_compiler = scale.shapes, partial(compiled, backend=scale.compiler)
    return (
        ("one by one", as_the_suite, False, False, shapes),
        ("graph", as_the_suite, True, False, shapes),
        ("graph, TF32", as_the_suite, True, True, shapes),
        ("graph, bfloat16 products", halves, True, False, shapes),
        ("graph, autograd", by_autograd, True, False, shapes),
        ("graph, torch.compile", by_compiler, True, False, scale.compiled),
    )
