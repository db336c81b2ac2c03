import pytest
import scipy.special  # noqa: F401 - pytester forgets what a run inside it imports; scipy loads once

from pytest_scaling import Inconclusive


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail where a comparison is unexpectedly inconclusive, which pytest takes for a skip."""
    try:
        return (yield)
    except Inconclusive as undecided:
        pytest.fail(f"inconclusive: {undecided.msg}")
