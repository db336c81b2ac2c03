"""`python -m tests.house`: the measures of the package's layout, and what breaks its rules.

A room is a subpackage of `pytest_scaling`; it stands on those that it imports, including imports
for type checkers. A floor is the longest way down from a room. The rules, which
tests/test_layers.py enforces, are in the constants.
"""

from __future__ import annotations

import ast
import functools
import graphlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "pytest_scaling"

# From the top down. A room imports from lower rows; from its own row, nothing.
LAYERS = (
    ("__init__", "plugin", "__main__"),
    ("commands",),
    ("run",),
    ("report",),
    ("ledger",),
    ("experiments",),
    ("trials",),
    ("devices", "adapters"),
    ("spec", "statistics"),
)
ROOT_MODULES = 3
MOST_MODULES = 12  # in a room, and in each folder of it; `__init__` is no module
MOST_FLOORS = 9
LARGEST_CLASS, LARGEST_FUNCTION = 200, 45  # lines
ABOVE_THE_PACKAGE = {"benchmarks", "claims", "conftest", "fixtures", "tests"}


@dataclass(frozen=True)
class Arrow:
    """One import: from a module of the package, at a line, to a dotted name."""

    module: str
    line: int
    target: str


def modules_of(package: Path) -> dict[str, Path]:
    """The modules of a package by their names, as in "pytest_scaling.run.session"."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        inner = parts[-1] == "__init__" and len(parts) > 2
        found[".".join(parts[:-1] if inner else parts)] = file
    return found


def targets(node: ast.AST, enclosing: str, modules: Mapping[str, Path]) -> list[str]:
    """The dotted names that a statement or call imports; `enclosing` resolves relative ones."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = enclosing.split(".")[: enclosing.count(".") + 2 - node.level] if node.level else []
        origin = ".".join([*above, *([node.module] if node.module else [])])
        named = [f"{origin}.{alias.name}" for alias in node.names]
        return [name if name in modules else origin for name in named]
    if isinstance(node, ast.Call) and called(node.func).endswith("import_module"):
        return [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
    return []


def called(function: ast.expr) -> str:
    """The last part of the name of what is called, or nothing where it has none."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@functools.cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    """All nodes of a module, which several measures go through."""
    return tuple(ast.walk(ast.parse(source)))


def arrows(package: Path) -> list[Arrow]:
    """Every import of the package, those inside functions and for type checkers included."""
    files = modules_of(package)
    return [
        Arrow(module, getattr(node, "lineno", 0), target)
        for module, file in files.items()
        for node in nodes(file.read_text(encoding="utf-8"))
        for target in targets(node, enclosing_package(module, file), files)
    ]


def enclosing_package(module: str, file: Path) -> str:
    is_subpackage = file.name == "__init__.py" and not module.endswith(".__init__")
    return module if is_subpackage else module.rpartition(".")[0]


def room_of(name: str, package: str) -> str | None:
    """The room, or the module of the root, that a dotted name belongs to; None outside."""
    root, _, rest = name.partition(".")
    if root != package:
        return None
    return rest.partition(".")[0] or "__init__"


def rooms(package: Path) -> dict[str, set[str]]:
    """What every room, and every module of the root, stands on."""
    found: dict[str, set[str]] = {path.stem: set() for path in package.iterdir() if has_code(path)}
    for arrow in arrows(package):
        source, target = (room_of(each, package.name) for each in (arrow.module, arrow.target))
        if source in found and target in found and source != target:
            found[source].add(target)
    return found


def has_code(path: Path) -> bool:
    return path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py")))


def circles(graph: Mapping[str, set[str]]) -> list[str]:
    """A circular import in words, if there is one."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [" <- ".join(error.args[1])]
    return []


def floors(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """The floor of everything in a graph without circular imports; 1 is the ground."""
    floor: dict[str, int] = {}
    for name in graphlib.TopologicalSorter(graph).static_order():
        floor[name] = 1 + max((floor[each] for each in graph.get(name, ())), default=0)
    return floor


def between_modules(package: Path) -> dict[str, set[str]]:
    """What every module imports from the package, except itself."""
    files = modules_of(package)
    found: dict[str, set[str]] = {module: set() for module in files}
    for arrow in arrows(package):
        if arrow.target in files and arrow.target != arrow.module:
            found[arrow.module].add(arrow.target)
    return found


def sizes(package: Path, kind: type[ast.AST]) -> list[tuple[int, str]]:
    """Lines and names of all classes or functions, the largest first."""
    found = [
        (node.end_lineno - node.lineno + 1, f"{module}.{node.name}")
        for module, file in modules_of(package).items()
        for node in nodes(file.read_text(encoding="utf-8"))
        if isinstance(node, kind)
    ]
    return sorted(found, reverse=True)


def modules_in(folder: Path) -> int:
    """Modules of a room or of a folder in it, without those of its own folders."""
    return sum(file.stem != "__init__" for file in folder.glob("*.py"))


def faults(package: Path) -> list[str]:
    """Everything that breaks the rules, one message each."""
    rank = {name: row for row, names in enumerate(LAYERS) for name in names}
    found = [
        f"{name}: has no place in LAYERS of tests/house.py, give it one"
        for name in sorted(path.stem for path in package.iterdir() if has_code(path))
        if name not in rank
    ]
    for arrow in arrows(package):
        where = f"{arrow.module}:{arrow.line} imports {arrow.target}"
        if arrow.target.partition(".")[0] in ABOVE_THE_PACKAGE:
            found.append(f"{where}, which the package must not know")
        source, target = (room_of(each, package.name) for each in (arrow.module, arrow.target))
        if source == target or source not in rank or target not in rank:
            continue
        if rank[target] <= rank[source] and "__init__" not in (source, target):
            found.append(
                f"{where}, which lies {'above' if rank[target] < rank[source] else 'beside'} it"
            )
        elif target == "__init__" and source not in LAYERS[0]:
            found.append(f"{where}, which lies above it")
    found += [f"modules import each other: {words}" for words in circles(between_modules(package))]
    return [*found, *too_large(package)]


def too_large(package: Path) -> Iterator[str]:
    """Rooms, classes and functions beyond the limits."""
    for folder in sorted({file.parent for file in package.rglob("*.py")} - {package}):
        if (count := modules_in(folder)) > MOST_MODULES:
            yield f"{folder.relative_to(package)} has {count} modules, more than {MOST_MODULES}"
    functions = sizes(package, ast.FunctionDef)
    for most, found in (
        (LARGEST_CLASS, sizes(package, ast.ClassDef)),
        (LARGEST_FUNCTION, functions),
    ):
        for lines, name in found:
            if lines > most:
                yield f"{name} has {lines} lines, more than {most}"


def measures(package: Path = PACKAGE) -> dict[str, object]:
    """The measures by name."""
    graph, within = rooms(package), between_modules(package)
    classes, functions = sizes(package, ast.ClassDef), sizes(package, ast.FunctionDef)
    is_room = {path.name for path in package.iterdir() if path.is_dir() and has_code(path)}
    beside = {name: stands for name, stands in graph.items() if name in is_room}
    return {
        "modules at the root": sum(name not in is_room for name in graph),
        "rooms": len(beside),
        "floors of the rooms": max(floors(beside).values(), default=0),
        "circles": len(circles(within)) or 0,
        "imports that run up": sum("lies" in words for words in faults(package)),
        "largest class": f"{classes[0][0]} ({classes[0][1]})",
        "largest function": f"{functions[0][0]} ({functions[0][1]})",
        **{
            f"modules of {room}": ", ".join(
                f"{modules_in(folder)} in {folder.relative_to(package)}"
                for folder in sorted({file.parent for file in (package / room).rglob("*.py")})
            )
            for room in sorted(beside)
        },
    }


def main() -> int:
    for name, value in measures().items():
        print(f"{name}: {value}")
    found = faults(PACKAGE)
    for sentence in found:
        print(sentence)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
