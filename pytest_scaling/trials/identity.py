"""What identifies a trial: canonical JSON, its SHA-256, and its family."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

IDENTITY_SCHEMA = 2  # increased when the ingredients of an identity change their meaning
CHANGING = ("schema", "seeds", "metrics", "code", "versions")  # ingredients that no family has


def canonical(value: Any) -> str:
    """The one JSON text of a value; ValueError or TypeError where it has none (NaN, objects)."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=of_numpy
    )


def of_numpy(value: Any) -> Any:
    """The plain value of a number or an array of numpy; TypeError for other objects."""
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def sha256(content: Any) -> str:
    """The SHA-256 of the canonical JSON of a value, in hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def family_of(ingredients: Mapping[str, Any]) -> str:
    """What trials have in common that differ only in code, libraries and seeds: a SHA-256."""
    return sha256({name: ingredients[name] for name in ingredients if name not in CHANGING})


@cache
def installed_version(distribution: str) -> str | None:
    """The version of a distribution here, found without importing it; None where it is missing."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def alike(one: Any, other: Any) -> bool:
    """Whether two plain values are the same, type included: 1 is neither 1.0 nor True."""
    return type(one) is type(other) and bool(one == other)


def tree_differences(
    one: Any, other: Any, same: Callable[[Any, Any], bool] = alike, path: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Where two trees of JSON values differ: the path, as in "arms[2].seeds", and both values.

    A key that only one of them has counts as None in the other. Lists of different length differ
    as a whole. same: whether two values at one place agree.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            below = f"{path}.{key}" if path else key
            yield from tree_differences(one.get(key), other.get(key), same, below)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from tree_differences(mine, theirs, same, f"{path}[{place}]")
    elif not same(one, other):
        yield path, one, other
