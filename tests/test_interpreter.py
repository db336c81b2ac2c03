"""Runs that fork from a loaded interpreter are as in new processes, and know no other run."""

import json
import os
import subprocess

import pytest

from tests import interpreter

TELLS = """
import json, os, sys

def test_tell(pytestconfig):
    main = sys.modules["__main__"]
    told = [sys.argv[1:], getattr(main.__spec__, "name", main.__name__), sys.path, os.getcwd()]
    told += [getattr(pytestconfig, "workerinput", {}).get("workerid"), sys.stdin.read()]
    told += [os.environ["TOLD"], hasattr(sys, "marked")]
    sys.marked = True
    with open("told", "w") as file:
        json.dump(told, file)
    assert "-q" not in pytestconfig.invocation_params.args
"""
NEEDS_FORK = pytest.mark.skipif(not interpreter.CAN_FORK, reason="it is a new process here")


@pytest.fixture(scope="module", autouse=True)
def interpreters():
    """Those of other tests do not count: where there are too many, runs are new processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interpreter, "RUNNING", {})
        yield
        for each in interpreter.RUNNING.values():
            each.close()


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Runs pytest in a folder: its exit status, and what its test tells."""
    (tmp_path / "test_tell.py").write_text(TELLS)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider -p no:benchmark")

    def run(how, value, *arguments):
        monkeypatch.setenv("TOLD", value)
        done = how("pytest", ("-s", *arguments), tmp_path, 60)
        assert done.stderr == ""
        told = json.loads((tmp_path / "told").read_text())
        (tmp_path / "told").unlink()
        return done.returncode, told

    return run


@pytest.mark.parametrize("where", ["-pno:xdist", "-n1"])
def test_a_run_is_as_in_a_new_process(told, where):
    assert told(interpreter.run, "1", where) == told(interpreter.fresh, "1", where)
    failed = told(interpreter.run, "1", where, "-q")
    assert failed == told(interpreter.fresh, "1", where, "-q")
    assert failed[0] == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("where", ["-pno:xdist", "-n1"])
def test_a_run_knows_its_own_environment_and_nothing_of_those_before(told, where):
    for value in ("1", "2"):
        *_, given, marked = told(interpreter.run, value, where)[1]
        assert (given, marked) == (value, False)


@NEEDS_FORK
@pytest.mark.parametrize("variable", ["TOLD", "OMP_NUM_THREADS"])
def test_workers_fork_unless_their_environment_would_start_them_differently(tmp_path, variable):
    (tmp_path / "conftest.py").write_text(
        "import os\n\ndef pytest_configure(config):\n"
        f"    if not hasattr(config, 'workerinput'): os.environ[{variable!r}] = '7'\n"
    )
    (tmp_path / "test_how.py").write_text(
        "import os\nfrom pathlib import Path\n\ndef test_how():\n"
        f"    assert os.environ[{variable!r}] == '7'\n"
        "    line = Path('/proc/self/cmdline').read_bytes()\n"
        f"    assert (b'stdin.readline' not in line) == {variable == 'TOLD'}\n"
    )
    done = interpreter.run("pytest", ("-n2", "-pno:cacheprovider"), tmp_path, timeout=60)
    assert done.returncode == 0, done.stdout


@NEEDS_FORK
def test_a_run_that_takes_too_long_is_killed_and_the_next_one_is_not(tmp_path):
    (tmp_path / "test_long.py").write_text(
        "import os, time\n"
        "def test_long():\n"
        "    open('process', 'w').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
    )
    with pytest.raises(subprocess.TimeoutExpired):
        interpreter.run("pytest", ("-pno:cacheprovider",), tmp_path, timeout=5)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)
    listed = interpreter.run("pytest", ("--collect-only", "-q"), tmp_path, timeout=60)
    assert "1 test collected" in listed.stdout


@NEEDS_FORK
def test_no_more_than_a_few_interpreters_are_started(tmp_path, monkeypatch):
    monkeypatch.setattr(interpreter, "RUNNING", {})
    monkeypatch.setattr(interpreter, "MOST", 1)
    for number in range(2):
        monkeypatch.setenv("OMP_NUM_THREADS", str(number + 1))
        assert interpreter.run("pytest", ("--version",), tmp_path, timeout=60).returncode == 0
    assert len(interpreter.RUNNING) == interpreter.MOST
    for each in interpreter.RUNNING.values():
        each.close()
