"""`python -m docs.parts`: write those parts of the pages that follow from the code and the ledger.

Each stands between two comments, as in `<!-- options: made by `python -m docs.parts` -->` and
`<!-- /options -->`. Everything around them is written by hand, and is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pytest_scaling.run.options import markdown

from . import code, example, ledger

ROOT = Path(__file__).parents[2]
Parts = Mapping[str, Mapping[str, Callable[[], str]]]  # by page, each with its name
PARTS: Parts = {
    "README.md": {"answers": ledger.answers_by_section},
    "claims/README.md": {"verdicts": ledger.verdicts_by_claim},
    "docs/index.md": {"answers": ledger.answers_by_section},
    "docs/tutorials/lecture.md": {"evidence": ledger.evidence},
    "docs/reference/options.md": {"options": markdown},
    "docs/reference/fixtures.md": {"fixtures": code.fixtures},
    "docs/reference/commands.md": {"commands": code.commands},
    "docs/reference/api.md": {"api": code.api, "hooks": code.hooks},
}
TRAINED: Parts = {"README.md": {"printed": example.printed}}  # trains for some seconds


def opening(name: str) -> str:
    return f"<!-- {name}: made by `python -m docs.parts` -->\n"


def closing(name: str) -> str:
    return f"\n<!-- /{name} -->"


def part(text: str, name: str) -> str:
    """What stands on a page between the comments of a part; KeyError where they are missing."""
    _, begin, rest = text.partition(opening(name))
    inside, end, _ = rest.partition(closing(name))
    if not (begin and end):
        raise KeyError(f"a page has no part {name!r}; restore the comments around it")
    return inside


def renewed(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """A page with these parts made anew."""
    for name, make in parts.items():
        old = f"{opening(name)}{part(text, name)}{closing(name)}"
        text = text.replace(old, f"{opening(name)}{make()}{closing(name)}")
    return text


def main() -> None:
    for page, parts in (*PARTS.items(), *TRAINED.items()):
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        if (new := renewed(text, parts)) != text:
            path.write_text(new, encoding="utf-8")
            print(f"{page}: renewed")


if __name__ == "__main__":
    main()
