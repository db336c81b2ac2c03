"""Alternatives: other scopes of a claim, declared with it, that are shown and have no vote.

A verdict may hinge on which tasks and rivals count. A claim names other choices beforehand:
`alternatives={"with earth": {"tasks": [...]}, "against the SVM": {"learners": [...]}}`. Each is
judged as the claim would be if it had been declared so, from the same trials where these coincide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .errors import ClaimError
from .forms import check_learners, check_tasks

PARTS = ("tasks", "learners", "given")  # of a scope; whatever is not named is the claim's
LISTS = ("tasks", "learners")


def checked_alternatives(id: str, named: object) -> dict[str, dict[str, Any]]:
    """The alternatives of a header with tuples instead of lists; ClaimError where they have none.

    Each must name tasks, learners, or values of `given`.
    """
    if not isinstance(named, Mapping):
        raise ClaimError(
            f"claim {id!r}: alternatives must name other scopes, as in {{'with xor': {{'tasks': "
            f"[xor]}}}}, not {named!r}"
        )
    return {name: checked_scope(id, name, parts) for name, parts in named.items()}


def checked_scope(id: str, name: object, parts: object) -> dict[str, Any]:
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise ClaimError(f"claim {id!r}: an alternative is named by a few words, not {name!r}")
    if not isinstance(parts, Mapping) or not parts or not {*parts} <= {*PARTS}:
        raise ClaimError(
            f"claim {id!r}: the alternative {name!r} must state another {' or '.join(PARTS)}, and "
            f"nothing else; it has {parts!r}"
        )
    for part in LISTS:
        if not isinstance(parts.get(part, ()), Iterable):
            raise ClaimError(f"claim {id!r}: {part} of the alternative {name!r} must be a list")
    if not isinstance(parts.get("given", {}), Mapping):
        raise ClaimError(f"claim {id!r}: given of the alternative {name!r} must be a dictionary")
    found = {part: tuple(each) if part in LISTS else dict(each) for part, each in parts.items()}
    check_tasks(id, found.get("tasks", ()))
    check_learners(id, found.get("learners", ()))
    return found
