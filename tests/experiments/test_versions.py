"""The stopwatch between two versions of one function: revisions, environments, caches."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_scaling import ClaimError, environment, revision
from pytest_scaling.devices.accelerator import Cpu
from pytest_scaling.experiments.one_look.processes import Asked, ready
from pytest_scaling.experiments.one_look.timings import TimingError
from pytest_scaling.experiments.one_look.versions import packed
from tests.experiments.bench import experiment, planted

SOURCE = """
import time

print("imported")
calls, now = [], [0.0]
time.perf_counter = lambda: now[0]  # a clock that moves by what is done, however busy the machine

def work(what="x"):
    first = not calls
    calls.append(what)
    now[0] += {seconds} + (0.03 if first else 0)
    return [{answer!r}, what]
"""
ENVIRONMENT = {
    f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **ENVIRONMENT}, check=True)


def commit(folder: Path, seconds: float, answer: str = "same") -> None:
    (folder / "src" / "slow").mkdir(parents=True, exist_ok=True)
    text = SOURCE.format(seconds=seconds, answer=answer)
    (folder / "src" / "slow" / "__init__.py").write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", f"{seconds}")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose function took 8 ms on main and takes 2 ms on head, and 30 ms at first."""
    git(tmp_path, "init", "-q", "-b", "main", ".")
    (tmp_path / ".gitattributes").write_text("src export-ignore\n", encoding="utf-8")
    commit(tmp_path, 0.008)
    git(tmp_path, "checkout", "-q", "-b", "head")
    commit(tmp_path, 0.002)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def timed(first, second, call="slow:work", blocks=9, **given):
    bench = experiment(planted())
    bench.clock = lambda: 0.0  # the processes have clocks of their own
    return bench.stopwatch(first, second, call=call, blocks=blocks, **given)


def test_a_revision_is_timed_against_another(repository):
    ratio = timed(revision("main"), revision("head"), same=list.__eq__)
    assert ratio.samples == pytest.approx([math.log(4)] * 9)
    assert ratio.about == "time of main over head, slow:work"
    assert any(note.startswith("main is ") for note in ratio.notes)
    assert "timed: calls in running processes" in ratio.notes


def test_the_files_as_they_lie_there_are_a_version_too(repository):
    file = repository / "src" / "slow" / "__init__.py"
    file.write_text(SOURCE.format(seconds=0.02, answer="new"), encoding="utf-8")
    ratio = timed(revision(), revision("head"))
    assert ratio.value == pytest.approx(math.log(10))
    assert ratio.measured == "time of the working tree / head"


def test_nothing_is_left_in_the_repository_or_beside_it(repository, tmp_path_factory, monkeypatch):
    beside = tmp_path_factory.mktemp("beside")
    monkeypatch.setattr("tempfile.tempdir", str(beside))
    before = sorted(path for path in repository.rglob("*"))
    timed(revision("main"), revision("head"), blocks=1)
    assert sorted(path for path in repository.rglob("*")) == before
    assert list(beside.iterdir()) == []


def test_first_calls_are_apart_from_later_ones(repository):
    warm = timed(revision("main"), revision("head"))
    cold = timed(revision("main"), revision("head"), cold=True, blocks=3)
    assert (warm.value, cold.value) == pytest.approx((math.log(4), math.log(38 / 32)))
    assert cold.about.endswith(", first call")
    assert "timed: first calls of new processes" in cold.notes


def test_arguments_and_results_cross_to_the_processes(repository):
    asked = Asked("slow:work", packed(("rows",)))
    with ready((revision("main"), revision("head")), asked, Cpu()) as both:
        assert list(both.results()) == [["same", "rows"]] * 2


def test_versions_that_do_not_return_the_same_are_refused(repository):
    commit(repository, 0.002, answer="other")
    with pytest.raises(ClaimError, match="slow:work does not return the same in main and in head"):
        timed(revision("main"), revision("head"), same=list.__eq__)


def test_installed_versions_are_timed_in_their_environments(tmp_path):
    """An environment is its Python: here a link to this one, with a module on its own path."""
    places = []
    for name, seconds in (("old", 0.008), ("new", 0.002)):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / name], check=True)
        (packages,) = (tmp_path / name).glob("lib/python*/site-packages")
        text = SOURCE.format(seconds=seconds, answer=name)
        (packages / "slow.py").write_text(text, encoding="utf-8")
        places.append(environment(tmp_path / name))
    ratio = timed(*places)
    assert ratio.value == pytest.approx(math.log(4))
    assert ratio.about == "time of old over new, slow:work"


def test_while_a_run_is_planned_no_process_is_started(repository, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    bench = experiment(planted())
    assert bench.stopwatch(revision("main"), revision("head"), call="slow:work").n == 0


@pytest.mark.parametrize(
    ("call", "args", "error", "sentence"),
    [
        ("slow:none", (), TimingError, "slow:none of main could not be run: AttributeError"),
        ("fast:work", (), TimingError, "fast:work of main could not be run: ModuleNotFoundError"),
        ("json:loads", (), TimingError, "json is not in this revision"),
        ("slow:work", (1, 2), TimingError, "slow:work of main could not be run: TypeError"),
        ("slow:time.sleep", (-1,), TimingError, "could not be run: ValueError"),
        ("slow:os._exit", (3,), TimingError, "could not be run: AttributeError"),
        ("slow", (), ClaimError, "as in call='package.module:function', not 'slow'"),
        ("", (), ClaimError, "call=... names the function"),
        ("slow:work", (lambda: 1,), ClaimError, "args=... cannot be handed to another process"),
    ],
)
def test_what_cannot_be_timed_is_one_sentence(repository, call, args, error, sentence):
    with pytest.raises(error) as caught:
        timed(revision("main"), revision("head"), call=call, args=args)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_process_that_ends_is_one_sentence(repository):
    (repository / "src" / "slow" / "__init__.py").write_text(
        "import os\ndef work(): os._exit(3)\n", encoding="utf-8"
    )
    with pytest.raises(TimingError, match=r"slow:work of the working tree ended .* code 3"):
        timed(revision(), revision("head"))


def test_revisions_that_are_not_there_are_one_sentence(repository, tmp_path_factory, monkeypatch):
    with pytest.raises(ClaimError, match="no revision 'nowhere' in this repository; in CI"):
        timed(revision("nowhere"), revision("head"))
    with pytest.raises(ClaimError, match="takes the name of a branch"):
        revision("--all")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(ClaimError, match="needs the repository of the code"):
        timed(revision("main"), revision("head"))
    with pytest.raises(ClaimError, match="is no environment: it has no bin/python"):
        timed(environment("venvs/old"), environment("venvs/new"))


@pytest.mark.parametrize(
    ("sides", "given", "sentence"),
    [
        ((revision("main"), len), {}, "was given a version of the code and something else"),
        ((revision("main"), revision()), {"m": 256}, "task, m and devices are for learners"),
        ((len, len), {"call": "a:b"}, "are for revisions and environments"),
    ],
)
def test_versions_are_not_mixed_with_other_work(sides, given, sentence):
    bench = experiment(planted())
    with pytest.raises(ClaimError, match=sentence):
        bench.stopwatch(*sides, **{"call": "slow:work", **given})
