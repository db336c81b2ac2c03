"""TODO docstring."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def sha256(content: Any) -> str:
    """The SHA-256 of the canonical JSON of a value, in hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def differences(here: Any, there: Any, name: str = "") -> Iterator[str]:
    """Where two trees of plain values differ, in words: "versions.numpy is 2.4.5, not 2.4.6"."""
    if isinstance(here, dict) and isinstance(there, dict):
        for key in sorted(here.keys() | there.keys()):
            below = f"{name}.{key}" if name else key
            yield from differences(here.get(key), there.get(key), below)
    elif here != there:
        yield f"{name} is {json.dumps(there)} there, not {json.dumps(here)}"


IDENTITY_SCHEMA = 1  # raised when the ingredients of an identity change their meaning
METRIC_SET = 1  # raised when "error" or "majority_error" change their meaning
NUMERIC_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch")


def canonical(value: Any) -> str:
    """The one JSON text of a value; ValueError or TypeError where it has none (NaN, objects)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


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
