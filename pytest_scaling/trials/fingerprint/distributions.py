"""Whose a module is: the user's, the standard library's, this plugin's or a distribution's.

A distribution is what pip installs, as metadata beside its modules say. An editable install is the
user's own code, as is a folder on `sys.path`.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NamedTuple

PLUGIN = __name__.partition(".")[0]
JUDGES = (  # the modules of the plugin that decide results
    *(f"{PLUGIN}.trials.rows.{name}" for name in ("score", "labels")),
    *(
        f"{PLUGIN}.adapters.{name}"
        for name in ("answers", "data", "estimators", "functions", "modules", "scorers", "splits")
    ),
)
INSTALLED = frozenset(("site-packages", "dist-packages"))  # folders of what is installed
FIRST = "__init__.py"  # of a package that is not spread over several folders
NUMERIC = ("numpy", "scipy", "scikit-learn", "torch")  # count where a distribution requires them


class Distribution(NamedTuple):
    """An installed distribution. version: empty where nothing says which."""

    name: str
    version: str
    requires: frozenset[str]  # of NUMERIC, without extras


OWN, STANDARD = Distribution("", "own", frozenset()), Distribution("", "standard", frozenset())


@cache
def owner(module: str) -> Distribution | None:
    """OWN, STANDARD (the plugin's as well), or the distribution; None where it is not installed.

    A module without a file, such as `__main__`, is the user's.
    """
    top, dot, _ = module.partition(".")
    if module in JUDGES or top == "__main__":
        return OWN
    if top in sys.stdlib_module_names or top in (PLUGIN, "builtins"):
        return STANDARD
    if dot and (located(top) or "").endswith(FIRST):
        return owner(top)
    file = located(module)
    if file is None:
        return OWN if module in sys.modules else None
    folder = Path(file).absolute()
    for _ in range(module.count(".") + 1 + folder.name.startswith("__init__.")):
        folder = folder.parent
    return of_file(str(folder), os.path.relpath(file, folder), top)


@cache
def located(module: str) -> str | None:
    """The file of a module, without importing it; None where there is none."""
    loaded = getattr(sys.modules.get(module), "__file__", None)
    if loaded:
        return str(loaded)
    path: list[str] | None = None
    name, origin = "", None
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        try:
            spec = PathFinder.find_spec(name, path)
        except KeyError:  # a folder without __init__ in another one, which is not loaded
            return None
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or ())
        origin = spec.origin or (path[0] if path else None)  # a folder alone has no origin
    return origin


@cache
def of_file(folder: str, file: str, top: str) -> Distribution:
    """The distribution that has put a file, relative to a folder, there; or OWN."""
    installed = not INSTALLED.isdisjoint(Path(folder).parts)
    here = metadata_in(folder)
    name = normal(top)
    likely = [each for each in here if normal(each.partition("-")[0]) == name]
    others = sorted(here, key=lambda each: each[0].lower() != name[0])
    for each in (*likely, *others):
        if (installed and each in likely) or lists(f"{folder}/{each}", file):
            return described(f"{folder}/{each}")
    return Distribution(top, "", frozenset()) if installed else OWN


@cache
def metadata_in(folder: str) -> tuple[str, ...]:
    """The names of the folders of metadata in a folder."""
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return ()
    endings = (".dist-info", ".egg-info") if INSTALLED & {*Path(folder).parts} else (".dist-info",)
    return tuple(name for name in names if name.endswith(endings))


def lists(metadata: str, file: str) -> bool:
    """Whether the list of a distribution's files has one."""
    try:
        record = Path(metadata, "RECORD").read_bytes()
    except OSError:
        return False
    line = file.replace(os.sep, "/").encode() + b","
    return record.startswith(line) or b"\n" + line in record


@cache
def described(metadata: str) -> Distribution:
    """The distribution of a folder of metadata."""
    stem = Path(metadata).name.rpartition(".")[0]
    for name in ("METADATA", "PKG-INFO"):
        try:
            text = Path(metadata, name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        head = text.partition("\n\n")[0].replace("\r", "")
        fields = dict(re.findall(r"^(Name|Version): *(\S+)", head, re.MULTILINE))
        needed = re.findall(r"^Requires-Dist: *([\w.-]+)(?!.*\bextra\b)", head, re.MULTILINE)
        requires = frozenset(normal(each) for each in needed) & {*NUMERIC}
        return Distribution(fields.get("Name", stem), fields.get("Version", ""), requires)
    return Distribution(stem.partition("-")[0], "", frozenset())


def forget() -> None:
    """Look for modules and distributions anew."""
    for search in (owner, located, of_file, metadata_in, described, installed):
        search.cache_clear()


def normal(name: str) -> str:
    """A distribution's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def versions(found: frozenset[tuple[str, Distribution | None]]) -> dict[str, str | None]:
    """Versions by name of distributions, by module, and of what they require of NUMERIC.

    None where a module that code imports is not installed.
    """
    waiting = [each for _, each in found if each is not None]
    known: dict[str, str | None] = {module: None for module, each in found if each is None}
    while waiting:
        each = waiting.pop()
        if normal(each.name) not in known:
            known[normal(each.name)] = each.version
            waiting += [one for name in each.requires if (one := installed(name)) is not None]
    return dict(sorted(known.items()))


@cache
def installed(name: str) -> Distribution | None:
    """One of NUMERIC, where it is installed."""
    return owner({"scikit-learn": "sklearn"}.get(name, name))
