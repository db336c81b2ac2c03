"""`cite`: a verdict to quote, its citation, its slides; a check of the verdicts that texts cite."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from ..ledger.ledger import RowFile, other_tiers, profiles_in
from ..ledger.reading.strict_json import read_bytes
from ..ledger.registration.standing import with_standing
from ..ledger.words import conflicts
from ..report.archive import Archive, ArchiveError, open_ledger
from .output import complain, paragraph, say
from .parser import add_command

THEMES_OF_FILES: tuple[tuple[Literal["light", "dark"], str], ...] = (
    ("light", ""),
    ("dark", "-dark"),
)
FORMATS = ("text", "full", "bibtex", "csl-json", "json")
MORE = "--format full adds how to reproduce it, BibTeX and CSL-JSON; --figures DIR draws its slides"
NO_CLAIM = "cite: name a claim, or give --check FILE; `pytest-scaling list` shows the claims"
EXAMPLES = (
    ("cite plateau", "to quote, and to cite"),
    ("cite plateau --format bibtex", "an entry for LaTeX"),
    ("cite plateau --profile quick", "the verdict of one tier"),
    ("cite plateau --figures slides", "slides, light and dark"),
    ("cite plateau --ledger other/ledger", "from another ledger"),
    ("cite --check talk.md paper.tex", "do their citations hold?"),
)


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = add_command(
        commands,
        "cite",
        help="quote and cite a verdict, or check the citations in a text",
        about="Cite the verdict on a claim: first a sentence of at most 25 words to quote, then\n"
        "the full citation, then the key by which anybody can check it later.",
        examples=EXAMPLES,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("claim", nargs="?", help="the claim's id, as `list` shows it")
    what.add_argument(
        "--check",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="say which citations in these Markdown, HTML or LaTeX files no longer hold",
    )
    parser.add_argument(
        "--ledger", type=Path, metavar="DIR", help="the ledger's folder (default: claims/ledger)"
    )
    parser.add_argument(
        "--profile",
        help="the profile, or part of its name, such as quick (default: the largest tier)",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="text (default), full for everything, or bibtex, csl-json or json for programs",
    )
    parser.add_argument(
        "--figures", type=Path, metavar="DIR", help="also write slides and a caption to this folder"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Cite, or check citations; 1 where one no longer holds."""
    try:
        if options.check:
            return check(options)
        if options.claim is None:
            raise pytest.UsageError(NO_CLAIM)
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
    others = of_other_tiers(archive, options.claim)
    say(written(citation, options.format, files, others), end="")
    return 0


def of_other_tiers(archive: Archive, claim_id: str) -> dict[str, str]:
    """The verdicts on a claim in the other tiers of the same environment."""
    found = {}
    for tier, other in other_tiers(archive.ledger).items():
        row_file = RowFile.read(other.path(claim_id))
        if row_file and not row_file.wrong:
            found[tier] = str(row_file.content["verdict"])
    return found


def controls(archive: Archive, claim_id: str) -> list[Mapping[str, Any]]:
    """The rows of a claim's controls."""
    return [row for row in archive.rows.values() if row["claim"]["control_of"] == claim_id]


def written(
    citation: Any, form: str, files: Sequence[Path], others: Mapping[str, str] | None = None
) -> str:
    """The citation in one of FORMATS. others: the verdicts of other tiers."""
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
            "other_tiers": dict(others or {}),
            "link": link,
            "bibtex": bibtex(citation),
            "csl": csl(citation),
            "figures": [path.as_posix() for path in files],
        }
        return dumped(parts)
    lines = [*summary(citation, others or {})]
    lines += sections(citation) if form == "full" else ()
    if files:
        lines += ["", "Slides:", *(f"  {path}" for path in files)]
    if form == "text":
        lines += ["", paragraph(MORE)]
    return "\n".join(lines) + "\n"


def dumped(content: Any) -> str:
    """The content as readable JSON."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def summary(citation: Any, others: Mapping[str, str]) -> Iterator[str]:
    """The sentence to quote, the full citation and the key."""
    yield paragraph(citation.quotable)
    for tier, verdict in others.items():
        contradicts = ", which contradicts this" if conflicts(citation.key.verdict, verdict) else ""
        yield paragraph(f"In the {tier} tier it is {verdict}{contradicts}.")
    yield ""
    yield paragraph(citation.sentence)
    yield paragraph(citation.provenance)
    if citation.warned:
        yield paragraph(citation.warned)
    if not citation.commit:
        yield paragraph("This row is not committed as it stands, so nobody else can find it yet.")
    yield from ("", "Key, to cite it by:", f"  {citation.key}")


def sections(citation: Any) -> Iterator[str]:
    """What else a citation takes: the source, how to reproduce the verdict, BibTeX, CSL-JSON."""
    from ..report.citation.bibtex import bibtex
    from ..report.citation.csl import csl

    if citation.origin and citation.origin.link:
        yield from ("", "Said in:", f"  {citation.origin.link}")
    yield from ("", "To reproduce it:", *(f"  {line}" for line in citation.reproduce))
    yield from ("", "BibTeX:", bibtex(citation).rstrip())
    yield from ("", "CSL-JSON:", dumped(csl(citation)).rstrip())


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
                f"{path} cites no claim; a citation is a key, as `pytest-scaling cite CLAIM` "
                f"prints it"
            )
        for line, holds, sentence in found:
            holding, failing = holding + holds, failing + (not holds)
            if sentence:
                say(f"{path}:{line}: {sentence}")
    hold, do = "holds" if holding == 1 else "hold", "does" if failing == 1 else "do"
    say(f"citations: {holding} {hold}, {failing} {do} not")
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
