"""The stopwatch between two versions of the same code: base against head, in turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...devices.accelerator import accelerator
from ...devices.timing import interleave
from ...spec.errors import ClaimError
from ..estimate import Estimate, Unmeasured
from .processes import Asked, Both, ready
from .timings import alone, design, judged
from .versions import Environment, Revision, Version

if TYPE_CHECKING:
    from ..sampling import Sampler


def is_versions(
    sides: tuple[object, object], task: object, m: object, devices: tuple[str, str]
) -> bool:
    """Whether both sides of a timing are versions; ClaimError where only one is.

    ClaimError too where versions come with arguments that are for learners.
    """
    found = [isinstance(side, (Revision, Environment)) for side in sides]
    if any(found) and not all(found):
        raise ClaimError(
            "the stopwatch was given a version of the code and something else; it times two "
            "versions, as in stopwatch(revision('main'), revision('HEAD'), call='package:function')"
        )
    if all(found) and (task is not None or m is not None or any(devices)):
        raise ClaimError(
            "versions are timed by call=... and args=...; task, m and devices are for learners"
        )
    return all(found)


def versions_ratio(
    sampler: Sampler,
    versions: tuple[Version, Version],
    asked: Asked,
    same: Callable[[Any, Any], bool] | None,
    *,
    bound: str,
    blocks: int | None,
) -> Estimate:
    """Log ratio of the seconds that a function takes in the first version and in the second."""
    names = (versions[0].label, versions[1].label)
    what = f", {asked.call}{', first call' if asked.cold else ''}"
    designed = design(sampler, names, what, bound=bound, blocks=blocks)
    if sampler.clock is None:
        return Unmeasured(**designed)
    clock, seed = sampler.clock, sampler.seed_offset
    with ready(versions, asked, accelerator(sampler.device)) as both:
        if same is not None:
            check_alike(both, same, names, asked.call)
        ratios = alone(
            lambda: interleave(lambda block: both.works, designed["most_seeds"], clock), seed
        )
    return judged(designed, ratios, seed, both.notes)


def check_alike(
    both: Both, same: Callable[[Any, Any], bool], names: tuple[str, ...], call: str
) -> None:
    """Raise ClaimError unless the function returns the same in both versions."""
    if not same(*both.results()):
        raise ClaimError(
            f"{call} does not return the same in {' and in '.join(names)}, so it means nothing "
            f"which of them is faster; compare versions that do the same work"
        )
