"""Networks whose products are in bfloat16: numerics of their own, which the suite does not use."""

from __future__ import annotations

import torch

from fixtures.learners.network import Parameters
from fixtures.learners.program import Program


def in_bfloat16(program: Program) -> Program:
    """The program with its matrix products in bfloat16.

    Weights, sums, biases and the optimiser stay in float32.
    """
    program.workspace.gradient = gradient  # type: ignore[method-assign]
    return program


def gradient(parameters: Parameters, x: torch.Tensor, y: torch.Tensor) -> None:
    """Write the gradient of the mean cross-entropy of (S, B, d) and (S * B,)."""
    last = len(parameters.layers) - 1
    halves = [weights.bfloat16() for weights, _ in parameters.layers]
    inputs = [x.bfloat16()]
    for layer, (_, biases) in enumerate(parameters.layers):
        output = torch.bmm(inputs[-1], halves[layer]).float().add_(biases)
        inputs.append(output if layer == last else output.relu_().bfloat16())
    classes_first = torch.softmax(inputs.pop().mT, dim=1)
    classes = torch.arange(classes_first.shape[1], device=x.device)[:, None]
    classes_first -= (y.view(parameters.seeds, 1, -1) == classes).float()
    error = classes_first.div_(x.shape[1]).mT
    for layer in reversed(range(len(inputs))):
        weight_gradient, bias_gradient = parameters.gradients[layer]
        torch.sum(error, 1, keepdim=True, out=bias_gradient)
        half = error.bfloat16()
        weight_gradient.copy_(torch.bmm(inputs[layer].transpose(1, 2), half))
        if layer:
            error = torch.bmm(half, halves[layer].transpose(1, 2)).float()
            error *= inputs[layer] > 0
