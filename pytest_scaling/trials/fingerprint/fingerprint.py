"""The fingerprint of a learner or a task: the code and the data that decide what it returns.

Followed are the user's own functions, classes and modules, by the names that the code mentions.
Of an installed distribution, only its version counts.
"""

from __future__ import annotations

import dataclasses
import enum
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import resolve_name
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from . import distributions
from .code import Import, digest, read_code, read_file
from .distributions import OWN, STANDARD, Distribution, located, owner, versions
from .values import CODE, Reader, described, is_fixed, name_of, without_kept

ENTRIES = frozenset(
    ("fit_predict", "draw", "test_set", "run_seed", "part_of_seed")
)  # where the plugin calls learners and tasks
APART = frozenset(("name", "version", "label"))  # attributes that are in the identity, or are words
WORDS = frozenset(
    ("__repr__", "__str__", "__eq__", "__hash__", "__annotate__", "__annotate_func__")
)


class Fingerprint(NamedTuple):
    """What decides the results of an object.

    code: of functions, classes and constants. data: of attributes, and of what globals hold that
    may change. versions: of distributions; None where one that is imported is missing.
    """

    code: str
    data: str
    versions: Mapping[str, str | None]


def fingerprint(thing: Any) -> Fingerprint:
    """The fingerprint of a learner or a task, or of a function.

    It does not depend on the process, on the order of sets and dictionaries, or on addresses.
    """
    if isinstance(thing, FunctionType):
        return walked((thing,))
    attributes = {name: v for name, v in attributes_of(thing).items() if name not in APART}
    kind = type(thing)
    held = (id(kind), *((name, id(value)) for name, value in attributes.items()))
    if held not in KNOWN:
        found = read(thing, attributes)
        if not all(map(is_fixed, attributes.values())):
            return found
        KNOWN[held] = found, (kind, attributes)  # kept, so that no id is used again
    return KNOWN[held][0]


def read(thing: Any, attributes: dict[str, Any]) -> Fingerprint:
    """The fingerprint of an object with some attributes."""
    reached: dict[int, Any] = {id(type(thing)): type(thing)}

    def describe(code: Any) -> str:
        reached.setdefault(id(code), code)
        return described(code)

    data = Reader(describe).mapping(attributes)
    found = walked(tuple(reached.values()))
    return found._replace(data=digest(found.data, data))


def attributes_of(thing: Any) -> dict[str, Any]:
    """What an object holds: what it would be copied with, where it says that, or its attributes."""
    own = getattr(type(thing), "__getstate__", None)
    if own is not None and own is not getattr(object, "__getstate__", None):
        state = thing.__getstate__()
        return state if isinstance(state, dict) else {"": state}
    slots = {
        name: getattr(thing, name)
        for kind in type(thing).__mro__
        for name in names_in(vars(kind).get("__slots__", ()))
        if name not in ("__dict__", "__weakref__") and hasattr(thing, name)
    }
    held: dict[str, Any] = without_kept(type(thing), dict(getattr(thing, "__dict__", {})))
    return slots | held


def names_in(slots: str | Iterable[str]) -> Iterable[str]:
    """The names of slots, of which one may stand alone."""
    return (slots,) if isinstance(slots, str) else slots


WALKS: dict[tuple[int, ...], tuple[object, Fingerprint]] = {}
KNOWN: dict[tuple[object, ...], tuple[Fingerprint, object]] = {}
"""Fingerprints by class and attributes, where these cannot change unless they are replaced."""


def walked(roots: tuple[Any, ...]) -> Fingerprint:
    """The fingerprint of functions and classes, kept until `forget`."""
    key = tuple(map(id, roots))
    if key not in WALKS:
        WALKS[key] = roots, Walk(roots).fingerprint()  # roots: so that no id is used again
    return WALKS[key][1]


def forget() -> None:
    """Look at all code anew: it may have changed since, in a process that goes on."""
    WALKS.clear()
    KNOWN.clear()
    folder.cache_clear()
    distributions.forget()


class Space(NamedTuple):
    """The attributes of a class or module, of which those count that some code mentions.

    hidden: those that never count. taken: those that have been looked at.
    """

    place: str
    holder: Any
    hidden: frozenset[str]
    taken: set[str]

    def fresh(self, mentioned: set[str]) -> list[tuple[str, Any]]:
        """The attributes that count and have not been taken; they are taken now."""
        found = []
        for name, value in list(vars(self.holder).items()):
            special = name.startswith("__")
            counts = name in mentioned and not special and name not in self.hidden
            if special and isinstance(self.holder, type) and name not in WORDS:
                function = getattr(value, "__func__", value)
                counts = isinstance(function, FunctionType) and not is_generated(function)
            if counts and name not in self.taken:
                self.taken.add(name)
                found.append((name, value))
        return found


class Walk:
    """One way through the user's code, from some functions and classes to all that they reach.

    The first root may be the class of a learner or task.
    """

    def __init__(self, roots: tuple[Any, ...]) -> None:
        self._roots = roots
        self._mentioned: set[str] = set(ENTRIES)
        self._assigned: set[str] = set()
        self._texts: dict[tuple[str, str], set[str]] = {}  # by place and name there
        self._data: dict[tuple[str, str], set[str]] = {}
        self._spaces: list[Space] = []
        self._seen: dict[int, Any] = {}
        self._waiting: list[Any] = []
        self._installed: set[tuple[str, Distribution | None]] = set()

    def fingerprint(self) -> Fingerprint:
        for root in self._roots:
            self._describe(root)
        while self._waiting or self._mention_again():
            while self._waiting:
                self._visit(self._waiting.pop())
        code, data = (
            digest(
                *sorted(
                    f"{place} {name} {text}"
                    for (place, name), found in texts.items()
                    if name not in self._assigned
                    for text in found
                )
            )
            for texts in (self._texts, self._data)
        )
        return Fingerprint(code, data, versions(frozenset(self._installed)))

    def _describe(self, thing: Any) -> str:
        """The name of a function, class or module, which is visited where it is the user's."""
        module = thing.__name__ if isinstance(thing, ModuleType) else module_of(thing)
        whose = owner(module) or OWN
        if whose not in (OWN, STANDARD):
            self._installed.add((whose.name, whose))
        elif whose is OWN and id(thing) not in self._seen:
            self._seen[id(thing)] = thing
            self._waiting.append(thing)
        return described(thing)

    def _visit(self, thing: Any) -> None:
        if isinstance(thing, FunctionType):
            self._function(thing)
        elif isinstance(thing, type):
            self._class(thing)
        elif isinstance(thing, ModuleType):
            self._spaces.append(Space(thing.__name__, thing, frozenset(), set()))
        else:  # a function of a compiled module of the user's
            self._compiled(module_of(thing))

    def _function(self, function: FunctionType) -> None:
        code = read_code(function.__code__)
        place = name_of(function)
        self._add(place, "code", code.text)
        self._mention(code.mentioned, code.assigned)
        self._hold(place, "defaults", (function.__defaults__, function.__kwdefaults__), function)
        for cell in function.__closure__ or ():
            try:
                self._hold(place, "closure", cell.cell_contents, function)
            except ValueError:  # not filled yet
                continue
        wrapped = function.__dict__.get("__wrapped__")
        if wrapped is not None:
            self._hold(place, "wrapped", wrapped, function)
        for name in code.names & function.__globals__.keys():
            if not name.startswith(("@", "__")):
                self._hold(place, name, function.__globals__[name], function)
        self._imports(code.imports, function.__globals__.get("__package__") or "")

    def _class(self, kind: type) -> None:
        place = name_of(kind)
        self._add(place, "bases", " ".join(self._describe(base) for base in kind.__mro__[1:]))
        if type(kind) is not type:
            self._describe(type(kind))
        if issubclass(kind, enum.Enum):
            self._hold(place, "members", [(each.name, each.value) for each in kind], kind)
        if dataclasses.is_dataclass(kind):
            factories = {each.name: each.default_factory for each in dataclasses.fields(kind)}
            self._hold(place, "factories", factories, kind)
        root = self._roots[0]
        hidden = APART if isinstance(root, type) and issubclass(root, kind) else frozenset()
        self._spaces.append(Space(place, kind, hidden, set()))

    def _mention_again(self) -> bool:
        """Look at attributes whose names have come up since; whether there are any."""
        found = False
        for space in list(self._spaces):
            for name, value in space.fresh(self._mentioned):
                found = True
                self._hold(space.place, name, value, space.holder)
        return found

    def _hold(self, place: str, name: str, value: Any, holder: Any) -> None:
        """Note what a name stands for. Constants are code; what may change is data."""
        code = isinstance(value, CODE)
        text = (
            self._describe(value) if code else Reader(self._describe, folder_of(holder)).text(value)
        )
        texts = self._texts if code or is_fixed(value) else self._data
        texts.setdefault((place, name), set()).add(text)

    def _imports(self, imports: Iterable[Import], package: str) -> None:
        """Follow imports inside functions: the user's own by their files, loaded or not."""
        for each in imports:
            try:
                module = resolve_name("." * each.level + each.module, package or None)
            except ImportError:
                continue
            whose = owner(module)
            if whose not in (OWN, STANDARD):
                self._installed.add((module.partition(".")[0], whose))
            elif whose is OWN:
                for name in (module, *(f"{module}.{part}" for part in each.names)):
                    if located(name):
                        self._file(name)

    def _file(self, module: str) -> None:
        """All code of a module that need not be loaded."""
        if (module, "file") in self._texts:
            return
        file = located(module) or ""
        try:
            code = read_file(file, os.stat(file).st_mtime_ns)
        except (OSError, SyntaxError, ValueError):
            self._compiled(module)
            return
        self._add(module, "file", code.text)
        self._mention(code.mentioned, code.assigned)
        package = module if file.endswith("__init__.py") else module.rpartition(".")[0]
        self._imports(code.imports, package)

    def _compiled(self, module: str) -> None:
        self._add(module, "file", Reader(self._describe).text(located(module) or ""))

    def _mention(self, names: frozenset[str], assigned: frozenset[str]) -> None:
        self._mentioned |= names
        self._assigned |= assigned

    def _add(self, place: str, name: str, text: str) -> None:
        self._texts.setdefault((place, name), set()).add(text)


def is_generated(function: FunctionType) -> bool:
    """Whether a dataclass or a named tuple has written a method."""
    return function.__code__.co_filename.startswith("<string>")


def module_of(thing: Any) -> str:
    """The name of the module of a function, class or value."""
    return str(getattr(thing, "__module__", None) or type(thing).__module__)


def folder_of(holder: Any) -> str:
    """The folder of the module of some code."""
    return folder(holder.__name__ if isinstance(holder, ModuleType) else module_of(holder))


@cache
def folder(module: str) -> str:
    """The folder of a loaded module; this one's where it has none."""
    file = getattr(sys.modules.get(module), "__file__", None) or __file__
    return os.path.dirname(os.path.abspath(file))
