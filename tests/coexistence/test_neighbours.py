"""Other plugins, each present or absent: claims come out the same, and no plugin loses anything.

`tox -e coexistence` installs them all and runs every combination. Elsewhere those that are
installed are tried all together, none, each alone and each left out.
"""

import itertools
import os
import re
from importlib.util import find_spec

import pytest

from tests.acceptance.project import output, stated

WHOLE = os.environ.get("COEXISTENCE") == "whole"
NEIGHBOURS = {  # by module: what switches it off, and what it is asked to do
    "pytest_playwright": ("playwright", ("--device=Pixel 5",)),
    "pytest_randomly": ("randomly", ("-p", "randomly")),
    "pytest_rerunfailures": ("rerunfailures", ("--reruns=1",)),
    "pytest_timeout": ("timeout", ("--timeout=300",)),
    "pytest_cov": ("pytest_cov", ("--cov=machines", "--cov-report=")),
    "xdist": ("xdist", ("-n2",)),
    "pytest_benchmark": ("benchmark", ("--benchmark-max-time=0.01",)),
}
HERE = tuple(name for name in NEIGHBOURS if find_spec(name))
if WHOLE:
    CASES = [case for size in range(len(HERE) + 1) for case in itertools.combinations(HERE, size)]
else:
    left_out = [tuple(name for name in HERE if name != absent) for absent in HERE]
    CASES = sorted({HERE, (), *((name,) for name in HERE), *left_out})
OWN = """
import pytest

@pytest.fixture(params=["lamp", "radio"])
def device(request):
    return request.param

def test_it_glows(device):
    assert device in ("lamp", "radio")
"""
VERDICTS = {"clear": "supported", "wrong": "refuted", "open": "inconclusive"}


def arguments(present):
    """Options of a run with these neighbours and without the others that are installed."""
    for name in HERE:
        switch, use = NEIGHBOURS[name]
        yield from use if name in present else ("-p", f"no:{switch}")


def test_the_whole_neighbourhood_is_there_where_it_is_asked_for():
    assert not WHOLE or set(HERE) == set(NEIGHBOURS)


@pytest.mark.parametrize("present", CASES, ids=lambda case: "+".join(case) or "none")
def test_claims_come_out_the_same_beside_other_plugins(project, store, present):
    project.claims(*(stated(name, verdict) for name, verdict in VERDICTS.items()))
    (project.path / "test_own.py").write_text(OWN)
    options = (f"--scaling-store={store}", "--scaling-workers=1", "-v")
    result = project.pytester.runpytest_subprocess(*options, *arguments(present), timeout=300)
    expected = {"passed": 3, "failed": 1, "inconclusive": 1}
    if "pytest_rerunfailures" in present:
        expected["rerun"] = 1
    counts = result.parseoutcomes()
    counts.pop("warnings", None)
    counts.pop("warning", None)
    assert counts == expected
    table = re.findall(r"^[✓✗?] (\S+): (\w+)[^(\n]* \(always", output(result), re.MULTILINE)
    assert dict(table) == VERDICTS


LAMP = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--device")

@pytest.fixture(scope="session")
def device(pytestconfig):
    return pytestconfig.getoption("--device")

@pytest.fixture(scope="session")
def context(device):
    return f"context of {device}"
"""
IN_ITS_LIGHT = """
def test_of_the_plugin(context):
    assert context == "context of phone"

def test_of_its_device(device):
    assert device == "phone"

def test_of_ours(device, exact):
    assert device == "cpu"
"""


@pytest.mark.parametrize("first", ["lamp", "pytest_scaling.plugin"])
def test_a_plugin_with_a_fixture_and_an_option_called_device_keeps_both(
    project, monkeypatch, first
):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (project.path / "lamp.py").write_text(LAMP)
    (project.path / "test_light.py").write_text(IN_ITS_LIGHT)
    (second,) = {"lamp", "pytest_scaling.plugin"} - {first}
    result = project.pytester.runpytest_subprocess("-p", first, "-p", second, "--device=phone")
    assert result.parseoutcomes() == {"passed": 3}


@pytest.mark.skipif("pytest_playwright" not in HERE, reason="tox -e coexistence has it")
def test_playwright_has_the_device_that_its_option_names(project):
    (project.path / "test_page.py").write_text(
        "def test_context(browser_context_args): assert browser_context_args['is_mobile']\n"
    )
    result = project.pytester.runpytest_subprocess("--device=Pixel 5")
    assert result.parseoutcomes()["passed"] == 1
