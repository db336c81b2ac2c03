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
from fixtures.learners.program import STEPS_AT_ONCE, Pieces
from fixtures.learners.recording import Recording, stream_of_its_own
from pytest_scaling.devices.numerics import Numerics, numerics

from .bench import SETTINGS, Bench, Row, Training
from .halves import in_bfloat16
from .report import message

ROWS_OF_MANY = 1_024  # of every network, where hundreds train as one program
STEPS_OF_MANY = 32 * STEPS_AT_ONCE
Prepare = Callable[[Training, bool], Callable[[], None]]


def levers(bench: Bench) -> Iterator[Row]:
    """Milliseconds per step, including the choice of its rows, with each lever."""
    for width, seeds, batch in bench.scale.shapes:
        for name, prepare, record, tf32 in table_of(bench.scale.compiler):
            row: Row = {"lever": name, "width": width, "seeds": seeds, "batch": batch}
            try:
                with numerics(Numerics(0, tf32=tf32, deterministic=False)):
                    block = Training(
                        width, seeds, bench.device, bench.scale.m, bench.scale.steps, batch
                    )
                    block.shorten(bench.scale.operations, 4 * STEPS_AT_ONCE)
                    seconds = bench.seconds(prepare(block, record and bench.records))
                row["recorded"] = record and bench.records
                row["ms_a_step"] = 1e3 * seconds / block.steps
                row["tflops"] = block.operations_a_step * block.steps / seconds / 1e12
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
                    steps = min(STEPS_OF_MANY, bench.scale.steps)
                    block = Training(width, networks, bench.device, ROWS_OF_MANY, steps)
                    block.shorten(bench.scale.operations, 2 * STEPS_AT_ONCE)
                    work = as_the_suite(block, bench.records)
                    bench.on.forget_peak()
                    seconds = bench.seconds(work)
                row["us_a_network_step"] = 1e6 * seconds / block.steps / networks
                row["tflops"] = block.operations_a_step * block.steps / seconds / 1e12
                row["peak_memory"] = bench.on.peak_memory()
            except Exception as error:
                row["failed"] = message(error)
            yield row


def as_the_suite(block: Training, record: bool) -> Callable[[], None]:
    """The suite's own steps."""
    return steps_of(block, block.program(record))


def halves(block: Training, record: bool) -> Callable[[], None]:
    """The suite's own steps with products in bfloat16."""
    return steps_of(block, in_bfloat16(block.program(record)))


def steps_of(block: Training, program: Any) -> Callable[[], None]:
    rates = [SETTINGS["learning_rate"]] * block.steps
    orders = block.orders()

    def run() -> None:
        with torch.no_grad():
            program.run(rates, orders)

    return run


def by_autograd(
    block: Training, record: bool, wrap: Callable[..., Any] = lambda loss: loss
) -> Callable[[], None]:
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

    def run() -> None:
        with torch.enable_grad(), stream_of_its_own(rows.device):
            for row in orders.next(block.steps):
                chosen.copy_(row)
                played()

    return run


def compiled(block: Training, record: bool, backend: str) -> Callable[[], None]:
    """By autograd, with forward and backward compiled by one of torch's backends."""
    import torch._dynamo

    torch._dynamo.reset()  # or a second shape is compiled for all shapes
    return by_autograd(
        block, record, lambda loss: torch.compile(loss, backend=backend, dynamic=False)
    )


def table_of(backend: str) -> tuple[tuple[str, Prepare, bool, bool], ...]:
    """The levers: name, work, whether it is recorded as a graph, and whether TF32 is allowed."""
    return (
        ("one by one", as_the_suite, False, False),
        ("graph", as_the_suite, True, False),
        ("graph, TF32", as_the_suite, True, True),
        ("graph, bfloat16 products", halves, True, False),
        ("graph, autograd", by_autograd, True, False),
        ("graph, torch.compile", partial(compiled, backend=backend), True, False),
    )
