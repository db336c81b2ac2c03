"""The rooms of `pytest_scaling` lie in layers, and imports run downward only, for types too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import house
from tests.house import LAYERS, PACKAGE, faults, floors, measures, rooms


def test_the_package_keeps_the_rules_of_the_house() -> None:
    assert faults(PACKAGE) == []


def test_the_house_has_ten_rooms_on_at_most_eight_floors() -> None:
    found = measures()
    assert found["modules at the root"] <= house.ROOT_MODULES
    assert found["rooms"] == sum(map(len, LAYERS[1:])) == 10
    assert found["floors of the rooms"] <= house.MOST_FLOORS
    assert found["circles"] == found["imports that run up"] == 0


def test_the_measures_are_printed(capsys) -> None:
    assert house.main() == 0
    assert "largest class: " in capsys.readouterr().out


def made_up(folder: Path, files: dict[str, str]) -> Path:
    package = folder / "pytest_scaling"
    for name, text in files.items():
        file = package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return package


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        pytest.param(
            {"spec/tier.py": "import pytest_scaling.run.session", "run/session.py": ""},
            "spec.tier:1 imports pytest_scaling.run.session, which lies above it",
            id="an import of a room above",
        ),
        pytest.param(
            {"trials/trial.py": "from pytest_scaling import run", "run/session.py": ""},
            "trials.trial:1 imports pytest_scaling, which lies above it",
            id="a room taken from the package",
        ),
        pytest.param(
            {"trials/store/store.py": "from ...report import page", "report/page.py": ""},
            "trials.store.store:1 imports pytest_scaling.report.page, which lies above it",
            id="a relative import out of a folder in a room",
        ),
        pytest.param(
            {"trials/__init__.py": "from ..run import session", "run/session.py": ""},
            "trials:1 imports pytest_scaling.run.session, which lies above it",
            id="a relative import in a room's own module",
        ),
        pytest.param(
            {"spec/tier.py": "def later():\n    from pytest_scaling.ledger.ledger import Ledger"},
            "spec.tier:2 imports pytest_scaling.ledger.ledger, which lies above it",
            id="an import inside a function",
        ),
        pytest.param(
            {
                "spec/tier.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
                "    from pytest_scaling.run.session import Session"
            },
            "spec.tier:3 imports pytest_scaling.run.session, which lies above it",
            id="an import for types alone",
        ),
        pytest.param(
            {"spec/tier.py": "import importlib\nimportlib.import_module('pytest_scaling.ledger')"},
            "spec.tier:2 imports pytest_scaling.ledger, which lies above it",
            id="an import by name",
        ),
        pytest.param(
            {"spec/tier.py": "from pytest_scaling.statistics import scope", "statistics/s.py": ""},
            "spec.tier:1 imports pytest_scaling.statistics, which lies beside it",
            id="an import from the room beside",
        ),
        pytest.param(
            {"spec/tier.py": "from pytest_scaling import Estimate"},
            "spec.tier:1 imports pytest_scaling, which lies above it",
            id="a public name taken from the top",
        ),
        pytest.param(
            {
                "spec/scope.py": "from .tier import Tier",
                "spec/tier.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
                "    from .scope import Scope",
            },
            "modules import each other: ",
            id="a circle within a room, for types alone",
        ),
        pytest.param(
            {"spec/tier.py": "from fixtures.tasks import Poker"},
            "spec.tier:1 imports fixtures.tasks, which the package must not know",
            id="an import of the suite",
        ),
        pytest.param(
            {"helpers.py": ""},
            "helpers: has no place in LAYERS",
            id="a module without a place",
        ),
        pytest.param(
            {f"spec/part{number}.py": "" for number in range(house.MOST_MODULES + 1)},
            f"spec has {house.MOST_MODULES + 1} modules, more than {house.MOST_MODULES}",
            id="a room that is too full",
        ),
        pytest.param(
            {"spec/tier.py": "def long():\n" + "    pass\n" * house.LARGEST_FUNCTION},
            f"tier.long has {house.LARGEST_FUNCTION + 1} lines",
            id="a function that is too long",
        ),
        pytest.param(
            {"spec/tier.py": "class Long:\n" + "    a = 1\n" * house.LARGEST_CLASS},
            f"tier.Long has {house.LARGEST_CLASS + 1} lines",
            id="a class that is too long",
        ),
    ],
)
def test_what_breaks_a_rule_is_found(files: dict[str, str], fault: str, tmp_path: Path) -> None:
    (found,) = faults(made_up(tmp_path, files))
    assert fault in found


def test_imports_that_keep_the_rules_are_left_alone(tmp_path: Path) -> None:
    package = made_up(
        tmp_path,
        {
            "__init__.py": "from .spec.claim import claim\nfrom .run import session",
            "plugin.py": "import pytest_scaling.run.session\nfrom . import __version__",
            "run/session.py": "from ..trials import store\nfrom .outcome import words",
            "run/outcome.py": "import numpy",
            "experiments/estimate.py": "from ..trials.store import Store",
            "trials/store.py": "from . import trial\nfrom ..spec.declaration import Claim",
            "trials/trial.py": "",
            "spec/declaration.py": "from .tier import Tier",
            "spec/tier.py": "import enum",
        },
    )
    assert faults(package) == []
    beneath = {name: stands for name, stands in rooms(package).items() if name != "__init__"}
    assert floors(beneath)["plugin"] == 4
