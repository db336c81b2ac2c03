"""`python -m MODULE` without the wait for what every run imports.

Importing pytest, the plugin and its libraries takes most of a run of a small project. An
`Interpreter` does it once and forks for each run. A run has a process of its own, as ever: nothing
that it does reaches the next one. Where the system cannot fork safely, it is a new process.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

CAN_FORK = sys.platform == "linux"
READ_AT_THE_START = ("PYTHON", "LANG", "LC_", "OMP_", "OPENBLAS_", "MKL_", "MALLOC_", "LD_")
MOST = 3  # interpreters at a time; with other variables, runs are new processes
# Imported by a run that asks for them: they are large, and some tests have their own.
LEFT_OUT = ("torch", "sklearn", "distributed", "dask")


def run(
    module: str, arguments: tuple[str, ...], folder: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module arguments` in a folder, with the environment as it is now.

    TimeoutExpired where it takes longer than so many seconds; it is killed then.
    """
    start = tuple(sorted((n, v) for n, v in os.environ.items() if n.startswith(READ_AT_THE_START)))
    if not CAN_FORK or (start not in RUNNING and len(RUNNING) == MOST):
        return fresh(module, arguments, folder, timeout)
    if start not in RUNNING:
        RUNNING[start] = Interpreter(dict(start))
        atexit.register(RUNNING[start].close)
    return RUNNING[start].run(module, arguments, folder, timeout)


def fresh(
    module: str, arguments: tuple[str, ...], folder: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """The same in a new process."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment_in(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def environment_in(folder: Path) -> dict[str, str]:
    """The environment of a run in a folder, whose modules its own processes find, too."""
    path = filter(None, [str(folder), os.environ.get("PYTHONPATH")])
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(path)}


RUNNING: dict[tuple[tuple[str, str], ...], Interpreter] = {}
"""By the variables that they were started with, until this process ends."""


class Interpreter:
    """A process that imports and then forks, once for each run.

    start: variables of its environment that count when Python and its libraries start.
    """

    def __init__(self, start: Mapping[str, str]) -> None:
        environment = {n: v for n, v in os.environ.items() if not n.startswith(READ_AT_THE_START)}
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=self._folder.name,
            env=environment | dict(start),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, module: str, arguments: tuple[str, ...], folder: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        out, err = (Path(self._folder.name) / name for name in ("stdout", "stderr"))
        asked = {
            "module": module,
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment_in(folder),
            "out": str(out),
            "err": str(err),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        child = int(self._answer(timeout=60))
        command = [sys.executable, "-m", module, *arguments]
        try:
            code = int(self._answer(timeout))
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            self._answer(timeout=60)
            raise subprocess.TimeoutExpired(command, timeout) from None
        texts = (file.read_text("utf-8", "replace") for file in (out, err))
        return subprocess.CompletedProcess(command, code, *texts)

    def _answer(self, timeout: float) -> str:
        answers = self._process.stdout
        assert answers is not None
        if not select.select([answers], [], [], timeout)[0]:
            raise TimeoutError
        line = answers.readline()
        assert line, "the process that forks has ended"
        return line

    def close(self) -> None:
        """End it, if it has not ended yet."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()


def load() -> None:
    """Import what runs import, and compile the templates of the page.

    Listing its options makes pytest import its plugins as in a run, with assertions rewritten.
    """
    import pytest

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        pytest.main(["--help", "-pno:cacheprovider", "-pno:faulthandler"])
    import scipy.special  # noqa: F401

    import pytest_scaling
    from pytest_scaling.report.error import ReportError
    from pytest_scaling.report.page.render import template

    for module in pkgutil.walk_packages(pytest_scaling.__path__, "pytest_scaling."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # of a library that is not installed
                importlib.import_module(module.name)
    with contextlib.suppress(ReportError):
        pages = template().environment
        for name in pages.list_templates(["html"]):
            pages.get_template(name)
    early = [name for name in LEFT_OUT if name in sys.modules]
    assert not early, f"{early} would be there before a run asks for them"


def serve() -> None:
    """Fork for every line of the standard input; answer with the process and how it ended."""
    lines, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for number in (0, 1):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = [each for each in sys.path[1:] if each not in given]
    gc.collect()
    gc.freeze()  # what is there is shared by all runs, and none looks through it
    for line in lines:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            os.closerange(3, 64)
            become(asked, path)
            return
        print(child, file=answers, flush=True)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, file=answers, flush=True)


def become(asked: dict, path: list[str]) -> None:
    """Run a module as `python -m` does, in this process."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(asked[name], os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), number)
    given = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    sys.path[:] = [asked["folder"], *given, *path]
    sys.orig_argv = [sys.executable, "-m", asked["module"], *asked["arguments"]]
    sys.argv = ["-m", *asked["arguments"]]
    importlib.invalidate_caches()
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    load()
    serve()
