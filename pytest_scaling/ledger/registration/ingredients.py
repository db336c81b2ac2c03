"""What a registration binds: everything that decides a verdict but for the seeds and libraries.

The protocol of a record leaves out words and code. Here they are added by their hashes: the text of
the claim, the body of its test (which rules out cells, and says what is asserted), the code and
data of its learners and tasks as trials are identified by, and files that were named.
"""

from __future__ import annotations

import hashlib
import itertools
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...trials.fingerprint.fingerprint import Fingerprint, fingerprint
from ...trials.fingerprint.values import Reader, described
from ...trials.identity import sha256
from ...trials.rows.score import score
from ..protocol import in_other_scopes, protocol
from ..reading.strict_json import read_bytes

if TYPE_CHECKING:
    from ...experiments.evaluation import ClaimResult, Evaluation
    from ...spec.declaration import Claim
    from ...spec.tier import Tier

Ingredients = dict[str, Any]
CODE = ("body", "learners", "tasks", "metrics")  # which each minor version of Python compiles anew


def ingredients(
    claim: Claim,
    planned: ClaimResult | Evaluation,
    tier: Tier,
    body: Callable[..., Any],
    files: Mapping[str, str],
) -> Ingredients:
    """What a claim's verdict in a tier follows from, as hashes by name.

    planned: what would be measured, in the claim's scope and in its alternatives. files: hashes of
    further files by their paths, as `hashes_of` gives them.
    """
    designs = itertools.chain(planned.designs, *in_other_scopes(planned).values())
    arms = {arm for design in designs for arm in design.arms}
    own = {of_code(arm.fingerprints["metric"]) for arm in arms if arm.metric}
    return {
        "text": claim.text,
        "protocol": protocol(claim, planned, tier)["hash"],
        "body": sha256([of_code(fingerprint(body)), Reader(described).text(dict(claim.given))]),
        "learners": {arm.learner.name: of_code(arm.fingerprints["learner"]) for arm in arms},
        "tasks": {arm.task_name: of_code(arm.fingerprints["task"]) for arm in arms if arm.task},
        "metrics": sha256([of_code(fingerprint(score)), *sorted(own)]),
        "files": dict(files),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def of_code(found: Fingerprint) -> str:
    """One hash of code and data; versions of libraries belong to the environment of a record."""
    return sha256([found.code, found.data])


def hashes_of(home: Path, files: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of files by their paths from a folder; of a file that cannot be read, empty."""
    return {name: hash_of(home / name) for name in files}


def hash_of(path: Path) -> str:
    """The SHA-256 of a regular file; empty where there is none."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except (OSError, ValueError):
        return ""


def differences(was: Ingredients, now: Ingredients) -> Iterator[str]:
    """What a claim is made of now and was not, in words; none where nothing differs.

    Code is not compared between minor versions of Python, which compile the same code differently.
    The body comes last: it also differs where a learner that it names does.
    """
    if was["protocol"] != now["protocol"]:
        yield "what is measured or how it is judged"
    if was["text"] != now["text"]:
        yield "its text"
    if was["python"] == now["python"]:
        yield from named("learner", was["learners"], now["learners"])
        yield from named("task", was["tasks"], now["tasks"])
        if was["metrics"] != now["metrics"]:
            yield "how errors are counted"
        if was["body"] != now["body"]:
            yield "the body of its test"
    yield from named("file", was["files"], now["files"])


def named(kind: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Which of the things of a kind differ."""
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"the {kind} {name}"
