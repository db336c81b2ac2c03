"""The commands that evaluate a claim again as its record was made."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ...ledger.environment import LIBRARIES
from ...ledger.format import Record
from ...ledger.reading.strict_json import one_line
from .project import Place, Project

OURSELVES = "pytest-scaling"
GROUP = "test"  # the dependency group by which projects name what their tests need


def reproduce(record: Record, place: Place) -> tuple[str, ...]:
    """Lines for a shell, to be typed in a clone of the project."""
    environment, profile = record["environment"], record["profile"]
    about = f"Python {environment['python']}, {environment['system']} {environment['machine']}"
    lines = [f"# {one_line(about)}, in a clone of {one_line(place.project.name)}"]
    if place.commit:
        lines.append(f"git checkout {place.commit}")
    lines.append(shlex.join(["python", "-m", "pip", "install", *packages(record, place.project)]))
    claims = [one_line(place.claims)] if place.claims not in ("", ".") else []
    options = [f"--scaling-tier={profile['tier']}", f"--scaling-device={profile['device']}"]
    lines.append(
        shlex.join(["python", "-m", "pytest", *claims, "-k", record["claim"]["id"], *options])
    )
    return tuple(lines)


def packages(record: Record, project: Project) -> Iterator[str]:
    """The project itself, what its tests need, and the known libraries as the record has them.

    The local part of a version, as in 2.13.0+cpu, names a build that an index may not have.
    """
    if project.installable:
        yield from ("-e", ".")
    if GROUP in project.groups:
        yield from ("--group", GROUP)
    for name, version in sorted(record["environment"]["libraries"].items()):
        if name in LIBRARIES and not (project.installable and project.name == name == OURSELVES):
            yield f"{name}=={version.partition('+')[0]}"
