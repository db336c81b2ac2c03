"""Whether a value is as record.schema.json says; only the keywords that this schema uses.

jsonschema does the same for any schema, and takes five times as long; tests compare the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from ..format import SCHEMA_FILE

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}

Schema = Mapping[str, Any]


@cache
def document() -> dict[str, Any]:
    """The schema of a record."""
    found: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return found


def fault(value: Any, schema: Schema | None = None, place: str = "") -> str:
    """The first difference from the schema, as in "arms[2].m is below 1"; empty where none is."""
    schema = document() if schema is None else schema
    for keyword, wanted in schema.items():
        if keyword == "$ref":
            found = fault(value, document()["$defs"][wanted.rpartition("/")[2]], place)
        elif keyword in CHECKS:
            found = CHECKS[keyword](value, wanted, schema, place)
        else:
            found = ""
        if found:
            return found
    return ""


def of_type(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    names = [wanted] if isinstance(wanted, str) else wanted
    for name in names:
        if type(value) in TYPES[name]:
            return ""
    return f"{place or 'it'} is no {' or '.join(names)}"


def constant(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    return "" if same(value, wanted) else f"{place} is not {wanted!r}"


def one_of(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    known = any(same(value, each) for each in wanted)
    return "" if known else f"{place} is none of {', '.join(map(str, wanted))}"


def same(value: Any, wanted: Any) -> bool:
    return type(value) is type(wanted) and bool(value == wanted)


def any_of(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    """The fault by the alternative that fits best: that whose fault lies deepest."""
    found = [fault(value, each, place) for each in wanted]
    return "" if "" in found else max(found, key=lambda words: len(words.partition(" ")[0]))


def required(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    missing = [name for name in wanted if name not in value] if isinstance(value, dict) else []
    return f"{inner(place, missing[0])} is absent" if missing else ""


def required_beside(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    """The first property that is absent though another, which never goes without it, is there."""
    present = (name for name in wanted if isinstance(value, dict) and name in value)
    return next(filter(None, (required(value, wanted[k], schema, place) for k in present)), "")


def properties(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    if not isinstance(value, dict):
        return ""
    known = (name for name in wanted if name in value)
    return next(filter(None, (fault(value[k], wanted[k], inner(place, k)) for k in known)), "")


def further_properties(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    if not isinstance(value, dict):
        return ""
    further = [name for name in value if name not in schema.get("properties", ())]
    if wanted is False:
        return f"{inner(place, further[0])} is unknown" if further else ""
    return next(filter(None, (fault(value[k], wanted, inner(place, k)) for k in further)), "")


def property_names(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    names = value if isinstance(value, dict) else ()
    wrong = [name for name in names if fault(name, wanted)]
    return f"{inner(place, wrong[0])} is no name" if wrong else ""


def items(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    if not isinstance(value, list):
        return ""
    known = TYPES.get(str(wanted["type"]), ()) if [*wanted] == ["type"] else ()
    if known and set(map(type, value)) <= {*known}:  # many samples, quickly
        return ""
    found = (fault(each, wanted, f"{place}[{number}]") for number, each in enumerate(value))
    return next(filter(None, found), "")


def pattern(value: Any, wanted: Any, schema: Schema, place: str) -> str:
    if not isinstance(value, str) or compiled(wanted).search(value):
        return ""
    return f"{place} has an unexpected form"


@cache
def compiled(wanted: str) -> re.Pattern[str]:
    """A pattern of the schema, where $ is the very end and a digit is one of ten."""
    return re.compile(re.sub(r"\$$", r"\\Z", wanted), re.ASCII)


def number(words: str, fits: Callable[[float, float], bool]) -> Check:
    """A check of a number against a limit."""

    def check(value: Any, wanted: Any, schema: Schema, place: str) -> str:
        is_number = type(value) in TYPES["number"]
        return f"{place} is {words} {wanted}" if is_number and not fits(value, wanted) else ""

    return check


def length(words: str, kind: type, fits: Callable[[int, int], bool]) -> Check:
    """A check of a length against a limit."""

    def check(value: Any, wanted: Any, schema: Schema, place: str) -> str:
        sized = isinstance(value, (str, list)) and type(value) is kind
        wrong = sized and not fits(len(value), wanted)
        return f"{place} is {words} than {wanted}" if wrong else ""

    return check


def inner(place: str, name: str) -> str:
    """The place of a property."""
    return f"{place}.{name}" if place else name


Check = Callable[[Any, Any, Schema, str], str]
CHECKS: dict[str, Check] = {
    "type": of_type,
    "const": constant,
    "enum": one_of,
    "anyOf": any_of,
    "required": required,
    "dependentRequired": required_beside,
    "properties": properties,
    "additionalProperties": further_properties,
    "propertyNames": property_names,
    "items": items,
    "pattern": pattern,
    "minimum": number("below", lambda value, limit: value >= limit),
    "maximum": number("above", lambda value, limit: value <= limit),
    "exclusiveMinimum": number("not above", lambda value, limit: value > limit),
    "exclusiveMaximum": number("not below", lambda value, limit: value < limit),
    "minLength": length("shorter", str, lambda size, limit: size >= limit),
    "maxLength": length("longer", str, lambda size, limit: size <= limit),
    "minItems": length("shorter", list, lambda size, limit: size >= limit),
    "maxItems": length("longer", list, lambda size, limit: size <= limit),
}
