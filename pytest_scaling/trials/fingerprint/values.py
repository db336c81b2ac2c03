"""Values as text: by content, the same in every process, and never by address."""

from __future__ import annotations

import functools
import hashlib
import os
import stat
import sys
from collections.abc import Callable
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from .code import read_code

LARGEST_FILE = 64 * 2**20  # bytes; of a larger file, its size and its ends count
END = 2**20
LONGEST_PATH = 500
PLAIN = (type(None), bool, int, float, complex, bytes, type(Ellipsis), type(NotImplemented))
CODE = (type, FunctionType, BuiltinFunctionType, ModuleType)

Describe = Callable[[Any], str]
"""The text of a function, a class or a module, which are not looked into here."""


class Reader:
    """Reads values as texts. Dictionaries and sets are read without their order.

    describe: gives the text of code. folder: of code, below which the files of its paths belong to
    it; None for what an object holds, to which every file belongs that a path or a text names.
    What has no content that Python could copy, such as a lock or an open file, is read as the name
    of its type.
    """

    def __init__(self, describe: Describe, folder: str | None = None) -> None:
        self._describe, self._folder = describe, folder
        self._above: list[object] = []  # values that are being read, outermost first

    def text(self, value: Any) -> str:
        """The text of a value."""
        if type(value) in PLAIN:
            return f"{type(value).__name__} {value!r}"
        if type(value) is str:
            return (self._folder is None and self._named_file(value)) or f"str {value!r}"
        if isinstance(value, CODE):
            return self._describe(value)
        for depth, above in enumerate(reversed(self._above)):
            if above is value:
                return f"the value {depth} above"
        self._above.append(value)
        try:
            return self._content(value)
        except Exception:  # it cannot be copied, or its own code for that fails
            return f"some {name_of(type(value))}"
        finally:
            self._above.pop()

    def _content(self, value: Any) -> str:
        kind = type(value)
        if kind in (tuple, list):
            return f"{kind.__name__} ({','.join(map(self.text, value))})"
        if kind in (set, frozenset):
            return f"{kind.__name__} ({','.join(sorted(map(self.text, value)))})"
        if kind is dict:
            return self.mapping(value)
        return self._single(value)

    def _single(self, value: Any) -> str:
        """The text of what is no collection."""
        kind = type(value)
        if isinstance(value, PurePath):
            return self._named_file(str(value)) or f"path {value.name}"
        if isinstance(value, MethodType):
            return f"method {self.text(value.__func__)} of {self.text(value.__self__)}"
        if (inner := wrapped_by(value)) is not None:
            return f"{kind.__name__} of {self.text(inner)}"
        array = as_array(value)
        if array is None:
            return self._instance(value)
        if array.dtype.hasobject:
            return f"array {array.shape} {self.text(array.ravel().tolist())}"
        content = hashlib.blake2b(array.tobytes(), digest_size=16).hexdigest()
        return f"array {array.dtype.str} {array.shape} {content}"

    def mapping(self, value: dict[Any, Any]) -> str:
        """The text of a dictionary."""
        pairs = sorted(f"{self.text(key)}:{self.text(each)}" for key, each in value.items())
        return f"dict ({','.join(pairs)})"

    def _instance(self, value: Any) -> str:
        """By what a copy would be made from; results that a property keeps are left out.

        A state without attributes is none, whether nothing was ever kept or all of it is left out.
        """
        kind = type(value)
        parts = value.__reduce_ex__(4)
        if isinstance(parts, str):
            return f"{self._describe(kind)} {parts}"
        state = parts[2] if len(parts) > 2 else None
        own = (without_kept(kind, each) for each in (state if type(state) is tuple else (state,)))
        held = [None if type(each) is dict and not each else each for each in own]
        more = [list(each) if each is not None else None for each in parts[3:5]]
        return f"{self._describe(kind)} {self.text((parts[0], parts[1], held, more))}"

    def _named_file(self, name: str) -> str:
        """The content of the file that a text names; empty where there is none."""
        if len(name) > LONGEST_PATH or not ("." in name or os.sep in name):
            return ""
        try:
            status = os.stat(name)
        except (OSError, ValueError):
            return ""
        within = os.path.abspath(name).startswith(os.path.join(self._folder or "", ""))
        if not stat.S_ISREG(status.st_mode) or (self._folder and not within):
            return ""
        content = file_digest(name, status.st_mtime_ns, status.st_size)
        return f"file {os.path.basename(name)} {content}"


def wrapped_by(value: Any) -> Any:
    """The function within a descriptor or a decorated function; None within anything else."""
    if isinstance(value, property):
        return value.fget
    if isinstance(value, functools.cached_property):
        return value.func
    if isinstance(value, staticmethod | classmethod):
        return value.__func__
    return getattr(value, "__wrapped__", None) if callable(value) else None


def without_kept(kind: type, state: Any) -> Any:
    """A state without the results that functools.cached_property keeps in it."""
    if type(state) is not dict:
        return state
    kept = functools.cached_property
    return {k: v for k, v in state.items() if not isinstance(getattr(kind, str(k), None), kept)}


def as_array(value: Any) -> Any:
    """A number or an array of NumPy, also of a tensor of torch; None of anything else."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if torch is not None and isinstance(value, getattr(torch, "Tensor", ())):
        tensor: Any = value
        value = tensor.detach().cpu().numpy()
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        return numpy.asarray(value)
    return None


def is_fixed(value: Any) -> bool:
    """Whether a value is code or a constant, which nothing changes while a program runs."""
    if isinstance(value, tuple | frozenset):
        return all(map(is_fixed, value))
    return type(value) in (*PLAIN, str) or isinstance(value, CODE) or wrapped_by(value) is not None


def described(code: Any) -> str:
    """The name of a function, class or module; functions of one name differ by what they do."""
    if isinstance(code, ModuleType):
        return code.__name__
    if isinstance(code, FunctionType):
        return f"{name_of(code)} {read_code(code.__code__).text}"
    return name_of(code)


def name_of(code: Any) -> str:
    """The name of a class or function with its module's."""
    named = getattr(code, "__qualname__", None) or getattr(code, "__name__", type(code).__name__)
    return f"{getattr(code, '__module__', None) or type(code).__module__}.{named}"


@functools.cache
def file_digest(path: str, changed: int, size: int) -> str:
    """32 hexadecimal digits of a file's content."""
    found = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as file:
        if size <= LARGEST_FILE:
            found.update(file.read())
        else:
            found.update(f"{size}".encode() + file.read(END))
            file.seek(-END, os.SEEK_END)
            found.update(file.read())
    return found.hexdigest()
