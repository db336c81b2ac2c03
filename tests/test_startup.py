"""The plugin costs a run without claims only its own few modules.

What is imported is asserted, not how long it takes: seconds depend on the machine. The times are
in docs/decisions/0001-dependencies.md.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"jinja2", "joblib", "matplotlib", "numpy", "rich", "scipy", "sklearn", "sqlite3", "torch"}
PLUGIN = "pytest_scaling"
LIGHT = {"devices", "plugin", "run", "spec", "trials"}  # what a run without claims may load of it
MARK = "--- from here on ---"
STARTING = ("os.exec", "os.fork", "os.posix_spawn", "os.system", "subprocess.Popen")
IMPORT_THE_PLUGIN = f"""
import sys, pytest
print({MARK!r}, file=sys.stderr)
import pytest_scaling.plugin
"""
RUN_PYTEST = f"""
import sys, pytest
status = pytest.main(sys.argv[1:])
print({MARK!r}, *sys.modules, sep="\\n", file=sys.stderr)
sys.exit(status)
"""


RUN_PYTEST_AND_TELL_OF_PROCESSES = f"""
import sys, pytest
started = []
sys.addaudithook(lambda event, _: event in {STARTING} and started.append(event))
status = pytest.main(sys.argv[1:])
print({MARK!r}, *started, sep="\\n", file=sys.stderr)
sys.exit(status)
"""


def lines_after_the_mark(*arguments: str, folder: Path) -> list[str]:
    """What a fresh interpreter with no other plugin writes to standard error after MARK."""
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stderr.partition(MARK)[2].split("\n")


def loaded_after_pytest(*arguments: str, folder: Path) -> list[str]:
    """The modules in memory at the end of a pytest run of `folder` with the plugin."""
    options = ("-p", "pytest_scaling.plugin", *arguments)
    return lines_after_the_mark("-c", RUN_PYTEST, *options, folder=folder)


def processes_started(folder: Path) -> list[str]:
    """How a pytest run of `folder` with the plugin starts other processes: audit events."""
    run = RUN_PYTEST_AND_TELL_OF_PROCESSES
    told = lines_after_the_mark("-c", run, "-p", "pytest_scaling.plugin", folder=folder)
    return [event for event in told if event]


def root_of(module: str) -> str:
    return module.partition(".")[0]


def test_importing_the_plugin_brings_nothing_but_itself_and_the_standard_library(tmp_path):
    lines = lines_after_the_mark("-X", "importtime", "-c", IMPORT_THE_PLUGIN, folder=tmp_path)
    imported = [line.rpartition("|")[2].strip() for line in lines if "|" in line]
    assert "pytest_scaling.plugin" in imported
    allowed = {"pytest_scaling", "_pytest", *sys.stdlib_module_names} - HEAVY
    assert [module for module in imported if root_of(module) not in allowed] == []


@pytest.mark.parametrize("arguments", [(), ("--collect-only",), ("--help",), ("--markers",)])
def test_a_run_without_claims_loads_no_heavy_library(arguments, tmp_path):
    (tmp_path / "test_ordinary.py").write_text("def test_sum():\n    assert 1 + 1 == 2\n")
    loaded = loaded_after_pytest(*arguments, folder=tmp_path)
    assert "pytest_scaling.plugin" in loaded
    assert HEAVY & {root_of(module) for module in loaded} == set()
    rooms = {tuple(module.split(".")[1:2]) for module in loaded if root_of(module) == PLUGIN}
    assert rooms <= {(), *((room,) for room in LIGHT)}


def test_a_run_without_claims_starts_no_process(tmp_path):
    (tmp_path / "test_ordinary.py").write_text("def test_sum():\n    assert 1 + 1 == 2\n")
    assert processes_started(tmp_path) == []


def test_a_process_would_be_noticed(tmp_path):
    (tmp_path / "test_true.py").write_text(
        "import subprocess, sys\n"
        "def test_true():\n    subprocess.run([sys.executable, '-c', ''], check=True)\n"
    )
    assert "subprocess.Popen" in processes_started(tmp_path)


def test_a_heavy_library_would_be_noticed(tmp_path):
    (tmp_path / "test_data.py").write_text("def test_sum():\n    import sqlite3\n")
    loaded = loaded_after_pytest(folder=tmp_path)
    assert HEAVY & {root_of(module) for module in loaded} == {"sqlite3"}
