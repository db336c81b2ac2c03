"""What this repository adds to the plugin: the short --device, and the lecture's tasks."""

import pytest

from pytest_scaling.run.options import tier_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--device", dest="scaling_device", default=None, help="short for --scaling-device"
    )


def pytest_scaling_tasks(config: pytest.Config):
    from fixtures.tasks import suite

    return suite(tier_of(config).name)
