"""A claim: one sentence, where it was said, and what would support it."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pytest

from .alternatives import checked_alternatives
from .arguments import PROVIDED
from .errors import ClaimError
from .forms import check_beside, check_function, check_learners, check_tasks

if TYPE_CHECKING:
    from .protocols import Learner, Task


__all__ = ["ClaimError"]  # which is raised on the floor below, and known by this module

Strength = Literal["always", "usually", "sometimes"]
STRENGTHS = ("always", "usually", "sometimes")
LEVEL = 0.01  # one-sided chance of a wrong verdict, per claim
CLAIMS, CONTROLS = "scaling_claims", "scaling_controls"  # attributes of a test function
Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True)
class Source:
    """What a claim paraphrases. `times` are spans "minute:second-minute:second" of a recording."""

    title: str
    author: str = ""
    url: str = ""
    times: tuple[str, ...] = ()

    def at(self, *times: str) -> Source:
        """The same source at one moment, or at spans given as from, to, from, to, ...

        Raises ClaimError when a time is missing or is not written as minute:second.
        """
        for time in times:
            if not re.fullmatch(r"\d{1,3}:[0-5]\d", time):
                raise ClaimError(f"the time {time!r} in {self.title!r} is not minute:second")
        if len(times) == 1:
            return dataclasses.replace(self, times=times)
        if not times or len(times) % 2:
            raise ClaimError(
                f"Source.at() for {self.title!r} takes one time, or pairs of from and to; "
                f"it was given {len(times)}"
            )
        spans = tuple(f"{start}-{end}" for start, end in zip(times[::2], times[1::2], strict=True))
        return dataclasses.replace(self, times=spans)


@dataclass(frozen=True)
class Claim:
    """A sentence about learning machines, with everything that was fixed before measuring.

    Attributes:
        id: short name, given once and never reused; letters, digits and hyphens.
        text: the sentence.
        source: where it was said.
        strength: how its verdict follows from the tasks: `always` (no counterexample),
            `usually` (two tasks in three, rounded up) or `sometimes` (at least one).
        smallest_effect: the least effect worth the claim's words, in the unit of what is measured.
            A ratio is measured by its logarithm; @claim takes `smallest_ratio=5` for math.log(5).
        bounds: further bounds by name, each in the unit of what is compared with it; an
            equivalence declares both signs, as in {"alike": (-0.01, 0.01)}.
        tasks: tasks the body runs on, once each; None for those of the suite.
        learners: learners the body runs on, once each per task, all of which must support it.
        beside: tasks or learners that are reported, not counted.
        devices: kinds of device that the body compares, as in ("cpu", "cuda"); the claim is judged
            once, and is not applicable where one is missing or was not requested.
        given: values of further arguments of the body, by name. The name of a value that the
            plugin provides, as in {"m": "m_large"}, stands for that value.
        alternatives: other scopes by name, each with its own tasks, learners or given values, that
            are evaluated beside the claim and have no vote.
        control_of: id of the claim that this one must be refuted for.
        level: one-sided chance of a wrong verdict.
    """

    id: str
    text: str
    source: Source | None = None
    strength: Strength = "always"
    smallest_effect: float | None = None
    bounds: Mapping[str, float | tuple[float, float]] = field(default_factory=dict)
    tasks: tuple[Task, ...] | None = None
    learners: tuple[Learner, ...] = ()
    beside: tuple[Task | Learner, ...] = ()
    devices: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    alternatives: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    control_of: str | None = None
    level: float = LEVEL

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            raise ClaimError(
                f"claim id {self.id!r} must be lower-case words joined by single hyphens"
            )
        if self.strength not in STRENGTHS:
            raise ClaimError(
                f"claim {self.id!r} has strength {self.strength!r}; "
                f"it must be one of {', '.join(STRENGTHS)}"
            )
        for name, bound in {"smallest_effect": self.smallest_effect, **self.bounds}.items():
            if bound is not None:
                self._check_bound(name, bound)
        if self.smallest_effect is not None and self.smallest_effect <= 0:
            raise ClaimError(f"claim {self.id!r}: smallest_effect must be above zero")
        if not 0 < self.level < 0.5:
            raise ClaimError(f"claim {self.id!r}: level {self.level} is not between 0 and 0.5")
        check_tasks(self.id, self.tasks or ())
        check_learners(self.id, self.learners)
        check_beside(self.id, self.beside)

    def _check_bound(self, name: str, bound: object) -> None:
        signs = bound if isinstance(bound, tuple) else (bound,)
        for sign in signs:
            if not isinstance(sign, (int, float)) or not math.isfinite(sign):
                raise ClaimError(f"claim {self.id!r}: the bound {name} is {sign!r}, not a number")
        if isinstance(bound, tuple) and not (len(signs) == 2 and 0 < signs[1] == -signs[0]):
            raise ClaimError(
                f"claim {self.id!r}: the bound {name} is {bound!r}; an equivalence declares both "
                f"signs of one number, as in (-0.01, 0.01)"
            )

    @property
    def all_bounds(self) -> dict[str, float]:
        """Every declared bound by name, the smallest effect among them; of both signs the upper."""
        effect = {} if self.smallest_effect is None else {"smallest_effect": self.smallest_effect}
        upper = {
            name: bound[1] if isinstance(bound, tuple) else bound
            for name, bound in self.bounds.items()
        }
        return {**effect, **upper}

    @property
    def equivalences(self) -> frozenset[str]:
        """Names of the bounds that are declared with both signs."""
        return frozenset(name for name, bound in self.bounds.items() if isinstance(bound, tuple))

    def elsewhere(self, name: str) -> Claim:
        """The claim as it would be if one of its alternatives had been declared instead."""
        other = self.alternatives[name]
        given = {**self.given, **other.get("given", {})}
        return dataclasses.replace(self, **{**other, "given": given}, beside=(), alternatives={})

    @property
    def is_control(self) -> bool:
        return self.control_of is not None

    @property
    def expected(self) -> str:
        """The verdict that is expected without a reason in the ledger."""
        return "refuted" if self.is_control else "supported"


def claim(id: str, text: str, **header: Any) -> Callable[[Test], Test]:
    """Make a test function carry a claim; the arguments are the attributes of `Claim`.

    The plugin runs the body once per task and learner of the claim's scope and turns the
    comparisons it makes into a verdict. The body may run more than once, so it must not change
    anything outside itself.

    Raises ClaimError, with one sentence, when the header cannot be judged.
    """
    stated = Claim(id, text, **checked(id, header))

    def carry(function: Test) -> Test:
        check_function(id, function)
        controls = [each.of(stated) for each in vars(function).get(CONTROLS, ())]
        for each in (stated, *controls):
            check_given(each, function)
        setattr(function, CLAIMS, (stated, *controls))
        marked: Test = pytest.mark.claim(stated)(function)
        return marked

    return carry


@dataclass(frozen=True)
class Control:
    """Where a control differs from the claim whose body it shares."""

    id: str
    text: str
    header: Mapping[str, Any]

    def of(self, claim: Claim) -> Claim:
        """The control, as a separate claim that must be refuted."""
        given = {**claim.given, **self.header.get("given", {})}
        alternatives = self.header.get("alternatives", {})  # those of the claim are its own
        own = {
            **self.header,
            "given": given,
            "alternatives": alternatives,
            "control_of": claim.id,
        }
        return dataclasses.replace(claim, id=self.id, text=self.text, **own)


def control(id: str, text: str, **header: Any) -> Callable[[Test], Test]:
    """Let the body of a claim serve its control too: one more test, which must be refuted.

    It goes below @claim on the same function. Attributes of `Claim` that are not given here are
    those of the claim; values in `given` replace the claim's.

    Raises ClaimError, with one sentence, when the header cannot be judged.
    """
    stated = Control(id, text, checked(id, header))

    def add(function: Test) -> Test:
        check_function(id, function)
        setattr(function, CONTROLS, (stated, *vars(function).get(CONTROLS, ())))
        return function

    return add


def checked(id: str, header: dict[str, Any]) -> dict[str, Any]:
    """A header with tuples instead of lists; ClaimError where a name is unknown."""
    known = [field.name for field in dataclasses.fields(Claim)]
    if "smallest_ratio" in header:
        header["smallest_effect"] = log_of(id, header.pop("smallest_ratio"), header)
    if "parts" in header:
        raise ClaimError(
            f"claim {id!r} has 'parts', which is no longer needed: the comparisons that its body "
            f"makes are counted; take it out"
        )
    for name, value in header.items():
        if name not in known:
            raise ClaimError(f"claim {id!r} has {name!r}; a header has {', '.join(known)}")
        if name in ("tasks", "learners", "beside", "devices") and value is not None:
            if not isinstance(value, Iterable):
                raise ClaimError(f"claim {id!r}: {name} must be a list, not {value!r}")
            header[name] = tuple(value)
    if "alternatives" in header:
        header["alternatives"] = checked_alternatives(id, header["alternatives"])
    return header


def log_of(id: str, ratio: object, header: Mapping[str, Any]) -> float:
    """The smallest effect that a smallest ratio stands for; ClaimError where it is none."""
    if "smallest_effect" in header:
        raise ClaimError(f"claim {id!r} has smallest_effect and smallest_ratio; give one of them")
    if not isinstance(ratio, (int, float)) or not 1 < ratio < math.inf:
        raise ClaimError(f"claim {id!r}: smallest_ratio must be a number above 1, not {ratio!r}")
    return math.log(ratio)


def check_given(claim: Claim, function: Callable[..., Any]) -> None:
    """Raise ClaimError where a claim gives its body an argument that it cannot take."""
    taken = inspect.signature(function).parameters
    others = (each.get("given", {}) for each in claim.alternatives.values())
    for name in itertools.chain(claim.given, *others):
        if name in (*PROVIDED, "device"):
            raise ClaimError(
                f"claim {claim.id!r} gives {name!r}, which the plugin provides; use another name"
            )
        if name not in taken:
            raise ClaimError(
                f"claim {claim.id!r} gives {name!r}, but its body takes no argument of that name"
            )


def claims_of(function: object) -> tuple[Claim, ...]:
    """The claims that a test function carries: its own and its controls."""
    carried: tuple[Claim, ...] = getattr(function, CLAIMS, ())
    return carried


def claims_in(module: object) -> Iterator[Claim]:
    """The claims that the functions of a module, or of its classes, carry."""
    values = list(vars(module).values())
    methods = (vars(value).values() for value in values if inspect.isclass(value))
    for value in (*values, *itertools.chain.from_iterable(methods)):
        if inspect.isfunction(value):
            yield from claims_of(value)
