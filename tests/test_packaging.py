"""The wheel holds the whole plugin, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pytest_scaling"
QUICK = "cpu-x86_64-float32-deterministic-quick"
FIGURE = ROOT / "claims" / "figure.toml"
LEDGER = ROOT / "claims" / "ledger" / QUICK
OPENED = """
import json, pytest_scaling
ledger = pytest_scaling.open_ledger("lecture")
found = pytest_scaling.__file__, str(ledger.folder), ledger.profile, sorted(ledger.rows)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel as `pip wheel` builds it, with the build backend of the test dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    run = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        yield opened


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with what the wheel has."""
    folder = tmp_path_factory.mktemp("site-packages")
    wheel.extractall(folder)
    return folder


def opened(folder: Path, *search: Path) -> tuple[Path, Path, str, list[str]]:
    """What a process in a folder finds by `open_ledger("lecture")`, importing along a path.

    Returns the package that it imported, the folder of the ledger, the profile and the rows.
    """
    run = subprocess.run(
        [sys.executable, "-c", OPENED],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, search))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    package, ledger, profile, rows = json.loads(run.stdout)
    return Path(package), Path(ledger), profile, rows


def read(wheel: zipfile.ZipFile, ending: str) -> str:
    (name,) = [name for name in wheel.namelist() if name.endswith(f".dist-info/{ending}")]
    return wheel.read(name).decode()


@pytest.fixture
def metadata(wheel: zipfile.ZipFile) -> Message:
    return Parser().parsestr(read(wheel, "METADATA"))


def test_nothing_but_the_plugin_is_shipped(wheel):
    roots = {name.partition("/")[0] for name in wheel.namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"pytest_scaling"}


def test_every_file_of_the_plugin_is_shipped(wheel):
    shipped = {name for name in wheel.namelist() if name.startswith("pytest_scaling/")}
    on_disk = {
        file.relative_to(ROOT).as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert shipped - set(rows_of_the_wheel(wheel)) == on_disk
    assert "pytest_scaling/py.typed" in shipped


def rows_of_the_wheel(wheel: zipfile.ZipFile) -> dict[str, bytes]:
    """The files of the lecture's ledger in the wheel, by name."""
    inside = "pytest_scaling/lecture/"
    return {name: wheel.read(name) for name in wheel.namelist() if name.startswith(inside)}


def test_the_wheel_has_the_lectures_quick_tier_as_it_is_committed(wheel):
    committed = {
        f"pytest_scaling/lecture/{QUICK}/{file.name}": file.read_bytes()
        for file in LEDGER.glob("*.json")
    } | {"pytest_scaling/lecture/figure.toml": FIGURE.read_bytes()}
    assert rows_of_the_wheel(wheel) == committed
    assert len(committed) > 30


def test_the_lectures_ledger_adds_little_to_the_wheel(wheel):
    packed = sum(wheel.getinfo(name).compress_size for name in rows_of_the_wheel(wheel))
    assert packed < 400_000  # bytes; 199,351 on 27 November 2026, of 1,243,325 unpacked


def test_the_lectures_ledger_opens_in_any_folder_after_installation(installed, tmp_path):
    package, folder, profile, rows = opened(tmp_path, installed)
    assert package == installed / "pytest_scaling" / "__init__.py"
    assert folder == installed / "pytest_scaling" / "lecture"
    assert profile == QUICK
    assert rows == sorted(file.stem for file in LEDGER.glob("*.json"))


def test_in_a_checkout_it_is_the_one_of_the_claims(tmp_path):
    package, folder, profile, _ = opened(tmp_path, ROOT)
    assert package == PACKAGE / "__init__.py"
    assert folder == LEDGER.parent
    assert profile == QUICK


def test_so_it_is_when_the_checkout_is_installed_editable(installed, tmp_path):
    beside = tmp_path / "site-packages"  # an editable installation puts the ledger alone there
    shutil.copytree(installed / "pytest_scaling" / "lecture", beside / "pytest_scaling" / "lecture")
    package, folder, _, _ = opened(tmp_path, beside, ROOT)
    assert package == PACKAGE / "__init__.py"
    assert folder == LEDGER.parent


def test_pytest_finds_the_plugin_by_its_entry_point(wheel):
    points = ConfigParser()
    points.read_string(read(wheel, "entry_points.txt"))
    assert dict(points["pytest11"]) == {"scaling": "pytest_scaling.plugin"}
    assert "pytest_scaling/plugin.py" in wheel.namelist()


def test_the_commands_have_a_console_script(wheel):
    points = ConfigParser()
    points.read_string(read(wheel, "entry_points.txt"))
    assert dict(points["console_scripts"]) == {"pytest-scaling": "pytest_scaling.__main__:script"}


def test_the_licence_travels_with_the_wheel(wheel, metadata):
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert read(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_plugin_alone_does_not_ask_for_the_heavy_libraries(metadata):
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    heavy = ("jinja2", "matplotlib", "pytest-benchmark", "pytest-xdist", "scikit-learn", "torch")
    assert [line for line in required if line.lower().startswith(heavy)] == []


def test_every_requirement_is_covered_by_the_pinned_set(metadata):
    pinned = {
        line.partition("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith("#")
    }
    required = {
        Requirement(line).name.lower()
        for line in metadata.get_all("Requires-Dist", [])
        if not line.startswith("pytest-scaling")
    }
    assert required - pinned == set()
