"""Links between pages lead to files and headings that exist, and to every page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BESIDE = [ROOT / "claims" / "README.md", ROOT / "benchmarks" / "README.md"]
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *BESIDE])


def text_of(path):
    return path.read_text(encoding="utf-8")


def links(path):
    """The relative links of a page: target and heading."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", text_of(path), flags=re.DOTALL)
    for target, _, heading in re.findall(r"\]\(([^)#\s]*)(#([^)\s]*))?\)", text):
        if "://" not in target and not target.startswith("../../actions/"):
            yield target, heading


def headings(path):
    """The anchors of a page's headings, as a repository's site and Sphinx make them."""
    words = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page):
    for target, heading in links(page):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), target
        assert not heading or heading in headings(file), f"{target}#{heading}"


@pytest.mark.parametrize("folder", ["tutorials", "how-to", "reference", "explanation"])
def test_the_front_page_and_the_readme_lead_to_every_page(folder):
    pages = {path.resolve() for path in (DOCS / folder).glob("*.md")}
    for front in (DOCS / "index.md", ROOT / "README.md"):
        reached = {(front.parent / target).resolve() for target, _ in links(front)}
        assert pages - reached == set()


def test_the_pages_stand_alone():
    assert [path for path in PAGES if "shared/" in text_of(path)] == []
