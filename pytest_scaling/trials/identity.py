"""What identifies a trial: canonical JSON, its SHA-256, and the versions of numeric libraries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

IDENTITY_SCHEMA = 1  # increased when the ingredients of an identity change their meaning
METRIC_SET = 1  # increased when "error" or "majority_error" change their meaning
NUMERIC_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch")


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


@cache
def library_versions() -> dict[str, str]:
    """Versions of the installed numeric libraries, found without importing them."""
    versions = {}
    for library in NUMERIC_LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions


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
