"""What the code of a function does: its instructions, without local names, lines and docstrings."""

from __future__ import annotations

import dis
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

CONSTANTS = frozenset(dis.hasconst)
CACHE, EXTENDED, IMPORT = 0, dis.opmap["EXTENDED_ARG"], dis.opmap["IMPORT_NAME"]
TO_GLOBAL, TO_NAME = dis.opmap["STORE_GLOBAL"], dis.opmap["STORE_NAME"]
OPENINGS = frozenset((dis.opmap["RESUME"], dis.opmap["MAKE_CELL"], dis.opmap["COPY_FREE_VARS"]))
KINDS = 0x04 | 0x08 | 0x20 | 0x80 | 0x200  # flags of *args, **kwargs, generators and coroutines
UNSEEN = ("__doc__", "__firstlineno__", "__qualname__", "__static_attributes__")  # of a class
REWRITTEN = "@pytest_ar"  # a name in the code of asserts that pytest has rewritten


class Import(NamedTuple):
    """An import inside code: the module as it is written, its dots, and the names taken from it."""

    module: str
    level: int
    names: tuple[str, ...]


class Code(NamedTuple):
    """What code does, and what it names; functions within it belong to it.

    text: 32 digits, the same for code that does the same. names: of globals and attributes.
    mentioned: `names` and the words in its constants, which may name attributes. assigned: globals
    that it sets.
    """

    text: str
    names: frozenset[str]
    mentioned: frozenset[str]
    assigned: frozenset[str]
    imports: tuple[Import, ...]


@cache
def read_code(code: CodeType) -> Code:
    """What a code object does and names. It differs from one minor version of Python to another."""
    code = as_written(code)
    head = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
    given = sum(head) - code.co_posonlyargcount
    words: list[object] = [*head, code.co_flags & KINDS, code.co_varnames[:given], code.co_names]
    names, mentioned = set(code.co_names), set(code.co_names)
    assigned: set[str] = set()
    imports: list[Import] = []
    pushed: list[object] = [0, None]  # the last two arguments, for imports
    for operation, argument in instructions(code.co_code):
        value: object = argument
        if operation in CONSTANTS:
            value = code.co_consts[argument]
            if isinstance(value, CodeType):
                inner = read_code(value)
                names |= inner.names
                mentioned |= inner.mentioned
                assigned |= inner.assigned
                imports += inner.imports
            elif isinstance(value, str) and value.isidentifier():
                mentioned.add(value)
        elif operation == IMPORT:
            level, taken = pushed
            took = taken if isinstance(taken, tuple) else ()
            imports.append(Import(code.co_names[argument], int(str(level)), took))
        elif operation == TO_GLOBAL:
            assigned.add(code.co_names[argument])
        elif operation == TO_NAME and code.co_names[argument] in UNSEEN:
            words.pop()
            continue
        pushed = [pushed[1], value]
        words.append(f"{operation} {constant(value) if operation in CONSTANTS else argument}")
    words.append(code.co_exceptiontable)
    sets = (frozenset(names), frozenset(mentioned), frozenset(assigned))
    return Code(digest(repr(words)), *sets, tuple(imports))


def digest(*texts: str) -> str:
    """32 hexadecimal digits of texts."""
    joined = "\0".join(texts).encode(errors="surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).hexdigest()


def instructions(raw: bytes) -> Iterator[tuple[int, int]]:
    """Operations and their arguments, but for those that only open a function."""
    high = 0
    for place in range(0, len(raw), 2):
        operation = raw[place]
        if operation == CACHE:
            continue
        argument = high << 8 | raw[place + 1]
        high = argument if operation == EXTENDED else 0
        if operation != EXTENDED and operation not in OPENINGS:
            yield operation, argument


def constant(value: Any) -> str:
    """A constant as text that is the same in every process."""
    if isinstance(value, CodeType):
        return read_code(value).text
    if isinstance(value, tuple):
        return f"({','.join(map(constant, value))})"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(constant, value)))}}}"
    return f"{type(value).__name__} {value!r}"


def as_written(code: CodeType) -> CodeType:
    """The code before pytest rewrote its asserts, as other processes have it."""
    if REWRITTEN not in code.co_names:
        return code
    try:
        return plain_codes(code.co_filename).get((code.co_qualname, code.co_firstlineno), code)
    except (OSError, SyntaxError, ValueError):
        return code


@cache
def read_file(file: str, changed: int) -> Code:
    """What a source file does and names. changed: when, so that it is read anew after that.

    Raises OSError, SyntaxError or ValueError where it cannot be read.
    """
    return read_code(compile(Path(file).read_bytes(), file, "exec", dont_inherit=True))


@cache
def plain_codes(file: str) -> dict[tuple[str, int], CodeType]:
    """Every code object of a source file, by qualified name and first line."""
    found = {}
    waiting = [compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        found[code.co_qualname, code.co_firstlineno] = code
        waiting += [each for each in code.co_consts if isinstance(each, CodeType)]
    return found
