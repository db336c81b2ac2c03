"""Names: two different learners, or tasks, of one name are found before anything trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..spec import traits
from ..spec.errors import ClaimError
from .fingerprint.fingerprint import attributes_of, fingerprint
from .fingerprint.values import name_of

if TYPE_CHECKING:
    from .trial import Arm


class Names:
    """Whose the names of learners and tasks are in a run. clash: a message about two."""

    def __init__(self) -> None:
        self.clash = ""
        self._owners: dict[tuple[str, str], tuple[tuple[object, ...], Any]] = {}

    def note(self, arm: Arm) -> None:
        """Remember whose names the learner and the task of an arm have."""
        for kind, found in arm.fingerprints.items():
            thing = arm.parts[kind]
            mark = (found.code, found.data, traits.version(thing))
            before, owner = self._owners.setdefault((kind, thing.name), (mark, thing))
            if before != mark and not self.clash:
                self.clash = (
                    f"two different {kind}s are named {thing.name!r} ({difference(owner, thing)}); "
                    f"give each a name of its own"
                )

    def check(self, arms: Iterable[Arm]) -> None:
        """Remember the names of arms; ClaimError where two of the run share one."""
        for arm in arms:
            self.note(arm)
        if self.clash:
            raise ClaimError(self.clash)


def difference(one: Any, other: Any) -> str:
    """What two learners or tasks are, or where they differ, as in "noise of toys.Threshold"."""
    kinds = [name_of(type(each)) for each in (one, other)]
    if kinds[0] != kinds[1]:
        return " and ".join(kinds)
    held = [attributes_of(each) for each in (one, other)]
    for name in sorted(held[0].keys() | held[1].keys()):
        was, now = (each.get(name) for each in held)
        if fingerprint(Single(was)).data != fingerprint(Single(now)).data:
            words = [repr(each) for each in (was, now)]
            plain = all(len(each) < 30 and " at 0x" not in each for each in words)
            ending = f"is {' and '.join(words)}" if plain else "differs"
            return f"{name} of {kinds[0]} {ending}"
    return f"two classes {kinds[0]}"


class Single:
    """One value, as an attribute."""

    def __init__(self, value: Any) -> None:
        self.value = value
