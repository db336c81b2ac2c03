"""`python -m MODULE` without the wait for what every run imports.

Importing pytest, the plugin and its libraries takes most of a run of a small project. An
`Interpreter` does it once and forks for each run, and for each worker of pytest-xdist that a run
starts. Each has a process of its own, as ever: nothing that it does reaches the next one. Where the
system cannot fork safely, all are new processes.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import re
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import types
from collections.abc import Mapping
from pathlib import Path

CAN_FORK = sys.platform == "linux"
READ_AT_THE_START = ("PYTHON", "LANG", "LC_", "OMP_", "OPENBLAS_", "MKL_", "MALLOC_", "LD_")
MOST = 6  # interpreters at a time; with other variables, runs are new processes
# Imported by a run that asks for them: they are large, and some tests have their own.
LEFT_OUT = ("torch", "sklearn", "distributed", "dask")
SPREAD = re.compile("-n( ?[1-9]|$)")  # options of a run that starts workers
MESSAGE = 1 << 20  # bytes: more than an environment has


def run(
    module: str, arguments: tuple[str, ...], folder: Path, timeout: float, library: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module arguments` in a folder, with the environment as it is now.

    library: one of those left out, of which runs in this folder have need.

    TimeoutExpired where it takes longer than so many seconds; it is killed then.
    """
    start = read_at_the_start("PYTHONPATH")
    if not CAN_FORK or ((library, start) not in RUNNING and len(RUNNING) == MOST):
        return fresh(module, arguments, folder, timeout)
    if (library, start) not in RUNNING:
        RUNNING[library, start] = Interpreter(dict(start), library)
        atexit.register(RUNNING[library, start].close)
    return RUNNING[library, start].run(module, arguments, folder, timeout)


def read_at_the_start(*more: str) -> tuple[tuple[str, str], ...]:
    """The variables that count when Python and its libraries start; the path may change later."""
    names = [each for each in os.environ if each.startswith(READ_AT_THE_START)]
    ours = sorted({each for each in names if each != "PYTHONPATH"} | {*more} & {*names})
    return tuple((each, os.environ[each]) for each in ours)


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


RUNNING: dict[tuple[str, tuple[tuple[str, str], ...]], Interpreter] = {}
"""By their library and the variables that they were started with, until this process ends."""


class Interpreter:
    """A process that imports and then forks, once for each run.

    start: variables of its environment that count when Python and its libraries start.
    library: what it imports in addition, if anything.
    """

    def __init__(self, start: Mapping[str, str], library: str = "") -> None:
        environment = {n: v for n, v in os.environ.items() if not n.startswith(READ_AT_THE_START)}
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, __file__, *filter(None, [library])],
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


def load(*libraries: str) -> None:
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
    for library in libraries:
        importlib.import_module(library)


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
    look_in(asked["folder"], path)
    sys.orig_argv = [sys.executable, "-m", asked["module"], *asked["arguments"]]
    sys.argv = ["-m", *asked["arguments"]]
    if any(SPREAD.match(each) for each in asked["arguments"]):
        lend_workers(path)
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


def look_in(first: str, path: list[str]) -> None:
    """Import from a first folder, then from those of PYTHONPATH and of the interpreter."""
    given = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    sys.path[:] = [first, *given, *path]
    if "xdist.workermanage" in sys.modules:  # which keeps the path of the start for its workers
        sys.modules["xdist.workermanage"]._sys_path = list(sys.path)
    importlib.invalidate_caches()


def lend_workers(path: list[str]) -> None:
    """Let the workers of pytest-xdist that this process starts fork from a process as it is now.

    A worker whose environment would change how Python starts is a new process.
    """
    asks, answers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    lender = os.fork()
    if lender == 0:
        asks.close()
        fork_workers(answers, path)
    answers.close()
    from execnet.gateway_io import Popen2IOMaster, popen_bootstrapline

    plain, start = Popen2IOMaster.__init__, read_at_the_start()

    def begin(io, args, execmodel):
        if args != [sys.executable, "-u", "-c", popen_bootstrapline]:
            return plain(io, args, execmodel)
        if start != read_at_the_start():
            return plain(io, args, execmodel)
        io.popen = Worker(asks)
        return super(Popen2IOMaster, io).__init__(io.popen.stdin, io.popen.stdout, execmodel)

    def end():
        asks.close()
        os.waitpid(lender, 0)

    Popen2IOMaster.__init__ = begin
    atexit.register(end)  # when execnet has ended its workers, which it does before


def fork_workers(asked: socket.socket, path: list[str]) -> None:
    """Fork for each message with its streams, until the run has ended; never return."""
    children = []
    while True:
        message, streams, *_ = socket.recv_fds(asked, MESSAGE, 3)
        if not message:
            for child in children:
                os.waitpid(child, 0)
            os._exit(0)
        children.append(os.fork())
        if children[-1] == 0:
            become_worker(json.loads(message), streams, path)
        for stream in streams:
            os.close(stream)
        asked.send(str(children[-1]).encode())


def become_worker(asked: dict, streams: list[int], path: list[str]) -> None:
    """Run execnet's first line as `python -c` does, in this process."""
    from execnet.gateway_io import popen_bootstrapline

    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 64)
    sys.stdin = sys.__stdin__ = os.fdopen(0, closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)
    look_in("", path)
    sys.orig_argv = [sys.executable, "-u", "-c", popen_bootstrapline]
    sys.argv = ["-c"]
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    exec(popen_bootstrapline, main.__dict__)
    sys.exit()


class Worker:
    """A forked worker, as far as execnet needs it to be a Popen.

    asks: where the process listens that forks it.
    """

    def __init__(self, asks: socket.socket) -> None:
        (its_input, stdin), (stdout, its_output) = os.pipe(), os.pipe()
        asked = {"environment": dict(os.environ), "folder": os.getcwd()}
        streams = [its_input, its_output, 2]
        socket.send_fds(asks, [json.dumps(asked).encode()], streams)
        os.close(its_input)
        os.close(its_output)
        self.stdin, self.stdout = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb")
        self._process = os.pidfd_open(int(asks.recv(MESSAGE)))  # it waits for its first line

    def wait(self) -> None:
        select.select([self._process], [], [])

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)


if __name__ == "__main__":
    load(*sys.argv[1:])
    serve()
