"""A fingerprint changes with what decides a result, and with nothing else."""

import functools
import importlib
import os
import subprocess
import sys
import threading

import pytest

from pytest_scaling.trials.fingerprint import distributions
from pytest_scaling.trials.fingerprint.fingerprint import KNOWN, fingerprint, forget

HELPERS = """
STEP = 2

def shift(x, by=1):
    return x + by * STEP

def unused(x):
    return x
"""
LEARNER = '''
import functools
from dataclasses import dataclass, field
from pathlib import Path
import numpy as np
from helpers import STEP, shift

PLACE = 0.5
TABLE = {"a": 1, "b": 2}
FILE = Path(__file__).with_name("table.csv")

def make(power):
    def inner(x):
        return x ** power
    return inner

cube = make(3)

def doubled(function):
    @functools.wraps(function)
    def wrapper(x):
        return 2 * function(x)
    return wrapper

@doubled
def decorated(x):
    return x + 3

@functools.cache
def remembered(x):
    return x + 4

class Base:
    scale = 1

    def predict(self, x):
        """Labels."""
        return x > PLACE

class Learner(Base):
    name = "learner"

    def __init__(self, depth=3):
        self.depth = depth
        self.options = {"kind": "plain", "rates": (1, 2)}
        self.weights = np.arange(6.0)
        self.lock = None

    def cost(self, task, m):
        return 1.0

    def settings(self, task, m):
        return {}

    def fit_predict(self, block, settings, device):
        from later import finish
        total = shift(self.predict(block)) + cube(block) + decorated(block) + remembered(block)
        rows = FILE.read_text() if FILE.exists() else ""
        return finish(total * self.scale * self.depth + TABLE["a"] + STEP + self._rest())

    def _rest(self):
        return [item for item in (1, 2)]
'''
LATER = "def finish(x):\n    return x - 1\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Writes the modules with some texts replaced, and gives a learner of theirs."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    names = ("helpers", "later", "mine")

    def make(*changes):
        for old, _ in changes:
            assert any(old in text for text in (HELPERS, LEARNER, LATER)), old
        for name, source in zip(names, (HELPERS, LATER, LEARNER), strict=True):
            text = functools.reduce(lambda text, change: text.replace(*change), changes, source)
            (tmp_path / f"{name}.py").write_text(text)
            os.utime(tmp_path / f"{name}.py", ns=(0, hash(text) % 2**40))
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        forget()
        return importlib.import_module("mine").Learner()

    yield make
    for name in names:
        sys.modules.pop(name, None)


def of(learner):
    found = fingerprint(learner)
    return found.code, found.data


CHANGES = {
    "its method": ("total * self.scale", "total / self.scale"),
    "a method of it that is called": ("for item in (1, 2)", "for item in (1, 3)"),
    "a method of its base": ("x > PLACE", "x < PLACE"),
    "a constant of its class": ("scale = 1", "scale = 2"),
    "a constant of its module": ("PLACE = 0.5", "PLACE = 0.6"),
    "a dictionary of its module": ('"a": 1', '"a": 3'),
    "a function of another module": ("by * STEP", "by + STEP"),
    "a default": ("by=1", "by=2"),
    "a constant of another module": ("STEP = 2", "STEP = 3"),
    "a closure": ("make(3)", "make(4)"),
    "the function in a closure": ("x ** power", "x // power"),
    "a decorator": ("2 * function(x)", "3 * function(x)"),
    "a decorated function": ("return x + 3", "return x + 5"),
    "a function with a cache": ("return x + 4", "return x + 5"),
    "a module that is imported later": ("return x - 1", "return x - 2"),
    "an attribute": ("self.depth = depth", "self.depth = 2 * depth"),
    "an attribute within an attribute": ("(1, 2)}", "(1, 3)}"),
    "an array": ("np.arange(6.0)", "np.arange(6.0) + 1"),
    "the type of an array": ("np.arange(6.0)", "np.arange(6)"),
    "the shape of an array": ("np.arange(6.0)", "np.arange(6.0).reshape(2, 3)"),
}
SAME = {
    "a comment": ("    def _rest(self):", "    # in words\n\n    def _rest(self):"),
    "a docstring": ('"""Labels."""', '"""The labels of rows."""'),
    "no docstring": ('        """Labels."""\n', ""),
    "a new docstring": ("def make(power):", 'def make(power):\n    """Powers."""'),
    "a local name": ("item for item", "each for each"),
    "another local name": ("total", "result"),
    "an annotation": ("def predict(self, x):", "def predict(self, x: int) -> bool:"),
    "formatting": ("x ** power", "(x\n            ** power)"),
    "what no result depends on": ("return 1.0", "return 2.0"),
    "a function that nothing calls": (
        "def unused(x):\n    return x",
        "def unused(x):\n    return -x",
    ),
    "the order of a dictionary": ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_it_changes_with_what_decides_a_result(project, change):
    before = of(project())
    assert of(project(change)) != before


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_it_does_not_change_with_what_decides_nothing(project, change):
    before = of(project())
    assert of(project(change)) == before


def test_it_changes_with_a_file_beside_the_code(project, tmp_path):
    found = set()
    for content in ("1,2", "1,3"):
        (tmp_path / "table.csv").write_text(content)
        found.add(of(project()))
    assert len(found) == 2


def test_it_changes_with_a_file_that_an_attribute_names(project, tmp_path):
    learner, found = project(), set()
    for content in ("1,2", "1,3"):
        (tmp_path / "data.csv").write_text(content)
        learner.depth = str(tmp_path / "data.csv")
        found.add(of(learner))
    assert len(found) == 2
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "data.csv").write_text("1,3")
    learner.depth = tmp_path / "elsewhere" / "data.csv"
    assert of(learner) in found  # by its content, wherever it is


def test_it_changes_with_a_function_that_an_attribute_holds(project):
    learner, found = project(), set()
    for function in (lambda x: x + 1, lambda x: x + 2, str.upper, len):
        learner.depth = function
        found.add(of(learner))
    assert len(found) == 4


def test_locks_files_and_circles_have_no_addresses(project, tmp_path):
    def held(learner):
        with (tmp_path / "open").open("w") as file:
            learner.lock = [threading.Lock(), file, (i for i in ()), learner]
            return of(learner)

    assert held(project()) == held(project())


def elsewhere(program, *path, seed="0", sent=b""):
    """The code and data that another process prints."""
    program = (
        "import pickle, sys\n"
        "from pytest_scaling.trials.fingerprint.fingerprint import fingerprint\n"
        f"found = fingerprint({program})\n"
        "print(found.code, found.data)"
    )
    ours = [entry for entry in sys.path if "pytest-of" not in entry]
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((*path, *ours))}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, input=sent, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(done.stdout.decode().split())


def test_other_processes_find_the_same(project, tmp_path):
    learner = project()
    for seed in ("1", "2"):
        found = elsewhere("__import__('mine').Learner()", str(tmp_path), seed=seed)
        assert found == of(learner)


def test_a_class_that_arrives_by_value_has_the_same_code(project):
    cloudpickle = pytest.importorskip("cloudpickle")
    own = ("        from later import finish\n", "        finish = abs\n")
    learner = project(own, ("@functools.cache\n", ""))  # which cannot be sent by value
    modules = [sys.modules[name] for name in ("mine", "helpers")]
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        sent = cloudpickle.dumps(learner)
    finally:
        for module in modules:
            cloudpickle.unregister_pickle_by_value(module)
    arrived = "pickle.loads(sys.stdin.buffer.read())"
    assert elsewhere(arrived, sent=sent)[0] == of(learner)[0]


def test_a_learner_counts_the_libraries_that_it_imports_and_no_other(project):
    assert set(fingerprint(project()).versions) == {"numpy"}
    code = "        from later import finish\n        import {}\n"
    old = "        from later import finish\n"
    with_pytest = fingerprint(project((old, code.format("pytest"))))
    assert set(with_pytest.versions) == {"numpy", "pytest"}
    with_sklearn = fingerprint(project((old, code.format("sklearn.svm"))))
    assert {"numpy", "scipy", "scikit-learn"} == set(with_sklearn.versions)
    missing = fingerprint(project((old, code.format("no_such_library"))))
    assert missing.versions["no_such_library"] is None


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_distribution_in_a_plain_folder_counts_by_its_version(project, tmp_path, version):
    home = tmp_path / "vendor"
    (home / f"boosty-{version}.dist-info").mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: Boosty\nVersion: {version}\n"
    (home / f"boosty-{version}.dist-info" / "METADATA").write_text(metadata)
    (home / f"boosty-{version}.dist-info" / "RECORD").write_text("boosty.py,,\n")
    (home / "boosty.py").write_text("PLACE = 0.1\n")
    sys.path.insert(0, str(home))
    try:
        learner = project(
            ("from helpers", "import boosty\nfrom helpers"), ("x > PLACE", "x > boosty.PLACE")
        )
        assert fingerprint(learner).versions["boosty"] == version
    finally:
        sys.path.remove(str(home))
        sys.modules.pop("boosty", None)


class Kept:
    @functools.cached_property
    def level(self):
        return 3


class Holds:
    def __init__(self, held):
        self.held = held

    def fit_predict(self, block, settings, device):
        return self.held.level


def test_what_an_attribute_of_an_attribute_keeps_counts_for_nothing():
    learner = Holds(Kept())
    before = fingerprint(learner)
    assert learner.held.level == 3
    assert fingerprint(learner) == before


def test_folders_without_init_that_are_not_loaded_are_no_error(tmp_path, monkeypatch):
    (tmp_path / "outer_folder" / "inner_folder").mkdir(parents=True)
    (tmp_path / "outer_folder" / "inner_folder" / "some.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert distributions.located("outer_folder.inner_folder.some") is None
    assert "outer_folder" not in sys.modules


def test_equal_learners_made_anew_are_read_once():
    """Bodies ask for a tier's learner again and again; each time it is another object."""

    class Wide:
        def __init__(self, width):
            self.name, self.width = "wide", width

    forget()
    first = fingerprint(Wide(64))
    known = len(KNOWN)
    assert fingerprint(Wide(64)) == first
    assert len(KNOWN) == known
    assert fingerprint(Wide(65)) != first
    assert fingerprint(Wide(True)).data != fingerprint(Wide(1)).data
