"""A project as a user has it: a folder with claims, and pytest in a process of its own."""

import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import interpreter

HEAD = "from machines import *\nfrom pytest_scaling import claim, equivalent, Source\n"
OUTCOME = re.compile(
    r"(?P<word>[A-Z]+)( \([a-z ]+\))? \S+::(?P<name>\w+)"
    r"|\S+::(?P<name2>\w+)\S* (?P<word2>[A-Z]+)"
)
EFFECT = 0.05  # of error: the smallest effect of all stated claims


@dataclass(frozen=True)
class Project:
    """The folder, and the store that its runs share with those of other tests.

    Trials are found by what determines them, so a shared store changes nothing but the time.

    library: a large one of which its runs have need, as in tests.interpreter.
    """

    pytester: pytest.Pytester
    store: Path
    library: str = ""

    @property
    def path(self) -> Path:
        return self.pytester.path

    @property
    def rows(self) -> Path:
        """The folder of the ledger's rows for the quick tier."""
        return self.path / "ledger" / f"cpu-{platform.machine()}-float32-deterministic-quick"

    def claims(self, *sources: str, file: str = "test_claims.py") -> None:
        """Write a file of claims."""
        (self.path / file).write_text(HEAD + "\n".join(sources), encoding="utf-8")

    def conftest(self, source: str) -> None:
        (self.path / "conftest.py").write_text(f"from machines import *\n{source}", "utf-8")

    def options(self, *, store: str | None = None, workers: int = 1) -> tuple[str, ...]:
        """Options of every run: its store, its processes, and no plugins that only cost time."""
        ours = (f"--scaling-store={store or self.store}", f"--scaling-workers={workers}")
        return (*ours, "-p", "no:benchmark", "-p", "no:timeout")

    def run(self, *arguments: str, store: str | None = None, workers: int = 1) -> pytest.RunResult:
        """Run pytest; a store's name gives the run one of the project's own."""
        options = self.options(store=store, workers=workers)
        if not any(argument.startswith("-n") for argument in arguments):
            options += ("-p", "no:xdist")
        return self.plain(*options, *arguments)

    def plain(self, *arguments: str, timeout: float = 300) -> pytest.RunResult:
        """Run pytest with only these arguments."""
        base = f"--basetemp={self.path / 'runpytest'}"
        return self.module("pytest", base, *arguments, timeout=timeout)

    def command(self, *arguments: str) -> pytest.RunResult:
        """Run `python -m pytest_scaling`."""
        return self.module("pytest_scaling", *arguments)

    def module(
        self, name: str, *arguments: str | os.PathLike[str], timeout: float = 300
    ) -> pytest.RunResult:
        """Run `python -m name` in the working directory, and repeat what it says."""
        before = time.monotonic()
        given = tuple(map(str, arguments))
        done = interpreter.run(name, given, Path.cwd(), timeout, self.library)
        print(done.stdout)
        print(done.stderr, file=sys.stderr)
        lines = (done.stdout.splitlines(), done.stderr.splitlines())
        status = done.returncode
        status = pytest.ExitCode(status) if status in [*pytest.ExitCode] else status
        return pytest.RunResult(status, *lines, time.monotonic() - before)

    def start(self, *arguments: str, **how: Any) -> subprocess.Popen[str]:
        """Start pytest with only these arguments, and go on; what it writes is in its stdout."""
        return self.pytester.popen(
            [sys.executable, "-m", "pytest", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **how,
        )

    def records(self, *arguments: str, **options) -> dict[str, dict]:
        """The records that a run leaves in its report, by claim."""
        shutil.rmtree(self.path / "out", ignore_errors=True)
        self.run("--scaling-report=out", *arguments, **options)
        return self.reported("out")

    def reported(self, folder: str) -> dict[str, dict]:
        files = sorted((self.path / folder / "records").glob("*.json"))
        return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def stated(id: str, verdict: str = "supported", **header: str) -> str:
    """The source of a claim that comes out with a verdict; `header` in source text as well."""
    here = "[later]" if verdict == "not applicable" else "[sign]"
    header = {"smallest_effect": str(EFFECT), "tasks": here} | header
    rival = f"rivals[{verdict!r}]" if verdict != "not applicable" else "good"
    return f"""
@claim({id!r}, "It is so", {", ".join(f"{name}={value}" for name, value in header.items())})
def test_{id.replace("-", "_")}(compare, task, m_small, smallest_effect):
    assert compare({rival}, good, task=task, m=m_small) > smallest_effect
"""


def body(id: str, fixtures: str, line: str, **header: str) -> str:
    """The source of a claim with a body of one line."""
    header = {"smallest_effect": str(EFFECT), "tasks": "[sign]"} | header
    return f"""
@claim({id!r}, "It is so", {", ".join(f"{name}={value}" for name, value in header.items())})
def test_{id.replace("-", "_")}({fixtures}):
    {line}
"""


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """What a run with -v says about each claim, by its id."""
    found = [match for line in result.outlines if (match := OUTCOME.match(unplaced(line)))]
    return {
        (match["name"] or match["name2"]).removeprefix("test_").replace("_", "-"): (
            match["word"] or match["word2"]
        )
        for match in found
    }


def unplaced(line: str) -> str:
    """A line of output without the worker and the percentage that pytest-xdist puts first."""
    return re.sub(r"^\[gw\d+\] \[ *\d+%\] ", "", line)


def evidence(records: dict[str, dict]) -> dict[str, dict]:
    """Records without what is true of one run only: when, where and by which command."""
    return {
        id: {name: part for name, part in record.items() if name != "run"}
        for id, record in records.items()
    }


def stored(file: Path) -> int:
    """How many trials a store has, which a run may be writing."""
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return connection.execute("SELECT count(*) FROM trials").fetchone()[0]
    except sqlite3.OperationalError:  # no table yet
        return 0
    finally:
        connection.close()


def output(result: pytest.RunResult) -> str:
    """Everything that a run wrote, after a check that it has no traceback of ours."""
    text = result.stdout.str() + result.stderr.str()
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text
    return text
