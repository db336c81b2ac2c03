"""The modules of `pytest_scaling` lie in layers, and imports run downward only."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pytest_scaling"

# From the top down. A module or subpackage imports from lower rows; from its own row only as long
# as no circle arises; inside a subpackage as it likes.
LAYERS = (
    ("__init__", "plugin", "__main__"),
    ("commands", "distribution"),
    ("session", "measurements", "outcome", "prefetch", "terminal", "progress", "presence"),
    ("benchmark", "cell"),
    ("device_benchmark",),
    ("archive", "regression", "gate"),
    ("experiment", "ledger", "report", "lesson", "replay"),
    ("forecast", "learning_curve", "reversal", "stopwatch", "record", "protocol", "citation"),
    ("quantities",),
    ("estimate", "trials"),
    ("reservation",),
    ("accelerator", "devices"),
    ("numerics", "provenance"),
    (
        "statistics",
        "declaration",
        "control",
        "hookspecs",
        "options",
        "tier",
        "seeds",
        "checkout",
        "sketch",
        "interruption",
        "scheduling",
        "turns",
    ),
)
ABOVE_THE_PACKAGE = {"benchmarks", "claims", "conftest", "fixtures", "tests"}


@dataclass(frozen=True)
class Arrow:
    """One import: from a module of the package, at a line, to a dotted name."""

    module: str
    line: int
    target: str


def module_name(file: Path, package: Path) -> str:
    parts = file.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def names_typing_only(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, functions included, without what only a type checker reads."""
    yield node
    skipped = node.body if isinstance(node, ast.If) and names_typing_only(node.test) else []
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield from executed(child)


def targets(node: ast.AST, enclosing: str, modules: set[str]) -> list[str]:
    """The dotted names that a statement or call imports; `enclosing` resolves relative ones."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = enclosing.split(".")[: enclosing.count(".") + 2 - node.level] if node.level else []
        origin = ".".join([*above, *([node.module] if node.module else [])])
        named = [f"{origin}.{alias.name}" for alias in node.names]
        return [name if name in modules else origin for name in named]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        return [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
    return []


def arrows(package: Path) -> list[Arrow]:
    files = {module_name(file, package): file for file in sorted(package.rglob("*.py"))}
    return [
        Arrow(module, getattr(node, "lineno", 0), target)
        for module, file in files.items()
        for node in executed(ast.parse(file.read_text(encoding="utf-8")))
        for target in targets(node, enclosing_package(module, file), set(files))
    ]


def enclosing_package(module: str, file: Path) -> str:
    is_subpackage = file.name == "__init__.py" and not module.endswith(".__init__")
    return module if is_subpackage else module.rpartition(".")[0]


def top_level(target: str, package: str) -> str | None:
    """The row entry a dotted name belongs to; none when it lies outside the package."""
    root, _, rest = target.partition(".")
    if root != package:
        return None
    return rest.partition(".")[0] or "__init__"


def faults(package: Path) -> list[str]:
    """Every import that runs up or in a circle, and every module without a place, in words."""
    rank = {name: row for row, names in enumerate(LAYERS) for name in names}
    found = [
        f"{name}: has no place in LAYERS of {Path(__file__).name}, give it one"
        for name in sorted({path.stem for path in package.iterdir() if holds_code(path)})
        if name not in rank
    ]
    beside: dict[str, set[str]] = {}
    for arrow in arrows(package):
        where = f"{arrow.module}:{arrow.line} imports {arrow.target}"
        if arrow.target.partition(".")[0] in ABOVE_THE_PACKAGE:
            found.append(f"{where}, which the package must not know")
        source = top_level(arrow.module, package.name)
        target = top_level(arrow.target, package.name)
        if source == target or source not in rank or target not in rank:
            continue
        if rank[target] < rank[source]:
            found.append(f"{where}, which lies above it")
        elif rank[target] == rank[source]:
            beside.setdefault(source, set()).add(target)
    return found + circles(beside)


def holds_code(path: Path) -> bool:
    return path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py")))


def circles(graph: dict[str, set[str]]) -> list[str]:
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return ["modules of one row import each other: " + " <- ".join(error.args[1])]
    return []


def test_imports_run_downward() -> None:
    assert faults(PACKAGE) == []


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
            {"tier.py": "import pytest_scaling.session", "session.py": ""},
            "tier:1 imports pytest_scaling.session, which lies above it",
            id="an import of a module above",
        ),
        pytest.param(
            {"tier.py": "from pytest_scaling import session", "session.py": ""},
            "tier:1 imports pytest_scaling.session, which lies above it",
            id="a module taken from the package",
        ),
        pytest.param(
            {"trials/store.py": "from ..report import page", "report/page.py": ""},
            "trials.store:1 imports pytest_scaling.report.page, which lies above it",
            id="a relative import out of a subpackage",
        ),
        pytest.param(
            {"trials/__init__.py": "from .. import session", "session.py": ""},
            "trials:1 imports pytest_scaling.session, which lies above it",
            id="a relative import in a subpackage's own module",
        ),
        pytest.param(
            {"tier.py": "def later():\n    from pytest_scaling.ledger import Ledger"},
            "tier:2 imports pytest_scaling.ledger, which lies above it",
            id="an import inside a function",
        ),
        pytest.param(
            {"tier.py": "import importlib\nimportlib.import_module('pytest_scaling.ledger')"},
            "tier:2 imports pytest_scaling.ledger, which lies above it",
            id="an import by name",
        ),
        pytest.param(
            {"tier.py": "from pytest_scaling import Estimate"},
            "tier:1 imports pytest_scaling, which lies above it",
            id="a public name taken from the top",
        ),
        pytest.param(
            {
                "estimate.py": "from pytest_scaling.trials import store",
                "trials/store.py": "from pytest_scaling.estimate import Estimate",
            },
            "modules of one row import each other: ",
            id="a circle within a row",
        ),
        pytest.param(
            {"tier.py": "from fixtures.tasks import Poker"},
            "tier:1 imports fixtures.tasks, which the package must not know",
            id="an import of the suite",
        ),
        pytest.param(
            {"helpers.py": ""},
            "helpers: has no place in LAYERS",
            id="a module without a place",
        ),
    ],
)
def test_an_import_that_breaks_the_order_is_found(
    files: dict[str, str], fault: str, tmp_path: Path
) -> None:
    (found,) = faults(made_up(tmp_path, files))
    assert fault in found


def test_imports_that_keep_the_order_are_left_alone(tmp_path: Path) -> None:
    package = made_up(
        tmp_path,
        {
            "__init__.py": "from .claim import claim\nfrom .estimate import equivalent",
            "plugin.py": "import pytest_scaling.session\nfrom . import __version__",
            "session.py": "from .trials import store\nfrom .outcome import words",
            "outcome.py": "import numpy",
            "estimate.py": "from .trials.store import Store",
            "trials/store.py": "from . import trial\nfrom ..declaration import Claim",
            "trials/trial.py": "from .store import Store",
            "declaration.py": """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from .session import Session
else:
    from .tier import Tier
""",
            "tier.py": "import enum",
        },
    )
    assert faults(package) == []
