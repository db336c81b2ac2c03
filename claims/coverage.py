"""`python -m claims.coverage`: write the tables of README.md from lecture.toml and the claims.

The first has every statement of the lecture, with its claims or the reason why it has none; the
second has every claim, with what is measured and its controls.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
README = FOLDER / "README.md"
BEGIN, END = "<!-- coverage: made by `python -m claims.coverage` -->", "<!-- /coverage -->"


@dataclass(frozen=True)
class Statement:
    """One statement of the lecture: with claims, and how each is shown, or with a reason."""

    times: tuple[str, ...]
    says: str
    claims: Mapping[str, str]
    reason: str


@dataclass(frozen=True)
class Collected:
    """One claim or control as pytest collects it."""

    id: str
    text: str
    times: tuple[str, ...]
    strength: str
    control_of: str | None
    file: str  # in this folder


def statements() -> list[Statement]:
    """What lecture.toml says, in its order."""
    content = tomllib.loads((FOLDER / "lecture.toml").read_text(encoding="utf-8"))
    return [
        Statement(
            tuple(each["times"]), each["says"], each.get("claims", {}), each.get("reason", "")
        )
        for each in content["statement"]
    ]


def collected() -> list[Collected]:
    """The claims and controls of this folder; SystemExit with a sentence where there are none."""
    command = [sys.executable, "-m", "pytest_scaling", "list", "--json", FOLDER.name]
    run = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.stderr.strip())
    return [
        Collected(
            entry["id"],
            entry["text"],
            tuple(entry["times"]),
            entry["strength"],
            entry["control_of"],
            Path(entry["file"]).name,
        )
        for entry in json.loads(run.stdout)
    ]


def tables(said: Sequence[Statement], claims: Sequence[Collected]) -> str:
    """Both tables as Markdown."""
    return "\n".join((*lecture_table(said, claims), "", *claim_table(said, claims)))


def lecture_table(said: Sequence[Statement], claims: Sequence[Collected]) -> Iterator[str]:
    """Every statement with its claims, linked to their files, or the reason why it has none."""
    files = {each.id: each.file for each in claims}
    yield "| time | the lecture says | claim, or why there is none |"
    yield "|---|---|---|"
    for each in said:
        links = ", ".join(link(id, files.get(id)) for id in each.claims)
        yield f"| {', '.join(each.times)} | {each.says} | {links or each.reason} |"


def link(id: str, file: str | None) -> str:
    return f"[`{id}`]({file})" if file else f"`{id}`"


def claim_table(said: Sequence[Statement], claims: Sequence[Collected]) -> Iterator[str]:
    """Every claim with what is measured and its controls, in the order of the lecture."""
    strengths = {each.id: each.strength for each in claims}
    yield "| time | claim | strength | what is measured | its controls, which must be refuted |"
    yield "|---|---|---|---|---|"
    for each in said:
        for id, measured in each.claims.items():
            controls = "; ".join(
                f"`{one.id}`: {one.text}" for one in claims if one.control_of == id
            )
            cells = (", ".join(each.times), f"`{id}`", strengths.get(id, ""), measured, controls)
            yield f"| {' | '.join(cells)} |"


def renewed(text: str, made: str) -> str:
    """The text with the tables between its two comments; SystemExit where one is missing."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{README.name} is missing {BEGIN} or, below it, {END}; restore them")
    return f"{head}{BEGIN}\n{made}\n{END}{tail}"


def main() -> None:
    text = README.read_text(encoding="utf-8")
    README.write_text(renewed(text, tables(statements(), collected())), encoding="utf-8")


if __name__ == "__main__":
    main()
