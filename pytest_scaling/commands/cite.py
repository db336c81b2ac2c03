"""`cite`: a verdict as a sentence, BibTeX, CSL-JSON and slides; a check of what texts cite."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from ..ledger.ledger import profiles_in
from ..ledger.reading.strict_json import read_bytes
from ..ledger.registration.standing import with_standing
from ..report.archive import Archive, ArchiveError, open_ledger
from .output import complain, say

THEMES_OF_FILES: tuple[tuple[Literal["light", "dark"], str], ...] = (
    ("light", ""),
    ("dark", "-dark"),
)
FORMATS = ("text", "bibtex", "csl-json", "json")


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser(
        "cite", help="cite a verdict, with slides, or check the verdicts that a text cites"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("claim", nargs="?", help="the claim's id")
    what.add_argument(
        "--check",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="report which citations in Markdown, HTML or LaTeX no longer hold",
    )
    parser.add_argument("--ledger", type=Path, help="folder of the ledger (default: claims/ledger)")
    parser.add_argument(
        "--profile", help="the profile, or a part of its name such as quick (default: largest tier)"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="what to write")
    parser.add_argument(
        "--figures", type=Path, metavar="DIR", help="write slides and their captions there"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Cite, or check citations; 1 where one no longer holds."""
    try:
        if options.check:
            return check(options)
        return show(options)
    except ArchiveError as absent:
        raise pytest.UsageError(str(absent)) from None


def show(options: argparse.Namespace) -> int:
    """Print the citation of one claim, and write its slides where they are asked for."""
    from ..report.citation.citation import cite
    from ..report.citation.key import KeyFault
    from ..report.citation.project import Place

    archive = open_ledger(options.ledger, options.profile)
    row = with_standing(archive.folder, archive[options.claim])
    path = archive.path(options.claim)
    complain(archive.broken)  # one of them may be a control of this claim
    try:
        citation = cite(row, controls(archive, options.claim), Place.of(path))
    except KeyFault as fault:
        raise pytest.UsageError(
            f"{fault} in {archive.profile}: there is no verdict to cite"
        ) from None
    files = slides(row, citation, options.figures) if options.figures else []
    say(written(citation, options.format, files), end="")
    return 0


def controls(archive: Archive, claim_id: str) -> list[Mapping[str, Any]]:
    """The rows of a claim's controls."""
    return [row for row in archive.rows.values() if row["claim"]["control_of"] == claim_id]


def written(citation: Any, form: str, files: Sequence[Path]) -> str:
    """The citation in one of FORMATS."""
    from ..report.citation.bibtex import bibtex
    from ..report.citation.csl import csl

    if form == "bibtex":
        return bibtex(citation)
    if form == "csl-json":
        return dumped(csl(citation))
    if form == "json":
        link = (citation.origin.link or None) if citation.origin else None
        parts = dataclasses.asdict(citation) | {
            "key": str(citation.key),
            "verdict": citation.key.verdict,
            "profile": citation.key.profile,
            "link": link,
            "bibtex": bibtex(citation),
            "csl": csl(citation),
            "figures": [path.as_posix() for path in files],
        }
        return dumped(parts)
    return "\n".join(sections(citation, files)) + "\n"


def dumped(content: Any) -> str:
    """The content as readable JSON."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def sections(citation: Any, files: Sequence[Path]) -> Iterator[str]:
    """The citation for a reader, part by part."""
    from ..report.citation.bibtex import bibtex
    from ..report.citation.csl import csl

    yield citation.sentence
    yield from filter(None, [citation.warned])
    if not citation.commit:
        yield "The row is not committed as it is, so nobody else can find it yet."
    yield from ("", "Key, to be cited by:", f"  {citation.key}")
    if citation.origin and citation.origin.link:
        yield from ("", "Said in:", f"  {citation.origin.link}")
    yield from ("", "To reproduce:", *(f"  {line}" for line in citation.reproduce))
    yield from ("", "BibTeX:", bibtex(citation).rstrip())
    yield from ("", "CSL-JSON:", dumped(csl(citation)).rstrip())
    if files:
        yield from ("", "Slides:", *(f"  {path}" for path in files))


def slides(row: Mapping[str, Any], citation: Any, folder: Path) -> list[Path]:
    """Write the claim's figure as SVG and PNG, light and dark, with caption and text."""
    from ..report.error import ReportError
    from ..report.figures.comparisons import forest_description
    from ..report.figures.forest import draw_forest
    from ..report.figures.slide import drawing
    from ..report.folder import OutputFolder

    name, text = citation.key.claim, forest_description(row)
    files: dict[str, str | bytes] = {}
    try:
        for theme, suffix in THEMES_OF_FILES:
            figure = draw_forest(row, theme, source=str(citation.key))
            if figure is None:
                raise pytest.UsageError(
                    f"claim {name!r} was decided exactly, without intervals: there is no figure"
                )
            drawn = drawing(figure, citation.title, text)
            files |= {f"{name}{suffix}.svg": drawn.svg, f"{name}{suffix}.png": drawn.png}
        caption = f"{citation.caption}\n\nCite as {citation.key}."
        files[f"{name}.md"] = markdown(name, text, caption)
        return OutputFolder(folder).add(files)
    except ReportError as error:
        raise pytest.UsageError(str(error)) from None
    except OSError as refusal:
        raise pytest.UsageError(
            f"the slides cannot be written to {folder}: {refusal.strerror or refusal}"
        ) from None


def markdown(name: str, text: str, caption: str) -> str:
    """The figure with its alternative text, ready to paste."""
    alternative = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"![{alternative}]({name}.svg)\n\n{caption}\n"


def check(options: argparse.Namespace) -> int:
    """Report every citation that no longer holds, by file and line."""
    holding = failing = 0
    for path in options.check:
        found = list(checked(path, options.ledger))
        if not found:
            raise pytest.UsageError(
                f"{path} cites no claim: a citation is a key such as those that "
                f"`python -m pytest_scaling cite CLAIM` prints"
            )
        for line, holds, sentence in found:
            holding, failing = holding + holds, failing + (not holds)
            if sentence:
                say(f"{path}:{line}: {sentence}")
    say(f"citations: {holding} hold, {failing} {'does' if failing == 1 else 'do'} not")
    return int(pytest.ExitCode.TESTS_FAILED if failing else pytest.ExitCode.OK)


def checked(path: Path, ledger: Path | None) -> Iterator[tuple[int, bool, str]]:
    """For each citation in a file its line, whether it holds, and a message about it."""
    from ..report.citation.key import mentions

    try:
        text = read_bytes(path).decode("utf-8-sig")
    except (OSError, ValueError) as damage:
        unicode = "it is not text in UTF-8" if isinstance(damage, UnicodeDecodeError) else damage
        reason = getattr(damage, "strerror", None) or unicode
        raise pytest.UsageError(f"{path} cannot be read: {reason}") from None
    folder = open_ledger(ledger).folder
    for mention in mentions(text):
        yield mention.line, *judged(mention.text, folder)


def judged(text: str, folder: Path) -> tuple[bool, str]:
    """Whether a citation holds, and a message, empty where there is nothing to say."""
    from ..report.citation.key import Key, KeyFault

    try:
        key = Key.read(text)
        row = Archive(folder, key.profile)[key.claim] if known(key, folder) else None
    except KeyFault as fault:
        return False, f"{fault}; cite it again"
    except ArchiveError as absent:
        return False, f"{absent.args[0]}: it was cited as {key.verdict}"
    if row is None:
        return False, f"{key.claim!r} was cited from {key.profile}, which the ledger does not have"
    if row["verdict"] != key.verdict:
        return False, f"{key.claim!r} was cited as {key.verdict} and is {row['verdict']} now"
    if not row["digest"].startswith(key.digest):
        return True, (
            f"{key.claim!r} is still {key.verdict}, but its record has changed: "
            f"compare the figures, and cite it again"
        )
    return True, ""


def known(key: Any, folder: Path) -> bool:
    """Whether the ledger has the profile of a key."""
    return key.profile in profiles_in(folder)
