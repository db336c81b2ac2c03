"""What this repository adds to the plugin: the short --device, and the lecture's tasks."""

import pytest

from fixtures.tasks import TASKS


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--device", dest="scaling_device", default=None, help="short for --scaling-device"
    )


def pytest_scaling_tasks():
    return TASKS
