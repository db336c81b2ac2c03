"""Does dropout lower the validation loss of a wide network with few rows?

The training loop is code as it exists: a function of a seed and a device that returns the loss.
"""

import torch
from torch import nn

from pytest_scaling import arm, claim

FEATURES, ROWS = 20, 128


def rows(number, generator):
    """Features and labels: the sign of a noisy sum of the first three features."""
    x = torch.randn(number, FEATURES, generator=generator)
    noise = torch.randn(number, generator=generator)
    return x, (x[:, :3].sum(1) + noise > 0).long()


@arm
def train(seed, device, *, dropout=0.0) -> float:
    generator = torch.Generator().manual_seed(seed)
    x, y = (each.to(device) for each in rows(ROWS, generator))
    x_valid, y_valid = (each.to(device) for each in rows(2_000, generator))
    hidden = (nn.Linear(FEATURES, 256), nn.ReLU(), nn.Dropout(dropout))
    network = nn.Sequential(*hidden, nn.Linear(256, 2)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x), y).backward()
        optimizer.step()
    network.eval()
    with torch.no_grad():
        return nn.functional.cross_entropy(network(x_valid), y_valid).item()


@claim("dropout-helps", "Dropout lowers the validation loss", smallest_effect=0.05)
def test_dropout_helps(compare, smallest_effect):
    assert compare(train.using(dropout=0.0), train.using(dropout=0.5)) > smallest_effect


@claim(
    "a-little-is-as-good",
    "A tenth of dropout lowers the loss as much as a half does",
    control_of="dropout-helps",
    smallest_effect=0.05,
)
def test_a_little_is_better(compare, smallest_effect):
    assert compare(train.using(dropout=0.5), train.using(dropout=0.1)) > smallest_effect
