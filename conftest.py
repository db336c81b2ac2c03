"""What this repository adds to the plugin: two short options, and the lecture's tasks and tiers."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    for name in ("device", "tier"):
        parser.addoption(
            f"--{name}", dest=f"scaling_{name}", default=None, help=f"short for --scaling-{name}"
        )


def pytest_scaling_tiers(config: pytest.Config):
    from fixtures.tiers import TIERS

    return tuple(TIERS.values())


def pytest_scaling_tasks(config: pytest.Config, tier):
    from fixtures.tasks import suite

    return suite(tier.name)
